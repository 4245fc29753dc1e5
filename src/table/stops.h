/* Where the cells of a text without quotes end, found for many cells at once: reading one cell then waits for no other. */
#ifndef PLUMBLINE_TABLE_STOPS_H
#define PLUMBLINE_TABLE_STOPS_H

#include "table/dialect.h"

typedef struct pl_stops {
    uint32_t *at;    /* offsets of separators and line ends, from at[1] on; at[0] is UINT32_MAX, one before the first byte */
    uint32_t *lines; /* per whole record: how many stops come before the end of it, itself included */
    size_t count, line_count;
    size_t room;       /* bytes of text that `at` and `lines` have room for */
    bool quotes;       /* there is one, */
    bool beyond_ascii; /* or a byte above 0x7F */
} pl_stops;

#define PL_STOPS_MOST ((size_t)1 << 30) /* bytes that can be looked at in one go */

/* Looks at a text of at most PL_STOPS_MOST bytes. A zeroed pl_stops may be given; what it holds is used again by the next call.
 * False when memory is exhausted. */
bool pl_stops_find(pl_stops *stops, pl_dialect dialect, pl_str text);
void pl_stops_free(pl_stops *stops); /* a zeroed one may be freed */

#endif
