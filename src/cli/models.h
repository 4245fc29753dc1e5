/* Models without data, for commands that read several. */
#ifndef PLUMBLINE_CLI_MODELS_H
#define PLUMBLINE_CLI_MODELS_H

#include "cli/cli.h"

#include <plumbline/model/model.h>

/* Loads a model as pl_model_load does; its problems name the folder as well as the sheet, since another model has sheets of the
 * same names. */
pl_status cli_model_load(pl_model **out, const char *path, pl_problems *problems);

#endif
