/* The audit: who did what, when, from where; chained by hash, so that a row that was changed, dropped or moved is found.
 *
 * The hash of a row is SHA-256 over `plumbline audit 1` and its fields in the order of pl_audit_row, each behind its length in
 * eight bytes (most significant first; of a missing one all bits set), integers in eight bytes, `previous` last. Whoever has the
 * last hash of a chain from another day can hold the chain to it: nobody can rewrite what came before without changing it. */
#ifndef PLUMBLINE_STORE_AUDIT_H
#define PLUMBLINE_STORE_AUDIT_H

#include "store/store.h"

#include <plumbline/base/digest.h>
#include <plumbline/table/write.h>

/* What happened. A text whose `at` is NULL is missing; `at`, `action` and `subject` must be there. */
typedef struct pl_audit_entry {
    pl_str at;      /* 2026-01-31T08:00:00.000Z */
    pl_str actor;   /* the account; missing: the program itself */
    pl_str address; /* where from */
    pl_str action;  /* a word: unit.rename */
    pl_str subject; /* what it was done to */
    pl_str before, after;
} pl_audit_entry;

/* One row as it is kept. */
typedef struct pl_audit_row {
    int64_t realm, sequence; /* 1, 2, 3 ... in each realm */
    pl_audit_entry entry;
    unsigned char previous[PL_DIGEST_SIZE], hash[PL_DIGEST_SIZE];
} pl_audit_row;

/* Adds a row to the chain of the transaction's realm, which holds the chain until it ends. PL_INPUT where the realm is not there.
 */
pl_status pl_audit_add(pl_tx *tx, const pl_audit_entry *entry);

/* What is needed to walk a chain row by row, from a store or a file. */
typedef struct pl_audit_walk {
    const char *name; /* for problems: the store or the file */
    pl_problems *problems;
    int64_t realm, sequence;
    unsigned char hash[PL_DIGEST_SIZE]; /* of the last row; zeros before the first */
    size_t rows, faults;
} pl_audit_walk;

void pl_audit_walk_begin(pl_audit_walk *walk, const char *name, int64_t realm, pl_problems *problems);

/* The next row. Problems are recorded, each naming the row: E921 changed since it was written, E922 rows before
 * it are missing, E923 it is out of order or not the one that came next. The walk goes on behind a row that is wrong. */
pl_status pl_audit_walk_row(pl_audit_walk *walk, const pl_audit_row *row);

/* Where the chain should end; E924 where it does not. */
pl_status pl_audit_walk_end(pl_audit_walk *walk, int64_t sequence, const unsigned char hash[PL_DIGEST_SIZE]);

/* Walks the chains of all realms in the store; `rows` (may be NULL) counts the rows. PL_INPUT where something was found. */
pl_status pl_audit_verify(pl_store *store, size_t *rows, pl_problems *problems);

/* Writes the chain of a realm as JSON lines: a row each, and last where it ends. */
pl_status pl_audit_export(pl_store *store, int64_t realm, pl_output *output, pl_problems *problems);

/* Walks an exported file, without any store. E925 a line that cannot be read, E926 the last line is missing. */
pl_status pl_audit_verify_file(const char *path, size_t *rows, pl_problems *problems);

#endif
