/* A door through which only so many may be at once: for work that takes much memory or time, such as hashing a password. */
#ifndef PLUMBLINE_DOMAIN_GATE_H
#define PLUMBLINE_DOMAIN_GATE_H

#include <plumbline/base/status.h>

#include <stdbool.h>

typedef struct pl_gate pl_gate;

/* At most `inside` (1 or more) are inside at once, and at most `waiting` wait for it: everybody else is sent away at once, so that
 * a crowd at the gate cannot hold every thread of a server. PL_MEMORY when it could not be made. */
pl_status pl_gate_create(pl_gate **out, unsigned inside, unsigned waiting);
void pl_gate_free(pl_gate *gate); /* NULL is allowed; nobody may be inside or waiting */

/* Goes in, waiting at most so long. False: busy, the caller is not inside. */
bool pl_gate_enter(pl_gate *gate, unsigned milliseconds);
void pl_gate_leave(pl_gate *gate);

/* How many are inside and how many wait; for metrics and tests. */
void pl_gate_count(pl_gate *gate, unsigned *inside, unsigned *waiting);

#endif
