/* The one thread that writes to SQLite. Whoever arrives while a commit is under way waits for the next, so that many share one: the
 * more there are, the larger the groups. A job runs under a savepoint of its own; one that fails leaves the others alone. */
#include "store/sqlite.h"
#include "store_sql.h"

#include <stdlib.h>

/* Lies on the stack of the thread that waits for it. */
typedef struct request {
    struct request *next;
    pl_job *job;
    void *context;
    int64_t realm;
    pl_status status;
    store_failure failure;
    bool left_out; /* took the transaction with it: not run again */
    bool done;
} request;

struct writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived, finished;
    request *first, **end;
    bool stopping;
    connection *connection; /* NULL after it broke, until the next group */
    pl_store *store;
};

/* Takes the next group off the queue; NULL when there will be none. */
static request *next_group(writer *w) {
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->stopping) pthread_cond_wait(&w->arrived, &w->lock);
    request *group = w->first, **end = &w->first;
    for (unsigned i = 0; *end && i < w->store->options.group; i++) end = &(*end)->next;
    w->first = *end;
    *end = NULL;
    if (!w->first) w->end = &w->first;
    pthread_mutex_unlock(&w->lock);
    return group;
}

static void answer(writer *w, request *group) {
    pthread_mutex_lock(&w->lock);
    while (group) {
        request *next = group->next; /* a request is gone once its thread sees that it is done */
        group->done = true;
        group = next;
    }
    pthread_cond_broadcast(&w->finished);
    pthread_mutex_unlock(&w->lock);
}

/* All that are still in fail alike. */
static void fail_all(request *group, const store_failure *failure) {
    for (request *r = group; r; r = r->next) {
        if (r->left_out) continue;
        r->failure = *failure;
        r->status = fault_status(failure->fault);
    }
}

static bool say(connection *c, const pl_statement *statement, store_failure *failure) {
    int64_t changed;
    return c->words->run(c, statement, NULL, NULL, &changed, failure);
}

/* Runs one job under a savepoint. False when the whole transaction is gone, or the savepoint does not do what it should. */
static bool run_one(connection *c, request *r) {
    pl_tx tx = {.connection = c, .realm = r->realm};
    bool good = say(c, &pl_sql_job_begin, &tx.failure);
    r->status = PL_OK;
    if (good) {
        r->status = tx_job(&tx, r->job, r->context);
        good = sqlite_in_transaction(c);
        store_failure late = {0};
        if (good && r->status != PL_OK) good = say(c, &pl_sql_job_undo, &late);
        if (good) good = say(c, &pl_sql_job_end, &late);
        if (late.fault) tx.failure = late;
    }
    r->failure = tx.failure;
    if (r->failure.fault) r->status = fault_status(r->failure.fault);
    return good;
}

/* Runs all that are in, until one takes the transaction with it, which is left out from then on. */
static bool run_group(connection *c, request *group) {
    for (request *r = group; r; r = r->next) {
        if (r->left_out) continue;
        r->left_out = !run_one(c, r);
        if (r->left_out) return false;
    }
    return true;
}

static bool any_left(const request *group) {
    for (; group; group = group->next)
        if (!group->left_out) return true;
    return false;
}

/* Each turn that does not end in a commit leaves one more out, so this ends. Where the commit fails all have failed, those that
 * were refused too: perhaps for something that is not there now. */
static void commit_group(connection *c, request *group) {
    while (any_left(group)) {
        store_failure failure = {0};
        bool begun = c->words->begin(c, true, &failure);
        if (begun && !run_group(c, group)) {
            c->words->rollback(c);
            continue;
        }
        if (!begun || !c->words->commit(c, &failure)) fail_all(group, &failure);
        return;
    }
}

static void *write_groups(void *argument) {
    writer *w = argument;
    request *group;
    while ((group = next_group(w))) {
        store_failure failure = {0};
        if (!w->connection) w->connection = sqlite_open(w->store, &failure);
        if (w->connection)
            commit_group(w->connection, group);
        else
            fail_all(group, &failure);
        if (w->connection && w->connection->words->is_broken(w->connection)) {
            w->connection->words->close(w->connection);
            w->connection = NULL;
        }
        answer(w, group);
    }
    return NULL;
}

pl_status sqlite_write(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure) {
    writer *w = store->writer;
    request r = {.job = job, .context = context, .realm = realm};
    pthread_mutex_lock(&w->lock);
    *w->end = &r;
    w->end = &r.next;
    pthread_cond_signal(&w->arrived);
    while (!r.done) pthread_cond_wait(&w->finished, &w->lock);
    pthread_mutex_unlock(&w->lock);
    *failure = r.failure;
    return r.status;
}

static void writer_free(writer *w) {
    if (w->connection) w->connection->words->close(w->connection);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->arrived);
    pthread_cond_destroy(&w->finished);
    free(w);
}

bool sqlite_start_writer(pl_store *store, store_failure *failure) {
    writer *w = calloc(1, sizeof *w);
    if (!w) return store_fail(failure, PL_FAULT_MEMORY, "");
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->arrived, NULL);
    pthread_cond_init(&w->finished, NULL);
    w->end = &w->first;
    w->store = store;
    w->connection = sqlite_open(store, failure);
    if (w->connection && pthread_create(&w->thread, NULL, write_groups, w)) {
        store_fail(failure, PL_FAULT_MEMORY, "");
        w->connection->words->close(w->connection);
        w->connection = NULL;
    }
    if (!w->connection) {
        writer_free(w);
        return false;
    }
    store->writer = w;
    return true;
}

void sqlite_stop_writer(pl_store *store) {
    writer *w = store->writer;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->arrived);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    writer_free(w);
}
