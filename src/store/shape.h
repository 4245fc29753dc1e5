/* Whether a store has the shape that this program knows. For this folder alone. */
#ifndef PLUMBLINE_STORE_SHAPE_H
#define PLUMBLINE_STORE_SHAPE_H

#include "store/migrate.h"

/* Where a store stands: how many migrations were applied, or that it is empty. */
typedef struct shape {
    bool empty;
    unsigned number;
} shape;

/* Reads and judges it; PL_INPUT and a problem (E903, E904, E906) where it is none that can be used or brought up. Within a job. */
pl_status shape_read(pl_tx *tx, shape *out, const char *name, pl_problems *problems);

/* PL_OK where the store is as this program needs it; an empty one is set up where `create` says so. Else E903 to E906. */
pl_status shape_check(pl_store *store, bool create, pl_problems *problems);

#endif
