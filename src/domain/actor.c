#include "domain/actor.h"

#include "store/audit.h"

static pl_str or_missing(pl_str text) { return text.len ? text : (pl_str){0}; }

pl_status pl_actor_record(pl_tx *tx, const pl_actor *actor, const char *action, pl_str subject, pl_str before, pl_str after) {
    pl_audit_entry entry = {.at = actor->at,
                            .actor = or_missing(actor->account),
                            .address = or_missing(actor->address),
                            .action = pl_str_of(action),
                            .subject = subject,
                            .before = or_missing(before),
                            .after = or_missing(after)};
    return pl_audit_add(tx, &entry);
}
