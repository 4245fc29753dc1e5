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
    {0, {NULL}},
};

const pl_word pl_unit_words[] = {
    {DATA_UNIT, {"code", "unit", "代码", "单位代码", "ucode"}},
    {DATA_NAME, {"name", "名称", "单位名称", "uname", "单位"}},
    {DATA_GROUP, {"group", "类别", "分类", "组别"}},
    {DATA_PARENT, {"parent", "上级", "上级单位"}},
    {0, {NULL}},
};

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
    {SETTING_GROUP, {"group", "类别列"}},
    {SETTING_DENOMINATE, {"denominate", "除以分母"}},
    {SETTING_IMPUTE, {"impute", "插补", "缺失插补"}},
    {SETTING_SCREEN, {"screen", "筛选", "数据完整率下限"}},
    {SETTING_SCREEN_ON, {"screen_on", "筛选依据"}},
    {SETTING_TREAT, {"treat", "处理", "极值处理"}},
    {0, {NULL}},
};

/* The two columns of the settings sheet. */
const pl_word pl_key_words[] = {{0, {"key", "设置", "设置项"}}, {1, {"value", "值", "取值"}}, {0, {NULL}}};

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

const pl_word pl_yes_words[] = {{1, {"yes", "是", "true"}}, {0, {"no", "否", "false"}}, {0, {NULL}}};
const pl_word pl_screen_on_words[] = {{0, {"reported", "填报", "插补前"}}, {1, {"imputed", "插补后"}}, {0, {NULL}}};

const char *const pl_constant_names[] = {"x", "full", "target", "low", "high", "weight", "direction", NULL};

int pl_word_find(const pl_word *list, pl_str text) {
    for (; list->words[0]; list++)
        for (size_t i = 0; i < sizeof list->words / sizeof *list->words && list->words[i]; i++)
            if (pl_str_is_fold(text, list->words[i])) return list->meaning;
    return -1;
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
