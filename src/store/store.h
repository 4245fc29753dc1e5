/* What is remembered: one interface over SQLite and PostgreSQL.
 *
 * All work happens in jobs. A job is a function that is given an open transaction; when it returns PL_OK the transaction is
 * committed, else everything it did is undone. A caller of pl_store_write hears of success only when the change is durable. A job
 * may be run again from its beginning (a deadlock, a neighbour in the group that took the disk's last byte), so it must begin by
 * setting what it gives back, and must do nothing outside the transaction. It runs on another thread than the caller's, who waits
 * for it. */
#ifndef PLUMBLINE_STORE_STORE_H
#define PLUMBLINE_STORE_STORE_H

#include "store/statement.h"

#include <plumbline/base/problems.h>

typedef struct pl_store pl_store;
typedef struct pl_tx pl_tx;

/* Why something failed, for those who must act on it. The status that goes with it is PL_INPUT for the first four, PL_MEMORY for
 * the next, else PL_IO. */
typedef enum pl_fault {
    PL_FAULT_NONE,
    PL_FAULT_UNIQUE,    /* there is such a row already */
    PL_FAULT_REFERENCE, /* it names a row that is not there, or is named by one that is */
    PL_FAULT_CHECK,     /* a rule of the table refuses it: a missing value, a wrong kind, a row that must not change */
    PL_FAULT_VALUE,     /* a text is no UTF-8 or contains a zero, or the number of values is wrong */
    PL_FAULT_MEMORY,    /* memory is exhausted, or a result is larger than PL_ROWS_BYTES */
    PL_FAULT_BUSY,      /* others were in the way for longer than is waited; later it may succeed */
    PL_FAULT_LOST,      /* the connection broke; whether a write was kept is not known */
    PL_FAULT_FULL,      /* the disk is full */
    PL_FAULT_READ_ONLY, /* the file or its folder may not be written */
    PL_FAULT_DAMAGED,   /* the file is no database or is damaged */
    PL_FAULT_OTHER,     /* anything else; the problem list says what */
} pl_fault;

/* A value that goes in or comes out. Numbers that are not whole travel as decimal text. */
typedef enum pl_value_kind { PL_VALUE_MISSING, PL_VALUE_INTEGER, PL_VALUE_TEXT, PL_VALUE_BYTES } pl_value_kind;

typedef struct pl_value {
    pl_value_kind kind;
    int64_t integer;
    pl_str bytes; /* of a text or of bytes */
} pl_value;

static inline pl_value pl_value_missing(void) { return (pl_value){.kind = PL_VALUE_MISSING}; }
static inline pl_value pl_value_integer(int64_t integer) { return (pl_value){.kind = PL_VALUE_INTEGER, .integer = integer}; }
static inline pl_value pl_value_text(pl_str text) { return (pl_value){.kind = PL_VALUE_TEXT, .bytes = text}; }
static inline pl_value pl_value_bytes(pl_str bytes) { return (pl_value){.kind = PL_VALUE_BYTES, .bytes = bytes}; }

/* A whole result. Texts and bytes are followed by a zero that their length does not count. */
typedef struct pl_rows {
    size_t count, columns;
    pl_value *values; /* row * columns + column */
    size_t capacity;
    pl_arena arena;
} pl_rows;

/* The most bytes that one result may take; who expects more asks for a part at a time, by key. */
#define PL_ROWS_BYTES ((size_t)256 << 20)

void pl_rows_free(pl_rows *rows); /* a zeroed one may be freed */
static inline const pl_value *pl_rows_at(const pl_rows *rows, size_t row, size_t column) {
    return &rows->values[row * rows->columns + column];
}

/* 0 stands for the default in brackets. */
typedef struct pl_store_options {
    bool create;           /* a store that is not there yet, or empty, is set up */
    unsigned connections;  /* readers beside the writer (4), or connections to PostgreSQL (8); at most 256 */
    unsigned group;        /* the most write jobs in one commit of SQLite (256) */
    unsigned wait_ms;      /* how long to wait for locks, and for a free connection (5000) */
    unsigned statement_ms; /* how long one statement may take in PostgreSQL (60000) */
    unsigned attempts;     /* how often a write job that lost a deadlock is run in all (8) */
} pl_store_options;

/* Opens `sqlite:PATH` or `postgresql://...` (also postgres://). Refuses a store that another program version has made, or that is
 * not whole, and says what to do. *out is NULL on failure. `options` may be NULL. The process should ignore SIGXFSZ and SIGPIPE.
 *
 * Codes: E901 cannot be opened, E902 no such kind of store, E903 newer than this program, E904 migrations missing or of another
 * text, E905 older than this program, E906 a database of something else; and those of faults, E911 to E919. */
pl_status pl_store_open(pl_store **out, const char *url, const pl_store_options *options, pl_problems *problems);

/* Waits for jobs that run, then closes. No job may be begun meanwhile. NULL is allowed. */
void pl_store_close(pl_store *store);

const char *pl_store_name(const pl_store *store); /* for people: the path or the address, without a password */

typedef pl_status pl_job(pl_tx *tx, void *context);

/* Runs a job that may write, for one realm (0: for none in particular). Write jobs of the same realm come one after another, on
 * both engines: between a job's first statement and its end no other changes what it reads. Jobs must be short; slow work is done
 * before. `fault` (may be NULL) says why it failed; PL_FAULT_NONE where the job itself returned something else than PL_OK, which is
 * what is returned then. A failure of the store is recorded in `problems`, whose place is the store's name. */
pl_status pl_store_write(pl_store *store, int64_t realm, pl_job *job, void *context, pl_fault *fault, pl_problems *problems);

/* Runs a job that only reads, and sees one state of the store throughout. A statement that writes fails (PL_FAULT_READ_ONLY). */
pl_status pl_store_read(pl_store *store, pl_job *job, void *context, pl_fault *fault, pl_problems *problems);

/* Within a job. After a statement has failed the transaction is lost: every further one fails likewise, and so does the job. Values
 * are $1, $2 ... in order. `changed` (may be NULL): how many rows were inserted, updated or deleted. */
pl_status pl_tx_run(pl_tx *tx, const pl_statement *statement, const pl_value *values, size_t count, int64_t *changed);

/* The same for a statement with a result. *rows is to be freed in any case. */
pl_status pl_tx_rows(pl_tx *tx, pl_rows *rows, const pl_statement *statement, const pl_value *values, size_t count);

int64_t pl_tx_realm(const pl_tx *tx);
pl_fault pl_tx_fault(const pl_tx *tx);

#endif
