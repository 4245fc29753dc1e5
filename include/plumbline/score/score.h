/* One scoring of a compiled model: totals, places, and every node's score. */
#ifndef PLUMBLINE_SCORE_SCORE_H
#define PLUMBLINE_SCORE_SCORE_H

#include <plumbline/lang/evaluate.h>
#include <plumbline/model/compile.h>

typedef enum pl_score_nodes { PL_NODES_ROOT, PL_NODES_GROUPS, PL_NODES_ALL } pl_score_nodes;

/* One line of the result. Places are among the units of the same period; 0 where there is no total. With ties `average` a place
 * can end in .5. */
typedef struct pl_score_line {
    uint32_t unit, period; /* indexes into the dataset */
    bool has_total;
    double total;            /* as published: rounded by `digits` */
    double rank, group_rank; /* places; 0: none */
    uint32_t grade;          /* index into the model's grades, or PL_NOBODY */
} pl_score_line;

typedef struct pl_scores {
    const pl_compiled *compiled;
    pl_evaluation *evaluation;
    size_t *nodes; /* indicators whose columns were asked for, in tree order; [0] is the root */
    size_t node_count;
    pl_score_line *lines; /* by period, then rank, then code; units without a total last */
    size_t line_count;
} pl_scores;

/* Runs the model. Incidents become problems: an error for what `missing = fail` or a geometric mean cannot take (PL_INPUT, *out
 * NULL), warnings otherwise. Same bits on any number of threads. */
pl_status pl_score(pl_scores **out, pl_compiled *compiled, pl_score_nodes nodes, pl_pool *pool, pl_problems *problems);
void pl_scores_free(pl_scores *scores); /* NULL is allowed */

/* The row of a line in the columns of the evaluation. */
static inline size_t pl_scores_row(const pl_scores *scores, const pl_score_line *line) {
    return line->period * scores->compiled->frame.units + line->unit;
}

/* A node's score in one line as published (rounded by `digits`). False when it is missing or does not apply. `column` indexes
 * scores->nodes. */
bool pl_scores_value(const pl_scores *scores, size_t column, const pl_score_line *line, double *out);

#endif
