/* Which columns of numbers are kept as whole numbers of 32 bits, and what becomes of those that cannot be after all. */
#include "table/csv_reading.h"

#include "table/cell.h"
#include "table/short_numbers.h"

#include <math.h>
#include <stdlib.h>

/* Records are looked at in so many places of the file, so many in each. */
#define PLACES 8
#define RECORDS 8

/* A column may meet a number so many times as large as those of the sample. */
#define SPARE 16

typedef struct sampled {
    bool any, long_ones;
    unsigned decimals;
    double largest;
} sampled;

static void look_at(sampled *s, double value) {
    int32_t scaled;
    s->any = true;
    s->largest = fmax(s->largest, fabs(value));
    while (!s->long_ones && !pl_scale(value, pl_power_of_ten(s->decimals), &scaled)) {
        s->long_ones = s->decimals == PL_MOST_DECIMALS;
        s->decimals += !s->long_ones;
    }
}

static const char *sample_record(const pl_csv_reading *r, const char *at, sampled *columns) {
    const char *end = r->body.at + r->body.len;
    bool last = at >= end;
    for (size_t i = 0; !last; i++) {
        pl_cell cell = pl_cell_read(r->dialect, at, end);
        double value;
        bool counts = i < r->table->column_count && r->table->columns[i].kind == PL_COLUMN_NUMBERS;
        if (counts && pl_cell_number(pl_str_trim(cell.text), &value) == PL_CELL_NUMBER) look_at(&columns[i], value);
        last = cell.last;
        at = cell.next;
    }
    return at;
}

/* Where quotes may hold line ends, records are known from the beginning on only. */
static void sample(const pl_csv_reading *r, sampled *columns) {
    for (size_t place = 0; place < (r->has_quotes ? 1 : PLACES); place++) {
        const char *at = r->body.at + r->body.len / PLACES * place, *end = r->body.at + r->body.len;
        if (place) {
            at = memchr(at, r->dialect.line_end, (size_t)(end - at));
            at = at ? at + 1 : end;
        }
        for (int i = 0; i < RECORDS; i++) at = sample_record(r, at, columns);
    }
}

/* As many decimals as leave room for larger numbers: then a few with more of them than the sample has are no misfits. */
static bool choose_decimals(sampled *s) {
    if (!s->any || s->long_ones || s->largest * pl_power_of_ten(s->decimals) > INT32_MAX / SPARE) return false;
    while (s->decimals < PL_MOST_DECIMALS && s->largest * pl_power_of_ten(s->decimals + 1) <= INT32_MAX / SPARE) s->decimals++;
    return true;
}

pl_status pl_csv_choose_scales(pl_csv_reading *r) {
    pl_table *table = r->table;
    size_t count = table->column_count;
    sampled *columns = calloc(count + 1, sizeof *columns);
    r->decimals = calloc(count + 1, sizeof *r->decimals);
    r->run_ends = calloc(count + 1, sizeof *r->run_ends);
    r->misfits = calloc(count + 1, sizeof *r->misfits);
    bool good = columns && r->decimals && r->run_ends && r->misfits;
    if (good && r->options->scaled) sample(r, columns);
    for (size_t i = count; good && i-- > 0;) {
        bool scaled = choose_decimals(&columns[i]);
        bool with_next = scaled && i + 1 < count && r->run_ends[i + 1] > i + 1;
        r->decimals[i] = columns[i].decimals;
        r->run_ends[i] = with_next ? r->run_ends[i + 1] : (uint32_t)(i + scaled);
        table->columns[i].power = pl_power_of_ten(columns[i].decimals);
    }
    free(columns);
    return good ? PL_OK : PL_MEMORY;
}

static bool widen(pl_column *column, size_t rows) {
    free(column->scaled);
    column->scaled = NULL;
    column->numbers = calloc(rows + 1, sizeof *column->numbers);
    return column->numbers != NULL;
}

/* What there is to say about their cells has been said. */
static bool parse_again(pl_csv_reading *r) {
    pl_problems *said = calloc(r->chunk_count + 1, sizeof *said);
    if (!said) return false;
    for (size_t i = 0; i < r->chunk_count; i++) {
        said[i] = r->chunks[i].problems;
        pl_problems_init(&r->chunks[i].problems, 1);
    }
    pl_pool_run(r->options->pool, r->chunk_count, r->parse, r);
    bool good = true;
    for (size_t i = 0; i < r->chunk_count; i++) {
        pl_problems_free(&r->chunks[i].problems);
        r->chunks[i].problems = said[i];
        good &= !r->chunks[i].failed;
    }
    free(said);
    return good;
}

pl_status pl_csv_read_misfits(pl_csv_reading *r) {
    pl_table *table = r->table;
    size_t count = table->column_count, misfits = 0;
    for (size_t i = 0; i < count; i++) misfits += atomic_load(&r->misfits[i]);
    if (!misfits) return PL_OK;
    pl_column_kind *kinds = malloc(count * sizeof *kinds);
    if (!kinds) return PL_MEMORY;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        kinds[i] = table->columns[i].kind;
        table->columns[i].kind = PL_COLUMN_SKIPPED;
        r->run_ends[i] = (uint32_t)i;
        if (!atomic_load(&r->misfits[i])) continue;
        table->columns[i].kind = kinds[i];
        good = good && widen(&table->columns[i], table->rows);
    }
    good = good && parse_again(r);
    for (size_t i = 0; i < count; i++) table->columns[i].kind = kinds[i];
    free(kinds);
    return good ? PL_OK : PL_MEMORY;
}
