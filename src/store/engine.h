/* What both engines give: connections that run statements and scripts, and a way to run write jobs. For this folder alone. */
#ifndef PLUMBLINE_STORE_ENGINE_H
#define PLUMBLINE_STORE_ENGINE_H

#include "store/store.h"

#include <pthread.h>

/* What went wrong, in an engine's words. */
typedef struct store_failure {
    pl_fault fault;
    bool again; /* a deadlock or the like: the same job may get through when it is run again */
    char text[200];
} store_failure;

/* Each of these sets *failure (kept clear otherwise). A statement of NULL rows is run for its effect. */
typedef struct connection connection;
typedef struct engine_words {
    bool (*begin)(connection *c, bool write, store_failure *failure);
    bool (*commit)(connection *c, store_failure *failure);
    void (*rollback)(connection *c);
    bool (*script)(connection *c, const char *sql, store_failure *failure); /* several statements, no values, no result */
    bool (*run)(connection *c, const pl_statement *statement, const pl_value *values, pl_rows *rows, int64_t *changed,
                store_failure *failure);
    bool (*is_broken)(connection *c); /* nothing more can be done with it */
    void (*close)(connection *c);
} engine_words;

/* Prepared statements of one connection by the address of the constant: an open table, a power of two long. */
typedef struct prepared {
    const pl_statement *statement;
    void *handle; /* of the engine */
} prepared;

typedef struct prepared_set {
    prepared *slots;
    size_t capacity, count;
} prepared_set;

/* The slot of a statement, new ones with handle NULL; NULL when memory is exhausted. Valid until the next call. */
prepared *prepared_find(prepared_set *set, const pl_statement *statement);

/* The head of every engine's own connection. One thread at a time. */
struct connection {
    const engine_words *words;
    prepared_set prepared;
};

/* An open transaction. After the first failure nothing more is sent. */
struct pl_tx {
    connection *connection;
    int64_t realm;
    bool failed;
    store_failure failure;
};

/* Connections that are lent out, made when first needed. */
typedef struct lender {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    connection **idle;
    unsigned idle_count, open, most, wait_ms;
    connection *(*make)(pl_store *store, store_failure *failure);
} lender;

bool lender_init(lender *l, unsigned most, unsigned wait_ms, connection *(*make)(pl_store *store, store_failure *failure));
connection *lender_take(lender *l, pl_store *store, store_failure *failure); /* NULL: see failure */
void lender_give(lender *l, connection *c);                                  /* a broken one is closed */
void lender_end(lender *l);                                                  /* all have been given back */

typedef struct engine {
    connection *(*open)(pl_store *store, store_failure *failure); /* a connection to lend out */
    /* Runs one job to its end, durable where PL_OK; called by any thread. */
    pl_status (*write)(pl_store *store, int64_t realm, pl_job *job, void *context, store_failure *failure);
    bool (*start)(pl_store *store, store_failure *failure); /* whatever runs beside; false where the address is no good */
    void (*stop)(pl_store *store);
} engine;

extern const engine sqlite_engine, postgresql_engine;

typedef struct writer writer;

struct pl_store {
    const engine *engine;
    pl_store_options options; /* defaults filled in */
    char *address;            /* path or connection string */
    char *name;
    lender lender;
    writer *writer; /* of SQLite */
};

/* A connection to PostgreSQL (owned by the caller) says what it is called for people: host and database. NULL: no address, or
 * memory. */
char *postgresql_name(const char *url, store_failure *failure);

/* A store without any look at its shape, for migrating; to be closed as any. */
pl_status store_prepare(pl_store **out, const char *url, const pl_store_options *options, pl_problems *problems);

bool store_fail(store_failure *failure, pl_fault fault, const char *text); /* returns false */
pl_status fault_status(pl_fault fault);

/* Records a failure with the code of its kind; returns its status, or PL_MEMORY. */
pl_status failure_report(const store_failure *failure, const char *name, pl_problems *problems);

/* Appends one row of `columns` values to a result; texts are copied. */
bool rows_add(pl_rows *rows, const pl_value *values, size_t columns, store_failure *failure);

/* Runs one job in a transaction that has been begun; what it returned, or the status of what failed. */
pl_status tx_job(pl_tx *tx, pl_job *job, void *context);

#endif
