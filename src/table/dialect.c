#include "table/dialect.h"

pl_dialect pl_dialect_of(pl_str text) {
    static const char separators[] = {',', ';', '\t'};
    size_t counts[3] = {0};
    bool quoted = false;
    pl_dialect dialect = {',', '\n'};
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n') break;
        if (c == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n')) {
            dialect.line_end = '\r';
            break;
        }
        for (int k = 0; k < 3; k++) counts[k] += c == separators[k];
    }
    size_t best = 0;
    for (int k = 0; k < 3; k++) {
        if (counts[k] <= best) continue;
        best = counts[k];
        dialect.separator = separators[k];
    }
    return dialect;
}

static bool is_space(char c) { return c == ' ' || c == '\t'; }

/* Where a plain cell ends: at its separator, its line end or the end of the text. */
static const char *plain_end(pl_dialect dialect, const char *at, const char *end) {
    while (at < end && *at != dialect.separator && *at != dialect.line_end) at++;
    return at;
}

static void finish(pl_cell *cell, pl_dialect dialect, const char *at, const char *end) {
    cell->last = at >= end || *at == dialect.line_end;
    cell->next = at < end ? at + 1 : end;
}

static pl_cell read_quoted(pl_dialect dialect, const char *at, const char *end) {
    pl_cell cell = {.quoted = true};
    const char *from = at;
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) {
            cell.unended = true;
            cell.text = (pl_str){from, (size_t)(end - from)};
            finish(&cell, dialect, end, end);
            return cell;
        }
        at = quote + 1;
        if (at == end || *at != '"') {
            cell.text = (pl_str){from, (size_t)(quote - from)};
            break;
        }
        cell.doubled = true;
        at++;
    }
    /* What stands between the closing quote and the separator is white space or the \r of the line end; anything else is
     * kept with the quotes, as spreadsheets do. */
    const char *stop = plain_end(dialect, at, end);
    for (const char *c = at; c < stop; c++) {
        if (is_space(*c) || *c == '\r') continue;
        cell.text = (pl_str){from - 1, (size_t)(stop - from + 1)};
        cell.doubled = false;
        break;
    }
    finish(&cell, dialect, stop, end);
    return cell;
}

pl_cell pl_cell_read(pl_dialect dialect, const char *at, const char *end) {
    const char *from = at;
    while (at < end && is_space(*at) && *at != dialect.separator) at++;
    if (at < end && *at == '"') return read_quoted(dialect, at + 1, end);
    const char *stop = plain_end(dialect, at, end);
    pl_cell cell = {.text = {from, (size_t)(stop - from)}};
    finish(&cell, dialect, stop, end);
    if (cell.last && cell.text.len && cell.text.at[cell.text.len - 1] == '\r') cell.text.len--;
    return cell;
}

pl_str pl_cell_undouble(pl_str cell, char *out) {
    size_t length = 0;
    for (size_t i = 0; i < cell.len; i++) {
        out[length++] = cell.at[i];
        if (cell.at[i] == '"' && i + 1 < cell.len && cell.at[i + 1] == '"') i++;
    }
    return (pl_str){out, length};
}

const char *pl_record_end(pl_dialect dialect, const char *at, const char *end) {
    while (at < end) {
        pl_cell cell = pl_cell_read(dialect, at, end);
        at = cell.next;
        if (cell.last) break;
    }
    return at;
}

bool pl_record_blank(pl_dialect dialect, const char *at, const char *end) {
    while (at < end && (is_space(*at) || *at == '\r' || *at == dialect.separator) && *at != dialect.line_end) at++;
    return at == end || *at == dialect.line_end;
}
