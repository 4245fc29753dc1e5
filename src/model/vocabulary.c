#include "model/vocabulary.h"

#include <plumbline/lang/program.h>
#include <plumbline/model/model.h>

const pl_word pl_sheet_words[] = {
    {SHEET_INDICATORS, {"indicators", "指标", "指标体系", "imeta"}},
    {SHEET_UNITS, {"units", "单位"}},
    {SHEET_DATA, {"data", "数据", "idata"}},
    {SHEET_SETTINGS, {"settings", "设置"}},
    {SHEET_EVENTS, {"events", "事件", "加减分"}},
    {SHEET_GRADES, {"grades", "等次"}},
    {SHEET_RATERS, {"raters", "评价人", "评委"}},
    {SHEET_FUNCTIONS, {"functions", "函数", "自定义函数"}},
    {SHEET_UNCOVERED, {"uncovered", "不覆盖"}},
    {SHEET_LAMPS, {"lamps", "亮灯"}},
    {SHEET_COSTS, {"costs", "成本"}},
    {0, {NULL}},
};

const pl_word pl_field_words[] = {
    {FIELD_CODE, {"code", "代码", "指标代码", "icode"}},
    {FIELD_NAME, {"name", "名称", "指标名称", "iname"}},
    {FIELD_PARENT, {"parent", "上级", "上级指标", "上级代码"}},
    {FIELD_WEIGHT, {"weight", "权重"}},
    {FIELD_DIRECTION, {"direction", "方向"}},
    {FIELD_FULL, {"full", "满分", "分值"}},
    {FIELD_TARGET, {"target", "目标", "目标值"}},
    {FIELD_LOW, {"low", "下限", "最低值"}},
    {FIELD_HIGH, {"high", "上限", "最高值"}},
    {FIELD_VALUE, {"value", "取值", "取值公式"}},
    {FIELD_SCORE, {"score", "计分", "计分规则", "计分公式"}},
    {FIELD_COMBINE, {"combine", "合成", "合成方式"}},
    {FIELD_MISSING, {"missing", "缺失", "缺失处理"}},
    {FIELD_APPLIES, {"applies", "适用", "适用条件"}},
    {FIELD_OWNER, {"owner", "责任单位", "牵头单位"}},
    {FIELD_SOURCE, {"source", "来源", "指标来源"}},
    {FIELD_COVERS, {"covers", "覆盖", "对应上级指标"}},
    {FIELD_MEASURE, {"unit_of_measure", "计量单位", "unit"}},
    {FIELD_NOTE, {"note", "备注", "说明"}},
    {FIELD_LEVEL, {"level", "层级"}},
    {FIELD_TYPE, {"type", "类型"}},
    {FIELD_DENOMINATOR, {"denominator", "分母"}},
    {FIELD_IMPUTE, {"impute", "插补", "缺失插补"}},
    {FIELD_TREAT, {"treat", "处理", "极值处理"}},
    {FIELD_ERROR, {"error", "误差", "测量误差"}},
    {FIELD_ROUNDING, {"rounding", "舍入", "舍入单位"}},
    {0, {NULL}},
};

const pl_word pl_data_words[] = {
    {DATA_UNIT, {"unit", "单位", "单位代码", "ucode", "orgunit"}},
    {DATA_NAME, {"name", "名称", "单位名称", "uname"}},
    {DATA_GROUP, {"group", "类别", "分类", "组别"}},
    {DATA_PARENT, {"parent", "上级", "上级单位"}},
    {DATA_PERIOD, {"period", "期间", "年度", "时间", "time"}},
    {DATA_ELEMENT, {"element", "数据项", "dataelement"}},
    {DATA_VALUE, {"value", "数值", "值"}},
    {DATA_RATER, {"rater", "评价人", "评价主体"}},
    {DATA_DELETED, {"deleted"}},
    {DATA_LEFT_OUT, {"categoryoptioncombo", "catoptcombo", "attributeoptioncombo", "attroptcombo", "storedby", "lastupdated"}},
    {DATA_LEFT_OUT, {"created", "comment", "followup"}},
    {0, {NULL}},
};

const pl_word pl_unit_words[] = {
    {DATA_UNIT, {"code", "unit", "代码", "单位代码", "ucode"}},
    {DATA_NAME, {"name", "名称", "单位名称", "uname", "单位"}},
    {DATA_GROUP, {"group", "类别", "分类", "组别"}},
    {DATA_PARENT, {"parent", "上级", "上级单位"}},
    {0, {NULL}},
};

const pl_word pl_event_words[] = {
    {EVENT_UNIT, {"unit", "单位", "单位代码", "ucode", "orgunit"}},
    {EVENT_ELEMENT, {"element", "指标", "指标代码", "数据项"}},
    {EVENT_POINTS, {"points", "分值", "加减分", "得分"}},
    {EVENT_DATE, {"date", "日期", "时间"}},
    {EVENT_CASE, {"case", "事项", "案件", "项目"}},
    {EVENT_LEVEL, {"level", "级别", "层级", "等级"}},
    {EVENT_REASON, {"reason", "事由", "理由", "说明"}},
    {EVENT_PERIOD, {"period", "期间", "年度"}},
    {0, {NULL}},
};

const pl_word pl_rater_words[] = {
    {RATER_CODE, {"code", "rater", "代码", "评价人"}},
    {RATER_NAME, {"name", "名称", "姓名"}},
    {RATER_KIND, {"kind", "类别", "类型", "评价主体"}},
    {0, {NULL}},
};

const pl_word pl_function_words[] = {
    {FUNCTION_NAME, {"name", "名称", "函数名"}},
    {FUNCTION_PARAMETERS, {"parameters", "参数"}},
    {FUNCTION_FORMULA, {"formula", "公式"}},
    {FUNCTION_MEANING, {"meaning", "含义", "说明"}},
    {0, {NULL}},
};

const pl_word pl_grade_words[] = {
    {GRADE_NAME, {"name", "等次", "名称"}},       {GRADE_MIN, {"min", "最低分", "分数线"}},
    {GRADE_SHARE, {"share", "比例", "名额比例"}}, {GRADE_BARRED, {"barred", "不得评为", "限制条件"}},
    {GRADE_ROUNDING, {"rounding", "取整"}},       {GRADE_TIES, {"ties", "并列"}},
    {GRADE_MOVES_UP, {"moves_up", "递补"}},       {0, {NULL}},
};

/* How a share of the units becomes a number of them. */
const pl_word pl_rounding_words[] = {
    {PL_ROUNDING_DOWN, {"down", "舍去", "向下"}},
    {PL_ROUNDING_UP, {"up", "进一", "向上"}},
    {PL_ROUNDING_NEAREST, {"nearest", "四舍五入"}},
    {0, {NULL}},
};

/* Whether those who share a place that only some of them have room for all get the grade, or none of them. */
const pl_word pl_tied_words[] = {{1, {"include", "都算", "全部计入"}}, {0, {"exclude", "都不算", "全部不计"}}, {0, {NULL}}};
const pl_word pl_yes_words[] = {{1, {"yes", "true", "1", "是"}}, {0, {"no", "false", "0", "否"}}, {0, {NULL}}};

const pl_word pl_setting_words[] = {
    {SETTING_NAME, {"name", "名称"}},
    {SETTING_YEAR, {"year", "年度"}},
    {SETTING_SCORE, {"score", "计分", "计分规则"}},
    {SETTING_COMBINE, {"combine", "合成", "合成方式"}},
    {SETTING_MISSING, {"missing", "缺失", "缺失处理"}},
    {SETTING_PERIOD, {"period", "期间"}},
    {SETTING_AS_OF, {"as_of", "截止日期"}},
    {SETTING_DIGITS, {"digits", "小数位", "小数位数"}},
    {SETTING_DIGITS_LEAF, {"digits_leaf", "指标小数位", "指标小数位数"}},
    {SETTING_RANK_ON, {"rank_on", "排名依据"}},
    {SETTING_TIES, {"ties", "并列"}},
    {SETTING_TIE_BREAK, {"tie_break", "并列时比较"}},
    {SETTING_PEERS, {"peers", "同类"}},
    {SETTING_GRADE_WITHIN, {"grade_within", "等次范围"}},
    {SETTING_SILENCE, {"silence", "忽略"}},
    {SETTING_GROUP, {"group", "类别列"}},
    {SETTING_DENOMINATE, {"denominate", "除以分母"}},
    {SETTING_IMPUTE, {"impute", "插补", "缺失插补"}},
    {SETTING_SCREEN, {"screen", "筛选", "数据完整率下限"}},
    {SETTING_SCREEN_ON, {"screen_on", "筛选依据"}},
    {SETTING_TREAT, {"treat", "处理", "极值处理"}},
    {SETTING_CUMULATIVE, {"cumulative", "累计"}},
    {0, {NULL}},
};

/* The two columns of the settings sheet. */
const pl_word pl_key_words[] = {{0, {"key", "设置", "设置项"}}, {1, {"value", "值", "取值"}}, {0, {NULL}}};

/* The two columns of the sheet of superior indicators that are not covered. */
const pl_word pl_lamp_words[] = {
    {LAMP_NAME, {"name", "灯", "颜色", "名称"}},
    {LAMP_CONDITION, {"condition", "条件"}},
    {LAMP_NOTE, {"note", "说明", "备注"}},
    {0, {NULL}},
};

const pl_word pl_uncovered_words[] = {
    {0, {"code", "代码", "指标代码"}},
    {1, {"reason", "理由", "原因"}},
    {0, {NULL}},
};

/* The columns of a sheet of scenarios. */
const pl_word pl_scenario_words[] = {
    {0, {"scenario", "情景", "方案"}}, {1, {"set", "改动"}}, {2, {"without", "去掉"}}, {3, {"copy", "复制"}}, {0, {NULL}},
};

const pl_word pl_cost_words[] = {
    {COST_ELEMENT, {"element", "数据项", "指标", "指标代码"}},
    {COST_UNIT, {"unit", "单位", "单位代码"}},
    {COST_KIND, {"kind", "类型", "方式"}},
    {COST_STEP, {"step", "步长"}},
    {COST_COST, {"cost", "成本", "每步成本"}},
    {COST_UP_TO, {"up_to", "到", "可达值", "reachable"}},
    {COST_NOTE, {"note", "备注", "说明"}},
    {0, {NULL}},
};

/* Whether only whole steps can be taken. */
const pl_word pl_cost_kind_words[] = {{1, {"stepwise", "阶梯", "整步"}}, {0, {"linear", "线性", "连续"}}, {0, {NULL}}};

const char *const pl_review_codes[] = {"W501", "W502", "W503", "W504", "W505", "W506", "W507", "W508",
                                       "W509", "W510", "W511", "W512", "W513", "W514", "W515", "W516",
                                       "N501", "N502", "N503", "N504", "N505", "N506", NULL};

const pl_word pl_combine_words[] = {
    {PL_COMBINE_MEAN, {"mean", "加权平均", "平均"}},
    {PL_COMBINE_SUM, {"sum", "求和", "合计"}},
    {PL_COMBINE_GEOMEAN, {"geomean", "几何平均"}},
    {PL_COMBINE_HARMEAN, {"harmean", "调和平均"}},
    {PL_COMBINE_MEDIAN, {"median", "中位数"}},
    {PL_COMBINE_MIN, {"min", "最小", "最小值"}},
    {PL_COMBINE_MAX, {"max", "最大", "最大值"}},
    {PL_COMBINE_COPELAND, {"copeland", "科普兰"}},
    {0, {NULL}},
};

const pl_word pl_missing_words[] = {
    {PL_MISSING_SKIP, {"skip", "跳过"}},
    {PL_MISSING_ZERO, {"zero", "零分", "记零"}},
    {PL_MISSING_MEAN, {"mean", "平均", "同类平均"}},
    {PL_MISSING_FAIL, {"fail", "报错"}},
    {0, {NULL}},
};

/* 1: higher is better, 0: lower is. */
const pl_word pl_direction_words[] = {
    {1, {"1", "+1", "正向", "positive", "越高越好"}},
    {0, {"-1", "逆向", "负向", "negative", "越低越好"}},
    {0, {NULL}},
};

const pl_word pl_ties_words[] = {
    {PL_TIES_COMPETITION, {"competition", "竞赛", "1224"}},
    {PL_TIES_DENSE, {"dense", "连续", "1223"}},
    {PL_TIES_AVERAGE, {"average", "平均"}},
    {0, {NULL}},
};

const pl_word pl_rank_on_words[] = {{1, {"rounded", "修约后"}}, {0, {"exact", "修约前"}}, {0, {NULL}}};
const pl_word pl_peers_words[] = {{PL_SCOPE_ALL, {"all", "全部"}}, {PL_SCOPE_GROUP, {"group", "同类", "类别"}}, {0, {NULL}}};

const pl_word pl_screen_on_words[] = {{0, {"reported", "填报", "插补前"}}, {1, {"imputed", "插补后"}}, {0, {NULL}}};

const char *const pl_constant_names[] = {"x", "full", "target", "low", "high", "weight", "direction", NULL};

int pl_word_find(const pl_word *list, pl_str text) {
    for (; list->words[0]; list++)
        for (size_t i = 0; i < sizeof list->words / sizeof *list->words && list->words[i]; i++)
            if (pl_str_is_fold(text, list->words[i])) return list->meaning;
    return -1;
}

bool pl_is_field(const pl_reference *reference) {
    int meaning = pl_str_is_fold(reference->records, "events") ? pl_word_find(pl_event_words, reference->name) : -1;
    return meaning >= 0 && meaning != EVENT_UNIT;
}

const char *pl_word_chinese(const pl_word *list, int meaning) {
    for (; list->words[0]; list++)
        for (size_t i = 0; list->meaning == meaning && i < sizeof list->words / sizeof *list->words && list->words[i]; i++)
            if ((unsigned char)list->words[i][0] >= 0x80) return list->words[i];
    return NULL;
}

const char *pl_word_for(const pl_word *list, int meaning, bool chinese) {
    const char *word = chinese ? pl_word_chinese(list, meaning) : NULL;
    while (!word && list->words[0] && list->meaning != meaning) list++;
    return word ? word : list->words[0];
}

void pl_word_list(const pl_word *list, pl_buffer *out) {
    for (const pl_word *word = list; word->words[0]; word++) {
        if (word != list) pl_buffer_text(out, word[1].words[0] ? ", " : " or ");
        pl_buffer_text(out, word->words[0]);
    }
}

const char *pl_word_nearest(const pl_word *list, pl_str text) {
    pl_str candidates[64] = {0};
    size_t count = 0;
    for (; list->words[0] && count < 64; list++) candidates[count++] = pl_str_of(list->words[0]);
    size_t nearest = pl_text_nearest(text, candidates, count);
    return nearest < count ? candidates[nearest].at : NULL;
}
