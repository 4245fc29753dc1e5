/* Write jobs on PostgreSQL, and the name of an address. */
#include "store/postgresql.h"
#include "store_sql.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

/* The lock makes write jobs of a realm come one after another, so that each sees what those before it have done, and nothing else
 * moves while it works: as with the one writer of SQLite. */
static bool lock_realm(pl_tx *tx) {
    const pl_value realm = pl_value_integer(tx->realm);
    return !tx->realm || pl_tx_run(tx, &pl_sql_realm_lock, &realm, 1, NULL) == PL_OK;
}

/* Idle connections may have broken (the server was started anew); nothing was sent on them, so the next is taken. */
static connection *begin(pl_store *store, store_failure *failure) {
    for (unsigned turn = 0; turn <= store->options.connections; turn++) {
        *failure = (store_failure){0};
        connection *c = lender_take(&store->lender, store, failure);
        if (!c || c->words->begin(c, true, failure)) return c;
        bool broken = c->words->is_broken(c);
        lender_give(&store->lender, c);
        if (!broken) break;
    }
    return NULL;
}

static pl_status attempt(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure) {
    connection *c = begin(store, failure);
    if (!c) return fault_status(failure->fault);
    pl_tx tx = {.connection = c, .realm = realm};
    pl_status status = lock_realm(&tx) ? tx_job(&tx, job, context) : fault_status(tx.failure.fault);
    if (status == PL_OK && !c->words->commit(c, &tx.failure)) status = fault_status(tx.failure.fault);
    c->words->rollback(c);
    lender_give(&store->lender, c);
    *failure = tx.failure;
    return status;
}

pl_status postgresql_write(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure) {
    pl_status status = PL_OK;
    for (unsigned turn = 0; turn < store->options.attempts; turn++) {
        *failure = (store_failure){0};
        status = attempt(store, realm, job, context, failure);
        if (!failure->again) break;
    }
    return status;
}

static const char *option_of(const PQconninfoOption *options, const char *key, const char *otherwise) {
    for (; options->keyword; options++)
        if (strcmp(options->keyword, key) == 0 && options->val && *options->val) return options->val;
    return otherwise;
}

char *postgresql_name(const char *url, store_failure *failure) {
    char *error = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &error);
    if (!options) {
        /* What libpq says might show the password. */
        store_fail(failure, error ? PL_FAULT_OTHER : PL_FAULT_MEMORY, "the address cannot be read");
        PQfreemem(error);
        return NULL;
    }
    pl_buffer name;
    pl_buffer_init(&name, 0);
    pl_buffer_print(&name, "postgresql://%s/%s", option_of(options, "host", "localhost"), option_of(options, "dbname", ""));
    PQconninfoFree(options);
    if (!name.failed) return name.at;
    store_fail(failure, PL_FAULT_MEMORY, "");
    return NULL;
}
