/* The usual file, without quotes and blank records, in one go: each chunk is looked at once and parsed while it is still in the
 * processor's cache. Its rows are known when all chunks before it have been looked at; there is room for more rows than are
 * expected. Where a chunk is not of this kind, or there are too many rows, the attempt is given up. */
#include "table/csv_reading.h"

#include "table/cell.h"
#include "table/fresh.h"
#include "table/glance.h"
#include "table/quick_number.h"
#include "table/short_numbers.h"
#include "table/stops.h"
#include "table/tile.h"

#include <pthread.h>
#include <stdlib.h>

/* What each thread has to itself. */
typedef struct pl_csv_worker {
    pl_stops stops;
    pl_tile tile;
} pl_csv_worker;

/* ---- cells ---- */

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
    pl_csv_take_cell(r, c, column, &cell, row, record);
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

/* Reads the records of a chunk, whose stops are known. */
static void parse_records(pl_csv_reading *r, pl_csv_chunk *c, pl_csv_worker *w) {
    const pl_stops *stops = &w->stops;
    size_t columns = r->table->column_count, first = 0;
    const char *at = c->from;
    pl_tile_begin(&w->tile, c->first_row);
    for (size_t i = 0; i < c->rows; i++) {
        bool whole = i < stops->line_count; /* the last may lack its line end */
        size_t end = whole ? stops->lines[i] : stops->count;
        if (whole && end - first == columns && at - r->source->bytes.at >= 8) {
            parse_cells(r, c, &w->tile, c->from, stops->at + 1 + first, c->first_row + i);
        } else {
            pl_tile_flush(&w->tile, c->first_row + i + 1);
            pl_csv_parse_record(r, c, at, c->first_row + i, c->first_row + i);
        }
        at = c->from + (uint32_t)(stops->at[end] + 1);
        first = end;
    }
    pl_tile_flush(&w->tile, 0);
}

/* ---- chunks ---- */

static void give_up(pl_csv_reading *r) {
    pthread_mutex_lock(&r->turn);
    atomic_store(&r->given_up, true);
    pthread_cond_broadcast(&r->turned);
    pthread_mutex_unlock(&r->turn);
}

/* Waits until the rows before a chunk are known, and makes known those before the next one. The chunks before were begun earlier,
 * and nothing that they do before their turn waits for anything else. */
static void take_rows(pl_csv_reading *r, size_t index) {
    pl_csv_chunk *c = &r->chunks[index];
    pthread_mutex_lock(&r->turn);
    while (r->next_chunk != index && !atomic_load(&r->given_up)) pthread_cond_wait(&r->turned, &r->turn);
    c->first_row = c->first_record = r->rows;
    r->rows += c->rows;
    r->next_chunk = index + 1;
    if (r->rows > r->room) atomic_store(&r->given_up, true);
    pthread_cond_broadcast(&r->turned);
    pthread_mutex_unlock(&r->turn);
}

static bool begins_blank(const pl_csv_reading *r, const char *at) {
    return (unsigned char)*at <= ' ' || *at == r->dialect.separator;
}

static bool some_record_begins_blank(const pl_csv_reading *r, const pl_csv_chunk *c, const pl_stops *stops) {
    bool blank = begins_blank(r, c->from);
    for (size_t i = 0; i + 1 < c->rows && !blank; i++) blank = begins_blank(r, c->from + stops->at[stops->lines[i]] + 1);
    return blank;
}

/* False where the chunk is of another kind than this way is for. */
static bool look_at(pl_csv_reading *r, pl_csv_chunk *c, pl_stops *stops) {
    pl_str text = {c->from, (size_t)(c->to - c->from)};
    if (text.len > PL_STOPS_MOST) return false;
    if (!pl_stops_find(stops, r->dialect, text)) {
        c->failed = true;
        return false;
    }
    c->rows = c->records = stops->line_count + (c->to[-1] != r->dialect.line_end);
    bool utf8 = !stops->beyond_ascii || pl_utf8_check(text) == text.len;
    return utf8 && !stops->quotes && !some_record_begins_blank(r, c, stops);
}

static void read_chunk(void *context, size_t index, unsigned worker) {
    pl_csv_reading *r = context;
    pl_csv_chunk *c = &r->chunks[index];
    pl_csv_worker *w = &r->workers[worker];
    if (atomic_load(&r->given_up)) return;
    bool good = look_at(r, c, &w->stops);
    if (good && !w->tile.table && !pl_tile_create(&w->tile, r->table)) {
        c->failed = true;
        good = false;
    }
    if (!good) {
        give_up(r);
        return;
    }
    if (!r->again) take_rows(r, index);
    if (!atomic_load(&r->given_up)) parse_records(r, c, w);
    pl_source_release(r->source, c->from, c->to);
}

/* ---- room ---- */

#define PLACES 8
#define PLACE_BYTES ((size_t)1 << 13)

/* How many rows there may be: exactly, or as many as in some places of a large file. */
static double expected_rows(const pl_csv_reading *r) {
    size_t size = r->body.len;
    if (size <= PLACES * PLACE_BYTES) return (double)pl_glance_at(r->body, r->dialect).line_ends + 1;
    size_t ends = 0;
    for (size_t i = 0; i < PLACES; i++) {
        pl_str place = {r->body.at + (size - PLACE_BYTES) / (PLACES - 1) * i, PLACE_BYTES};
        ends += pl_glance_at(place, r->dialect).line_ends;
    }
    return (double)ends / (PLACES * PLACE_BYTES) * (double)size;
}

static void bring_in(void *context, size_t index, unsigned worker) {
    (void)worker;
    const pl_csv_reading *r = context;
    const pl_column *column = &r->table->columns[index];
    if (column->numbers) pl_fresh_bring_in(column->numbers, r->expected * sizeof *column->numbers);
    if (column->scaled) pl_fresh_bring_in(column->scaled, r->expected * sizeof *column->scaled);
}

static bool prepare(pl_csv_reading *r) {
    double expected = expected_rows(r);
    r->expected = (size_t)(expected * 0.97);
    r->room = (size_t)(expected * 1.25) + 64;
    if (r->room > r->limits.max_rows) r->room = r->limits.max_rows;
    if (r->expected > r->room) r->expected = r->room;
    r->workers = calloc(pl_pool_threads(r->options->pool), sizeof *r->workers);
    return r->workers && pl_csv_cut(r) && pl_csv_make_columns(r, r->room);
}

static void free_workers(pl_csv_reading *r) {
    for (unsigned i = 0; r->workers && i < pl_pool_threads(r->options->pool); i++) {
        pl_stops_free(&r->workers[i].stops);
        pl_tile_free(&r->workers[i].tile);
    }
    free(r->workers);
    r->workers = NULL;
}

static void run(pl_csv_reading *r) {
    pthread_mutex_init(&r->turn, NULL);
    pthread_cond_init(&r->turned, NULL);
    pl_pool_run(r->options->pool, r->table->column_count, bring_in, r);
    pl_pool_run_in_order(r->options->pool, r->chunk_count, read_chunk, pl_csv_join_texts, r);
    pthread_cond_destroy(&r->turned);
    pthread_mutex_destroy(&r->turn);
}

static bool any_failed(const pl_csv_reading *r) {
    bool failed = false;
    for (size_t i = 0; i < r->chunk_count; i++) failed |= r->chunks[i].failed;
    return failed;
}

pl_status pl_csv_read_at_once(pl_csv_reading *r, bool *done) {
    pl_str header = {r->source->bytes.at, (size_t)(r->body.at - r->source->bytes.at)};
    *done = false;
    if (pl_utf8_check(header) < header.len) return PL_OK;
    r->parse = read_chunk;
    bool good = prepare(r);
    if (good) run(r);
    *done = good && !atomic_load(&r->given_up);
    good = good && !any_failed(r);
    if (good && *done) {
        r->table->rows = r->rows;
        r->again = true;
        good = pl_csv_trim_columns(r->table, r->room) && pl_csv_read_misfits(r) == PL_OK;
    }
    free_workers(r);
    return good ? PL_OK : PL_MEMORY;
}
