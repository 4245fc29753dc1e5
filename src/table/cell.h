/* What the text of a cell is where a number is needed. */
#ifndef PLUMBLINE_TABLE_CELL_H
#define PLUMBLINE_TABLE_CELL_H

#include <plumbline/base/text.h>

typedef enum pl_cell_kind { PL_CELL_NUMBER, PL_CELL_MISSING, PL_CELL_OTHER } pl_cell_kind;

/* Reads a trimmed cell: empty, NA, - and .. are missing. */
pl_cell_kind pl_cell_number(pl_str text, double *out);

/* What a cell that is no number is, and what to do about it: "has full-width digits; type 12". */
void pl_cell_diagnosis(pl_str text, pl_buffer *out);

#endif
