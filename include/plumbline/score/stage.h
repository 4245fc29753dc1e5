/* The values of a model at one stage between report and score. */
#ifndef PLUMBLINE_SCORE_STAGE_H
#define PLUMBLINE_SCORE_STAGE_H

#include <plumbline/model/compile.h>

typedef struct pl_staged {
    const pl_compiled *compiled;
    pl_evaluation *evaluation;
    pl_stage stage;
    size_t *indicators; /* leaves in tree order; at PL_STAGE_AGGREGATED every node */
    size_t indicator_count;
    size_t *rows; /* period * units + unit: those with data or values in the scored periods, by period and in the order of the
                     units; from PL_STAGE_SCREENED on without the units left out */
    size_t row_count;
} pl_staged;

/* Runs the model as far as the stage. Problems as pl_score; free with pl_staged_free. */
pl_status pl_stage_values(pl_staged **out, pl_compiled *compiled, pl_stage stage, pl_pool *pool, pl_problems *problems);
void pl_staged_free(pl_staged *staged); /* NULL is allowed */

/* One value, unrounded; false where it is missing. */
bool pl_staged_value(const pl_staged *staged, size_t column, size_t row, double *out);

#endif
