/* Where the cells of a text without quotes end, found for many cells at once: reading one cell then waits for no other. */
#ifndef PLUMBLINE_TABLE_STOPS_H
#define PLUMBLINE_TABLE_STOPS_H

#include "table/dialect.h"

#define PL_STOPS_BYTES 16384

typedef struct pl_stops {
    uint32_t at[PL_STOPS_BYTES + 1]; /* offsets of separators and line ends, from at[1] on; at[0] is UINT32_MAX, one before the
                                        first byte */
    uint32_t lines[PL_STOPS_BYTES];  /* per whole record: how many stops come before the end of it, itself included */
    size_t count, line_count;
} pl_stops;

/* Looks at what lies between `from` and `end`, at most PL_STOPS_BYTES of it. */
void pl_stops_find(pl_stops *stops, pl_dialect dialect, const char *from, const char *end);

#endif
