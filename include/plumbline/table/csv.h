/* Comma-separated values: RFC 4180 and what spreadsheets make of it. */
#ifndef PLUMBLINE_TABLE_CSV_H
#define PLUMBLINE_TABLE_CSV_H

#include <plumbline/base/pool.h>
#include <plumbline/table/table.h>

/* What to make of each column: sets the `kind` of the columns, whose names are known, before any cell is read. All are
 * PL_COLUMN_TEXTS when it is called, those without a name PL_COLUMN_SKIPPED. Columns that nobody needs cost only the finding of
 * their commas. May be asked again, when the text turns out to be of another encoding or kind; then the last answer counts. */
typedef void pl_csv_choose(void *context, pl_column *columns, size_t count);

typedef struct pl_csv_options {
    const char *name;      /* what problems call the file; NULL: its path */
    pl_csv_choose *choose; /* NULL: all texts */
    void *context;
    pl_pool *pool;      /* NULL: the caller's thread only */
    size_t max_bytes;   /* of the file; 0: 64 GiB */
    size_t max_columns; /* 0: 1,000,000 */
    size_t max_rows;    /* 0: 2^31 */
    size_t max_cell;    /* bytes; 0: 1 MiB */
    bool scaled;        /* columns of short decimals may come as whole numbers with a power of ten: `scaled` of table.h */
} pl_csv_options;

/* Reads a file (mapped, parsed on all of the pool's threads; the pages are let go as they are parsed, so that peak memory is the
 * columns and little more). Takes: quotes with "" inside, CRLF, LF or CR line ends, a byte-order mark (UTF-8, UTF-16 LE/BE), a
 * comma, semicolon or tab as the separator (whichever the header has most of outside quotes), GB18030 where the bytes are not valid
 * UTF-8 (with a note), lines of nothing but separators (left out). Problems, all in one list: a row with fewer or more cells than
 * the header (extra empty cells are let pass), a header twice or empty over a column that is not all empty, a quote that never
 * ends, a cell in a column of numbers that is not a number: full-width digits, thousands separators, percent signs and text are
 * each named as what they are with the remedy. PL_INPUT if any of them was an error; then the table holds what could be read and
 * must still be freed. `table` is zeroed by the call first. Options NULL: the defaults.
 *
 * Codes: E101 cannot be opened or read (PL_IO), E102 too large, E103 ragged row, E104 header twice, E105 unended quote,
 * E106 not a number, E107 not text in any known encoding, E108 no header, N101 read as GB18030. */
pl_status pl_csv_read(pl_table *table, const char *path, const pl_csv_options *options, pl_problems *problems);

/* The same for bytes in memory; `name` is what problems call them. The bytes are not needed afterwards. */
pl_status pl_csv_read_bytes(pl_table *table, const char *name, pl_str bytes, const pl_csv_options *options, pl_problems *problems);

#endif
