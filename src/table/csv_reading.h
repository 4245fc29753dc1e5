/* How a CSV file is read: cut into chunks of whole records, which threads read side by side. Shared by the files that do it. */
#ifndef PLUMBLINE_TABLE_CSV_READING_H
#define PLUMBLINE_TABLE_CSV_READING_H

#include "table/dialect.h"
#include "table/source.h"

#include <plumbline/table/csv.h>

#include <pthread.h>
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
    pl_task *parse;       /* reads the cells of a chunk */
    uint32_t *decimals;   /* per column that is scaled: 10^decimals is its power */
    uint32_t *run_ends;   /* per column: where the run of scaled columns that it stands in ends; itself where it is none */
    atomic_bool *misfits; /* per column that is scaled: some number of it cannot be */
    /* reading at once: */
    struct pl_csv_worker *workers;
    size_t expected, room; /* rows */
    atomic_bool given_up;
    bool again; /* the rows of chunks are known */
    pthread_mutex_t turn;
    pthread_cond_t turned;
    size_t next_chunk, rows; /* whose turn it is to know its rows, and how many come before */
} pl_csv_reading;

/* Cuts the body into chunks; false when memory is exhausted. */
bool pl_csv_cut(pl_csv_reading *r);

/* Gives the columns memory for so many rows, numbers all present; takes away what of so many is beyond the table's rows. False when
 * memory is exhausted. */
bool pl_csv_make_columns(pl_csv_reading *r, size_t rows);
bool pl_csv_trim_columns(pl_table *table, size_t rows);

/* Enters the texts of a chunk into the table's: a task that is run in order. */
void pl_csv_join_texts(void *context, size_t index, unsigned worker);

/* Decides which columns of numbers are kept scaled, from a sample of the records: sets their powers, makes the arrays above.
 * Without room for a larger number or more decimals than the sample has a column is not. */
pl_status pl_csv_choose_scales(pl_csv_reading *r);

/* Reads the columns that had a misfit once more, as doubles. */
pl_status pl_csv_read_misfits(pl_csv_reading *r);

/* Reads all cells, where the text is of the kind for which there are short cuts; *done tells. Where it is not, what was begun must
 * be thrown away. PL_MEMORY on failure. */
pl_status pl_csv_read_at_once(pl_csv_reading *r, bool *done);

/* Reads the cells of one chunk, whatever they are: a task. */
void pl_csv_parse_with_care(void *context, size_t index, unsigned worker);

/* One record, of any kind; returns where the next begins. One cell, in a row of the table. */
const char *pl_csv_parse_record(pl_csv_reading *r, pl_csv_chunk *c, const char *at, size_t row, size_t record);
void pl_csv_take_cell(pl_csv_reading *r, pl_csv_chunk *c, pl_column *column, const pl_cell *cell, size_t row, size_t record);

#endif
