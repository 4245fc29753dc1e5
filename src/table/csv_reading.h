/* How a CSV file is read: cut into chunks of whole records, which threads read side by side. Shared by the files that do it. */
#ifndef PLUMBLINE_TABLE_CSV_READING_H
#define PLUMBLINE_TABLE_CSV_READING_H

#include "table/dialect.h"
#include "table/source.h"

#include <plumbline/table/csv.h>

#include <stdatomic.h>

/* A run of whole records that one thread reads. */
typedef struct pl_csv_chunk {
    const char *from, *to;
    size_t records, rows;           /* rows: records that are not blank */
    size_t first_record, first_row; /* how many come before */
    bool not_utf8;
    bool failed; /* memory */
    pl_intern *texts;
    pl_problems problems;
} pl_csv_chunk;

typedef struct pl_csv_reading {
    const pl_csv_options *options;
    pl_csv_options limits;
    pl_source *source;
    pl_table *table;
    const char *name;
    pl_dialect dialect;
    pl_str body; /* what follows the header */
    bool has_quotes;
    bool has_blanks; /* some record is left out, so that rows need their place in the file */
    atomic_bool found_quote;
    pl_csv_chunk *chunks;
    size_t chunk_count;
    uint32_t *decimals;   /* per column that is scaled: 10^decimals is its power */
    uint32_t *run_ends;   /* per column: where the run of scaled columns that it stands in ends; itself where it is none */
    atomic_bool *misfits; /* per column that is scaled: some number of it cannot be */
} pl_csv_reading;

/* Decides which columns of numbers are kept scaled, from a sample of the records: sets their powers, makes the arrays above.
 * Without room for a larger number or more decimals than the sample has a column is not. */
pl_status pl_csv_choose_scales(pl_csv_reading *r);

/* Reads the columns that had a misfit once more, as doubles. */
pl_status pl_csv_read_misfits(pl_csv_reading *r);

/* Reads the cells of one chunk into the columns: a task of a pool. */
void pl_csv_parse(void *context, size_t index, unsigned worker);

#endif
