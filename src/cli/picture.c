#include "cli/picture.h"

#include "cli/output.h"

#include <string.h>

static bool ends_in(const char *path, const char *ending) {
    size_t length = strlen(path), end = strlen(ending);
    return length > end && strcmp(path + length - end, ending) == 0;
}

bool cli_picture_read(cli_picture *out, const char *value, const char *const *kinds) {
    *out = (cli_picture){.path = kinds ? NULL : value};
    for (size_t kind = 0; kinds && kinds[kind]; kind++) {
        size_t length = strlen(kinds[kind]);
        if (strncmp(value, kinds[kind], length) != 0 || value[length] != '=') continue;
        out->kind = kind;
        out->path = value + length + 1;
    }
    if (!out->path) return false;
    out->format = ends_in(out->path, ".png") ? PL_PICTURE_PNG : PL_PICTURE_SVG;
    return ends_in(out->path, ".png") || ends_in(out->path, ".svg");
}

int cli_picture_make(const cli_picture *picture, const pl_picture_options *options, cli_picture_drawer *draw, const void *context) {
    pl_picture_options own = *options;
    own.format = picture->format;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    cli_result result;
    int status = cli_result_open_at(&result, picture->path);
    if (status != EXIT_DONE) return status;
    return cli_result_end(&result, draw(context, picture->kind, &result.output, &own, &problems), &problems);
}
