#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *path) {
    fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
    return EXIT_MACHINE;
}

int cli_result_open(cli_result *r, const cli_call *call) {
    *r = (cli_result){.file = STDOUT_FILENO};
    const char *path = cli_value(call, &cli_out, NULL);
    if (path && strcmp(path, "-") != 0) {
        size_t length = strlen(path);
        r->path = malloc(length + 1);
        r->temporary = malloc(length + 8);
        if (!r->path || !r->temporary) {
            free(r->path);
            free(r->temporary);
            fprintf(stderr, "plumbline: memory is exhausted\n");
            return EXIT_MACHINE;
        }
        memcpy(r->path, path, length + 1);
        memcpy(r->temporary, path, length);
        memcpy(r->temporary + length, ".XXXXXX", 8);
        r->file = mkstemp(r->temporary);
        if (r->file < 0) {
            int status = complain(path);
            free(r->path);
            free(r->temporary);
            return status;
        }
    }
    pl_output_init(&r->output, pl_sink_descriptor, &r->file);
    return EXIT_DONE;
}

/* A new file has the rights that any other program would give it. */
static bool settle_file(const cli_result *r) {
    mode_t mask = umask(0);
    umask(mask);
    bool good = fchmod(r->file, 0666 & ~mask) == 0 && fsync(r->file) == 0;
    int error = errno;
    good = close(r->file) == 0 && good;
    if (!good && error) errno = error;
    return good && rename(r->temporary, r->path) == 0;
}

int cli_result_close(cli_result *r) {
    errno = 0;
    pl_status status = pl_output_finish(&r->output);
    int result = cli_exit_status(status);
    if (status == PL_IO) complain(r->path ? r->path : "standard output");
    if (status == PL_MEMORY) fprintf(stderr, "plumbline: memory is exhausted\n");
    if (!r->path) return result;
    if (status != PL_OK) {
        close(r->file);
        unlink(r->temporary);
    } else if (!settle_file(r)) {
        result = complain(r->path);
        unlink(r->temporary);
    }
    free(r->path);
    free(r->temporary);
    return result;
}
