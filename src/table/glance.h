/* What a text is made of, found while each byte is looked at once. */
#ifndef PLUMBLINE_TABLE_GLANCE_H
#define PLUMBLINE_TABLE_GLANCE_H

#include "table/dialect.h"

typedef struct pl_glance {
    size_t line_ends;
    bool quotes;
    bool beyond_ascii;
    bool blank; /* some line begins with a separator or white space, as a blank one does */
} pl_glance;

pl_glance pl_glance_at(pl_str text, pl_dialect dialect);

#endif
