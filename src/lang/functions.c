#include <plumbline/lang/functions.h>

#include "lang/builtin.h"
#include "lang/graph.h"

#define PROPAGATES "missing where an argument is"
#define PROPAGATES_ZH "有一个参数缺失则缺失"
#define LEFT_OUT "missing values are left out; missing where none is present"
#define LEFT_OUT_ZH "缺失值不参与；全部缺失则缺失"
#define OWN_MISSING "missing where x is; missing members are left out"
#define OWN_MISSING_ZH "x 缺失则缺失；缺失的成员不参与"
#define PAIRS "members that lack x or y are left out; missing where the line is not determined"
#define PAIRS_ZH "缺 x 或 y 的成员不参与；直线无法确定则缺失"
#define BOTH "a list of arguments: " PROPAGATES "; over a scope: left out"
#define BOTH_ZH "参数列表：" PROPAGATES_ZH "；带范围：缺失值不参与"

static const pl_function functions[] = {
    /* ---- arithmetic ---- */
    {"abs", "x", "arithmetic", PL_OVER_NEVER, "The size of x without its sign.", "x 的绝对值。", PROPAGATES, PROPAGATES_ZH,
     "abs(-3)", "3", NULL, BUILTIN_ROW, OP_ABSOLUTE},
    {"ceil", "x", "arithmetic", PL_OVER_NEVER, "The smallest whole number not below x; what is whole in decimals is whole.",
     "不小于 x 的最小整数；按十进制看是整数的就算整数。", PROPAGATES, PROPAGATES_ZH, "ceil(2.1)", "3", NULL, BUILTIN_ROW,
     OP_CEILING},
    {"clamp", "x, least, most", "arithmetic", PL_OVER_NEVER, "x, but no less than `least` and no more than `most`.",
     "把 x 限制在 least 与 most 之间。", PROPAGATES, PROPAGATES_ZH, "clamp(12, 0, 10)", "10", "max(least, min(most, x))", 0, 0},
    {"date", "y, m, d", "arithmetic", PL_OVER_NEVER,
     "The number of a day, as spreadsheets count them, to compare `date` of events with (Gregorian calendar; 2000-01-01 is 36526).",
     "某日的序号，与电子表格相同（公历；2000-01-01 为 36526），用来与事件的 date 比较。", PROPAGATES, PROPAGATES_ZH,
     "date(2025, 6, 30)", "45838",
     "365 * (y - if(m < 3, 1, 0)) + floor((y - if(m < 3, 1, 0)) / 4) - floor((y - if(m < 3, 1, 0)) / 100) + "
     "floor((y - if(m < 3, 1, 0)) / 400) + floor((153 * (m + if(m < 3, 9, -3)) + 2) / 5) + d - 693900",
     0, 0},
    {"elapsed", "", "arithmetic", PL_OVER_NEVER,
     "The share of the year that is gone: at the date `as_of` of the settings, else at the end of the period.",
     "全年已过的比例：按设置的 as_of 日期，没有设置则按期末。", "missing where the period has no year", "期间没有年份则缺失",
     "elapsed()", "0.5", NULL, BUILTIN_ELAPSED, 0},
    {"exp", "x", "arithmetic", PL_OVER_NEVER, "e to the power x.", "e 的 x 次方。", PROPAGATES, PROPAGATES_ZH, "exp(0)", "1", NULL,
     BUILTIN_ROW, OP_EXP},
    {"floor", "x", "arithmetic", PL_OVER_NEVER, "The largest whole number not above x; what is whole in decimals is whole.",
     "不大于 x 的最大整数；按十进制看是整数的就算整数。", PROPAGATES, PROPAGATES_ZH, "floor(0.3 / 0.1)", "3", NULL, BUILTIN_ROW,
     OP_FLOOR},
    {"ln", "x", "arithmetic", PL_OVER_NEVER, "Natural logarithm; missing, and reported, where x is not above 0.",
     "自然对数；x 不大于 0 时缺失并报告。", PROPAGATES, PROPAGATES_ZH, "ln(1)", "0", NULL, BUILTIN_ROW, OP_LN},
    {"log", "x, base = 10", "arithmetic", PL_OVER_NEVER, "Logarithm to a base.", "以 base 为底的对数。", PROPAGATES, PROPAGATES_ZH,
     "log(8, 2)", "3", "if(base = 10, log10(x), ln(x) / ln(base))", 0, 0},
    {"log10", "x", "arithmetic", PL_OVER_NEVER, "Logarithm to base 10.", "以 10 为底的对数。", PROPAGATES, PROPAGATES_ZH,
     "log10(1000)", "3", NULL, BUILTIN_ROW, OP_LOG10},
    {"mod", "x, y", "arithmetic", PL_OVER_NEVER, "Remainder of x divided by y, with the sign of y.", "x 除以 y 的余数，符号随 y。",
     PROPAGATES, PROPAGATES_ZH, "mod(-7, 3)", "2", NULL, BUILTIN_ROW, OP_MODULO},
    {"round", "x, digits = 0", "arithmetic", PL_OVER_NEVER,
     "x to so many decimals, half away from zero, judged on the decimal number that is seen: 1.005 is 1.01.",
     "按看到的十进制数四舍五入到 digits 位小数：1.005 得 1.01。", PROPAGATES, PROPAGATES_ZH, "round(2.675, 2)", "2.68", NULL,
     BUILTIN_ROW, OP_ROUND},
    {"sign", "x", "arithmetic", PL_OVER_NEVER, "1, 0 or -1 as x is above, equal to or below 0.",
     "x 大于、等于、小于 0 时分别为 1、0、-1。", PROPAGATES, PROPAGATES_ZH, "sign(-0.2)", "-1", NULL, BUILTIN_ROW, OP_SIGN},
    {"sqrt", "x", "arithmetic", PL_OVER_NEVER, "Square root; missing, and reported, where x is below 0.",
     "平方根；x 小于 0 时缺失并报告。", PROPAGATES, PROPAGATES_ZH, "sqrt(9)", "3", NULL, BUILTIN_ROW, OP_SQRT},
    {"trunc", "x", "arithmetic", PL_OVER_NEVER, "x without its decimals.", "去掉小数部分。", PROPAGATES, PROPAGATES_ZH,
     "trunc(-2.9)", "-2", NULL, BUILTIN_ROW, OP_TRUNCATE},
    /* ---- logic ---- */
    {"coalesce", "x, y, ...", "logic", PL_OVER_NEVER, "The first argument that is present.", "第一个不缺失的参数。",
     "missing only where all are", "全部缺失才缺失", "coalesce(x[-5], 7)", "7", NULL, BUILTIN_COALESCE, 0},
    {"if", "condition, then, otherwise", "logic", PL_OVER_NEVER, "`then` where the condition holds, else `otherwise`.",
     "条件成立取 then，否则取 otherwise。", "missing where the condition or the value chosen is; the other may be missing",
     "条件或所选的值缺失则缺失，另一个可以缺失", "if(x >= 8, 4, 0)", "4, 0, 0, 0", NULL, BUILTIN_IF, 0},
    {"in", "x, a, ...", "logic", PL_OVER_NEVER, "Is x one of the values that follow?", "x 是否为其后所列值之一。", PROPAGATES,
     PROPAGATES_ZH, "in(unit.group, \"county\", \"zone\")", "true", NULL, BUILTIN_IN, 0},
    {"missing", "x", "logic", PL_OVER_NEVER, "Is there no value?", "是否没有值。", "never missing", "从不缺失", "missing(x[-5])",
     "true", NULL, BUILTIN_PRESENT, 0},
    {"present", "x", "logic", PL_OVER_NEVER, "Is there a value?", "是否有值。", "never missing", "从不缺失", "present(x)", "true",
     NULL, BUILTIN_PRESENT, 1},
    {"score", "CODE", "logic", PL_OVER_NEVER, "The score of another indicator, as its parent takes it.",
     "另一指标的得分，即其上级指标所取的值。", "missing where that score is", "该得分缺失则缺失", "score(GDP)", "80", NULL,
     BUILTIN_SCORE, 0},
    {"switch", "x, a, value, ..., otherwise", "logic", PL_OVER_NEVER,
     "The value behind the first of a, ... that x is equal to, else the last argument; x and a may be texts.",
     "x 等于其后某项时取该项后面的值，都不等时取最后一个参数；x 可以是文本。", "missing where x is, or the value taken",
     "x 或所取的值缺失则缺失", "switch(unit.group, \"county\", 1.0, \"zone\", 1.1, 0)", "1, 1, 1.1, 1.1", NULL, BUILTIN_SWITCH, 0},
    /* ---- aggregate ---- */
    {"at", "x, code", "aggregate", PL_OVER_NEVER, "x of the unit with this code.", "代码为 code 的单位的 x。",
     "missing where that unit has none", "该单位没有值则缺失", "at(x, \"B\")", "7", "max(x over all where unit.code = code)",
     BUILTIN_DEFINED, 1},
    {"count", "x", "aggregate", PL_OVER_ALWAYS, "How many members have a value; of a condition: for how many it holds.",
     "有值的成员数；对条件则为条件成立的成员数。", "missing values are left out; never missing", "缺失值不参与；从不缺失",
     "count(x > 6 over all)", "3", NULL, BUILTIN_COUNT, 0},
    {"geomean", "x, ...", "aggregate", PL_OVER_MAY, "Geometric mean; missing, and reported, where a value is not above 0.",
     "几何平均；有值不大于 0 时缺失并报告。", BOTH, BOTH_ZH, "geomean(2, 8)", "4",
     "if(min(x over scope) > 0, exp(mean(ln(x) over scope)), ln(min(x over scope)))", BUILTIN_PARTS, PL_COMBINE_GEOMEAN},
    {"harmean", "x, ...", "aggregate", PL_OVER_MAY, "Harmonic mean; missing, and reported, where a value is 0.",
     "调和平均；有值为 0 时缺失并报告。", BOTH, BOTH_ZH, "harmean(2, 6)", "3",
     "if(count(x = 0 over scope) = 0, 1 / mean(1 / x over scope), 1 / 0)", BUILTIN_PARTS, PL_COMBINE_HARMEAN},
    {"max", "x, ...", "aggregate", PL_OVER_MAY, "The largest.", "最大值。", BOTH, BOTH_ZH, "max(x over all)", "9", NULL,
     BUILTIN_PARTS, PL_COMBINE_MAX},
    {"mean", "x, ...", "aggregate", PL_OVER_MAY, "Arithmetic mean.", "算术平均。", BOTH, BOTH_ZH, "mean(x over periods)",
     "7.5, 7, 7.5, 4.5", NULL, BUILTIN_PARTS, PL_COMBINE_MEAN},
    {"median", "x, ...", "aggregate", PL_OVER_MAY, "The middle value; of an even number the mean of the two in the middle.",
     "中位数；偶数个取中间两个的平均。", BOTH, BOTH_ZH, "median(1, 5, 2)", "2", NULL, BUILTIN_PARTS, PL_COMBINE_MEDIAN},
    {"min", "x, ...", "aggregate", PL_OVER_MAY, "The smallest.", "最小值。", BOTH, BOTH_ZH, "min(x over group)", "7, 7, 5, 5", NULL,
     BUILTIN_PARTS, PL_COMBINE_MIN},
    {"place", "x", "aggregate", PL_OVER_PEERS,
     "Place by x, 1 = best as the indicator's direction says; ties share the better place.",
     "按 x 的名次，1 为最好（依指标方向）；并列取较好名次。", OWN_MISSING, OWN_MISSING_ZH, "place(x over all)", "1, 2, 2, 4", NULL,
     BUILTIN_RANK, 1},
    {"quantile", "x, p", "aggregate", PL_OVER_ALWAYS,
     "The value below which the share p of the members lies, linear between neighbours (Excel's PERCENTILE.INC).",
     "p 分位数，相邻值之间线性插值（同 Excel 的 PERCENTILE.INC）。", LEFT_OUT, LEFT_OUT_ZH, "quantile(x, 0.25 over all)", "6.5",
     NULL, BUILTIN_REDUCE, REDUCE_QUANTILE},
    {"rankup", "x", "aggregate", PL_OVER_PEERS, "Rank counted from the worst, which has 1; ties share the lower rank.",
     "从最差数起的名次，最差为 1；并列取较小者。", OWN_MISSING, OWN_MISSING_ZH, "rankup(x over all)", "4, 2, 2, 1", NULL,
     BUILTIN_RANK, 0},
    {"sd", "x", "aggregate", PL_OVER_ALWAYS, "Standard deviation of a sample (n - 1).", "样本标准差（n - 1）。",
     "missing values are left out; missing where fewer than two are present", "缺失值不参与；不足两个则缺失",
     "round(sd(x over all), 4)", "1.633", "sqrt(var(x over scope))", 0, 0},
    {"sum", "x, ...", "aggregate", PL_OVER_MAY, "The sum.", "合计。", BOTH, BOTH_ZH, "sum(x over group)", "16, 16, 12, 12", NULL,
     BUILTIN_PARTS, PL_COMBINE_SUM},
    {"trimmed", "x, k", "aggregate", PL_OVER_ALWAYS, "Mean without the k highest and the k lowest.",
     "去掉 k 个最高和 k 个最低后的平均。", "missing values are left out; missing where none remains",
     "缺失值不参与；没有剩余则缺失", "trimmed(x, 1 over all)", "7", NULL, BUILTIN_REDUCE, REDUCE_TRIMMED},
    {"var", "x", "aggregate", PL_OVER_ALWAYS, "Variance of a sample (n - 1).", "样本方差（n - 1）。",
     "missing values are left out; missing where fewer than two are present", "缺失值不参与；不足两个则缺失",
     "round(var(x over all), 4)", "2.6667", "sum((x - mean(x over scope)) ^ 2 over scope) / (count(x over scope) - 1)",
     BUILTIN_SPREAD, REDUCE_VARIANCE},
    {"wmean", "x, w", "aggregate", PL_OVER_ALWAYS, "Mean of x, each member with the weight w.", "以 w 为权重的平均。", LEFT_OUT,
     LEFT_OUT_ZH, "wmean(x, unit.size over all)", "6.4", "sum(x * w over scope) / sum(if(present(x), w, 0) over scope)", 0, 0},
    /* ---- normaliser ---- */
    {"borda", "x", "normaliser", PL_OVER_NEVER, "Rank among peers from the worst, which has 0.",
     "同类中从最差数起的名次减一，最差为 0。", OWN_MISSING, OWN_MISSING_ZH, "borda(x)", "3, 1, 1, 0", "rankup(x over peers) - 1", 0,
     0},
    {"dist2max", "x", "normaliser", PL_OVER_NEVER, "1 less the share of the range that separates x from the best.",
     "1 减去与最好值的差距占极差的比例。", OWN_MISSING, OWN_MISSING_ZH, "dist2max(x)", "1, 0.5, 0.5, 0",
     "1 - (max(direction * x over peers) - direction * x) / (max(direction * x over peers) - min(direction * x over peers))", 0, 0},
    {"dist2ref", "x, reference, cap = false", "normaliser", PL_OVER_NEVER,
     "1 less the distance from the named unit, in shares of the range between it and the worst; with cap true no more than 1.",
     "1 减去与指定单位的差距，以该单位到最差值的距离为 1；cap 为 true 时不超过 1。", OWN_MISSING, OWN_MISSING_ZH,
     "dist2ref(x, \"B\")", "2, 1, 1, 0",
     "if(cap, min(1, 1 - (max(direction * x over all where unit.code = reference) - direction * x) / "
     "(max(direction * x over all where unit.code = reference) - min(direction * x over peers))), "
     "1 - (max(direction * x over all where unit.code = reference) - direction * x) / "
     "(max(direction * x over all where unit.code = reference) - min(direction * x over peers)))",
     BUILTIN_DEFINED, 1},
    {"dist2targ", "x, goal = target, cap = false", "normaliser", PL_OVER_NEVER,
     "Share of the way from the worst to the goal; with cap true no more than 1.",
     "从最差值到目标已走过的比例；cap 为 true 时不超过 1。", OWN_MISSING, OWN_MISSING_ZH, "dist2targ(x, 9)", "1, 0.5, 0.5, 0",
     "if(cap, min(1, (direction * x - min(direction * x over peers)) / (direction * goal - min(direction * x over peers))), "
     "(direction * x - min(direction * x over peers)) / (direction * goal - min(direction * x over peers)))",
     0, 0},
    {"fracmax", "x", "normaliser", PL_OVER_NEVER, "Share of the largest.", "占最大值的比例。", OWN_MISSING, OWN_MISSING_ZH,
     "round(fracmax(x), 3)", "1, 0.778, 0.778, 0.556", "direction * x / max(direction * x over peers)", 0, 0},
    {"goalpost", "x, least = low, most = high, scale = 1", "normaliser", PL_OVER_NEVER,
     "Where x lies between two fixed posts, from 0 to `scale`; the other way round for direction -1.",
     "x 在两个固定端点之间的位置，0 到 scale；方向为 -1 时相反。", PROPAGATES, PROPAGATES_ZH, "goalpost(9, 0, 12)", "0.75",
     "clamp(if(direction = 1, x - least, most - x) / (most - least), 0, 1) * scale", 0, 0},
    {"minmax", "x, l = 0, u = 100", "normaliser", PL_OVER_NEVER,
     "Where x lies between the worst (l) and the best (u) of its peers; missing, and reported, where all are equal.",
     "x 在同类最差（得 l）与最好（得 u）之间的位置；全部相等时缺失并报告。", OWN_MISSING, OWN_MISSING_ZH, "minmax(x)",
     "100, 50, 50, 0",
     "(direction * x - min(direction * x over peers)) * (u - l) / (max(direction * x over peers) - min(direction * x over peers)) "
     "+ l",
     0, 0},
    {"prank", "x", "normaliser", PL_OVER_NEVER, "Share of the other peers that are worse.", "比它差的同类所占的比例。", OWN_MISSING,
     OWN_MISSING_ZH, "round(prank(x), 4)", "1, 0.3333, 0.3333, 0", "(rankup(x over peers) - 1) / (count(x over peers) - 1)", 0, 0},
    {"scaled", "x, a = 0, b = 100, f = 100", "normaliser", PL_OVER_NEVER, "x on the scale on which a is 0 and b is f.",
     "以 a 为 0、b 为 f 的刻度上的 x。", PROPAGATES, PROPAGATES_ZH, "scaled(9, 0, 10)", "90", "(direction * x - a) * f / (b - a)",
     0, 0},
    {"zscore", "x, m = 0, s = 1", "normaliser", PL_OVER_NEVER,
     "Standard score among peers (deviation of a sample, n - 1), with mean m and deviation s.",
     "同类中的标准分（样本标准差），均值 m，标准差 s。", OWN_MISSING, OWN_MISSING_ZH, "round(zscore(x, 70, 10), 2)",
     "82.25, 70, 70, 57.75", "(direction * x - mean(direction * x over peers)) / sd(direction * x over peers) * s + m", 0, 0},
    /* ---- rule ---- */
    {"bands", "x, limit, points, ..., otherwise", "rule", PL_OVER_NEVER,
     "The points of the first limit that x reaches (for direction -1: does not pass), else the last argument.",
     "x 达到的第一个界限对应的分值（方向为 -1 时为不超过）；都未达到取最后一个参数。", PROPAGATES, PROPAGATES_ZH,
     "bands(94.99, 95, 10, 90, 8, 80, 6, 0)", "8", NULL, BUILTIN_BANDS, 0},
    {"deduct", "x, each, from = full", "rule", PL_OVER_NEVER, "`from` less `each` per case, until nothing is left.",
     "从 from 分起每件扣 each 分，扣完为止。", PROPAGATES, PROPAGATES_ZH, "deduct(3, 0.5, 5)", "3.5", "max(0, from - each * x)", 0,
     0},
    {"efficacy", "x, base = 60, span = 40", "rule", PL_OVER_NEVER,
     "Efficacy coefficient: `base` for the worst of the peers, `base + span` for the best.",
     "功效系数：同类最差得 base，最好得 base + span。", OWN_MISSING, OWN_MISSING_ZH, "efficacy(x)", "100, 80, 80, 60",
     "base + span * (direction * x - min(direction * x over peers)) / (max(direction * x over peers) - min(direction * x over "
     "peers))",
     0, 0},
    {"steps", "x, base = full, share = 5%", "rule", PL_OVER_NEVER,
     "`base` for the first among peers, for each place lower a share of it less, never below 0; ties share the better place.",
     "同类第一名得 base，每低一名少得其 share，不低于 0；并列取较好名次。", OWN_MISSING, OWN_MISSING_ZH, "steps(x, 30)",
     "30, 28.5, 28.5, 25.5", "max(0, base - base * share * (place(x over peers) - 1))", 0, 0},
    {"within", "x, from, to, least, most", "rule", PL_OVER_NEVER,
     "1 where x lies from `from` to `to`, falling straight to 0 at `least` and at `most`.",
     "x 在 from 到 to 之间为 1，向两侧直线降到 least、most 处为 0。", PROPAGATES, PROPAGATES_ZH, "within(70, 40, 60, 20, 80)",
     "0.5", "clamp(min((x - least) / (from - least), (most - x) / (most - to)), 0, 1)", 0, 0},
    /* ---- treatment ---- */
    {"boxcox", "x, exponent = \"fit\"", "treatment", PL_OVER_PEERS,
     "Power transformation of Box and Cox (1964): (x^e - 1)/e, ln(x) for e = 0; missing, and reported, where x is not above 0. "
     "With \"fit\" the exponent of boxcox_exponent.",
     "Box 与 Cox（1964）的幂变换：(x^e - 1)/e，e = 0 时为 ln(x)；x 不大于 0 时缺失并报告。\"fit\" 表示用 boxcox_exponent 的指数。",
     OWN_MISSING, OWN_MISSING_ZH, "boxcox(x, 2)", "40, 24, 24, 12",
     "if(x > 0, if(exponent = 0, ln(x), (x ^ exponent - 1) / exponent), ln(x))", BUILTIN_BOXCOX, 0},
    {"boxcox_exponent", "x", "treatment", PL_OVER_ALWAYS,
     "The exponent from -5 to 5 under which the transformed values are most likely normal (profile likelihood), to 6 decimals.",
     "在 -5 到 5 之间使变换后的值最可能服从正态分布的指数（剖面似然），保留 6 位小数。",
     "missing values are left out; missing where one is not above 0, or all are equal",
     "缺失值不参与；有值不大于 0 或全部相等则缺失", "boxcox_exponent(x over all)", "0.811419", NULL, BUILTIN_REDUCE,
     REDUCE_EXPONENT},
    {"intercept", "y, x", "treatment", PL_OVER_ALWAYS,
     "Where the straight line that fits y best (least squares) meets x = 0; over the members that have both.",
     "y 对 x 最小二乘直线在 x = 0 处的值；只用两者都有的成员。", PAIRS, PAIRS_ZH, "intercept(x + 1, x over all)", "1",
     "mean(y over scope where present(x)) - slope(y, x over scope) * mean(x over scope where present(y))", BUILTIN_COLUMN, 0},
    {"kurt", "x", "treatment", PL_OVER_ALWAYS, "Excess kurtosis of a sample: G2, as spreadsheets' KURT.",
     "样本超额峰度 G2，同电子表格的 KURT。",
     "missing values are left out; missing where fewer than four are present, or all are equal",
     "缺失值不参与；不足四个或全部相等则缺失", "kurt(x over all)", "1.5", NULL, BUILTIN_REDUCE, REDUCE_KURT},
    {"logshift", "x", "treatment", PL_OVER_PEERS,
     "Logarithm of the distance from the smallest of the peers plus 1 % of their range; missing, and reported, where all are "
     "equal.",
     "与同类最小值的距离加极差的 1%，再取自然对数；全部相等时缺失并报告。", OWN_MISSING, OWN_MISSING_ZH, "round(logshift(x), 4)",
     "1.3962, 0.7129, 0.7129, -3.2189", "ln(x - min(x over scope) + 0.01 * (max(x over scope) - min(x over scope)))", 0, 0},
    {"passes", "x", "treatment", PL_OVER_ALWAYS,
     "Needs the distribution no treatment? Skewness between -2 and 2, or kurtosis below 3.5, or too few values to tell.",
     "分布是否无需处理：偏度在 -2 与 2 之间，或峰度小于 3.5，或值太少无法判断。", "missing values are left out; never missing",
     "缺失值不参与；从不缺失", "passes(x over all)", "true",
     "coalesce(abs(skew(x over scope)) < 2 or kurt(x over scope) < 3.5, true)", 0, 0},
    {"predict", "y, x", "treatment", PL_OVER_PEERS,
     "The value at x of the straight line that fits y best (least squares) over the members that have both: coalesce(y, predict(y, "
     "x)) fills gaps by regression.",
     "y 对 x 最小二乘直线在 x 处的值，只用两者都有的成员：coalesce(y, predict(y, x)) 以回归填补缺失。",
     "missing where x is; members that lack x or y are left out; missing where the line is not determined",
     "x 缺失则缺失；缺 x 或 y 的成员不参与；直线无法确定则缺失", "predict(2 * x, x)", "18, 14, 14, 10",
     "mean(y over scope where present(x)) + slope(y, x over scope) * (x - mean(x over scope where present(y)))", BUILTIN_COLUMN, 0},
    {"skew", "x", "treatment", PL_OVER_ALWAYS, "Skewness of a sample: G1, as spreadsheets' SKEW.",
     "样本偏度 G1，同电子表格的 SKEW。",
     "missing values are left out; missing where fewer than three are present, or all are equal",
     "缺失值不参与；不足三个或全部相等则缺失", "round(skew(x ^ 2 over all), 4)", "0.517", NULL, BUILTIN_REDUCE, REDUCE_SKEW},
    {"slope", "y, x", "treatment", PL_OVER_ALWAYS,
     "Slope of the straight line that fits y best (least squares); over the members that have both. Missing, and reported, where "
     "all x are equal.",
     "y 对 x 最小二乘直线的斜率；只用两者都有的成员。x 全部相等时缺失并报告。", PAIRS, PAIRS_ZH, "slope(2 * x, x over all)", "2",
     "sum((x - mean(x over scope where present(y))) * (y - mean(y over scope where present(x))) over scope) / "
     "sum((x - mean(x over scope where present(y))) ^ 2 over scope where present(y))",
     BUILTIN_COLUMN, 0},
    {"treat", "x, k = 5", "treatment", PL_OVER_PEERS,
     "x where the distribution passes; else winsorised by at most k points; where that is not enough, logshift of x as it was.",
     "分布无需处理时为 x；否则最多对 k 个点缩尾；仍不够则对原来的 x 取 logshift。", OWN_MISSING, OWN_MISSING_ZH, "treat(x)",
     "9, 7, 7, 5",
     "if(coalesce(abs(skew(x over scope)) < 2 or kurt(x over scope) < 3.5, true), x, "
     "if(passes(winsorise(x, k over scope) over scope), winsorise(x, k over scope), logshift(x over scope)))",
     BUILTIN_COLUMN, REDUCE_WINSOR_HIGH},
    {"winsor_high", "x, k", "treatment", PL_OVER_ALWAYS, "The most that winsorise(x, k) leaves.", "winsorise(x, k) 保留的最大值。",
     LEFT_OUT, LEFT_OUT_ZH, "winsor_high(x, 5 over all)", "9", NULL, BUILTIN_REDUCE, REDUCE_WINSOR_HIGH},
    {"winsor_low", "x, k", "treatment", PL_OVER_ALWAYS, "The least that winsorise(x, k) leaves.", "winsorise(x, k) 保留的最小值。",
     LEFT_OUT, LEFT_OUT_ZH, "winsor_low(x, 5 over all)", "5", NULL, BUILTIN_REDUCE, REDUCE_WINSOR_LOW},
    {"winsorise", "x, k = 5", "treatment", PL_OVER_PEERS,
     "While the distribution does not pass and fewer than k points have been changed, the highest (skewness below 0: the lowest) "
     "take the value of the next.",
     "分布未通过且改动不足 k 个点时，最大的点（偏度为负时最小的点）取相邻点的值，逐次进行。", OWN_MISSING, OWN_MISSING_ZH,
     "winsorise(x)", "9, 7, 7, 5", "clamp(x, winsor_low(x, k over scope), winsor_high(x, k over scope))", BUILTIN_DEFINED,
     REDUCE_WINSOR_HIGH},
};

#define COUNT (sizeof functions / sizeof *functions)

const pl_function *pl_functions(size_t *count) {
    *count = COUNT;
    return functions;
}

const pl_function *pl_function_find(pl_str name) {
    for (size_t i = 0; i < COUNT; i++)
        if (pl_str_is_fold(name, functions[i].name)) return &functions[i];
    return NULL;
}

void pl_function_signature(const pl_function *function, pl_buffer *out) {
    static const char *const over[] = {"", " over SCOPE", " [over SCOPE]", " [over SCOPE]"};
    pl_buffer_print(out, "%s(%s%s)", function->name, function->parameters, over[function->over]);
}

void pl_function_describe(const pl_function *function, bool chinese, pl_buffer *out) {
    pl_function_signature(function, out);
    pl_buffer_print(out, "\n  %s\n", chinese ? function->meaning_zh : function->meaning);
    pl_buffer_print(out, "  %s%s\n", chinese ? "缺失值：" : "Missing values: ", chinese ? function->missing_zh : function->missing);
    pl_buffer_print(out, "  %s%s -> %s\n", chinese ? "例：" : "Example: ", function->example, function->result);
    if (function->definition) pl_buffer_print(out, "  %s%s\n", chinese ? "定义：" : "Definition: ", function->definition);
}

void pl_functions_markdown(pl_buffer *out) {
    static const struct {
        const char *category, *title;
    } titles[] = {{"arithmetic", "Arithmetic 算术"},    {"logic", "Logic 逻辑"},    {"aggregate", "Aggregates 汇总"},
                  {"normaliser", "Normalisers 标准化"}, {"rule", "Rules 计分规则"}, {"treatment", "Treatment of data 数据处理"}};
    pl_buffer_text(
        out, "# Functions 函数\n\n"
             "Made from `src/lang/functions.c` by `plumbline help functions --format markdown`; a test keeps the two the same and\n"
             "runs every example. The examples see four units A, B, C, D with x = 9, 7, 7, 5 in 2021-Q2 and 6, 7, 8, 4 in\n"
             "2021-Q1; A and B are the group county, C and D the group zone; full 10, target 8, low 0, high 20, direction 1.\n"
             "Where the units differ the results are listed.\n"
             "例中有四个单位 A、B、C、D，本季度 x = 9、7、7、5，上季度为 6、7、8、4；A、B 属 county 类，C、D 属 zone 类。\n");
    for (size_t t = 0; t < sizeof titles / sizeof *titles; t++) {
        pl_buffer_print(out, "\n## %s\n", titles[t].title);
        for (size_t i = 0; i < COUNT; i++) {
            const pl_function *f = &functions[i];
            if (strcmp(f->category, titles[t].category) != 0) continue;
            pl_buffer_text(out, "\n### `");
            pl_function_signature(f, out);
            pl_buffer_print(out, "`\n\n%s\n%s\n\n- missing 缺失: %s。%s\n- `%s` → `%s`\n", f->meaning_zh, f->meaning, f->missing_zh,
                            f->missing, f->example, f->result);
            if (f->definition) pl_buffer_print(out, "- definition 定义: `%s`\n", f->definition);
        }
    }
}
