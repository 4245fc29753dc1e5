#include <plumbline/table/csv.h>

#include "table/cell.h"
#include "table/csv_reading.h"
#include "table/glance.h"
#include "table/header.h"

#include <stdlib.h>

#define CHUNK_BYTES ((size_t)1 << 20)
#define DEFAULT_BYTES ((size_t)64 << 30)
#define DEFAULT_COLUMNS 1000000
#define DEFAULT_ROWS ((size_t)1 << 31)
#define DEFAULT_CELL ((size_t)1 << 20)

/* ---- header ---- */

static pl_status read_header(pl_csv_reading *r, pl_problems *problems) {
    pl_str text = r->source->bytes;
    const char *at = text.at, *end = text.at + text.len;
    r->dialect = pl_dialect_of(text);
    r->table->separator = r->dialect.separator;
    size_t count = 0;
    for (const char *c = at; c < end;) {
        pl_cell cell = pl_cell_read(r->dialect, c, end);
        count++;
        c = cell.next;
        if (cell.last) break;
    }
    pl_table *table = r->table;
    if (count > r->limits.max_columns)
        return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = r->name}, "has %zu columns; at most %zu are read",
                              count, r->limits.max_columns);
    table->columns = pl_arena_array(&table->arena, count + 1, sizeof *table->columns);
    if (!table->columns) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) {
        pl_cell cell = pl_cell_read(r->dialect, at, end);
        pl_column *column = &table->columns[i];
        pl_str name = pl_str_trim(cell.text);
        char *room = cell.doubled ? malloc(name.len + 1) : NULL;
        if (cell.doubled && !room) return PL_MEMORY;
        if (room) name = pl_cell_undouble(name, room);
        bool copied = pl_str_copy(&column->name, &table->arena, name);
        free(room);
        if (!copied) return PL_MEMORY;
        table->column_count++;
        at = cell.next;
    }
    r->body = (pl_str){at, (size_t)(end - at)};
    return PL_OK;
}

/* ---- cutting into chunks ---- */

/* Without quotes a record ends at the next line end, wherever one starts to look. With them the text is walked once. */
bool pl_csv_cut(pl_csv_reading *r) {
    const char *at = r->body.at, *end = at + r->body.len;
    size_t capacity = 0;
    while (at < end) {
        if (pl_reserve((void **)&r->chunks, &capacity, r->chunk_count + 1, sizeof *r->chunks, 0)) return false;
        const char *to = (size_t)(end - at) > CHUNK_BYTES ? at + CHUNK_BYTES : end;
        if (r->has_quotes) {
            const char *stop = to;
            for (to = at; to < stop;) to = pl_record_end(r->dialect, to, end);
        } else if (to < end) {
            const char *line = memchr(to, r->dialect.line_end, (size_t)(end - to));
            to = line ? line + 1 : end;
        }
        pl_csv_chunk *c = &r->chunks[r->chunk_count++];
        *c = (pl_csv_chunk){.from = at, .to = to};
        pl_problems_init(&c->problems, 0);
        at = to;
    }
    return true;
}

/* Record by record, where quotes may hold line ends or some line may be blank. */
static void count_with_care(const pl_csv_reading *r, pl_csv_chunk *c) {
    for (const char *at = c->from; at < c->to;) {
        c->records++;
        c->rows += !pl_record_blank(r->dialect, at, c->to);
        if (r->has_quotes) {
            at = pl_record_end(r->dialect, at, c->to);
        } else {
            const char *line = memchr(at, r->dialect.line_end, (size_t)(c->to - at));
            at = line ? line + 1 : c->to;
        }
    }
}

static void survey(void *context, size_t index, unsigned worker) {
    (void)worker;
    pl_csv_reading *r = context;
    pl_csv_chunk *c = &r->chunks[index];
    if (!r->has_quotes && atomic_load_explicit(&r->found_quote, memory_order_relaxed)) return; /* it was cut in vain */
    pl_str text = {c->from, (size_t)(c->to - c->from)};
    pl_glance glance = pl_glance_at(text, r->dialect);
    if (r->has_quotes || glance.blank)
        count_with_care(r, c);
    else
        c->records = c->rows = glance.line_ends + (c->to[-1] != r->dialect.line_end);
    c->not_utf8 = glance.beyond_ascii && pl_utf8_check(text) < text.len;
    if (!r->has_quotes && glance.quotes) atomic_store(&r->found_quote, true);
    pl_source_release(r->source, c->from, c->to);
}

static void free_chunks(pl_csv_reading *r) {
    for (size_t i = 0; i < r->chunk_count; i++) {
        pl_intern_free(r->chunks[i].texts);
        pl_problems_free(&r->chunks[i].problems);
    }
    free(r->chunks);
    r->chunks = NULL;
    r->chunk_count = 0;
}

static void free_scales(pl_csv_reading *r) {
    free(r->decimals);
    free(r->run_ends);
    free(r->misfits);
    r->decimals = r->run_ends = NULL;
    r->misfits = NULL;
}

/* Finds the chunks, their rows, and whether the bytes are UTF-8. */
static pl_status lay_out(pl_csv_reading *r, bool *utf8) {
    pl_pool *pool = r->options->pool;
    atomic_store(&r->found_quote, false);
    r->has_quotes = false;
    if (!pl_csv_cut(r)) return PL_MEMORY;
    pl_pool_run(pool, r->chunk_count, survey, r);
    if (atomic_load(&r->found_quote)) {
        r->has_quotes = true;
        free_chunks(r);
        if (!pl_csv_cut(r)) return PL_MEMORY;
        pl_pool_run(pool, r->chunk_count, survey, r);
    }
    size_t records = 0, rows = 0;
    *utf8 = pl_utf8_check((pl_str){r->source->bytes.at, (size_t)(r->body.at - r->source->bytes.at)}) ==
            (size_t)(r->body.at - r->source->bytes.at);
    for (size_t i = 0; i < r->chunk_count; i++) {
        pl_csv_chunk *c = &r->chunks[i];
        c->first_record = records;
        c->first_row = rows;
        records += c->records;
        rows += c->rows;
        *utf8 &= !c->not_utf8;
    }
    r->table->rows = rows;
    r->has_blanks = records != rows;
    return PL_OK;
}

/* ---- putting together ---- */

static bool make_column(const pl_csv_reading *r, size_t index, size_t rows) {
    pl_column *column = &r->table->columns[index];
    if (column->kind == PL_COLUMN_TEXTS) {
        column->texts = calloc(rows + 1, sizeof *column->texts);
        return column->texts != NULL;
    }
    if (column->kind != PL_COLUMN_NUMBERS) return true;
    size_t words = rows / 64 + 1;
    bool scaled = r->run_ends[index] > index;
    if (scaled)
        column->scaled = calloc(rows + 1, sizeof *column->scaled);
    else
        column->numbers = calloc(rows + 1, sizeof *column->numbers);
    column->present = malloc(words * sizeof *column->present);
    if ((scaled ? !column->scaled : !column->numbers) || !column->present) return false;
    memset(column->present, 0xFF, words * sizeof *column->present);
    column->present[words - 1] = (UINT64_C(1) << (rows % 64)) - 1;
    return true;
}

bool pl_csv_make_columns(pl_csv_reading *r, size_t rows) {
    for (size_t i = 0; i < r->table->column_count; i++)
        if (!make_column(r, i, rows)) return false;
    return true;
}

static bool cut_off(void **block, size_t count, size_t size) {
    if (!*block) return true;
    void *smaller = realloc(*block, (count + 1) * size);
    if (smaller) *block = smaller;
    return smaller != NULL;
}

bool pl_csv_trim_columns(pl_table *table, size_t rows) {
    size_t last = table->rows / 64, words = rows / 64 + 1;
    bool good = true;
    for (size_t i = 0; i < table->column_count; i++) {
        pl_column *column = &table->columns[i];
        good &= cut_off((void **)&column->numbers, table->rows, sizeof *column->numbers);
        good &= cut_off((void **)&column->scaled, table->rows, sizeof *column->scaled);
        good &= cut_off((void **)&column->texts, table->rows, sizeof *column->texts);
        if (!column->present) continue;
        column->present[last] &= (UINT64_C(1) << (table->rows % 64)) - 1;
        memset(column->present + last + 1, 0, (words - last - 1) * sizeof *column->present);
        good &= cut_off((void **)&column->present, last, sizeof *column->present);
    }
    return good;
}

/* The numbers that texts have in their chunk become those of the table: in the order of first arrival in the file, since chunks are
 * joined in their order. */
void pl_csv_join_texts(void *context, size_t index, unsigned worker) {
    (void)worker;
    pl_csv_reading *r = context;
    pl_csv_chunk *c = &r->chunks[index];
    if (!c->texts) return;
    uint32_t *numbers = malloc((pl_intern_count(c->texts) + 1) * sizeof *numbers);
    bool good = numbers && pl_intern_add_all(r->table->texts, c->texts, numbers) == PL_OK;
    for (size_t i = 0; good && i < r->table->column_count; i++) {
        uint32_t *texts = r->table->columns[i].texts;
        for (size_t row = c->first_row; texts && row < c->first_row + c->rows; row++) texts[row] = numbers[texts[row]];
    }
    c->failed |= !good;
    free(numbers);
    pl_intern_free(c->texts);
    c->texts = NULL;
}

static pl_status collect(pl_csv_reading *r, pl_problems *problems) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < r->chunk_count; i++) {
        pl_csv_chunk *c = &r->chunks[i];
        pl_status found = pl_problems_append(problems, &c->problems);
        if (c->failed || found == PL_MEMORY) return PL_MEMORY;
        if (found != PL_OK) status = found;
    }
    return status;
}

/* Finds header and rows; where the bytes are not UTF-8, once more after they have been recoded. */
static pl_status find_rows(pl_csv_reading *r, pl_problems *problems) {
    for (;;) {
        bool utf8 = true;
        pl_status status = read_header(r, problems);
        if (status == PL_OK) status = lay_out(r, &utf8);
        if (status != PL_OK || utf8) return status;
        r->table->rows = 0;
        status = pl_source_recode(r->source, r->name, problems);
        if (status != PL_OK) return status;
        free_chunks(r);
        pl_arena_free(&r->table->arena);
        r->table->column_count = 0;
    }
}

static pl_status check_rows(const pl_csv_reading *r, pl_problems *problems) {
    if (r->table->rows <= r->limits.max_rows) return PL_OK;
    return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = r->name}, "has %zu rows; at most %zu are read",
                          r->table->rows, r->limits.max_rows);
}

/* Throws away what an attempt has made, up to the header. */
static pl_status start_over(pl_csv_reading *r) {
    pl_table *table = r->table;
    free_chunks(r);
    free_scales(r);
    for (size_t i = 0; i < table->column_count; i++) pl_table_drop(table, i);
    pl_arena_free(&table->arena);
    table->column_count = table->rows = 0;
    pl_intern_free(table->texts);
    table->texts = NULL;
    return pl_intern_create(&table->texts, 0);
}

/* Any text: surveyed first, then read by the letter. */
static pl_status read_with_care(pl_csv_reading *r, pl_problems *problems) {
    r->parse = pl_csv_parse_with_care;
    pl_status status = find_rows(r, problems);
    if (status == PL_OK) status = check_rows(r, problems);
    if (status != PL_OK) return status;
    pl_header_choose(r->table, r->options);
    status = pl_csv_choose_scales(r);
    if (status != PL_OK) return status;
    if (!pl_csv_make_columns(r, r->table->rows)) return PL_MEMORY;
    if (r->has_blanks) {
        r->table->source_rows = malloc((r->table->rows + 1) * sizeof *r->table->source_rows);
        if (!r->table->source_rows) return PL_MEMORY;
    }
    pl_pool_run_in_order(r->options->pool, r->chunk_count, r->parse, pl_csv_join_texts, r);
    return pl_csv_read_misfits(r);
}

static pl_status read_cells(pl_csv_reading *r, pl_problems *problems) {
    bool done = false;
    pl_status status = read_header(r, problems);
    if (status != PL_OK) return status;
    pl_header_choose(r->table, r->options);
    status = pl_csv_choose_scales(r);
    if (status == PL_OK) status = pl_csv_read_at_once(r, &done);
    if (status == PL_OK && !done) status = start_over(r);
    return status != PL_OK || done ? status : read_with_care(r, problems);
}

static pl_status read_source(pl_csv_reading *r, pl_problems *problems) {
    pl_status status = read_cells(r, problems);
    r->table->encoding = r->source->encoding ? r->source->encoding : "utf-8";
    if (status != PL_OK) return status;
    pl_status header = pl_header_check(r->table, problems);
    if (header == PL_MEMORY) return header;
    status = collect(r, problems);
    return status != PL_OK ? status : header;
}

static pl_status read_all(pl_table *table, pl_source *source, const char *name, const pl_csv_options *options,
                          pl_problems *problems) {
    static const pl_csv_options defaults;
    pl_csv_reading r = {.options = options ? options : &defaults, .source = source, .table = table, .name = name};
    r.limits = (pl_csv_options){
        .max_columns = r.options->max_columns ? r.options->max_columns : DEFAULT_COLUMNS,
        .max_rows = r.options->max_rows ? r.options->max_rows : DEFAULT_ROWS,
        .max_cell = r.options->max_cell ? r.options->max_cell : DEFAULT_CELL,
    };
    table->name = name;
    pl_status status = pl_intern_create(&table->texts, 0);
    if (status == PL_OK) status = pl_source_unmark(source, name, problems);
    if (status == PL_OK) status = read_source(&r, problems);
    free_chunks(&r);
    free_scales(&r);
    pl_str kept;
    if (!pl_str_copy(&kept, &table->arena, pl_str_of(name))) return PL_MEMORY;
    table->name = kept.at;
    return status;
}

pl_status pl_csv_read(pl_table *table, const char *path, const pl_csv_options *options, pl_problems *problems) {
    *table = (pl_table){0};
    pl_source source;
    const char *name = options && options->name ? options->name : path;
    size_t limit = options && options->max_bytes ? options->max_bytes : DEFAULT_BYTES;
    pl_status status = pl_source_open(&source, path, name, limit, problems);
    if (status == PL_OK) status = read_all(table, &source, name, options, problems);
    pl_source_close(&source);
    return status;
}

pl_status pl_csv_read_bytes(pl_table *table, const char *name, pl_str bytes, const pl_csv_options *options, pl_problems *problems) {
    *table = (pl_table){0};
    pl_source source = {.bytes = bytes};
    size_t limit = options && options->max_bytes ? options->max_bytes : DEFAULT_BYTES;
    if (bytes.len > limit)
        return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = name}, "is larger than %zu bytes", limit);
    pl_status status = read_all(table, &source, name, options, problems);
    pl_source_close(&source);
    return status;
}
