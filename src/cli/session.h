/* A model, its data and its scores, loaded as a command's options say. */
#ifndef PLUMBLINE_CLI_SESSION_H
#define PLUMBLINE_CLI_SESSION_H

#include "cli/cli.h"
#include "cli/progress.h"

#include <plumbline/score/explain.h>
#include <plumbline/score/stage.h>

typedef struct cli_session {
    pl_problems problems;
    pl_pool *pool;
    cli_progress *progress;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores; /* NULL where values of a stage were asked for: */
    pl_staged *staged; /* else NULL */
} cli_session;

typedef enum cli_telling { CLI_TELL_NOTHING, CLI_TELL_ERRORS, CLI_TELL_ALL } cli_telling;

/* Loads and scores, prints what is wrong to standard error and returns the exit status; the session is to be closed in any
 * case. Commands about one unit tell errors only, `score` the
 * rest as well; nothing where the command writes the problems itself. `digest`: the data's digest is wanted. */
int cli_session_open(cli_session *session, const cli_call *call, const char *path, pl_score_nodes nodes, bool digest,
                     cli_telling telling);
/* The same for the values of one stage between report and score; all problems are told. */
int cli_session_open_stage(cli_session *session, const cli_call *call, const char *path, pl_stage stage);

/* Loads the model, and its data where `data` says so, without scoring, and prints all that is wrong; otherwise as
 * cli_session_open. */
int cli_session_load(cli_session *session, const cli_call *call, const char *path, bool data);
void cli_session_close(cli_session *session);

/* The unit with this code or name, or PL_NO_INDEX and a message. */
size_t cli_session_unit(cli_session *session, const char *unit);

/* The line of a unit (by code or name) in the last of the scored periods. NULL and a message when there is none. */
const pl_score_line *cli_session_line(cli_session *session, const char *unit);

/* The indicator with this code, or PL_NO_INDEX and a message. */
size_t cli_session_indicator(cli_session *session, const char *code);

#endif
