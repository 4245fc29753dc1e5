/* A workbook of plain sheets, streamed: cells and a header, no more. Memory does not grow with its rows.
 *
 * The workbooks that people print are made with libxlsxwriter (book.h), which neither packs lightly nor prints numbers fast; a long
 * sheet took it three times as long. `make bench` shows what this one takes. */
#ifndef PLUMBLINE_REPORT_PLAIN_BOOK_H
#define PLUMBLINE_REPORT_PLAIN_BOOK_H

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

#define PLAIN_ROWS 1048576
#define PLAIN_COLUMNS 16384

/* Rows and columns count from 0. `head`: of the first row. A text longer than a cell holds is cut, and false returned. */
void plain_begin_sheet(pl_buffer *out, const size_t *widths, size_t count); /* columns of a terminal */
void plain_begin_row(pl_buffer *out, size_t row);
bool plain_text(pl_buffer *out, size_t row, size_t column, pl_str text, bool head);
void plain_number(pl_buffer *out, size_t row, size_t column, double x);
void plain_end_row(pl_buffer *out);
void plain_end_sheet(pl_buffer *out);

typedef struct plain_sheet {
    const char *name; /* legal: sheet_name.h */
    /* Adds the next piece of the sheet to `out`, nothing at its end. Any status but PL_OK stops the whole; its reason is recorded.
     */
    pl_status (*next)(void *context, pl_buffer *out);
    void *context;
} plain_sheet;

/* Makes the package in a temporary file in `folder` (NULL: /tmp) and adds it to `output`: the same sheets give the same bytes.
 * The status of `next`; E702 and PL_IO when the temporary folder cannot be written; PL_MEMORY; that of the output. */
pl_status plain_book_write(pl_output *output, const plain_sheet *sheets, size_t count, const char *folder, pl_problems *problems);

#endif
