#include "table/cell.h"

#include <plumbline/base/number.h>

pl_cell_kind pl_cell_number(pl_str text, double *out) {
    if (pl_number_parse(text, out)) return PL_CELL_NUMBER;
    bool missing = text.len == 0 || pl_str_is(text, "NA") || pl_str_is(text, "-") || pl_str_is(text, "..");
    return missing ? PL_CELL_MISSING : PL_CELL_OTHER;
}

/* Full-width digits, signs and points as ASCII; false when there are none. */
static bool narrow(pl_str text, pl_buffer *out) {
    bool any = false;
    for (size_t i = 0; i < text.len;) {
        uint32_t c;
        size_t length = pl_utf8_decode(text, i, &c);
        if (!length) return false;
        bool wide = (c >= 0xFF10 && c <= 0xFF19) || c == 0xFF0E || c == 0xFF0D || c == 0xFF0B || c == 0xFF0C || c == 0xFF05;
        any |= wide;
        if (wide)
            pl_buffer_char(out, (char)(c - 0xFEE0));
        else
            pl_buffer_add(out, text.at + i, length);
        i += length;
    }
    return any;
}

/* The number without its commas or spaces between digits; false when there are none. */
static bool without_separators(pl_str text, pl_buffer *out) {
    bool any = false;
    for (size_t i = 0; i < text.len; i++) {
        bool between = i > 0 && i + 1 < text.len && text.at[i - 1] >= '0' && text.at[i - 1] <= '9';
        bool separator = between && (text.at[i] == ',' || text.at[i] == ' ' || text.at[i] == '\'');
        any |= separator;
        if (!separator) pl_buffer_char(out, text.at[i]);
    }
    return any;
}

static bool is_number(const pl_buffer *buffer) {
    double value;
    return pl_number_parse(pl_buffer_view(buffer), &value);
}

static void diagnose(pl_str text, pl_buffer *out) {
    pl_buffer plain;
    pl_buffer_init(&plain, 0);
    double value;
    if (narrow(text, &plain) && is_number(&plain)) {
        pl_buffer_print(out, "is written in full-width digits; type %s", plain.at);
    } else if (text.len > 1 && text.at[text.len - 1] == '%' && pl_number_parse((pl_str){text.at, text.len - 1}, &value)) {
        pl_buffer_text(out, "is a percentage; type ");
        pl_buffer_number(out, value);
        pl_buffer_text(out, " where the indicator is in percent, or ");
        pl_buffer_number(out, value / 100);
    } else {
        out->failed |= plain.failed;
        pl_buffer_clear(&plain);
        if (without_separators(text, &plain) && is_number(&plain))
            pl_buffer_print(out, "has separators between its digits; type %s", plain.at);
        else
            pl_buffer_text(out, "is not a number; leave the cell empty where there is no value");
    }
    out->failed |= plain.failed;
    pl_buffer_free(&plain);
}

/* Long texts are shown by their beginning, cut between characters. */
static int shown(pl_str text) {
    size_t length = text.len > 40 ? 40 : text.len;
    while (length < text.len && length > 0 && (text.at[length] & 0xC0) == 0x80) length--;
    return (int)length;
}

pl_status pl_cell_not_a_number(pl_problems *problems, pl_place place, pl_str text) {
    pl_buffer diagnosis;
    pl_buffer_init(&diagnosis, 0);
    diagnose(text, &diagnosis);
    pl_status status = PL_MEMORY;
    if (!diagnosis.failed)
        status = pl_problem_add(problems, PL_ERROR, "E106", place, "\"%.*s\" %s", shown(text), text.at, diagnosis.at);
    pl_buffer_free(&diagnosis);
    return status;
}
