/* Results as a workbook, for the command `score`. */
#ifndef PLUMBLINE_CLI_WORKBOOK_H
#define PLUMBLINE_CLI_WORKBOOK_H

#include "cli/output.h"
#include "cli/session.h"

extern const cli_option cli_units, cli_formulas;

/* Writes what --out names; the session holds the scores of all nodes. Returns the exit status. */
int cli_write_results(const cli_call *call, cli_session *session);

/* Where temporary files go. */
const char *cli_scratch_folder(void);

#endif
