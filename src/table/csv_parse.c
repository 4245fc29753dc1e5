#include "table/csv_reading.h"

#include "table/cell.h"
#include "table/quick_number.h"
#include "table/short_numbers.h"
#include "table/stops.h"
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

static void take_cell(pl_csv_reading *r, pl_csv_chunk *c, pl_column *column, const pl_cell *cell, size_t row, size_t record) {
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

static const char *parse_record(pl_csv_reading *r, pl_csv_chunk *c, const char *at, size_t row, size_t record) {
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
        take_cell(r, c, column, &cell, row, record);
        at = cell.next;
        if (!cell.last) continue;
        if (i + 1 < table->column_count) short_record(r, c, i + 1, row, record);
        return at;
    }
    return long_record(r, c, at, record);
}

static void parse_with_care(pl_csv_reading *r, pl_csv_chunk *c) {
    size_t row = c->first_row, record = c->first_record;
    for (const char *at = c->from; at < c->to; record++) {
        if (r->has_blanks && pl_record_blank(r->dialect, at, c->to)) {
            at = pl_record_end(r->dialect, at, c->to);
            continue;
        }
        if (r->table->source_rows) r->table->source_rows[row] = record + 2;
        at = parse_record(r, c, at, row++, record);
    }
}

/* ---- where there are neither quotes nor blank records ---- */

/* A number of the current row. */
static void put_in_tile(pl_csv_reading *r, pl_tile *tile, size_t index, double value) {
    const pl_column *column = &r->table->columns[index];
    if (!column->scaled)
        pl_tile_put(tile, index, value);
    else if (!pl_scale(value, column->power, &pl_tile_scaled_row(tile)[index]))
        atomic_store_explicit(&r->misfits[index], true, memory_order_relaxed);
}

/* A cell that is not a short plain number. */
static void parse_cell(pl_csv_reading *r, pl_csv_chunk *c, pl_tile *tile, size_t index, const char *at, size_t record) {
    pl_column *column = &r->table->columns[index];
    size_t row = tile->first + tile->rows;
    double value;
    const char *stop = at;
    if (column->kind == PL_COLUMN_NUMBERS) {
        if (*at == r->dialect.separator || *at == r->dialect.line_end) {
            pl_tile_miss(tile, index);
            return;
        }
        stop += pl_quick_number(at, c->to, &value);
    }
    if (stop > at && stop < c->to && (*stop == r->dialect.separator || *stop == r->dialect.line_end)) {
        put_in_tile(r, tile, index, value);
        return;
    }
    pl_cell cell = pl_cell_read(r->dialect, at, c->to);
    take_cell(r, c, column, &cell, row, record);
    if (column->kind == PL_COLUMN_NUMBERS) put_in_tile(r, tile, index, pl_column_number(column, row));
}

/* The columns from `index` on that are kept scaled, as far as their cells are short; returns the first that is not read. */
static size_t parse_scaled(const pl_csv_reading *r, pl_tile *tile, size_t index, const char *from, const uint32_t *stops) {
    pl_short_cells cells = {.from = from,
                            .stops = stops + index,
                            .decimals = r->decimals + index,
                            .count = r->run_ends[index] - index,
                            .out = pl_tile_scaled_row(tile) + index,
                            .missing = tile->missing + index,
                            .row = UINT64_C(1) << tile->rows};
    return index + pl_short_numbers(&cells);
}

/* A record whose cells are as many as the columns; cell i ends at from[stops[i]]. */
static void parse_cells(pl_csv_reading *r, pl_csv_chunk *c, pl_tile *tile, const char *from, const uint32_t *stops, size_t record) {
    const pl_column *columns = r->table->columns;
    for (size_t i = 0; i < r->table->column_count; i++) {
        if (r->run_ends[i] > i) i = parse_scaled(r, tile, i, from, stops);
        if (i == r->table->column_count) break;
        const char *stop = from + stops[i], *at = from + (uint32_t)(stops[i - 1] + 1);
        size_t length = (size_t)(stop - at);
        double value;
        if (columns[i].numbers && length - 1 < 8 && pl_short_number(stop, length, &value))
            pl_tile_put(tile, i, value);
        else if (columns[i].kind != PL_COLUMN_SKIPPED)
            parse_cell(r, c, tile, i, at, record);
    }
    pl_tile_next(tile);
}

/* Reads the whole records among the next PL_STOPS_BYTES; returns where the first other one begins. */
static const char *parse_stretch(pl_csv_reading *r, pl_csv_chunk *c, pl_tile *tile, pl_stops *stops, const char *from) {
    size_t columns = r->table->column_count, first = 0;
    const char *at = from;
    pl_stops_find(stops, r->dialect, from, c->to);
    for (size_t i = 0; i < stops->line_count; i++) {
        size_t end = stops->lines[i], row = tile->first + tile->rows, record = row - c->first_row + c->first_record;
        if (end - first == columns && at - r->source->bytes.at >= 8) {
            parse_cells(r, c, tile, from, stops->at + 1 + first, record);
        } else {
            pl_tile_flush(tile, row + 1);
            parse_record(r, c, at, row, record);
        }
        at = from + stops->at[end] + 1;
        first = end;
    }
    return at;
}

static void parse_quickly(pl_csv_reading *r, pl_csv_chunk *c) {
    pl_stops *stops = malloc(sizeof *stops);
    pl_tile tile;
    bool ready = pl_tile_create(&tile, r->table, c->first_row) && stops;
    c->failed |= !ready;
    for (const char *at = c->from; ready && at < c->to;) {
        const char *next = parse_stretch(r, c, &tile, stops, at);
        if (next == at) { /* a long record, or the last without a line end */
            size_t row = tile.first + tile.rows;
            pl_tile_flush(&tile, row + 1);
            next = parse_record(r, c, at, row, row - c->first_row + c->first_record);
        }
        at = next;
    }
    if (ready) pl_tile_flush(&tile, 0);
    pl_tile_free(&tile);
    free(stops);
}

void pl_csv_parse(void *context, size_t index, unsigned worker) {
    (void)worker;
    pl_csv_reading *r = context;
    pl_csv_chunk *c = &r->chunks[index];
    if (r->has_quotes || r->has_blanks)
        parse_with_care(r, c);
    else
        parse_quickly(r, c);
    pl_source_release(r->source, c->from, c->to);
}
