/* Running a compiled model: the nodes wanted in all rows, and what is to be said about it. */
#ifndef PLUMBLINE_SCORE_RUN_H
#define PLUMBLINE_SCORE_RUN_H

#include <plumbline/lang/rerun.h>
#include <plumbline/model/compile.h>

/* Evaluates `wanted`, which has room for one more node. Incidents become problems; units that screening left out are named. The
 * evaluation is the caller's in any case; *out may be NULL after a failure. */
pl_status pl_run(pl_evaluation **out, pl_compiled *compiled, pl_node *wanted, size_t count, pl_pool *pool, pl_problems *problems);

/* The same for many runs that differ in `varying`: the first, and what the others take from it. */
pl_status pl_run_prepare(pl_rerun **out, pl_compiled *compiled, pl_node *wanted, size_t count, const pl_varying *varying,
                         pl_pool *pool, pl_problems *problems);

#endif
