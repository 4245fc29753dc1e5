/* The forms of the command structure. */
#ifndef PLUMBLINE_CLI_STRUCTURE_H
#define PLUMBLINE_CLI_STRUCTURE_H

#include "cli/cli.h"

#include <plumbline/study/structure.h>

void cli_structure_text(const cli_call *call, const pl_structure *structure, pl_output *output);
void cli_structure_json(const pl_structure *structure, pl_aim aim, pl_output *output);
void cli_structure_csv(const pl_structure *structure, pl_output *output);

/* "mean", "sum" ... or "expression": how a node combines. */
const char *cli_structure_combine(const pl_indicator *node);
/* The state of weights that were looked for, as programs know it: "reached". */
const char *cli_structure_state(pl_weights_state state);

#endif
