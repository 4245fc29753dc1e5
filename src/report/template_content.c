/* A small model that works as it stands, to be typed over. */
#include "report/template.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BIT(meaning) (UINT32_C(1) << (meaning))

static const template_row indicator_rows[] = {
    {[FIELD_CODE] = "total", [FIELD_NAME] = "Assessment of the year", [FIELD_COMBINE] = "sum"},
    {[FIELD_CODE] = "projects",
     [FIELD_NAME] = "Key projects completed",
     [FIELD_PARENT] = "total",
     [FIELD_FULL] = "60",
     [FIELD_TARGET] = "100",
     [FIELD_SCORE] = "min(full, full * x / target)",
     [FIELD_OWNER] = "Planning office",
     [FIELD_SOURCE] = "superior",
     [FIELD_MEASURE] = "%"},
    {[FIELD_CODE] = "satisfaction",
     [FIELD_NAME] = "Public satisfaction",
     [FIELD_PARENT] = "total",
     [FIELD_FULL] = "30",
     [FIELD_SCORE] = "full * efficacy(x) / 100",
     [FIELD_OWNER] = "Statistics office",
     [FIELD_SOURCE] = "superior",
     [FIELD_MEASURE] = "%",
     [FIELD_NOTE] = "the worst of the units gets 60 % of full, the best all of it"},
    {[FIELD_CODE] = "accidents",
     [FIELD_NAME] = "Accidents at work",
     [FIELD_PARENT] = "total",
     [FIELD_DIRECTION] = "-1",
     [FIELD_FULL] = "10",
     [FIELD_SCORE] = "deduct(x, 1)",
     [FIELD_MISSING] = "zero",
     [FIELD_OWNER] = "Safety office",
     [FIELD_SOURCE] = "local",
     [FIELD_MEASURE] = "cases"},
};
static const template_row indicator_rows_zh[] = {
    {[FIELD_CODE] = "total", [FIELD_NAME] = "年度考核总分", [FIELD_COMBINE] = "sum"},
    {[FIELD_CODE] = "projects",
     [FIELD_NAME] = "重点项目完成率",
     [FIELD_PARENT] = "total",
     [FIELD_FULL] = "60",
     [FIELD_TARGET] = "100",
     [FIELD_SCORE] = "min(full, full * x / target)",
     [FIELD_OWNER] = "市发展改革委",
     [FIELD_SOURCE] = "上级",
     [FIELD_MEASURE] = "%"},
    {[FIELD_CODE] = "satisfaction",
     [FIELD_NAME] = "群众满意率",
     [FIELD_PARENT] = "total",
     [FIELD_FULL] = "30",
     [FIELD_SCORE] = "full * efficacy(x) / 100",
     [FIELD_OWNER] = "市统计局",
     [FIELD_SOURCE] = "上级",
     [FIELD_MEASURE] = "%",
     [FIELD_NOTE] = "最差的单位得满分的 60%，最好的得满分"},
    {[FIELD_CODE] = "accidents",
     [FIELD_NAME] = "生产安全事故",
     [FIELD_PARENT] = "total",
     [FIELD_DIRECTION] = "-1",
     [FIELD_FULL] = "10",
     [FIELD_SCORE] = "deduct(x, 1)",
     [FIELD_MISSING] = "zero",
     [FIELD_OWNER] = "市应急管理局",
     [FIELD_SOURCE] = "本级",
     [FIELD_MEASURE] = "起"},
};

static const template_row unit_rows[] = {
    {[DATA_UNIT] = "A", [DATA_NAME] = "East district", [DATA_GROUP] = "district"},
    {[DATA_UNIT] = "B", [DATA_NAME] = "West district", [DATA_GROUP] = "district"},
    {[DATA_UNIT] = "C", [DATA_NAME] = "Hill county", [DATA_GROUP] = "county"},
};
static const template_row unit_rows_zh[] = {
    {[DATA_UNIT] = "A", [DATA_NAME] = "东城区", [DATA_GROUP] = "城区"},
    {[DATA_UNIT] = "B", [DATA_NAME] = "西城区", [DATA_GROUP] = "城区"},
    {[DATA_UNIT] = "C", [DATA_NAME] = "南山县", [DATA_GROUP] = "县"},
};

static const char *const elements[] = {"projects", "satisfaction", "accidents", NULL};
static const template_row data_rows[] = {
    {[DATA_UNIT] = "A", [DATA_PERIOD] = "2025", [TEMPLATE_ELEMENT] = "96", "91.5", "1"},
    {[DATA_UNIT] = "B", [DATA_PERIOD] = "2025", [TEMPLATE_ELEMENT] = "104", "88.2", "0"},
    {[DATA_UNIT] = "C", [DATA_PERIOD] = "2025", [TEMPLATE_ELEMENT] = "87.5", "93.4", "3"},
};

const template_setting template_settings[] = {
    {SETTING_NAME, "Example: a small assessment", "示例：小型考核"},
    {SETTING_YEAR, "2025", "2025"},
    {SETTING_COMBINE, "mean", "mean"},
    {SETTING_MISSING, "skip", "skip"},
    {SETTING_DIGITS, "2", "2"},
    {SETTING_TIES, "competition", "competition"},
    {SETTING_TIE_BREAK, "projects", "projects"},
    {SETTING_PEERS, "all", "all"},
};
const size_t template_setting_count = COUNT(template_settings);

static const template_row event_rows[] = {{[EVENT_UNIT] = "B",
                                           [EVENT_ELEMENT] = "projects",
                                           [EVENT_POINTS] = "2",
                                           [EVENT_DATE] = "2025-03-14",
                                           [EVENT_CASE] = "2025-001",
                                           [EVENT_LEVEL] = "provincial",
                                           [EVENT_REASON] = "Award for a finished project"}};
static const template_row event_rows_zh[] = {{[EVENT_UNIT] = "B",
                                              [EVENT_ELEMENT] = "projects",
                                              [EVENT_POINTS] = "2",
                                              [EVENT_DATE] = "2025-03-14",
                                              [EVENT_CASE] = "2025-001",
                                              [EVENT_LEVEL] = "省级",
                                              [EVENT_REASON] = "重点项目获省级表彰"}};

static const template_row function_rows[] = {{[FUNCTION_NAME] = "completion",
                                              [FUNCTION_PARAMETERS] = "done, goal, most = 100%",
                                              [FUNCTION_FORMULA] = "min(most, done / goal)",
                                              [FUNCTION_MEANING] = "part of a goal that is reached, up to all of it"}};
static const template_row function_rows_zh[] = {{[FUNCTION_NAME] = "完成度",
                                                 [FUNCTION_PARAMETERS] = "实绩, 目标, 上限 = 100%",
                                                 [FUNCTION_FORMULA] = "min(上限, 实绩 / 目标)",
                                                 [FUNCTION_MEANING] = "完成目标的比例，不超过上限"}};

static const template_row grade_rows[] = {
    {[GRADE_NAME] = "excellent", [GRADE_MIN] = "90", [GRADE_SHARE] = "0.3", [GRADE_ROUNDING] = "down", [GRADE_TIES] = "exclude"},
    {[GRADE_NAME] = "good", [GRADE_MIN] = "75"},
    {[GRADE_NAME] = "fair", [GRADE_MIN] = "60"},
};
static const template_row grade_rows_zh[] = {
    {[GRADE_NAME] = "优秀", [GRADE_MIN] = "90", [GRADE_SHARE] = "0.3", [GRADE_ROUNDING] = "down", [GRADE_TIES] = "exclude"},
    {[GRADE_NAME] = "良好", [GRADE_MIN] = "75"},
    {[GRADE_NAME] = "一般", [GRADE_MIN] = "60"},
};

#define LONG_DATA (BIT(DATA_ELEMENT) | BIT(DATA_VALUE) | BIT(DATA_DELETED) | BIT(DATA_LEFT_OUT))
#define ADVANCED (BIT(FIELD_LEVEL) | BIT(FIELD_TYPE) | BIT(FIELD_DENOMINATOR) | BIT(FIELD_IMPUTE) | BIT(FIELD_TREAT))
#define OF_UNITS (BIT(DATA_NAME) | BIT(DATA_GROUP) | BIT(DATA_PARENT))

const template_sheet template_sheets[] = {
    {SHEET_INDICATORS, ADVANCED, NULL, indicator_rows, indicator_rows_zh, COUNT(indicator_rows)},
    {SHEET_UNITS, 0, NULL, unit_rows, unit_rows_zh, COUNT(unit_rows)},
    {SHEET_DATA, LONG_DATA | OF_UNITS | BIT(DATA_RATER), elements, data_rows, data_rows, COUNT(data_rows)},
    {SHEET_SETTINGS, 0, NULL, NULL, NULL, 0}, /* its rows are all settings */
    {SHEET_EVENTS, 0, NULL, event_rows, event_rows_zh, COUNT(event_rows)},
    {SHEET_FUNCTIONS, 0, NULL, function_rows, function_rows_zh, COUNT(function_rows)},
    {SHEET_GRADES, 0, NULL, grade_rows, grade_rows_zh, COUNT(grade_rows)},
};
const size_t template_sheet_count = COUNT(template_sheets);
