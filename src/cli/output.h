/* Where a command's result goes: standard output, or a file that appears only when it is whole. */
#ifndef PLUMBLINE_CLI_OUTPUT_H
#define PLUMBLINE_CLI_OUTPUT_H

#include "cli/cli.h"

typedef struct cli_result {
    pl_output output;
    int file;
    int error;        /* of the write that failed */
    const char *path; /* NULL: standard output */
    char *temporary;  /* the file beside `path` that will take its place; NULL where that is a device */
} cli_result;

/* Say on standard error that a file cannot be written, for the reason in errno, or that memory is exhausted. Return EXIT_MACHINE.
 */
int cli_cannot_write(const char *path);
int cli_no_memory(void);

/* Opens what --out says. Returns the exit status; on failure a message was written and nothing need be closed. */
int cli_result_open(cli_result *result, const cli_call *call);

/* Begins a result in JSON: an object whose first key says which schema it keeps to, "plumbline/scores/1" for
 * docs/schema/scores.schema.json. The number rises when a change breaks what reads it. */
void cli_json_begin(pl_json_writer *writer, pl_output *output, const char *schema);
/* The same for a path; "-" or NULL is standard output. */
int cli_result_open_at(cli_result *result, const char *path);

/* Forgets what was written: no file appears, and nothing is said. */
void cli_result_drop(cli_result *result);

/* Writes the rest. A file is put in its place only when everything was written. Returns the exit status. */
int cli_result_close(cli_result *result);

/* Ends a result that a library filled: shows its problems and frees them, and puts the file in place or forgets it. */
int cli_result_end(cli_result *result, pl_status status, pl_problems *problems);

#endif
