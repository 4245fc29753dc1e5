/* Places by the thousand: those that pl_score gives, without its lines, for runs that differ in their inputs. */
#ifndef PLUMBLINE_SCORE_PLACES_H
#define PLUMBLINE_SCORE_PLACES_H

#include <plumbline/base/sort.h>
#include <plumbline/score/score.h>

/* Room for the places of one period; one for each thread. */
typedef struct pl_placer {
    const pl_compiled *compiled;
    size_t period;
    bool within_groups; /* places among the units of the own group */
    pl_sort_entry *entries, *spare;
    size_t *starts; /* per group: where its units begin */
} pl_placer;

/* PL_MEMORY on failure; to be freed in any case. */
pl_status pl_placer_init(pl_placer *placer, const pl_compiled *compiled, size_t period, bool within_groups);
void pl_placer_free(pl_placer *placer);

/* Writes each unit's place (0: it has no total, or no group) from an evaluation that holds the columns of the root and of the
 * indicators that break ties. */
void pl_placer_run(pl_placer *placer, const pl_evaluation *evaluation, double *places);

/* The nodes whose columns that takes, into `out`, which has room for 1 + tie_break_count. Returns how many. */
size_t pl_placer_nodes(const pl_compiled *compiled, pl_node *out);

#endif
