/* `whatif --scenarios`: many scenarios side by side. */
#ifndef PLUMBLINE_CLI_SCENARIOS_H
#define PLUMBLINE_CLI_SCENARIOS_H

#include "cli/session.h"

#include <plumbline/study/whatif.h>

/* Scores every scenario of a sheet and writes them in the form that `format` says: text, csv or json. Returns the exit status. */
int cli_scenarios_run(const cli_call *call, cli_session *session, const char *path, const pl_whatif_options *options,
                      const char *format);

#endif
