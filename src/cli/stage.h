/* `score --stage`: the values between report and score, in the forms that `score` writes. */
#ifndef PLUMBLINE_CLI_STAGE_H
#define PLUMBLINE_CLI_STAGE_H

#include "cli/session.h"

/* The words of the option, separated by |, and the stage that one of them names. */
#define CLI_STAGE_WORDS "value|denominated|imputed|screened|treated|normalised|aggregated"
pl_stage cli_stage_named(const char *word);

/* Loads the model as far as the stage and writes its values. `top`: lines of a table. Returns the exit status. */
int cli_stage_run(const cli_call *call, pl_stage stage, const char *format, bool for_people, size_t top);

#endif
