/* One program run many times, with some of its inputs changed: what they cannot reach is computed once. */
#ifndef PLUMBLINE_LANG_RERUN_H
#define PLUMBLINE_LANG_RERUN_H

#include <plumbline/lang/evaluate.h>

typedef struct pl_rerun pl_rerun;

/* Which inputs may differ from run to run. */
typedef struct pl_varying {
    const bool *columns; /* per column of the frame; NULL: none */
    bool parameters;     /* any of them */
} pl_varying;

/* Runs the program once, as pl_evaluate does, with the inputs as they are, and keeps what runs with other inputs will read. The
 * program, the frame and its inputs must outlive the result. */
pl_status pl_rerun_prepare(pl_rerun **out, pl_program *program, const pl_frame *frame, const pl_node *wanted, size_t count,
                           const pl_varying *varying, const pl_evaluate_options *options, pl_problems *problems);
void pl_rerun_free(pl_rerun *rerun); /* NULL is allowed */

/* The run with the inputs as they are: every wanted node has its column there. */
const pl_evaluation *pl_rerun_base(const pl_rerun *rerun);

/* Runs again in the caller's thread with the inputs of `frame`, which differs from the first in the columns and parameters that
 * may vary and in nothing else. Any number of threads may call it at once. Incidents are not counted. The result must not outlive
 * `rerun`. */
pl_status pl_rerun_run(pl_evaluation **out, const pl_rerun *rerun, const pl_frame *frame);

#endif
