/* Places: who stands where, overall and in the group. */
#ifndef PLUMBLINE_SCORE_RANK_H
#define PLUMBLINE_SCORE_RANK_H

#include <plumbline/score/score.h>

/* Makes scores->lines from the totals. PL_MEMORY on failure. */
pl_status pl_rank_lines(pl_scores *scores, pl_compiled *compiled);

/* Gives each line its grade; after pl_rank_lines. PL_MEMORY on failure. */
pl_status pl_grade_lines(pl_scores *scores);

#endif
