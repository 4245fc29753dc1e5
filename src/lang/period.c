#include <plumbline/lang/period.h>

typedef struct reader {
    pl_str text;
    size_t at;
} reader;

/* Reads `most` digits at most; 0 when there are fewer than `least`. */
static int32_t digits(reader *r, size_t least, size_t most) {
    size_t from = r->at;
    int32_t value = 0;
    while (r->at < r->text.len && r->at - from < most && r->text.at[r->at] >= '0' && r->text.at[r->at] <= '9')
        value = value * 10 + (r->text.at[r->at++] - '0');
    if (r->at - from >= least) return value;
    r->at = from;
    return 0;
}

static bool take(reader *r, const char *word) {
    size_t length = strlen(word);
    if (r->text.len - r->at < length || !pl_str_is_fold((pl_str){r->text.at + r->at, length}, word)) return false;
    r->at += length;
    return true;
}

static bool at_end(const reader *r) { return r->at == r->text.len; }

/* One to four, in digits or as Chinese writes them. */
static int32_t small(reader *r) {
    static const char *const words[] = {"一", "二", "三", "四"};
    for (int32_t i = 0; i < 4; i++)
        if (take(r, words[i])) return i + 1;
    return digits(r, 1, 1);
}

static pl_period within_year(reader r, int32_t year) {
    pl_period none = {0};
    bool named = take(&r, "年");
    if (at_end(&r)) return (pl_period){PL_PERIOD_YEAR, year, 1};
    if (take(&r, "上半年")) return at_end(&r) ? (pl_period){PL_PERIOD_HALF, year, 1} : none;
    if (take(&r, "下半年")) return at_end(&r) ? (pl_period){PL_PERIOD_HALF, year, 2} : none;
    bool separated = !named && (take(&r, "-") || take(&r, "/") || take(&r, "."));
    int32_t number;
    if (take(&r, "H") || take(&r, "S")) {
        number = digits(&r, 1, 1);
        return at_end(&r) && number >= 1 && number <= 2 ? (pl_period){PL_PERIOD_HALF, year, number} : none;
    }
    if (take(&r, "Q")) {
        number = digits(&r, 1, 1);
        return at_end(&r) && number >= 1 && number <= 4 ? (pl_period){PL_PERIOD_QUARTER, year, number} : none;
    }
    take(&r, "第");
    reader quarter = r;
    number = small(&quarter);
    if (number >= 1 && number <= 4 && (take(&quarter, "季度") || take(&quarter, "季")))
        return at_end(&quarter) ? (pl_period){PL_PERIOD_QUARTER, year, number} : none;
    number = digits(&r, separated || named ? 1 : 2, 2);
    take(&r, "月");
    return at_end(&r) && number >= 1 && number <= 12 ? (pl_period){PL_PERIOD_MONTH, year, number} : none;
}

pl_period pl_period_parse(pl_str label) {
    reader r = {pl_str_trim(label), 0};
    int32_t year = digits(&r, 4, 4);
    return year ? within_year(r, year) : (pl_period){0};
}

static int32_t months(pl_period_kind kind) {
    static const int32_t lengths[] = {[PL_PERIOD_YEAR] = 12, [PL_PERIOD_HALF] = 6, [PL_PERIOD_QUARTER] = 3, [PL_PERIOD_MONTH] = 1};
    return kind == PL_PERIOD_OTHER ? 0 : lengths[kind];
}

int64_t pl_period_ordinal(pl_period period) {
    if (period.kind == PL_PERIOD_OTHER) return 0;
    return (int64_t)period.year * (12 / months(period.kind)) + period.number - 1;
}

int64_t pl_period_end(pl_period period) { return (int64_t)period.year * 12 + (int64_t)period.number * months(period.kind); }

int64_t pl_period_begin(pl_period period) { return pl_period_end(period) - months(period.kind); }

bool pl_period_contains(pl_period outer, pl_period inner) {
    return outer.kind != PL_PERIOD_OTHER && inner.kind != PL_PERIOD_OTHER && pl_period_begin(outer) <= pl_period_begin(inner) &&
           pl_period_end(inner) <= pl_period_end(outer);
}

bool pl_period_same(pl_str label_a, pl_str label_b) {
    pl_period a = pl_period_parse(label_a), b = pl_period_parse(label_b);
    if (a.kind == PL_PERIOD_OTHER || b.kind == PL_PERIOD_OTHER) return pl_str_equal(label_a, label_b);
    return a.kind == b.kind && a.year == b.year && a.number == b.number;
}

int pl_period_compare(pl_str label_a, pl_str label_b) {
    pl_period a = pl_period_parse(label_a), b = pl_period_parse(label_b);
    bool other_a = a.kind == PL_PERIOD_OTHER, other_b = b.kind == PL_PERIOD_OTHER;
    if (other_a || other_b) return other_a != other_b ? other_a - other_b : pl_str_compare(label_a, label_b);
    int64_t end_a = pl_period_end(a), end_b = pl_period_end(b);
    if (end_a != end_b) return end_a < end_b ? -1 : 1;
    if (a.kind != b.kind) return months(a.kind) < months(b.kind) ? -1 : 1;
    return pl_str_compare(label_a, label_b);
}
