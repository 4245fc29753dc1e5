#include "report/cell_text.h"

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
