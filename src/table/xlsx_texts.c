#include "table/xlsx_workbook.h"
#include "table/xlsx_xml.h"

#include <stdlib.h>

#define MOST_ONE_TEXT ((size_t)1 << 20)

static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of _xHHHH_ at the beginning of a text, or -1. */
static long escaped(const char *at, size_t length) {
    if (length < 7 || at[0] != '_' || at[1] != 'x' || at[6] != '_') return -1;
    long number = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hexadecimal(at[i]);
        if (digit < 0) return -1;
        number = number * 16 + digit;
    }
    return number;
}

static size_t put_utf8(char *out, long c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3F));
    out[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

size_t pl_unescape(char *text, size_t length) {
    size_t to = 0;
    for (size_t at = 0; at < length;) {
        long c = text[at] == '_' ? escaped(text + at, length - at) : -1;
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (c <= 0 || surrogate) {
            text[to++] = text[at++];
        } else {
            to += put_utf8(text + to, c);
            at += 7;
        }
    }
    return to;
}

typedef struct texts_reader {
    pl_workbook *workbook;
    pl_xml_reader xml;
    pl_buffer text;
    bool in_item, in_text;
    unsigned phonetic; /* depth inside the pronunciation of a text, which is no part of it */
} texts_reader;

static pl_status too_much(texts_reader *r, const char *what) {
    return pl_problem_add(r->xml.problems, PL_ERROR, "E112", (pl_place){.file = r->workbook->name}, "%s than is read", what);
}

static pl_status add_text(texts_reader *r) {
    pl_workbook *book = r->workbook;
    if (book->shared_count == PL_MOST_SHARED) return too_much(r, "has more texts");
    size_t length = r->text.len ? pl_unescape(r->text.at, r->text.len) : 0;
    pl_str text = pl_str_trim((pl_str){r->text.at, length});
    uint32_t number = 0;
    size_t before = pl_intern_count(book->texts);
    if (pl_reserve((void **)&book->shared, &book->shared_capacity, book->shared_count + 1, sizeof *book->shared, 0) ||
        (text.len && pl_intern_add(book->texts, text, &number) != PL_OK))
        return PL_MEMORY;
    if (number > before) book->text_bytes += pl_text_cost(text.len);
    book->shared[book->shared_count++] = number;
    return book->text_bytes > PL_MOST_TEXT ? too_much(r, "has more text") : PL_OK;
}

static void on_start(void *context, const char *name, const char **attributes) {
    (void)attributes;
    texts_reader *r = context;
    if (strcmp(name, "si") == 0) {
        r->in_item = true;
        r->phonetic = 0;
        pl_buffer_clear(&r->text);
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(name, "t") == 0) {
        r->in_text = r->in_item && !r->phonetic;
    }
}

static void on_end(void *context, const char *name) {
    texts_reader *r = context;
    pl_status status = PL_OK;
    if (strcmp(name, "t") == 0) {
        r->in_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic -= r->phonetic > 0;
    } else if (strcmp(name, "si") == 0) {
        r->in_item = false;
        status = add_text(r);
    }
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

static void on_text(void *context, const char *at, size_t size) {
    texts_reader *r = context;
    if (!r->in_text) return;
    pl_status status = r->text.len + size > MOST_ONE_TEXT ? too_much(r, "has a longer text") : PL_OK;
    if (status == PL_OK) pl_buffer_add(&r->text, at, size);
    if (r->text.failed) status = PL_MEMORY;
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

pl_status pl_shared_texts_read(pl_workbook *book, pl_problems *problems) {
    if (book->texts_read || !book->texts_part) return PL_OK;
    texts_reader r = {.workbook = book};
    r.xml = (pl_xml_reader){.context = &r, .start = on_start, .end = on_end, .text = on_text};
    pl_buffer_init(&r.text, 0);
    pl_intern_free(book->texts);
    book->shared_count = book->text_bytes = 0;
    pl_status status = pl_intern_create(&book->texts, 0);
    if (status == PL_OK) status = pl_xml_read(&r.xml, &book->archive, book->texts_part, problems);
    pl_buffer_free(&r.text);
    book->texts_read = status == PL_OK;
    return status;
}
