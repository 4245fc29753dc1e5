/* A scenario scored beside what is: who moves, and why. */
#ifndef PLUMBLINE_STUDY_WHATIF_H
#define PLUMBLINE_STUDY_WHATIF_H

#include <plumbline/score/score.h>
#include <plumbline/study/scenario.h>

/* One unit in one period, as it is and as it would be. */
typedef struct pl_whatif_line {
    const pl_score_line *before; /* of the base; NULL: the unit is new, or new in this period */
    const pl_score_line *after;  /* of the scenario; NULL: the unit is not there */
    size_t period;               /* of the base */
    bool moved;                  /* its total or its place is another, or one of these is missing */
} pl_whatif_line;

typedef struct pl_whatif {
    const pl_scores *base;
    pl_model *model; /* with its sheets changed; NULL: that of the base */
    pl_dataset *loaded, *changed, *left;
    pl_compiled *compiled;
    pl_scores *scores;
    pl_whatif_line *lines; /* by period, then by the place in the scenario; units that left last */
    size_t line_count;
} pl_whatif;

/* How the base was loaded, so that the scenario is loaded likewise. */
typedef struct pl_whatif_options {
    const pl_dataset_options *data;
    const char *period; /* as pl_compile takes it */
    pl_pool *pool;
} pl_whatif_options;

/* Scores the scenario. What the base was made of must outlive the result. Problems as those of pl_model_load_changed, pl_compile
 * and pl_score; free with pl_whatif_free. */
pl_status pl_whatif_run(pl_whatif **out, const pl_scores *base, const pl_scenario *scenario, const pl_whatif_options *options,
                        pl_problems *problems);
void pl_whatif_free(pl_whatif *whatif); /* NULL is allowed */

/* The unit of a line as it is, or where it is new as it would be. */
const pl_unit *pl_whatif_unit(const pl_whatif *whatif, const pl_whatif_line *line);

/* A leaf whose score is another. NAN stands for what is missing. */
typedef struct pl_whatif_reason {
    pl_str code, name;
    double x_before, x_after, score_before, score_after;
    double points; /* what putting the new score in place of the old brings to the total under the old rules; NAN where the leaf was
                      not there before */
} pl_whatif_reason;

/* The leaves that moved a unit, those that move it most first, and *rest: the part of the change that they do not account for:
 * changed weights and rules, and what they do together. NAN where there is no total before or after. A unit that is new or left has
 * none. The array is the caller's
 * (free). */
pl_status pl_whatif_reasons(pl_whatif_reason **out, size_t *count, double *rest, const pl_whatif *whatif,
                            const pl_whatif_line *line);

/* A cell of another sheet than that of the indicators (which pl_model_diff compares) that says something else. */
typedef struct pl_whatif_cell {
    pl_str sheet, row, column; /* of settings the column is empty */
    pl_str before, after;
} pl_whatif_cell;

typedef struct pl_whatif_cells {
    pl_arena arena;
    pl_whatif_cell *items; /* in the order of the changes */
    size_t count;
} pl_whatif_cells;

/* PL_MEMORY on failure; free with pl_whatif_cells_free in any case, and before the what-if. */
pl_status pl_whatif_cells_find(pl_whatif_cells *out, const pl_whatif *whatif);
void pl_whatif_cells_free(pl_whatif_cells *cells);

#endif
