/* Connections to PostgreSQL. For this folder alone. */
#ifndef PLUMBLINE_STORE_POSTGRESQL_H
#define PLUMBLINE_STORE_POSTGRESQL_H

#include "store/engine.h"

/* A new connection with the limits of time that the options say. NULL: see failure. */
connection *postgresql_open(pl_store *store, store_failure *failure);

/* Runs a write job in a transaction of its own, again where a deadlock or the like made it fail. */
pl_status postgresql_write(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure);

#endif
