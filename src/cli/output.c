#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_cannot_write(const char *path) {
    fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
    return EXIT_MACHINE;
}

int cli_no_memory(void) {
    fprintf(stderr, "plumbline: memory is exhausted\n");
    return EXIT_MACHINE;
}

/* Devices and pipes are written as they are: only a file can be put in another's place. */
static bool is_file_or_new(const char *path) {
    struct stat there;
    return stat(path, &there) != 0 || S_ISREG(there.st_mode) || S_ISDIR(there.st_mode);
}

static int open_beside(cli_result *r, const char *path) {
    size_t length = strlen(path);
    r->temporary = malloc(length + 8);
    if (!r->temporary) return cli_no_memory();
    memcpy(r->temporary, path, length);
    memcpy(r->temporary + length, ".XXXXXX", 8);
    r->file = mkstemp(r->temporary);
    if (r->file >= 0) return EXIT_DONE;
    free(r->temporary);
    return cli_cannot_write(path);
}

int cli_result_open(cli_result *r, const cli_call *call) { return cli_result_open_at(r, cli_value(call, &cli_out, NULL)); }

/* Between a write that fails and the end of the result much else may be called. */
static pl_status write_bytes(void *context, const char *bytes, size_t size) {
    cli_result *r = context;
    pl_status status = pl_sink_descriptor(&r->file, bytes, size);
    if (status == PL_IO) r->error = errno;
    return status;
}

int cli_result_open_at(cli_result *r, const char *path) {
    *r = (cli_result){.file = STDOUT_FILENO};
    if (path && strcmp(path, "-") != 0) {
        r->path = path;
        int status = EXIT_DONE;
        if (is_file_or_new(path))
            status = open_beside(r, path);
        else if ((r->file = open(path, O_WRONLY | O_CLOEXEC)) < 0)
            status = cli_cannot_write(path);
        if (status != EXIT_DONE) return status;
    }
    pl_output_init(&r->output, write_bytes, r);
    return EXIT_DONE;
}

void cli_json_begin(pl_json_writer *w, pl_output *output, const char *schema) {
    pl_json_begin(w, output, true);
    pl_json_object(w);
    pl_json_key(w, "schema");
    pl_json_text(w, pl_str_of(schema));
}

void cli_result_drop(cli_result *r) {
    pl_buffer_free(&r->output.pending);
    if (r->path) close(r->file);
    if (r->temporary) unlink(r->temporary);
    free(r->temporary);
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
    if (status == PL_IO) {
        errno = r->error;
        cli_cannot_write(r->path ? r->path : "standard output");
    }
    if (status == PL_MEMORY) cli_no_memory();
    if (!r->path) return result;
    if (!r->temporary || status != PL_OK) {
        if (close(r->file) != 0 && status == PL_OK) result = cli_cannot_write(r->path);
    } else if (!settle_file(r)) {
        result = cli_cannot_write(r->path);
    }
    if (r->temporary && result != EXIT_DONE) unlink(r->temporary);
    free(r->temporary);
    return result;
}

int cli_result_end(cli_result *result, pl_status status, pl_problems *problems) {
    cli_print_problems(problems);
    bool told = problems->errors > 0 || problems->failed;
    pl_problems_free(problems);
    if (status == PL_OK || !told) {
        if (result->output.status == PL_OK) result->output.status = status;
        return cli_result_close(result);
    }
    cli_result_drop(result);
    return cli_exit_status(status);
}
