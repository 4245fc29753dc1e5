/* How a CSV text is cut: its separator and line end, its records and cells. */
#ifndef PLUMBLINE_TABLE_DIALECT_H
#define PLUMBLINE_TABLE_DIALECT_H

#include <plumbline/base/text.h>

typedef struct pl_dialect {
    char separator; /* , ; or tab */
    char line_end;  /* \n (a \r before it is dropped) or \r */
} pl_dialect;

/* Reads off the first line which dialect a text is in. */
pl_dialect pl_dialect_of(pl_str text);

/* One cell between `at` and the end of the text. */
typedef struct pl_cell {
    pl_str text; /* without the outer quotes; "" inside not yet undone */
    bool quoted;
    bool doubled;     /* has "" inside */
    bool unended;     /* its closing quote is missing */
    bool last;        /* of its record */
    const char *next; /* where the next cell or record begins */
} pl_cell;

pl_cell pl_cell_read(pl_dialect dialect, const char *at, const char *end);

/* Undoes "" in place; `out` has room for the cell's bytes. */
pl_str pl_cell_undouble(pl_str cell, char *out);

/* The end of the record that begins at `at`: where the next one begins. */
const char *pl_record_end(pl_dialect dialect, const char *at, const char *end);

/* True when the record that begins at `at` is nothing but separators and white space. */
bool pl_record_blank(pl_dialect dialect, const char *at, const char *end);

#endif
