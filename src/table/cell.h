/* What the text of a cell is where a number is needed. */
#ifndef PLUMBLINE_TABLE_CELL_H
#define PLUMBLINE_TABLE_CELL_H

#include <plumbline/base/problems.h>

typedef enum pl_cell_kind { PL_CELL_NUMBER, PL_CELL_MISSING, PL_CELL_OTHER } pl_cell_kind;

/* Reads a trimmed cell: empty, NA, - and .. are missing. */
pl_cell_kind pl_cell_number(pl_str text, double *out);

/* Records E106 for a cell that is no number: what it is, and what to do about it ("is written in full-width digits; type 12"). */
pl_status pl_cell_not_a_number(pl_problems *problems, pl_place place, pl_str text);

#endif
