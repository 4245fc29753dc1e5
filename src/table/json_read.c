#include "table/json_piece.h"

#include <stdio.h>

/* ---- problems ---- */

typedef struct position {
    size_t line, column; /* from 1; the column of the character before, 0 at the beginning of a line */
    char digits[24];     /* the column for a place */
} position;

static position position_of(const pl_json_cursor *c, size_t at) {
    position p = {.line = 1};
    for (size_t i = 0; i < at && i < c->bytes.len; i++) {
        bool ends = c->bytes.at[i] == '\n', continues = (c->bytes.at[i] & 0xC0) == 0x80;
        p.line += ends;
        p.column = ends ? 0 : p.column + !continues;
    }
    return p;
}

static pl_place place_of(const pl_json_cursor *c, position *p) {
    snprintf(p->digits, sizeof p->digits, "%zu", p->column);
    return (pl_place){c->name, p->line, p->digits};
}

pl_status pl_json_problem(const pl_json_cursor *c, const char *code, const char *text) {
    position p = position_of(c, c->at);
    return pl_problem_add(c->problems, PL_ERROR, code, place_of(c, &p), "%s", text);
}

/* What the parser found wrong in the piece at the cursor, in our words where it has a code of its own. */
static pl_status complain(const pl_json_cursor *c, const json_error_t *error) {
    enum json_error_code code = json_error_code(error);
    if (code == json_error_unknown || code == json_error_out_of_memory) return PL_MEMORY;
    position p = position_of(c, c->at);
    if (error->line > 1) p.column = 0; /* the piece began on an earlier line */
    p.line += error->line > 1 ? (size_t)error->line - 1 : 0;
    p.column += error->column > 0 ? (size_t)error->column : 0;
    pl_place place = place_of(c, &p);
    switch (code) {
    case json_error_stack_overflow:
        return pl_problem_add(c->problems, PL_ERROR, "E132", place, "is nested too deep; the values lie two levels down");
    case json_error_duplicate_key:
        return pl_problem_add(c->problems, PL_ERROR, "E133", place, "a key is given twice in one object (%s)", error->text);
    case json_error_numeric_overflow:
        return pl_problem_add(c->problems, PL_ERROR, "E134", place, "this number is too large (%s)", error->text);
    case json_error_invalid_utf8: return pl_problem_add(c->problems, PL_ERROR, "E131", place, "is not UTF-8; save it as UTF-8");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return pl_problem_add(c->problems, PL_ERROR, "E131", place, "a text has the character U+0000 in it, which none may have");
    default: return pl_problem_add(c->problems, PL_ERROR, "E131", place, "is no JSON from here on: %s", error->text);
    }
}

/* ---- pieces ---- */

pl_status pl_json_open(pl_json_cursor *c, pl_source *source, const char *name, pl_problems *problems) {
    pl_status status = pl_source_unmark(source, name, problems);
    *c = (pl_json_cursor){source->bytes, 0, name, problems};
    const char *zero = status == PL_OK && c->bytes.len ? memchr(c->bytes.at, 0, c->bytes.len) : NULL;
    if (!zero) return status;
    c->at = (size_t)(zero - c->bytes.at) + 1;
    return pl_json_problem(c, "E131", "has a zero byte here, which no JSON has");
}

pl_status pl_json_piece(pl_json_cursor *c, json_t **out) {
    size_t left = c->bytes.len - c->at, length = left > PL_JSON_BYTES ? PL_JSON_BYTES : left;
    json_error_t error = {0};
    *out = json_loadb(length ? c->bytes.at + c->at : "", length,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
    if (*out) {
        c->at += (size_t)error.position;
        return PL_OK;
    }
    bool cut = length < left && error.position >= (int)length - 4; /* perhaps within a character */
    if (!cut) return complain(c, &error);
    return pl_problem_add(c->problems, PL_ERROR, "E102", (pl_place){.file = c->name}, "has a value of over %zu bytes",
                          PL_JSON_BYTES);
}

char pl_json_peek(pl_json_cursor *c) {
    while (c->at < c->bytes.len && strchr(" \t\r\n", c->bytes.at[c->at])) c->at++;
    return c->at < c->bytes.len ? c->bytes.at[c->at] : 0;
}

pl_status pl_json_expect(pl_json_cursor *c, char wanted, const char *what) {
    bool good = pl_json_peek(c) == wanted && c->at < c->bytes.len;
    pl_json_cursor behind = *c;
    if (behind.at < behind.bytes.len) behind.at++;
    if (good) {
        *c = behind;
        return PL_OK;
    }
    char text[96];
    snprintf(text, sizeof text, "is no JSON from here on: %s expected", what);
    return pl_json_problem(&behind, "E131", text);
}

pl_status pl_json_expect_end(pl_json_cursor *c) {
    pl_json_peek(c);
    return c->at == c->bytes.len ? PL_OK : pl_json_expect(c, 0, "end of file");
}

/* ---- documents ---- */

static pl_status parse(json_t **out, pl_source *source, const char *name, pl_problems *problems) {
    pl_json_cursor c;
    pl_status status = pl_json_open(&c, source, name, problems);
    if (status == PL_OK) status = pl_json_piece(&c, out);
    if (status == PL_OK) status = pl_json_expect_end(&c);
    if (status == PL_OK) return status;
    json_decref(*out);
    *out = NULL;
    return status;
}

pl_status pl_json_read(json_t **out, const char *path, const char *name, pl_problems *problems) {
    *out = NULL;
    if (!name) name = path;
    pl_source source;
    pl_status status = pl_source_open(&source, path, name, PL_JSON_BYTES, problems);
    if (status == PL_OK) status = parse(out, &source, name, problems);
    pl_source_close(&source);
    return status;
}
