#include "cli/models.h"

/* Puts the folder before the sheet that a problem names, unless it names the folder itself. */
static bool name_folder(pl_problems *problems, pl_problem *problem, const char *path) {
    if (!problem->place.file || strcmp(problem->place.file, path) == 0) return true;
    size_t length = strlen(path);
    pl_buffer name;
    pl_str copy = {0};
    pl_buffer_init(&name, 0);
    pl_buffer_print(&name, "%s%s%s", path, length && path[length - 1] == '/' ? "" : "/", problem->place.file);
    bool good = !name.failed && pl_str_copy(&copy, &problems->arena, pl_buffer_view(&name));
    pl_buffer_free(&name);
    if (good) problem->place.file = copy.at;
    return good;
}

pl_status cli_model_load(pl_model **out, const char *path, pl_problems *problems) {
    pl_problems own;
    pl_problems_init(&own, 0);
    pl_status status = pl_model_load(out, path, &own);
    for (size_t i = 0; i < own.count; i++)
        if (!name_folder(&own, &own.items[i], path)) own.failed = true;
    status = pl_status_worse(status, pl_problems_append(problems, &own));
    pl_problems_free(&own);
    return status;
}
