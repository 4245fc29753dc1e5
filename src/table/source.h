/* The bytes of a sheet as UTF-8, wherever they come from and whatever they were encoded in. */
#ifndef PLUMBLINE_TABLE_SOURCE_H
#define PLUMBLINE_TABLE_SOURCE_H

#include <plumbline/base/problems.h>
#include <plumbline/base/text.h>

typedef struct pl_source {
    pl_str bytes; /* without a byte-order mark */
    void *mapped; /* the file's pages, or NULL */
    size_t mapped_size;
    char *converted;      /* UTF-8 made from another encoding, or NULL */
    const char *encoding; /* that other encoding, or NULL */
} pl_source;

/* Maps a file, which problems call `name`. PL_INPUT when it is not there or may not be read (E101) or is longer than `limit`
 * (E102), PL_IO when the machine failed (E101). */
pl_status pl_source_open(pl_source *source, const char *path, const char *name, size_t limit, pl_problems *problems);
void pl_source_close(pl_source *source);

/* Takes off a byte-order mark; turns UTF-16 into UTF-8. */
pl_status pl_source_unmark(pl_source *source, const char *name, pl_problems *problems);

/* For bytes that are not UTF-8: reads them as GB18030 (note N101), or gives up (E107). */
pl_status pl_source_recode(pl_source *source, const char *name, pl_problems *problems);

/* Lets the pages of a part of the mapped file go. */
void pl_source_release(const pl_source *source, const char *from, const char *to);

#endif
