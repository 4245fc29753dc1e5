#include "report/sheet_name.h"

#include <stdio.h>

#define MOST_UNITS 31

static bool is_forbidden(uint32_t c) {
    return c < 0x20 || c == 0x7F || c == 0xFFFE || c == 0xFFFF || (c < 0x80 && strchr("[]:*?/\\", (int)c));
}

static size_t units_of(uint32_t c) { return c >= 0x10000 ? 2 : 1; }

/* Upper case to lower, for the scripts that have cases and occur in names: Latin, Greek, Cyrillic, full-width Latin. */
static uint32_t fold(uint32_t c) {
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9)) return c + 32;
    if (c >= 0x100 && c <= 0x17F && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x178 && c != 0x17F) {
        bool odd_is_upper = (c >= 0x139 && c <= 0x148) || c >= 0x179;
        return odd_is_upper ? c + (c & 1) : c | 1;
    }
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    return c >= 0xFF21 && c <= 0xFF3A ? c + 32 : c;
}

static void add_code_point(pl_buffer *out, uint32_t c) {
    if (c < 0x80) {
        pl_buffer_char(out, (char)c);
    } else if (c < 0x800) {
        pl_buffer_char(out, (char)(0xC0 | c >> 6));
        pl_buffer_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        if (c >= 0x10000) pl_buffer_char(out, (char)(0xF0 | c >> 18));
        pl_buffer_char(out, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3F) : 0xE0 | c >> 12));
        pl_buffer_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        pl_buffer_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* Copies what is legal of a name, up to so many units; apostrophes at the ends and other illegal signs become _. */
static void copy_legal(pl_buffer *out, pl_str wanted, size_t most) {
    uint32_t c;
    for (size_t at = 0, units = 0, length; at < wanted.len; at += length) {
        length = pl_utf8_decode(wanted, at, &c);
        if (!length) c = 0, length = 1;
        units += units_of(c);
        if (units > most) break;
        bool quote_at_end = c == '\'' && (at == 0 || at + 1 == wanted.len || units == most);
        add_code_point(out, is_forbidden(c) || quote_at_end ? '_' : c);
    }
    if (!out->len) pl_buffer_char(out, '_');
}

static bool is_taken(pl_intern *taken, pl_str name, pl_status *status) {
    pl_buffer folded;
    pl_buffer_init(&folded, 0);
    uint32_t c, id;
    for (size_t at = 0; at < name.len; at += pl_utf8_decode(name, at, &c)) {
        pl_utf8_decode(name, at, &c);
        add_code_point(&folded, fold(c));
    }
    bool known = folded.failed || pl_str_is(pl_buffer_view(&folded), "history") || pl_intern_find(taken, pl_buffer_view(&folded));
    if (folded.failed)
        *status = PL_MEMORY;
    else if (!known)
        *status = pl_intern_add(taken, pl_buffer_view(&folded), &id);
    pl_buffer_free(&folded);
    return known;
}

pl_status sheet_name_make(char name[BOOK_NAME_SIZE], pl_str wanted, pl_intern *taken) {
    pl_buffer buffer;
    pl_status status = PL_OK;
    pl_buffer_init(&buffer, 0);
    copy_legal(&buffer, wanted, MOST_UNITS);
    for (unsigned turn = 2; !buffer.failed && is_taken(taken, pl_buffer_view(&buffer), &status) && status == PL_OK; turn++) {
        char tail[16];
        int length = snprintf(tail, sizeof tail, "~%u", turn);
        pl_buffer_clear(&buffer);
        copy_legal(&buffer, wanted, MOST_UNITS - (size_t)length);
        pl_buffer_text(&buffer, tail);
    }
    if (buffer.failed) status = PL_MEMORY;
    if (status == PL_OK) memcpy(name, buffer.at, buffer.len + 1);
    pl_buffer_free(&buffer);
    return status;
}
