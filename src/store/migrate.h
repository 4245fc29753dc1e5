/* Bringing a store to the shape that this program knows: forward only, one numbered file at a time. */
#ifndef PLUMBLINE_STORE_MIGRATE_H
#define PLUMBLINE_STORE_MIGRATE_H

#include "store/store.h"

/* All there are, in order: pl_migrations[i].number is i + 1. */
extern const pl_migration pl_migrations[];
extern const size_t pl_migration_count;

/* Applies what is missing, each file in a transaction of its own together with its number and the hash of its text. `from` and `to`
 * are the numbers before and after; equal where nothing was to do. Codes as pl_store_open, but for E905. */
pl_status pl_store_migrate(const char *url, const pl_store_options *options, unsigned *from, unsigned *to, pl_problems *problems);

#endif
