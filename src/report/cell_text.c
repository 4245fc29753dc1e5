#include "report/cell_text.h"

#include <plumbline/base/number.h>

#define MOST_TEXT 32767 /* UTF-16 units of one cell */

/* What a reader would take for an escaped sign: _x0041_. */
static bool is_escape(pl_str text, size_t at) {
    if (text.len - at < 7 || text.at[at] != '_' || text.at[at + 1] != 'x' || text.at[at + 6] != '_') return false;
    for (size_t i = at + 2; i < at + 6; i++)
        if (!memchr("0123456789abcdefABCDEF", text.at[i], 22)) return false;
    return true;
}

bool cell_text_add(pl_buffer *out, pl_str text) {
    size_t units = 0, length;
    for (size_t at = 0; at < text.len; at += length) {
        uint32_t c;
        length = pl_utf8_decode(text, at, &c);
        bool good = length && c && c != 0xFFFE && c != 0xFFFF;
        units += length == 4 ? 2 : 1;
        if (is_escape(text, at)) units += 6;
        if (units >= MOST_TEXT) {
            pl_buffer_text(out, "…");
            return false;
        }
        if (is_escape(text, at)) pl_buffer_text(out, "_x005F");
        if (good)
            pl_buffer_add(out, text.at + at, length);
        else
            pl_buffer_text(out, "\xEF\xBF\xBD");
        if (!length) length = 1;
    }
    return true;
}

bool cell_is_number(pl_str text, double *x) {
    if (!text.len || text.at[0] == '+') return false;
    size_t sign = text.at[0] == '-', digits = 0;
    if (text.len > sign + 1 && text.at[sign] == '0' && text.at[sign + 1] != '.') return false;
    if (!pl_number_parse(text, x)) return false;
    for (size_t i = sign; i < text.len && text.at[i] != 'e' && text.at[i] != 'E'; i++)
        digits += text.at[i] >= '0' && text.at[i] <= '9' && (digits || text.at[i] != '0');
    return digits <= 17;
}
