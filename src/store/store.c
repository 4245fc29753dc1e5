#include "store/store.h"
#include "store/engine.h"
#include "store/shape.h"

#include <stdlib.h>
#include <string.h>

#define MOST_CONNECTIONS 256

static unsigned or_default(unsigned value, unsigned otherwise) { return value ? value : otherwise; }

static pl_store_options with_defaults(const pl_store_options *options, bool sqlite) {
    pl_store_options o = options ? *options : (pl_store_options){0};
    o.connections = or_default(o.connections, sqlite ? 4 : 8);
    if (o.connections > MOST_CONNECTIONS) o.connections = MOST_CONNECTIONS;
    o.group = or_default(o.group, 256);
    o.wait_ms = or_default(o.wait_ms, 5000);
    o.statement_ms = or_default(o.statement_ms, 60000);
    o.attempts = or_default(o.attempts, 8);
    return o;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* The engine, the address and a name that shows no password. */
static bool read_url(pl_store *store, const char *url, store_failure *failure) {
    if (begins(url, "sqlite:") && url[strlen("sqlite:")]) {
        store->engine = &sqlite_engine;
        store->address = strdup(url + strlen("sqlite:"));
        store->name = store->address ? strdup(store->address) : NULL;
        if (!store->name) return store_fail(failure, PL_FAULT_MEMORY, "");
        return true;
    }
    store->engine = &postgresql_engine;
    store->address = strdup(url);
    if (!store->address) return store_fail(failure, PL_FAULT_MEMORY, "");
    store->name = postgresql_name(url, failure);
    return store->name != NULL;
}

static void store_free(pl_store *store) {
    free(store->address);
    free(store->name);
    free(store);
}

static pl_status cannot_open(const char *name, const store_failure *failure, pl_problems *problems) {
    if (failure->fault == PL_FAULT_MEMORY) return PL_MEMORY;
    pl_status status = pl_problem_add(problems, PL_ERROR, "E901", (pl_place){.file = name}, "cannot be opened: %s", failure->text);
    return status == PL_MEMORY ? status : PL_IO;
}

pl_status store_prepare(pl_store **out, const char *url, const pl_store_options *options, pl_problems *problems) {
    *out = NULL;
    bool sqlite = begins(url, "sqlite:");
    if ((!sqlite || !url[strlen("sqlite:")]) && !begins(url, "postgresql://") && !begins(url, "postgres://"))
        return pl_problem_add(problems, PL_ERROR, "E902", (pl_place){0},
                              "a store is sqlite:PATH or postgresql://USER@HOST/DATABASE, and not what was given");
    pl_store *store = calloc(1, sizeof *store);
    if (!store) return PL_MEMORY;
    store_failure failure = {0};
    store->options = with_defaults(options, sqlite);
    if (!read_url(store, url, &failure)) {
        pl_status status = cannot_open("postgresql", &failure, problems);
        store_free(store);
        return status;
    }
    if (!lender_init(&store->lender, store->options.connections, store->options.wait_ms, store->engine->open)) {
        store_free(store);
        return PL_MEMORY;
    }
    if (store->engine->start(store, &failure)) {
        *out = store;
        return PL_OK;
    }
    pl_status status = cannot_open(store->name, &failure, problems);
    lender_end(&store->lender);
    store_free(store);
    return status;
}

pl_status pl_store_open(pl_store **out, const char *url, const pl_store_options *options, pl_problems *problems) {
    pl_store *store;
    *out = NULL;
    pl_status status = store_prepare(&store, url, options, problems);
    if (status != PL_OK) return status;
    status = shape_check(store, options && options->create, problems);
    if (status == PL_OK)
        *out = store;
    else
        pl_store_close(store);
    return status;
}

void pl_store_close(pl_store *store) {
    if (!store) return;
    store->engine->stop(store);
    lender_end(&store->lender);
    store_free(store);
}

const char *pl_store_name(const pl_store *store) { return store->name; }

/* The end of a read or write for its caller: a failure of the store is told, a job's own refusal is the job's to tell. */
static pl_status ended(const pl_store *store, pl_status status, const store_failure *failure, pl_fault *fault,
                       pl_problems *problems) {
    if (fault) *fault = failure->fault;
    return failure->fault == PL_FAULT_NONE ? status : failure_report(failure, store->name, problems);
}

pl_status pl_store_write(pl_store *store, int64_t realm, pl_job *job, void *context, pl_fault *fault, pl_problems *problems) {
    store_failure failure = {0};
    pl_status status = store->engine->write(store, realm, job, context, &failure);
    return ended(store, status, &failure, fault, problems);
}

/* A connection that broke while it lay idle has sent nothing: another one is taken, as often as there can be such. */
static connection *begin_read(pl_store *store, store_failure *failure) {
    for (unsigned turn = 0; turn <= store->options.connections; turn++) {
        *failure = (store_failure){0};
        connection *c = lender_take(&store->lender, store, failure);
        if (!c || c->words->begin(c, false, failure)) return c;
        bool broken = c->words->is_broken(c);
        lender_give(&store->lender, c);
        if (!broken) break;
    }
    return NULL;
}

pl_status pl_store_read(pl_store *store, pl_job *job, void *context, pl_fault *fault, pl_problems *problems) {
    store_failure failure = {0};
    connection *c = begin_read(store, &failure);
    if (!c) return ended(store, PL_IO, &failure, fault, problems);
    pl_tx tx = {.connection = c};
    pl_status status = tx_job(&tx, job, context);
    c->words->rollback(c);
    lender_give(&store->lender, c);
    return ended(store, status, &tx.failure, fault, problems);
}
