/* A folder of files that appears only when it is whole. */
#ifndef PLUMBLINE_CLI_FOLDER_H
#define PLUMBLINE_CLI_FOLDER_H

#include "cli/cli.h"

typedef struct cli_folder {
    char *path;      /* without slashes at its end */
    char *temporary; /* the folder beside it that will take its place; NULL: not open */
    bool replaces;   /* it is there and not empty */
} cli_folder;

/* Makes the temporary folder. Refuses a path that is there, unless it is an empty folder, or any folder with `force`. Returns the
 * exit status, after a message where that is not EXIT_DONE; cli_folder_finish is to be called in any case. */
int cli_folder_open(cli_folder *folder, const char *path, bool force);

/* Begins a file NAME.csv, and ends it: `written` says how its writing went. */
int cli_folder_add(cli_folder *folder, pl_str name, int *file);
int cli_folder_close(cli_folder *folder, int file, pl_status written);

/* With EXIT_DONE puts the folder in its place; where it replaces one, files of that one that are no sheets of a model move over.
 * Otherwise, or when that fails, removes what was made. Returns the exit status. */
int cli_folder_finish(cli_folder *folder, int status);

#endif
