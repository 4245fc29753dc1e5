#include "table/csv_reading.h"

#include "table/cell.h"
#include "table/quick_number.h"
#include "table/short_numbers.h"
#include "table/tile.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

static pl_place place_of(const pl_csv_reading *r, size_t record, const char *field) {
    return (pl_place){r->name, record + 2, field};
}

/* Puts a number where it belongs. */
static void put_number(pl_csv_reading *r, pl_column *column, size_t row, double value) {
    if (!column->scaled) {
        column->numbers[row] = value;
    } else if (!pl_scale(value, column->power, &column->scaled[row])) {
        column->scaled[row] = 0;
        atomic_store_explicit(&r->misfits[column - r->table->columns], true, memory_order_relaxed);
    }
}

static void take_number(pl_csv_reading *r, pl_csv_chunk *c, pl_column *column, pl_str text, size_t row, size_t record) {
    double value;
    pl_cell_kind kind = pl_cell_number(text, &value);
    if (kind == PL_CELL_NUMBER) {
        put_number(r, column, row, value);
        return;
    }
    pl_clear_present(column, row, 1);
    if (kind == PL_CELL_OTHER && pl_cell_not_a_number(&c->problems, place_of(r, record, column->name.at), text) == PL_MEMORY)
        c->failed = true;
}

static void take_text(pl_csv_chunk *c, pl_column *column, pl_str text, size_t row) {
    if (!text.len) return;
    if (!c->texts && pl_intern_create(&c->texts, 0) != PL_OK)
        c->failed = true;
    else if (pl_intern_add(c->texts, text, &column->texts[row]) != PL_OK)
        c->failed = true;
}

void pl_csv_take_cell(pl_csv_reading *r, pl_csv_chunk *c, pl_column *column, const pl_cell *cell, size_t row, size_t record) {
    if (cell->unended)
        pl_problem_add(&c->problems, PL_ERROR, "E105", place_of(r, record, column->name.at),
                       "the closing quote of this cell is missing");
    if (column->kind == PL_COLUMN_SKIPPED) return;
    pl_str text = pl_str_trim(cell->text);
    if (text.len > r->limits.max_cell) {
        pl_problem_add(&c->problems, PL_ERROR, "E102", place_of(r, record, column->name.at),
                       "this cell has %zu bytes; at most %zu are read", text.len, r->limits.max_cell);
        text.len = 0;
    }
    char *room = cell->doubled ? malloc(text.len + 1) : NULL;
    if (cell->doubled && !room) {
        c->failed = true;
        return;
    }
    if (room) text = pl_cell_undouble(text, room);
    if (column->kind == PL_COLUMN_NUMBERS)
        take_number(r, c, column, text, row, record);
    else
        take_text(c, column, text, row);
    free(room);
}

/* The cells that a short record lacks are missing. */
static void short_record(pl_csv_reading *r, pl_csv_chunk *c, size_t cells, size_t row, size_t record) {
    pl_table *table = r->table;
    pl_problem_add(&c->problems, PL_ERROR, "E103", place_of(r, record, NULL), "this row has %zu cells, the header has %zu", cells,
                   table->column_count);
    for (size_t i = cells; i < table->column_count; i++)
        if (table->columns[i].kind == PL_COLUMN_NUMBERS) pl_clear_present(&table->columns[i], row, 1);
}

static const char *long_record(pl_csv_reading *r, pl_csv_chunk *c, const char *at, size_t record) {
    size_t cells = r->table->column_count;
    bool filled = false, last = false;
    while (!last) {
        pl_cell cell = pl_cell_read(r->dialect, at, c->to);
        cells++;
        filled |= pl_str_trim(cell.text).len > 0;
        last = cell.last;
        at = cell.next;
    }
    if (filled)
        pl_problem_add(&c->problems, PL_ERROR, "E103", place_of(r, record, NULL), "this row has %zu cells, the header has %zu",
                       cells, r->table->column_count);
    return at;
}

/* The usual cell: a plain number that ends at a separator or line end. Returns where the next cell begins, or NULL. */
static inline const char *quick_number(pl_csv_reading *r, pl_column *column, const char *at, const char *end, size_t row,
                                       bool *last) {
    double value;
    pl_dialect dialect = r->dialect;
    size_t length = pl_quick_number(at, end, &value);
    if (!length) length = pl_number_scan(at, end, &value);
    const char *stop = at + length;
    if (!length || stop == end) return NULL;
    if (*stop != dialect.separator) {
        if (*stop == '\r' && dialect.line_end == '\n' && stop + 1 < end) stop++;
        if (*stop != dialect.line_end) return NULL;
        *last = true;
    }
    put_number(r, column, row, value);
    return stop + 1;
}

const char *pl_csv_parse_record(pl_csv_reading *r, pl_csv_chunk *c, const char *at, size_t row, size_t record) {
    pl_table *table = r->table;
    bool last = false;
    for (size_t i = 0; i < table->column_count; i++) {
        pl_column *column = &table->columns[i];
        if (column->kind == PL_COLUMN_NUMBERS) {
            const char *next = quick_number(r, column, at, c->to, row, &last);
            if (next) {
                at = next;
                if (!last) continue;
                if (i + 1 < table->column_count) short_record(r, c, i + 1, row, record);
                return at;
            }
        }
        pl_cell cell = pl_cell_read(r->dialect, at, c->to);
        pl_csv_take_cell(r, c, column, &cell, row, record);
        at = cell.next;
        if (!cell.last) continue;
        if (i + 1 < table->column_count) short_record(r, c, i + 1, row, record);
        return at;
    }
    return long_record(r, c, at, record);
}

void pl_csv_parse_with_care(void *context, size_t index, unsigned worker) {
    (void)worker;
    pl_csv_reading *r = context;
    pl_csv_chunk *c = &r->chunks[index];
    size_t row = c->first_row, record = c->first_record;
    for (const char *at = c->from; at < c->to; record++) {
        if (r->has_blanks && pl_record_blank(r->dialect, at, c->to)) {
            at = pl_record_end(r->dialect, at, c->to);
            continue;
        }
        if (r->table->source_rows) r->table->source_rows[row] = record + 2;
        at = pl_csv_parse_record(r, c, at, row++, record);
    }
    pl_source_release(r->source, c->from, c->to);
}
