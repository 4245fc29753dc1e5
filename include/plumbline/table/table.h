/* Columnar tables: numbers with a bit of validity each, texts as interned numbers. */
#ifndef PLUMBLINE_TABLE_TABLE_H
#define PLUMBLINE_TABLE_TABLE_H

#include <plumbline/base/intern.h>
#include <plumbline/base/problems.h>
#include <plumbline/base/text.h>

typedef enum pl_column_kind {
    PL_COLUMN_SKIPPED, /* known by name only */
    PL_COLUMN_NUMBERS,
    PL_COLUMN_TEXTS,
} pl_column_kind;

/* One column. Bit i%64 of present[i/64] is set where row i has a value; bits past the last row are clear, and the number is 0
 * where the bit is clear, so a sum over everything is safe. For texts, texts[i] is 0 where there is none and `present` is
 * NULL. A missing value is empty, NA, - or .. in a column of numbers, and empty in a column of texts. */
typedef struct pl_column {
    pl_str name; /* the header, trimmed */
    pl_column_kind kind;
    double *numbers;
    int32_t
        *scaled;  /* in place of `numbers` where the reader was allowed to: number i is scaled[i] / power, the very same double */
    double power; /* of ten */
    uint64_t *present;
    uint32_t *texts; /* numbers of the table's `texts` */
} pl_column;

typedef struct pl_table {
    const char *name; /* what problems call it: the file, or the sheet */
    size_t rows;
    size_t column_count;
    pl_column *columns;   /* in the order of the file */
    pl_intern *texts;     /* owned */
    size_t *source_rows;  /* owned; row as a spreadsheet counts, header = 1 (or PL_ENTRY); NULL: index + 2 throughout */
    char separator;       /* of a CSV file */
    const char *encoding; /* of a CSV file, as the registry of character sets calls it: "utf-8", "utf-16", "gb18030" */
    size_t sheet_header;  /* of a sheet of a workbook, the row of its header: column i is the sheet's i + 1; 0: any other file */
    pl_arena arena;       /* names and the column array; the data of columns are separate blocks */
} pl_table;

void pl_table_free(pl_table *table); /* a zeroed table may be freed */

/* Frees one column's data early; it becomes skipped. */
void pl_table_drop(pl_table *table, size_t column);

/* Leaves out every row whose bit in `keep` is clear. */
pl_status pl_table_keep(pl_table *table, const uint64_t *keep);

/* Index of the column with this name (without regard to ASCII case), or column_count. */
size_t pl_table_find(const pl_table *table, pl_str name);

/* Row as a spreadsheet counts it, for problems. */
static inline size_t pl_table_source_row(const pl_table *table, size_t row) {
    return table->source_rows ? table->source_rows[row] : row + 2;
}

/* Where a cell, a column's header, and the header as a whole stand, for problems. */
pl_place pl_table_cell_place(const pl_table *table, size_t column, size_t row);
pl_place pl_table_column_place(const pl_table *table, size_t column);
pl_place pl_table_header_place(const pl_table *table);

/* The number in a row of a column of numbers. */
static inline double pl_column_number(const pl_column *column, size_t row) {
    return column->scaled ? column->scaled[row] / column->power : column->numbers[row];
}

static inline bool pl_present(const uint64_t *present, size_t i) { return present[i / 64] >> (i % 64) & 1; }
static inline void pl_set_present(uint64_t *present, size_t i) { present[i / 64] |= UINT64_C(1) << (i % 64); }
static inline void pl_set_missing(uint64_t *present, size_t i) { present[i / 64] &= ~(UINT64_C(1) << (i % 64)); }
/* Words of a bitmap for n bits. */
static inline size_t pl_present_words(size_t n) { return (n + 63) / 64; }

/* The cell's text: of a text column as it was read (empty when missing). */
pl_str pl_table_text(const pl_table *table, size_t column, size_t row);

/* The number in a cell of texts. False where it is missing; what is no number is recorded as E106 and counts as missing. */
bool pl_table_number(const pl_table *table, size_t column, size_t row, double *out, pl_problems *problems);

/* Turns a column of texts into numbers where every present cell is a number (missing words as above); leaves it alone and
 * returns PL_OK with *converted false otherwise. */
pl_status pl_table_to_numbers(pl_table *table, size_t column, bool *converted);

#endif
