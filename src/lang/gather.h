/* Aggregates that are gathered while rows pass by: a partial result per stretch of rows, joined in the order of the rows. */
#ifndef PLUMBLINE_LANG_GATHER_H
#define PLUMBLINE_LANG_GATHER_H

#include "lang/evaluation.h"
#include "lang/rows.h"
#include "lang/sum.h"

/* Takes n rows into the partial results of an aggregate: one of them for PL_SCOPE_ALL (group_of NULL), one per group otherwise.
 * Sums use `high`, `low` and `count`; extremes `high` and `count`. */
void pl_gather_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n);

/* Joins a later partial result to an earlier one. */
void pl_gather_join(pl_reduce how, pl_sum *into, pl_sum later);

/* The result; false when there is none (no member, or too large: then *overflow). */
bool pl_gather_result(pl_reduce how, pl_sum total, double *out, bool *overflow);

#endif
