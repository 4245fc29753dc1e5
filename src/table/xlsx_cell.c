#include "table/quick_number.h"
#include "table/xlsx_sheet.h"

#include <plumbline/base/number.h>

bool pl_reference_read(const char **at, uint32_t *column, uint32_t *row) {
    const char *p = *at;
    *column = *row = 0;
    for (; *p >= 'A' && *p <= 'Z'; p++)
        if (*column <= PL_SHEET_COLUMNS) *column = *column * 26 + (uint32_t)(*p - 'A' + 1);
    if (p == *at) return false;
    const char *digits = p;
    for (; *p >= '0' && *p <= '9'; p++)
        if (*row <= PL_SHEET_ROWS) *row = *row * 10 + (uint32_t)(*p - '0');
    bool good = p > digits && *digits != '0';
    *at = p;
    if (*column > PL_SHEET_COLUMNS) *column = 0;
    if (*row > PL_SHEET_ROWS) *row = 0;
    return good;
}

static void set_text(pl_value *value, pl_str text) {
    value->text = pl_str_trim(text);
    value->kind = value->text.len ? PL_VALUE_TEXT : PL_VALUE_NONE;
}

static bool shared_text(pl_sheet_reader *r, pl_str index, pl_value *value) {
    const pl_workbook *book = r->book;
    double number;
    size_t length = pl_quick_number(index.at, index.at + index.len, &number);
    if (!length || length != index.len || number < 0 || number != (double)(size_t)number || number >= (double)book->shared_count) {
        pl_xml_stop(&r->xml, pl_problem_add(r->problems, PL_ERROR, "E117", pl_sheet_place(r),
                                            "refers to the text \"%.*s\" of the workbook, which has %zu; save it again",
                                            index.len > 20 ? 20 : (int)index.len, index.at, book->shared_count));
        return false;
    }
    value->shared = book->shared[(size_t)number];
    value->text = pl_intern_text(book->texts, value->shared);
    value->kind = value->shared ? PL_VALUE_TEXT : PL_VALUE_NONE;
    return true;
}

/* A date at midnight is the day. */
static pl_str without_midnight(pl_str text) {
    static const char midnight[] = "T00:00:00";
    if (text.len && text.at[text.len - 1] == 'Z') text.len--;
    if (text.len > 4 && memcmp(text.at + text.len - 4, ".000", 4) == 0) text.len -= 4;
    size_t length = sizeof midnight - 1;
    if (text.len > length && memcmp(text.at + text.len - length, midnight, length) == 0) text.len -= length;
    return text;
}

static void number_or_date(pl_sheet_reader *r, pl_str text, pl_value *value) {
    double number;
    size_t length = pl_quick_number(text.at, text.at + text.len, &number);
    if (length != text.len && !pl_number_parse(text, &number)) {
        *value = (pl_value){PL_VALUE_FAULT, 0, text, 0};
        return;
    }
    pl_date_kind kind = r->style < r->book->style_count ? (pl_date_kind)r->book->styles[r->style] : PL_DATE_NONE;
    size_t date = kind == PL_DATE_NONE ? 0 : pl_shown_date_print(r->date, number, kind, r->book->since_1904);
    if (date)
        *value = (pl_value){PL_VALUE_TEXT, 0, {r->date, date}, 0};
    else
        *value = (pl_value){PL_VALUE_NUMBER, number, {0}, 0};
}

bool pl_cell_value(pl_sheet_reader *r, pl_value *value) {
    *value = (pl_value){0};
    if (r->content == PL_CONTENT_STRING) r->text.len = r->text.len ? pl_unescape(r->text.at, r->text.len) : 0;
    pl_str text = pl_str_trim(pl_buffer_view(&r->text));
    if (!text.len) return true;
    switch (r->content) {
    case PL_CONTENT_PLAIN: number_or_date(r, text, value); break;
    case PL_CONTENT_SHARED: return shared_text(r, text, value);
    case PL_CONTENT_STRING: set_text(value, text); break;
    case PL_CONTENT_BOOLEAN: set_text(value, pl_str_of(pl_str_is(text, "1") || pl_str_is(text, "true") ? "TRUE" : "FALSE")); break;
    case PL_CONTENT_ERROR:
        if (!pl_str_is(text, "#N/A")) *value = (pl_value){PL_VALUE_FAULT, 0, text, 0};
        break;
    case PL_CONTENT_ISO_DATE: set_text(value, without_midnight(text)); break;
    }
    return true;
}
