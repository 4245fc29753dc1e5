/* Places: who stands where, overall and in the group. */
#ifndef PLUMBLINE_SCORE_RANK_H
#define PLUMBLINE_SCORE_RANK_H

#include <plumbline/score/explain.h>

/* Makes scores->lines from the totals, on all threads of the pool. PL_MEMORY on failure. */
pl_status pl_rank_lines(pl_scores *scores, pl_compiled *compiled, pl_pool *pool);

/* The place that `tied` units share which nothing tells apart, `before` of them ahead in `distinct` different places. */
double pl_shared_place(pl_tie_rule ties, size_t before, size_t tied, size_t distinct);

/* Gives each line its grade; after pl_rank_lines. PL_MEMORY on failure. */
pl_status pl_grade_lines(pl_scores *scores);

/* Why the unit has none of the grades before its own, without the traces: fills `out`, which has room for all grades, and returns
 * how many there are. */
size_t pl_grade_refusals(const pl_scores *scores, const pl_score_line *line, pl_refusal *out);

#endif
