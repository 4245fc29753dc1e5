/* A sheet of a workbook while it is read: cells arrive row by row, go to the header and then to columns. */
#ifndef PLUMBLINE_TABLE_XLSX_SHEET_H
#define PLUMBLINE_TABLE_XLSX_SHEET_H

#include "table/xlsx_workbook.h"
#include "table/xlsx_xml.h"

/* Merged ranges of one sheet, and the rows that merged header cells may span. */
#define PL_MOST_MERGES 262144
/* Steps that they may take, one for each range and row or column it covers: well-meant sheets need thousands. */
#define PL_MOST_MERGE_STEPS ((size_t)1 << 28)
#define PL_MOST_HEADER_ROWS 8
#define PL_MOST_HEADER_BYTES 4096
#define PL_MOST_HEADER_TEXT ((size_t)16 << 20) /* of all its cells */
#define PL_MOST_TITLES 16                      /* above it; the next is the header */
/* Cells of the table (rows times columns that are kept) that may be empty, and how many for each that is filled. */
#define PL_FREELY_EMPTY ((size_t)8 << 20)
#define PL_EMPTY_PER_CELL 16

typedef enum pl_value_kind { PL_VALUE_NONE, PL_VALUE_NUMBER, PL_VALUE_TEXT, PL_VALUE_FAULT } pl_value_kind;

/* What a cell holds. A date is a text; #N/A is nothing; a fault is one of the other errors, or a number that is none. */
typedef struct pl_value {
    pl_value_kind kind;
    double number;
    pl_str text;
    uint32_t shared; /* its number among the workbook's texts; 0: it is none of them */
} pl_value;

typedef struct pl_merge {
    uint32_t top, left, bottom, right; /* from 1, inclusive */
    pl_value value;                    /* of its first cell, once read; its text is one of the table's */
} pl_merge;

typedef struct pl_merges {
    pl_merge *items; /* by top row */
    size_t count, capacity, next, steps;
    uint32_t *active; /* indexes of those that cover the current row */
    size_t active_count, active_capacity;
    uint32_t *cover; /* per column of the sheet (from 1): 1 + index of the one that covers it in this row; 0: none */
} pl_merges;

/* How a cell's content is to be read: its attribute t. */
typedef enum pl_content {
    PL_CONTENT_PLAIN,
    PL_CONTENT_SHARED,
    PL_CONTENT_STRING,
    PL_CONTENT_BOOLEAN,
    PL_CONTENT_ERROR,
    PL_CONTENT_ISO_DATE
} pl_content;

typedef struct pl_sheet_reader {
    pl_workbook *book;
    pl_table *table;
    const pl_csv_options *options;
    pl_problems *problems;
    pl_xml_reader xml;
    size_t max_columns, max_rows, max_cell;
    pl_status worst; /* of problems that do not end the reading */

    /* where the reading is */
    size_t row, column; /* from 1 */
    bool row_known;     /* by a reference, and not only by counting */
    bool in_data, in_row, in_cell, in_text, in_inline;
    unsigned phonetic;
    pl_content content;
    size_t style;
    bool has_formula, has_value, too_long;
    pl_buffer text;
    char date[PL_SHOWN_DATE_SIZE];

    /* the header */
    bool has_header;
    size_t titles, title_bottom;      /* rows up to here are titles */
    size_t header_top, header_bottom; /* 0: not found yet */
    pl_intern *header_texts;
    uint32_t *header_row, *names; /* per column from 1: the text in this row, and in the header so far */
    size_t row_cells, row_first;  /* of the row: cells that are not empty, and the first of them */

    /* the body */
    pl_merges merges;
    bool row_begun; /* the current row is in the table */
    size_t row_capacity, source_capacity, kept_columns, filled;
    uint32_t *text_ids; /* per text of the workbook: its number in the table's; 0: not there yet */
    size_t text_bytes;
    size_t strays, stray_row, stray_column;         /* cells of no column, and the first of them */
    size_t unstored, unstored_row, unstored_column; /* formulas without a value */
} pl_sheet_reader;

static inline void pl_sheet_keep(pl_sheet_reader *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }
pl_place pl_sheet_place(const pl_sheet_reader *r); /* the current cell */

/* ---- xlsx_cell.c ---- */

/* Reads B7 at `at` and moves past it; 0 for a part that is not there or beyond the sheet's bounds; false when it is no reference.
 */
bool pl_reference_read(const char **at, uint32_t *column, uint32_t *row);
/* The value of the cell whose content is in r->text. False when the reading must end. */
bool pl_cell_value(pl_sheet_reader *r, pl_value *value);

/* ---- xlsx_merges.c ---- */

pl_status pl_merges_read(pl_sheet_reader *r, const char *part);
void pl_merges_free(pl_merges *merges);
/* Brings `cover` and `active` to a row; rows only grow. */
pl_status pl_merges_enter(pl_sheet_reader *r, size_t row);
static inline pl_merge *pl_merge_at(pl_merges *merges, size_t column) {
    return merges->cover && merges->cover[column] ? &merges->items[merges->cover[column] - 1] : NULL;
}

/* ---- xlsx_header.c ---- */

pl_status pl_header_cell(pl_sheet_reader *r, const pl_value *value);
/* At the end of each row until the header is whole. */
pl_status pl_header_end_row(pl_sheet_reader *r);
/* Makes the columns. */
pl_status pl_header_finish(pl_sheet_reader *r);
void pl_header_free(pl_sheet_reader *r);

/* ---- xlsx_columns.c ---- */

pl_status pl_body_cell(pl_sheet_reader *r, const pl_value *value);
pl_status pl_body_end_row(pl_sheet_reader *r);
/* Gives back what is too much. Also where the reading broke off: the table holds what was read. */
pl_status pl_body_finish(pl_sheet_reader *r);
#endif
