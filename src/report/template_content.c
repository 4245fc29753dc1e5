/* The words of the template: what each column is for, and a small model that works as it stands. */
#include "report/template.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const template_column indicators[] = {
    {pl_field_words, FIELD_CODE, NULL, NULL, false, false,
     "Code of the indicator: unique, short, without spaces. Rules and the sheet of data use it.",
     "指标代码：不重复、简短、不含空格；公式和数据表用它来指称指标。"},
    {pl_field_words, FIELD_NAME, NULL, NULL, false, false, "Name of the indicator, for people.", "指标名称，给人看。"},
    {pl_field_words, FIELD_PARENT, NULL, NULL, false, false,
     "Code of the indicator above. Exactly one row leaves it empty: the total.", "上级指标的代码。只有一行为空，即总分。"},
    {pl_field_words, FIELD_WEIGHT, NULL, NULL, false, true,
     "Weight among its siblings, for the means and for Copeland's method. Empty is 1.",
     "在同级指标中的权重，用于各种平均和科普兰法；空为 1。"},
    {pl_field_words, FIELD_DIRECTION, NULL, pl_direction_words, false, true,
     "1: higher is better. -1: lower is better. Empty is 1.", "正向：越高越好；逆向：越低越好。空为正向。"},
    {pl_field_words, FIELD_FULL, NULL, NULL, false, true, "Points at stake; rules call it full.", "满分；公式里写作 full。"},
    {pl_field_words, FIELD_TARGET, NULL, NULL, false, true, "Target of the year; rules call it target.",
     "年度目标；公式里写作 target。"},
    {pl_field_words, FIELD_LOW, NULL, NULL, false, true, "Lowest value that is plausible; rules call it low.",
     "合理的最低值；公式里写作 low。"},
    {pl_field_words, FIELD_HIGH, NULL, NULL, false, true, "Highest value that is plausible; rules call it high.",
     "合理的最高值；公式里写作 high。"},
    {pl_field_words, FIELD_VALUE, NULL, NULL, false, false,
     "How the value x comes about. Empty: the column of the data with this code. Otherwise such as: a / b * 100",
     "取值 x 怎样得来。空：取数据表中同代码的列；也可写公式，如 a / b * 100"},
    {pl_field_words, FIELD_SCORE, NULL, NULL, false, false,
     "Points from the value x, such as: min(full, full * x / target). Empty: the setting `score`. All functions: plumbline help "
     "functions",
     "由取值 x 算得分，如 min(full, full * x / target)。空：用设置表的计分规则。全部函数：plumbline help functions"},
    {pl_field_words, FIELD_COMBINE, NULL, pl_combine_words, true, false,
     "For indicators with others below them: how these combine. A word of the list, or an expression over their codes such as: a * "
     "b / "
     "100. Empty: the setting `combine`.",
     "有下级的指标：下级怎样合成。从列表选，或用下级代码写公式，如 a * b / 100。空：用设置表的合成方式。"},
    {pl_field_words, FIELD_MISSING, NULL, pl_missing_words, false, false,
     "Where there is no value: skip leaves the indicator out, zero gives 0 points, mean the mean of the peers, fail stops.",
     "没有值时：跳过（不计入）、零分、同类平均，或报错停止。"},
    {pl_field_words, FIELD_APPLIES, NULL, NULL, false, false,
     "Which units the indicator is for, such as: unit.group = \"county\". Empty: all. What does not apply is not missing.",
     "适用于哪些单位，如 unit.group = \"区县\"。空：全部。不适用不等于缺失。"},
    {pl_field_words, FIELD_OWNER, NULL, NULL, false, false, "Who answers for the indicator.", "指标的责任单位。"},
    {pl_field_words, FIELD_SOURCE, NULL, NULL, false, false, "Where it comes from: superior or local.",
     "指标来源：上级下达或本级自设。"},
    {pl_field_words, FIELD_COVERS, NULL, NULL, false, false, "Codes of the superior indicators that it covers.",
     "对应的上级指标代码。"},
    {pl_field_words, FIELD_MEASURE, NULL, NULL, false, false, "Unit of measure of the value.", "取值的计量单位。"},
    {pl_field_words, FIELD_NOTE, NULL, NULL, false, false, "Anything else.", "其他说明。"},
};
static const template_row indicator_rows[] = {
    {"total", "Assessment of the year", [11] = "sum"},
    {"projects", "Key projects completed", "total", [5] = "60",
     "100", [10] = "min(full, full * x / target)", [14] = "Planning office", "superior", [17] = "%"},
    {"satisfaction", "Public satisfaction", "total", [5] = "30", [10] = "full * efficacy(x) / 100", [14] = "Statistics office",
     "superior", [17] = "%", "the worst of the units gets 60 % of full, the best all of it"},
    {"accidents", "Accidents at work", "total", [4] = "-1", "10", [10] = "deduct(x, 1)", [12] = "zero", [14] = "Safety office",
     "local", [17] = "cases"},
};
static const template_row indicator_rows_zh[] = {
    {"total", "年度考核总分", [11] = "sum"},
    {"projects", "重点项目完成率", "total", [5] = "60", "100", [10] = "min(full, full * x / target)", [14] = "市发展改革委",
     "上级", [17] = "%"},
    {"satisfaction", "群众满意率", "total", [5] = "30", [10] = "full * efficacy(x) / 100", [14] = "市统计局", "上级", [17] = "%",
     "最差的单位得满分的 60%，最好的得满分"},
    {"accidents", "生产安全事故", "total", [4] = "-1", "10", [10] = "deduct(x, 1)", [12] = "zero", [14] = "市应急管理局",
     "本级", [17] = "起"},
};

static const template_column units[] = {
    {pl_unit_words, DATA_UNIT, NULL, NULL, false, false, "Code of the unit: unique. The sheet of data uses it.",
     "单位代码：不重复；数据表用它来指称单位。"},
    {pl_unit_words, DATA_NAME, NULL, NULL, false, false, "Name of the unit.", "单位名称。"},
    {pl_unit_words, DATA_GROUP, NULL, NULL, false, false,
     "Units of the same group are ranked among themselves too. Further columns are attributes: rules read unit.population.",
     "同类单位之间另排名次。可再加列作为单位属性，公式里写作 unit.人口。"},
    {pl_unit_words, DATA_PARENT, NULL, NULL, false, false, "Code of the unit above it, if any.", "上级单位的代码，没有则空。"},
};
static const template_row unit_rows[] = {
    {"A", "East district", "district"}, {"B", "West district", "district"}, {"C", "Hill county", "county"}};
static const template_row unit_rows_zh[] = {{"A", "东城区", "城区"}, {"B", "西城区", "城区"}, {"C", "南山县", "县"}};

static const template_column data[] = {
    {pl_data_words, DATA_UNIT, NULL, NULL, false, false, "Code of the unit.", "单位代码。"},
    {pl_data_words, DATA_PERIOD, NULL, NULL, false, false,
     "Period, such as 2025, 2025-Q1 or 2025-03. A year before lets rules compare: x / x[-1].",
     "期间，如 2025、2025-Q1、2025-03；有上一年的数据，公式就能比较：x / x[-1]。"},
    {NULL, 0, "projects", NULL, false, true, "One column for each indicator's code. Plain numbers; empty where there is no value.",
     "每个末级指标一列，列名为指标代码。只填数字，没有值就留空。"},
    {NULL, 0, "satisfaction", NULL, false, true, "As before.", "同前。"},
    {NULL, 0, "accidents", NULL, false, true, "As before.", "同前。"},
};
static const template_row data_rows[] = {
    {"A", "2025", "96", "91.5", "1"}, {"B", "2025", "104", "88.2", "0"}, {"C", "2025", "87.5", "93.4", "3"}};

static const template_column settings[] = {
    {pl_key_words, 0, NULL, NULL, false, false, "Name of the setting; the comment on each says what it does.",
     "设置项；各项的批注说明用途。"},
    {pl_key_words, 1, NULL, NULL, false, false, "Its value; empty: as if the row were not there.",
     "设置的值；空则等于没有这一行。"},
};
const template_setting template_settings[] = {
    {SETTING_NAME, NULL, false, "Example: a small assessment", "示例：小型考核", "Name of the model.", "指标体系的名称。"},
    {SETTING_YEAR, NULL, false, "2025", "2025", "Year that is assessed.", "考核年度。"},
    {SETTING_PERIOD, NULL, false, NULL, NULL, "Period that is scored, or all. Empty: the last one in the data.",
     "计分的期间，或写“全部”。空：数据中的最后一期。"},
    {SETTING_AS_OF, NULL, false, NULL, NULL, "Date as of which the data stand.", "数据截止日期。"},
    {SETTING_SCORE, NULL, false, NULL, NULL, "Rule for indicators that give none. Empty: minmax(x).",
     "指标没有填计分规则时用的规则。空：minmax(x)。"},
    {SETTING_COMBINE, pl_combine_words, true, "mean", "mean", "How children combine where an indicator does not say.",
     "指标没有填合成方式时用的方式。"},
    {SETTING_MISSING, pl_missing_words, false, "skip", "skip", "What to do with missing values where an indicator does not say.",
     "指标没有填缺失处理时用的处理。"},
    {SETTING_DIGITS, NULL, false, "2", "2", "Decimals of what is published, 0 to 15. Empty: not rounded.",
     "公布的小数位数，0 到 15。空：不修约。"},
    {SETTING_DIGITS_LEAF, NULL, false, NULL, NULL, "Decimals to which indicators are rounded before they are combined.",
     "末级指标合成前修约到的小数位数。"},
    {SETTING_RANK_ON, pl_rank_on_words, false, NULL, NULL,
     "Places from the rounded or the exact totals. Empty: rounded where digits is set.",
     "按修约后还是修约前的总分排名。空：填了小数位数则按修约后。"},
    {SETTING_TIES, pl_ties_words, false, "competition", "competition",
     "Places of equal totals: competition 1, 2, 2, 4; dense 1, 2, 2, 3; average 1, 2.5, 2.5, 4.",
     "总分相同的名次：竞赛 1、2、2、4；连续 1、2、2、3；平均 1、2.5、2.5、4。"},
    {SETTING_TIE_BREAK, NULL, false, "projects", "projects", "Codes to compare where totals are equal, separated by commas.",
     "总分相同时依次比较的指标代码，以逗号分隔。"},
    {SETTING_PEERS, pl_peers_words, false, "all", "all", "Whom `over peers` means: all units, or those of the same group.",
     "公式中 peers 指谁：全部单位，或同类单位。"},
};
const size_t template_setting_count = COUNT(template_settings);

static const template_column events[] = {
    {pl_event_words, EVENT_UNIT, NULL, NULL, false, false, "Code of the unit it happened to.", "单位代码。"},
    {pl_event_words, EVENT_ELEMENT, NULL, NULL, false, false, "Code of the indicator or element that it counts for.",
     "计入哪个指标或数据项。"},
    {pl_event_words, EVENT_POINTS, NULL, NULL, false, true, "Points that it brings or costs.", "加分或扣分的分值。"},
    {pl_event_words, EVENT_DATE, NULL, NULL, false, false, "When: 2025-03-14.", "日期，如 2025-03-14。"},
    {pl_event_words, EVENT_CASE, NULL, NULL, false, false, "Entries of one case carry the same number and count once.",
     "同一案件（事项）写同一编号，只计一次。"},
    {pl_event_words, EVENT_LEVEL, NULL, NULL, false, false, "Its level, such as national, provincial, city.",
     "级别，如国家级、省级、市级。"},
    {pl_event_words, EVENT_REASON, NULL, NULL, false, false, "What it was.", "事由。"},
};
static const template_row event_rows[] = {
    {"B", "projects", "2", "2025-03-14", "2025-001", "provincial", "Award for a finished project"}};
static const template_row event_rows_zh[] = {{"B", "projects", "2", "2025-03-14", "2025-001", "省级", "重点项目获省级表彰"}};

static const template_column grades[] = {
    {pl_grade_words, GRADE_NAME, NULL, NULL, false, false, "Name of the grade; the best comes first.", "等次名称，从高到低。"},
    {pl_grade_words, GRADE_MIN, NULL, NULL, false, true, "Least total for it. Empty: none.", "最低总分。空：不限。"},
    {pl_grade_words, GRADE_SHARE, NULL, NULL, false, true, "Largest share of each group that may have it, 0 to 1. Empty: any.",
     "每类单位中最多占的比例，0 到 1。空：不限。"},
    {pl_grade_words, GRADE_BARRED, NULL, NULL, false, false,
     "Condition under which a unit cannot have it, such as: count(level = \"major\" over events of accidents) > 0",
     "不得评为该等次的条件，如 count(level = \"重大事故\" over events of accidents) > 0"},
    {pl_grade_words, GRADE_ROUNDING, NULL, pl_rounding_words, false, false,
     "How the share becomes a number of places. Empty: down.", "比例折算名额时怎样取整。空：舍去。"},
    {pl_grade_words, GRADE_TIES, NULL, pl_tied_words, false, false,
     "Units that share a place across the line: all of them get the grade, or none. Empty: all.",
     "界线上并列的单位：都算或都不算。空：都算。"},
    {pl_grade_words, GRADE_MOVES_UP, NULL, pl_yes_words, false, false,
     "Whether the place of a unit that cannot have the grade goes to the next in line. Empty: no.",
     "被限制的单位空出的名额是否递补。空：否。"},
};
static const template_row grade_rows[] = {
    {"excellent", "90", "0.3", NULL, "down", "exclude", "no"}, {"good", "75"}, {"fair", "60"}};
static const template_row grade_rows_zh[] = {{"优秀", "90", "0.3", NULL, "down", "exclude", "no"}, {"良好", "75"}, {"一般", "60"}};

const template_sheet template_sheets[] = {
    {SHEET_INDICATORS, indicators, COUNT(indicators), indicator_rows, indicator_rows_zh, COUNT(indicator_rows)},
    {SHEET_UNITS, units, COUNT(units), unit_rows, unit_rows_zh, COUNT(unit_rows)},
    {SHEET_DATA, data, COUNT(data), data_rows, data_rows, COUNT(data_rows)},
    {SHEET_SETTINGS, settings, COUNT(settings), NULL, NULL, 0}, /* its rows are template_settings */
    {SHEET_EVENTS, events, COUNT(events), event_rows, event_rows_zh, COUNT(event_rows)},
    {SHEET_GRADES, grades, COUNT(grades), grade_rows, grade_rows_zh, COUNT(grade_rows)},
};
const size_t template_sheet_count = COUNT(template_sheets);
