/* Pictures that a command draws into files beside its result. */
#ifndef PLUMBLINE_CLI_PICTURE_H
#define PLUMBLINE_CLI_PICTURE_H

#include "cli/cli.h"

#include <plumbline/report/picture.h>

/* A picture that was asked for. */
typedef struct cli_picture {
    size_t kind; /* index into the kinds */
    const char *path;
    pl_picture_format format;
} cli_picture;

/* Reads KIND=FILE, or with `kinds` NULL (it ends with NULL else) FILE. False where it is neither, or the file ends in none of .svg
 * and .png. */
bool cli_picture_read(cli_picture *out, const char *value, const char *const *kinds);

/* Draws one of the kinds. */
typedef pl_status cli_picture_drawer(const void *context, size_t kind, pl_output *output, const pl_picture_options *options,
                                     pl_problems *problems);

/* Opens the file, has it drawn and puts it in place. Returns the exit status. */
int cli_picture_make(const cli_picture *picture, const pl_picture_options *options, cli_picture_drawer *draw, const void *context);

#endif
