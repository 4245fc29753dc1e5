/* What plumbline robust writes. */
#ifndef PLUMBLINE_CLI_ROBUST_H
#define PLUMBLINE_CLI_ROBUST_H

#include "cli/session.h"

#include <plumbline/study/robust.h>

typedef struct cli_robustness {
    const cli_call *call;
    const cli_session *session;
    const pl_robust_options *options;
    const pl_robust *robust;
} cli_robustness;

void cli_robust_text(const cli_robustness *r, pl_output *output);
void cli_robust_csv(const cli_robustness *r, pl_output *output);
void cli_robust_json(const cli_robustness *r, pl_output *output);

/* The option --picture, whether it is well given (EXIT_DONE or EXIT_USAGE), and drawing what it asks for. */
extern const cli_option cli_robust_pictures;
int cli_robust_pictures_check(const cli_call *call, bool sensitivity);
int cli_robust_draw(const cli_robustness *robust);

/* What varied and how, in a line: "1000 runs, seed 1: weights +-25 %, ...". */
void cli_robust_design(const cli_robustness *r, pl_buffer *out);
/* An assumption in the reader's words. */
void cli_robust_assumption(const cli_robustness *r, const pl_assumption *a, pl_buffer *out);

#endif
