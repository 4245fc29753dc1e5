/* The file in which a workbook is made before it goes into an output. */
#ifndef PLUMBLINE_REPORT_TEMPORARY_H
#define PLUMBLINE_REPORT_TEMPORARY_H

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

/* Where temporary files go unless the caller says otherwise. */
#define TEMPORARY_FOLDER "/tmp"

/* Makes an empty file; *path is to be unlinked and freed, NULL after a failure (E702 and PL_IO, or PL_MEMORY). */
pl_status temporary_file(char **path, const char *folder, pl_problems *problems);

/* Records E702 with the reason `error` (errno; 0: a part of the file is cut short). PL_IO, or PL_MEMORY. */
pl_status temporary_failure(const char *folder, int error, pl_problems *problems);

/* Adds the file's bytes to `output`, where `is_whole` finds them so (NULL: unseen). PL_IO when not, or when it cannot be read. */
pl_status temporary_send(const char *path, bool (*is_whole)(pl_str bytes), pl_output *output);

#endif
