/* Aggregates that are gathered while rows pass by: a partial result per stretch of rows, joined in the order of the rows. */
#ifndef PLUMBLINE_LANG_GATHER_H
#define PLUMBLINE_LANG_GATHER_H

#include "lang/evaluation.h"
#include "lang/rows.h"
#include "lang/sum.h"

/* The smallest and the largest of some rows, and how many of them have a value. */
typedef struct pl_extent {
    double least, most;
    uint64_t count;
    bool looked; /* false before any row was looked at */
} pl_extent;

pl_extent pl_gather_extent(pl_cells cells, size_t n);

/* Takes n rows into the partial results of an aggregate: one of them for PL_SCOPE_ALL (group_of NULL), one per group otherwise.
 * Sums use `high`, `low` and `count`; extremes `high` and `count`. Extremes for PL_SCOPE_ALL are joined from a pl_extent. */
void pl_gather_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n);

/* Joins a later partial result to an earlier one. */
void pl_gather_join(pl_reduce how, pl_sum *into, pl_sum later);

/* The result; false when there is none (no member, or too large: then *overflow). */
bool pl_gather_result(pl_reduce how, pl_sum total, double *out, bool *overflow);

#endif
