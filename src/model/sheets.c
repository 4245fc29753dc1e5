#include "model/sheets.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const pl_sheet_column indicators[] = {
    {FIELD_CODE, "string", true, true, NULL, "unique, short, without spaces; rules and the sheet of data use it",
     "不重复、简短、不含空格；公式和数据表用它来指称该指标"},
    {FIELD_NAME, "string", false, false, NULL, "for people", "名称，供人阅读"},
    {FIELD_PARENT, "string", false, false, NULL, "code of the indicator above; exactly one row leaves it empty: the total",
     "上级指标的代码；只有一行为空，即总分"},
    {FIELD_WEIGHT, "number", false, false, NULL, "among its siblings; empty is 1. For mean, geomean, harmean and copeland",
     "在同级指标中的权重，空为 1；用于加权平均、几何平均、调和平均和科普兰法"},
    {FIELD_DIRECTION, "string", false, false, pl_direction_words, "1 (正向) higher is better, -1 (逆向) lower is",
     "1 或正向：越高越好；-1 或逆向：越低越好"},
    {FIELD_FULL, "number", false, false, NULL, "points at stake; rules call it `full`", "满分，公式里写作 `full`"},
    {FIELD_TARGET, "number", false, false, NULL, "target of the year; rules call it `target`", "年度目标，公式里写作 `target`"},
    {FIELD_LOW, "number", false, false, NULL, "lowest value that is plausible: values below it are warned of; rules call it `low`",
     "合理的最低值，低于它的值会有警告；公式里写作 `low`"},
    {FIELD_HIGH, "number", false, false, NULL,
     "highest value that is plausible: values above it are warned of; rules call it `high`",
     "合理的最高值，高于它的值会有警告；公式里写作 `high`"},
    {FIELD_VALUE, "string", false, false, NULL,
     "how the value x comes about, such as `a / b * 100`; empty: the column of the data with this code",
     "取值 x 的公式，如 `a / b * 100`；空则取数据中以该代码为名的列"},
    {FIELD_DENOMINATOR, "string", false, false, NULL,
     "column of the units or of the data that the value is divided by where the setting `denominate` says so",
     "设置 `denominate` 为“是”时，数值除以该列（单位表或数据中的列）"},
    {FIELD_IMPUTE, "string", false, false, NULL,
     "expression over x for a value that is missing: `coalesce(x, mean(x over group))`; empty: the setting `impute`",
     "缺失值的插补公式，如 `coalesce(x, mean(x over group))`；空则取设置 `impute`"},
    {FIELD_TREAT, "string", false, false, NULL,
     "expression over x for values far out: `treat(x, 5)`; empty: the setting `treat`; `x` for a leaf that stays as it is",
     "极值的处理公式，如 `treat(x, 5)`；空则取设置 `treat`，写 `x` 表示不处理"},
    {FIELD_SCORE, "string", false, false, NULL,
     "points from the value x, such as `min(full, full * x / target)`; empty: the setting `score`, else `minmax(x)`; on an inner "
     "node applied to what its children combine to",
     "由取值 x 算得分的公式，如 `min(full, full * x / target)`；空则取设置 `score`，再空为 `minmax(x)`；有下级时作用于合成的结果"},
    {FIELD_COMBINE, "string", false, false, pl_combine_words,
     "how those below combine: mean, sum, geomean, harmean, median, min, max, copeland, or an expression over their codes such as "
     "`a * b / 100`; empty: the setting `combine`",
     "下级的合成方式：加权平均、求和、几何平均、调和平均、中位数、最小、最大、科普兰，或以下级代码写的公式，如 `a * b / "
     "100`；空则取设置 `combine`",
     true},
    {FIELD_MISSING, "string", false, false, pl_missing_words,
     "where there is no value: skip leaves the indicator out, zero gives 0 points, mean the mean of the peers, fail stops",
     "没有值时：跳过（不计入）、零分、同类平均，或报错停止"},
    {FIELD_APPLIES, "string", false, false, NULL,
     "which units it is for, such as `unit.group = \"county\"`; empty: all. What does not apply is not missing",
     "适用于哪些单位，如 `unit.group = \"区县\"`；空为全部。不适用不等于缺失"},
    {FIELD_OWNER, "string", false, false, NULL, "who answers for the indicator", "责任单位"},
    {FIELD_SOURCE, "string", false, false, NULL, "where it comes from; `superior` must cover something",
     "指标来源；写“上级”的须有对应的上级指标"},
    {FIELD_COVERS, "string", false, false, NULL,
     "codes of the superior's indicators that it answers to, for `plumbline cover`: `G1, G2 50%, G3 (partly)`",
     "对应的上级指标代码，供 `plumbline cover` 使用：`G1、G2 50%、G3（部分）`"},
    {FIELD_MEASURE, "string", false, false, NULL, "unit of measure of the value", "取值的计量单位"},
    {FIELD_ERROR, "string", false, false, NULL,
     "of a leaf: how far off its values may be, for `plumbline robust`: a standard deviation such as 0.5, or a share of each value "
     "such as 2%",
     "末级指标：数值可能的误差，供 `plumbline robust` 使用：标准差（如 0.5）或占数值的比例（如 2%）"},
    {FIELD_ROUNDING, "number", false, false, NULL,
     "of a leaf: its values are reported to the nearest multiple of this, such as 0.1, for `plumbline robust`",
     "末级指标：数值按此单位四舍五入后上报，如 0.1，供 `plumbline robust` 使用"},
    {FIELD_NOTE, "string", false, false, NULL, "anything else", "其他说明"},
    {FIELD_LEVEL, "string", false, false, NULL, "COINr's; the tree says it already", "COINr 的层级列；树本身已说明"},
    {FIELD_TYPE, "string", false, false, NULL, "COINr's; Group, Denominator and Other are attributes of units",
     "COINr 的类型列；Group、Denominator、Other 为单位属性"},
};

static const pl_sheet_column units[] = {
    {DATA_UNIT, "string", true, true, NULL, "unique; the data names it", "唯一，数据用它指代该单位"},
    {DATA_NAME, "string", false, false, NULL, "for people", "名称，供人阅读"},
    {DATA_GROUP, "string", false, false, NULL, "units assessed against each other", "分类：同类单位相互比较"},
    {DATA_PARENT, "string", false, false, NULL, "code of the unit above", "上级单位的代码"},
};

static const pl_sheet_column data[] = {
    {DATA_UNIT, "string", true, false, NULL, "code of the unit", "单位代码"},
    {DATA_PERIOD, "string", false, false, NULL,
     "2025, 2025-H1, 2025S1, 2025Q3, 2025-03, 202503, 2025年3月, or any label; with a period before, rules can compare: `x / "
     "x[-1]`",
     "期间：2025、2025-H1、2025S1、2025Q3、2025-03、202503、2025年3月，或任意标签；有上一期的数据，公式就能比较：`x / x[-1]`"},
    {DATA_ELEMENT, "string", false, false, NULL, "of long data: what the value is of", "长表：数据项代码"},
    {DATA_VALUE, "number", false, false, NULL, "of long data: the value", "长表：数值"},
    {DATA_NAME, "string", false, false, NULL, "of the unit, where there is no sheet of units", "单位名称（没有单位表时）"},
    {DATA_GROUP, "string", false, false, NULL, "of the unit, where there is no sheet of units", "单位类别（没有单位表时）"},
    {DATA_PARENT, "string", false, false, NULL, "of the unit, where there is no sheet of units", "上级单位（没有单位表时）"},
    {DATA_RATER, "string", false, false, NULL,
     "who gave the value: it is one ballot of many, which rules take together over raters",
     "评价人：该值是多张评分中的一张，规则用 over raters 汇总"},
    {DATA_DELETED, "string", false, false, NULL, "of long data: the row is left out where it is true", "长表：为 true 的行不读"},
    {DATA_LEFT_OUT, "string", false, false, NULL, "of long data: what DHIS2 adds to a value; let pass",
     "长表：DHIS2 的附加列，略过"},
};

static const pl_sheet_column events[] = {
    {EVENT_UNIT, "string", true, false, NULL, "code of the unit that it happened to", "所属单位的代码"},
    {EVENT_ELEMENT, "string", true, false, NULL, "code of the indicator that it belongs to", "所属指标的代码"},
    {EVENT_POINTS, "number", false, false, NULL, "points that it brings or costs", "加分或扣分的分值"},
    {EVENT_DATE, "string", false, false, NULL,
     "its day: 2025-06-30, 2025/6/30 or 2025年6月30日; it counts in every period that contains it",
     "日期，如 2025-06-30、2025/6/30、2025年6月30日；计入包含该日的各期间"},
    {EVENT_CASE, "string", false, false, NULL, "entries of one case carry the same number, for `once per case`",
     "同一案件（事项）写同一编号，用于 `once per case`"},
    {EVENT_LEVEL, "string", false, false, NULL, "kind or level, such as national, provincial, city, which rules tell apart",
     "级别或类型，如国家级、省级、市级，供规则区分"},
    {EVENT_REASON, "string", false, false, NULL, "what it was, for people", "事由，供人阅读"},
    {EVENT_PERIOD, "string", false, false, NULL, "in place of a date", "期间，可代替日期"},
};

static const pl_sheet_column raters[] = {
    {RATER_CODE, "string", true, true, NULL, "unique; the column rater of the data names it", "唯一，数据的评价人列用它"},
    {RATER_NAME, "string", false, false, NULL, "for people", "名称，供人阅读"},
    {RATER_KIND, "string", false, false, NULL, "such as leader, peer or public; `rater.kind`",
     "评价主体，如领导、同级、群众；rater.kind"},
};

static const pl_sheet_column functions[] = {
    {FUNCTION_NAME, "string", true, true, NULL, "what formulas call it", "公式中的函数名"},
    {FUNCTION_PARAMETERS, "string", false, false, NULL, "names, separated by commas; `share = 5%` may be left out by the caller",
     "参数名，以逗号分隔；写成 share = 5% 的可省略"},
    {FUNCTION_FORMULA, "string", true, false, NULL, "over its parameters", "以参数写的公式"},
    {FUNCTION_MEANING, "string", false, false, NULL, "for people", "含义，供人阅读"},
};

static const pl_sheet_column grades[] = {
    {GRADE_NAME, "string", true, false, NULL, "of the grade, the best first", "等次名称，从好到差"},
    {GRADE_MIN, "number", false, false, NULL, "the total, as published, must reach it", "总分（公布值）不低于此分"},
    {GRADE_SHARE, "string", false, false, NULL, "of the units of the group, as 30% or 0.3; shares add up from the top",
     "占本类单位数的比例，如 30% 或 0.3；自上而下累加"},
    {GRADE_BARRED, "string", false, false, NULL,
     "condition under which a unit may not have it and falls to the next, such as `count(level = \"major\" over events of "
     "accidents) > 0`; `x` is the total",
     "条件成立则不得评为该等次，降为下一等，如 `count(level = \"重大\" over events of accidents) > 0`；`x` 为总分"},
    {GRADE_ROUNDING, "string", false, false, pl_rounding_words, "of the share into places: down (default), up, nearest",
     "名额取整：舍去（默认）、进一、四舍五入"},
    {GRADE_TIES, "string", false, false, pl_tied_words,
     "units that share a place across the line: include (default) all of them or exclude all",
     "界线上并列的单位：都算（默认）或都不算"},
    {GRADE_MOVES_UP, "string", false, false, pl_yes_words, "yes: the place of a barred unit goes to the next in line (default no)",
     "是：被限制的单位空出的名额递补（默认否）"},
};

static const pl_sheet_column uncovered[] = {
    {0, "string", true, true, NULL, "of an indicator or a whole group of the superior's that stays open on purpose",
     "有意不覆盖的上级指标或其整组的代码"},
    {1, "string", false, false, NULL, "why", "理由"},
};

static const pl_sheet_column lamps[] = {
    {LAMP_NAME, "string", true, true, NULL, "of the lamp, such as green", "灯的名称，如绿"},
    {LAMP_CONDITION, "string", false, false, NULL,
     "when it is lit, over `x` (the value), `points` (its score) and `full target low high weight direction`, such as `points >= "
     "90% * full`; the first lamp whose condition holds counts; empty: always",
     "亮此灯的条件，可用 `x`（取值）、`points`（得分）和 `full target low high weight direction`，如 `points >= 90% * "
     "full`；自上而下取第一个成立的；空为总是成立"},
    {LAMP_NOTE, "string", false, false, NULL, "what it means, for people", "含义，供人阅读"},
};

static const pl_sheet_column costs[] = {
    {COST_ELEMENT, "string", true, false, NULL,
     "code of the element of the data that can be improved; what has no row here stays as it is",
     "可以改进的数据项代码；此表没有的数据项视为不能改变"},
    {COST_UNIT, "string", false, false, NULL,
     "code of a unit whose costs these are; empty: of all units that have no row of their own",
     "适用的单位代码；空为没有单独列出的全部单位"},
    {COST_KIND, "string", false, false, pl_cost_kind_words,
     "stepwise (default): whole steps only; linear: any part of a step at the same part of its cost",
     "阶梯（默认）：只能走整步；线性：可走半步，成本按比例"},
    {COST_STEP, "number", false, false, NULL, "size of one step in the unit of the value, above 0; empty is 1",
     "一步的大小，以取值的计量单位计，大于 0；空为 1"},
    {COST_COST, "number", true, false, NULL, "of one step, above 0, in whatever unit all rows share: money, days, points of effort",
     "每步的成本，大于 0；各行用同一单位：万元、人天或工作量"},
    {COST_UP_TO, "number", true, false, NULL,
     "value that can be reached at this price by the end of the year; further rows of the element go on from there at their own "
     "price",
     "年内按此成本可达到的值；同一数据项的后续各行从此值起按各自的成本计"},
    {COST_NOTE, "string", false, false, NULL, "anything else", "其他说明"},
};

static const pl_sheet_column settings[] = {
    {0, "string", true, true, pl_setting_words, "one of those below", "下列设置项之一"},
    {1, "string", false, false, NULL, "its value", "值"},
};

static const pl_sheet_column setting_keys[] = {
    {SETTING_NAME, "string", false, false, NULL, "of the model", "模型名称"},
    {SETTING_YEAR, "string", false, false, NULL, "that is assessed", "考核年度"},
    {SETTING_SCORE, "string", false, false, NULL, "rule for indicators that give none; empty: `minmax(x)`",
     "指标没有填计分规则时所用的规则；空为 `minmax(x)`"},
    {SETTING_COMBINE, "string", false, false, pl_combine_words, "how children combine where an indicator does not say",
     "指标没有填合成方式时所用的方式", true},
    {SETTING_MISSING, "string", false, false, pl_missing_words, "what to do with missing values where an indicator does not say",
     "指标没有填缺失处理时所用的处理"},
    {SETTING_PERIOD, "string", false, false, NULL,
     "that is scored, or all; also a year of which the data has only the months; empty: the last one",
     "计分的期间，或写“全部”；数据只有各月时也可写年度；空则取最后一期"},
    {SETTING_AS_OF, "string", false, false, NULL,
     "date that the data stands for; later events do not count, and elapsed() ends here",
     "数据截止日期；之后的事件不计，elapsed() 算到此日"},
    {SETTING_DIGITS, "number", false, false, NULL, "decimals of what is published, 0 to 15; empty: not rounded",
     "公布结果的小数位，0 到 15；空为不修约"},
    {SETTING_DIGITS_LEAF, "number", false, false, NULL,
     "decimals to which the scores of leaves are rounded before they are combined", "末级指标得分合成前修约到的小数位"},
    {SETTING_RANK_ON, "string", false, false, pl_rank_on_words,
     "places from the rounded or the exact totals; empty: rounded where digits is set",
     "按修约后还是修约前的总分排名；空：填了小数位则按修约后"},
    {SETTING_TIES, "string", false, false, pl_ties_words,
     "places of equal totals: competition 1, 2, 2, 4; dense 1, 2, 2, 3; average 1, 2.5, 2.5, 4",
     "总分相同的名次：竞赛 1、2、2、4；连续 1、2、2、3；平均 1、2.5、2.5、4"},
    {SETTING_TIE_BREAK, "string", false, false, NULL, "codes to compare in turn where totals are equal, separated by commas",
     "总分相同时依次比较的指标代码，以逗号分隔"},
    {SETTING_PEERS, "string", false, false, pl_peers_words, "whom `over peers` means: all units, or those of the same group",
     "公式中 `over peers` 指谁：全部单位，或同类单位"},
    {SETTING_GRADE_WITHIN, "string", false, false, pl_peers_words, "grades are dealt out within each group (default) or among all",
     "等次在每类之内评定（默认）还是在全部单位中评定"},
    {SETTING_GROUP, "string", false, false, NULL, "column that serves as the group; empty: the one of that name",
     "作为类别的列；空则用名为类别的列"},
    {SETTING_CUMULATIVE, "string", false, false, NULL,
     "data items that are reported as totals since the beginning of the year, for `forecast`, separated by commas; `none`: none "
     "is; "
     "empty: found from the data",
     "按年初至今累计数填报的数据项，供 `forecast` 使用，以逗号分隔；`none` 表示没有；空则由数据判断"},
    {SETTING_DENOMINATE, "string", false, false, pl_yes_words, "values are divided by their denominators (default no)",
     "数值是否除以分母，默认否"},
    {SETTING_IMPUTE, "string", false, false, NULL, "default of the column impute", "插补公式的默认值"},
    {SETTING_SCREEN, "string", false, false, NULL,
     "least share of its values that a unit must have, as 60% or 0.6; others are left out and named",
     "单位应有数值的最低比例，如 60% 或 0.6；低于它的单位不参与，并予列出"},
    {SETTING_SCREEN_ON, "string", false, false, pl_screen_on_words, "values as reported (default) or as imputed are counted",
     "按填报的（默认）或插补后的数值计算比例"},
    {SETTING_TREAT, "string", false, false, NULL, "default of the column treat", "处理公式的默认值"},
    {SETTING_SILENCE, "string", false, false, NULL,
     "findings that `check` need not tell: `W506` everywhere, `W506:CODE` for one indicator; errors cannot be silenced",
     "`check` 不必提示的发现：`W506` 全部、`W506:代码` 某一指标；错误不能忽略"},
};

static const pl_sheet_description sheets[] = {
    {SHEET_INDICATORS, pl_field_words, indicators, COUNT(indicators), "one row for each indicator", "每个指标一行"},
    {SHEET_UNITS, pl_unit_words, units, COUNT(units), "one row for each unit; further columns are attributes, unit.population",
     "每个单位一行；其余各列为属性，如 unit.population"},
    {SHEET_DATA, pl_data_words, data, COUNT(data), "wide: a column for each element; or long: unit, element, value",
     "宽表：每个数据项一列；或长表：单位、数据项、数值"},
    {SHEET_EVENTS, pl_event_words, events, COUNT(events),
     "one row for each incident, award or shared task; further columns: event.NAME",
     "每起事件、奖励或共同任务一行；其余各列写作 event.列名"},
    {SHEET_RATERS, pl_rater_words, raters, COUNT(raters), "one row for each rater; further columns: rater.NAME",
     "每个评价人一行；其余各列写作 rater.列名"},
    {SHEET_FUNCTIONS, pl_function_words, functions, COUNT(functions), "one row for each function of the model's own",
     "每个自定义函数一行"},
    {SHEET_GRADES, pl_grade_words, grades, COUNT(grades), "one row for each grade, the best first", "每个等次一行，从好到差"},
    {SHEET_UNCOVERED, pl_uncovered_words, uncovered, COUNT(uncovered), "one row for each gap that is meant to be one",
     "每个有意留下的缺口一行"},
    {SHEET_LAMPS, pl_lamp_words, lamps, COUNT(lamps), "one row for each lamp, the best first", "每种灯一行，从好到差"},
    {SHEET_COSTS, pl_cost_words, costs, COUNT(costs), "one row for each element that can be improved, and each price",
     "每个可改进的数据项、每档成本一行"},
    {SHEET_SETTINGS, pl_key_words, settings, COUNT(settings), "one row for each setting", "每个设置一行"},
};

const pl_sheet_description *pl_sheet_described(pl_sheet_kind kind) {
    for (size_t i = 0; i < COUNT(sheets); i++)
        if (sheets[i].kind == kind) return &sheets[i];
    return NULL;
}

const pl_sheet_column *pl_sheet_column_find(const pl_sheet_description *sheet, pl_str header) {
    int meaning = sheet && header.len ? pl_word_find(sheet->words, header) : -1;
    for (size_t i = 0; meaning >= 0 && i < sheet->column_count; i++)
        if (sheet->columns[i].meaning == meaning) return &sheet->columns[i];
    return NULL;
}

const pl_sheet_column *pl_setting_descriptions(size_t *count) {
    *count = COUNT(setting_keys);
    return setting_keys;
}

/* ---- for people ---- */

/* Headers of columns, or keys of settings, each with what it is. */
static void describe(const pl_word *words, const pl_sheet_column *columns, size_t count, bool chinese, pl_buffer *out) {
    for (size_t i = 0; i < count; i++) {
        const char *other = pl_word_chinese(words, columns[i].meaning);
        pl_buffer_print(out, "  %s%s%s\n      %s\n", pl_word_for(words, columns[i].meaning, false), other ? "  " : "",
                        other ? other : "", chinese ? columns[i].chinese : columns[i].english);
    }
}

void pl_sheets_describe(bool chinese, pl_buffer *out) {
    size_t count;
    const pl_sheet_column *keys = pl_setting_descriptions(&count);
    for (size_t i = 0; i < COUNT(sheets); i++) {
        const pl_sheet_description *s = &sheets[i];
        pl_buffer_print(out, "%s%s.csv  %s.csv\n  %s\n\n", i ? "\n" : "", pl_word_for(pl_sheet_words, (int)s->kind, false),
                        pl_word_chinese(pl_sheet_words, (int)s->kind), chinese ? s->chinese : s->english);
        describe(s->words, s->columns, s->column_count, chinese, out);
    }
    pl_buffer_text(out, chinese ? "\n设置项\n\n" : "\nsettings\n\n");
    describe(pl_setting_words, keys, count, chinese, out);
}

static void tabulate(const char *what, const char *what_zh, const pl_word *words, const pl_sheet_column *columns, size_t count,
                     pl_buffer *out) {
    pl_buffer_print(out, "\n| %s | %s | what it is | 含义 |\n|---|---|---|---|\n", what, what_zh);
    for (size_t i = 0; i < count; i++) {
        const char *other = pl_word_chinese(words, columns[i].meaning);
        pl_buffer_print(out, "| `%s` | %s | %s | %s |\n", pl_word_for(words, columns[i].meaning, false), other ? other : "",
                        columns[i].english, columns[i].chinese);
    }
}

void pl_sheets_markdown(pl_buffer *out) {
    size_t count;
    const pl_sheet_column *keys = pl_setting_descriptions(&count);
    for (size_t i = 0; i < COUNT(sheets); i++) {
        const pl_sheet_description *s = &sheets[i];
        pl_buffer_print(out, "%s## %s.csv %s\n", i ? "\n" : "", pl_word_for(pl_sheet_words, (int)s->kind, false),
                        pl_word_chinese(pl_sheet_words, (int)s->kind));
        tabulate("column", "列", s->words, s->columns, s->column_count, out);
    }
    tabulate("setting", "设置项", pl_setting_words, keys, count, out);
}
