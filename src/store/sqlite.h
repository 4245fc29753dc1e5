/* Connections to SQLite and the thread that writes. For this folder alone. */
#ifndef PLUMBLINE_STORE_SQLITE_H
#define PLUMBLINE_STORE_SQLITE_H

#include "store/engine.h"

/* A connection that may write, in WAL mode and durable at every commit. NULL: see failure. */
connection *sqlite_open(pl_store *store, store_failure *failure);

/* False where an error has ended the whole transaction already (a full disk does, sometimes). */
bool sqlite_in_transaction(const connection *c);

bool sqlite_start_writer(pl_store *store, store_failure *failure);
void sqlite_stop_writer(pl_store *store);
pl_status sqlite_write(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure);

#endif
