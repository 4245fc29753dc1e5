#include "cli/folder.h"

#include "cli/output.h"

#include <plumbline/model/model.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/* 1: has files, 0: is empty, -1: cannot be listed. */
static int has_files(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return -1;
    int found = 0;
    for (const struct dirent *entry; !found && (entry = readdir(folder));) found = !is_dots(entry->d_name);
    closedir(folder);
    return found;
}

static char *joined(const char *folder, const char *name) {
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "%s/%s", folder, name);
    if (!path.failed) return path.at;
    pl_buffer_free(&path);
    return NULL;
}

/* Calls `each` with both paths of every entry of `from`; stops at the first failure. */
static bool for_each(const char *from, const char *to, bool (*each)(const char *name, const char *source, const char *target)) {
    DIR *folder = opendir(from);
    bool good = folder != NULL;
    for (const struct dirent *entry; good && (entry = readdir(folder));) {
        if (is_dots(entry->d_name)) continue;
        char *source = joined(from, entry->d_name), *target = joined(to, entry->d_name);
        good = source && target && each(entry->d_name, source, target);
        free(source);
        free(target);
    }
    if (folder) closedir(folder);
    return good;
}

static bool remove_file(const char *name, const char *source, const char *target) {
    (void)name, (void)target;
    return unlink(source) == 0;
}

/* Sheets of the old model go, everything else stays. */
static bool move_over(const char *name, const char *source, const char *target) {
    return pl_is_sheet_file(name) ? unlink(source) == 0 : rename(source, target) == 0;
}

static void discard(cli_folder *f) {
    if (!f->temporary) return;
    for_each(f->temporary, f->temporary, remove_file);
    rmdir(f->temporary);
}

static void free_names(cli_folder *f) {
    free(f->path);
    free(f->temporary);
    *f = (cli_folder){0};
}

static int check_place(cli_folder *f, bool force) {
    struct stat there;
    if (stat(f->path, &there) != 0) return errno == ENOENT ? EXIT_DONE : cli_cannot_write(f->path);
    if (!S_ISDIR(there.st_mode)) {
        fprintf(stderr, "%s: is there and is no folder\n", f->path);
        return EXIT_INPUT;
    }
    int found = has_files(f->path);
    if (found < 0) return cli_cannot_write(f->path);
    f->replaces = found;
    if (!found || force) return EXIT_DONE;
    fprintf(stderr, "%s: is there and is not empty; name another folder, or use --force to replace its sheets\n", f->path);
    return EXIT_INPUT;
}

int cli_folder_open(cli_folder *f, const char *path, bool force) {
    *f = (cli_folder){0};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    f->path = strndup(path, length);
    if (!f->path) return cli_no_memory();
    int status = check_place(f, force);
    if (status != EXIT_DONE) return status;
    f->temporary = malloc(length + 8);
    if (!f->temporary) return cli_no_memory();
    memcpy(f->temporary, f->path, length);
    memcpy(f->temporary + length, ".XXXXXX", 8);
    if (mkdtemp(f->temporary)) return EXIT_DONE;
    free(f->temporary);
    f->temporary = NULL;
    return cli_cannot_write(f->path);
}

int cli_folder_add(cli_folder *f, pl_str name, int *file) {
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "%s/%.*s.csv", f->temporary, PL_ARG(name));
    int status = EXIT_DONE;
    if (path.failed)
        status = cli_no_memory();
    else if ((*file = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0)
        status = cli_cannot_write(path.at);
    pl_buffer_free(&path);
    return status;
}

int cli_folder_close(cli_folder *f, int file, pl_status written) {
    int status = cli_exit_status(written);
    if (written == PL_MEMORY) cli_no_memory();
    if (written == PL_IO || (written == PL_OK && fsync(file) != 0)) status = cli_cannot_write(f->path);
    if (close(file) != 0 && status == EXIT_DONE) status = cli_cannot_write(f->path);
    return status;
}

/* A new folder has the rights that any other program would give it. */
static bool settle(cli_folder *f) {
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(f->temporary, 0777 & ~mask) != 0) return false;
    if (!f->replaces) return rename(f->temporary, f->path) == 0;
    return renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path, RENAME_EXCHANGE) == 0;
}

int cli_folder_finish(cli_folder *f, int status) {
    bool placed = f->temporary && status == EXIT_DONE && settle(f);
    if (f->temporary && status == EXIT_DONE && !placed) status = cli_cannot_write(f->path);
    if (!placed)
        discard(f);
    else if (f->replaces && (!for_each(f->temporary, f->path, move_over) || rmdir(f->temporary) != 0))
        status = cli_cannot_write(f->temporary); /* what is left of the old folder is there */
    free_names(f);
    return status;
}
