/* Who changes something, when and from where; and how that comes into the audit. */
#ifndef PLUMBLINE_DOMAIN_ACTOR_H
#define PLUMBLINE_DOMAIN_ACTOR_H

#include "store/store.h"

typedef struct pl_actor {
    pl_str account; /* its login; empty: the program itself */
    pl_str address;
    pl_str at; /* 2026-01-31T08:00:00.000Z */
} pl_actor;

/* Adds what was done to the audit of the transaction's realm. `before` and `after` are JSON; empty: there is none. */
pl_status pl_actor_record(pl_tx *tx, const pl_actor *actor, const char *action, pl_str subject, pl_str before, pl_str after);

#endif
