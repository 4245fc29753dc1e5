/* The zip archive that a workbook is, read with distrust: what comes out of it is counted, what its directory claims is not
 * believed: a size that it declares can only refuse a part. */
#ifndef PLUMBLINE_TABLE_XLSX_ARCHIVE_H
#define PLUMBLINE_TABLE_XLSX_ARCHIVE_H

#include "table/source.h"

#include <zip.h>

/* A workbook has a handful of parts, and pictures; a directory of more entries is not even read. */
#define PL_MOST_ENTRIES 16384
/* Most bytes that a part may unpack to, and how often more than it is packed: XML of cells shrinks to a twentieth, at best to a
 * hundredth. Small parts may shrink as they like. */
#define PL_MOST_UNPACKED ((uint64_t)8 << 30)
#define PL_MOST_RATIO 200
#define PL_FREELY_UNPACKED ((uint64_t)16 << 20)

typedef struct pl_archive {
    const char *name; /* what problems call the file; belongs to the caller */
    pl_source source;
    zip_t *zip;
} pl_archive;

typedef struct pl_part {
    const pl_archive *archive;
    const char *path;
    zip_file_t *file;
    uint64_t taken, declared, most; /* bytes: unpacked so far, by the directory, that are allowed */
} pl_part;

/* Opens archive->source, which is then the archive's. E111 when it is no zip archive, E112 when it has too many entries. */
pl_status pl_archive_open(pl_archive *archive, pl_problems *problems);
void pl_archive_close(pl_archive *archive); /* one that was never opened, but zeroed, may be closed */

/* Opens a part. E113 when it is not there or cannot be read. */
pl_status pl_part_open(pl_part *part, const pl_archive *archive, const char *path, pl_problems *problems);
/* Unpacks up to `size` bytes; *got is 0 at the end. E111 when the archive is damaged here, E112 when a limit is passed. */
pl_status pl_part_read(pl_part *part, void *at, size_t size, size_t *got, pl_problems *problems);
void pl_part_close(pl_part *part);

#endif
