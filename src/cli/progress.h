/* A progress bar on standard error, where that is a terminal and the work takes over a second. */
#ifndef PLUMBLINE_CLI_PROGRESS_H
#define PLUMBLINE_CLI_PROGRESS_H

#include <plumbline/base/pool.h>
#include <plumbline/base/watcher.h>

typedef struct cli_progress cli_progress;

/* Starts watching the pool (NULL: what cli_progress_share says); NULL, which every function takes, where there is nobody to show it
 * to. */
cli_progress *cli_progress_start(const pl_pool *pool);
void cli_progress_phase(cli_progress *progress, const char *phase); /* a literal: what is being done now */
/* How much is done, where that is not what the pool counts. */
void cli_progress_share(cli_progress *progress, size_t done, size_t count);
/* One that is told in place of cli_progress_share. */
pl_watcher cli_progress_watcher(cli_progress *progress);
void cli_progress_end(cli_progress *progress); /* wipes the bar */

#endif
