#include <plumbline/base/number.h>
#include <plumbline/study/cover.h>

/* The entries of a column `covers`, as people write them. */

/* Length of the bracket at `offset`: ASCII or full-width; 0 where there is none. */
static size_t bracket(pl_str text, size_t offset, char ascii, const char *wide) {
    if (text.at[offset] == ascii) return 1;
    return text.len - offset >= 3 && memcmp(text.at + offset, wide, 3) == 0 ? 3 : 0;
}

static size_t find_opening(pl_str text) {
    size_t at = 0;
    while (at < text.len && !bracket(text, at, '(', "（")) at++;
    return at;
}

/* "(partly)" without its brackets. */
static pl_str inside(pl_str text) {
    if (!text.len) return text;
    size_t open = bracket(text, 0, '(', "（");
    text = (pl_str){text.at + open, text.len - open};
    if (text.len && text.at[text.len - 1] == ')') text.len--;
    if (text.len >= 3 && memcmp(text.at + text.len - 3, "）", 3) == 0) text.len -= 3;
    return pl_str_trim(text);
}

/* Reads "50%", "partly" or "fully". */
static bool read_share(pl_str text, double *share) {
    static const char *const partly[] = {"partly", "partially", "partial", "in part", "部分", "部分覆盖"};
    static const char *const fully[] = {"fully", "full", "全部", "完全"};
    for (size_t i = 0; i < sizeof partly / sizeof *partly; i++)
        if (pl_str_is_fold(text, partly[i])) return *share = 0, true;
    for (size_t i = 0; i < sizeof fully / sizeof *fully; i++)
        if (pl_str_is_fold(text, fully[i])) return *share = 1, true;
    double value;
    if (!pl_percent_sign(text) || !pl_share_parse(text, &value) || value == 0) return false;
    *share = value;
    return true;
}

static bool is_code(const pl_model *superior, pl_str text) { return superior && pl_model_find(superior, text) != PL_NO_INDEX; }

/* What may follow a code: something in brackets, which may have blanks in it, or a bare share. */
static bool take_qualifier(const pl_model *superior, pl_str *rest, pl_str *qualifier) {
    pl_str after = *rest, item;
    double share;
    if (!pl_list_next(&after, &item) || is_code(superior, item)) return false;
    if (!bracket(item, 0, '(', "（")) {
        if (!pl_percent_sign(item) && !read_share(item, &share)) return false;
        *qualifier = item;
        *rest = after;
        return true;
    }
    pl_str whole = {item.at, (size_t)(rest->at + rest->len - item.at)};
    size_t at = 0, close = 0;
    while (at < whole.len && !(close = bracket(whole, at, ')', "）"))) at++;
    *qualifier = (pl_str){whole.at, at + close};
    *rest = (pl_str){whole.at + at + close, whole.len - at - close};
    return true;
}

bool pl_covers_next(const pl_model *superior, pl_str *rest, pl_covers_entry *entry) {
    pl_str item, qualifier = {0};
    *entry = (pl_covers_entry){.share = 1};
    if (!pl_list_next(rest, &item)) return false;
    entry->code = item;
    size_t open = is_code(superior, item) ? item.len : find_opening(item);
    if (open < item.len) { /* G1(partly): the brackets are read again, with what follows */
        *rest = (pl_str){item.at + open, (size_t)(rest->at + rest->len - item.at) - open};
        entry->code.len = open;
    }
    if (!take_qualifier(superior, rest, &qualifier)) return true;
    if (!entry->code.len || !read_share(inside(qualifier), &entry->share)) entry->wrong = qualifier;
    return true;
}

bool pl_covers_indicator(const pl_model *own, size_t index, const pl_model *superior, size_t indicator) {
    pl_str rest = own->indicators[index].covers;
    pl_covers_entry entry;
    while (pl_covers_next(superior, &rest, &entry))
        for (size_t at = indicator; at != PL_NO_INDEX; at = superior->indicators[at].parent)
            if (pl_str_equal(entry.code, superior->indicators[at].code)) return true;
    return false;
}
