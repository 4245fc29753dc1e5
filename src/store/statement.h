/* SQL as it stands in a .sql file, made a constant by sql/generate.py. */
#ifndef PLUMBLINE_STORE_STATEMENT_H
#define PLUMBLINE_STORE_STATEMENT_H

/* One per `-- name:`. It is known by its address, so there is exactly one of each. */
typedef struct pl_statement {
    const char *name, *sqlite, *postgresql;
    unsigned parameters; /* the highest n of $n */
} pl_statement;

/* One per file NNNN_name.sql. */
typedef struct pl_migration {
    unsigned number;
    const char *name, *hash; /* SHA-256 of the whole file, hexadecimal */
    const char *sqlite, *postgresql;
} pl_migration;

#endif
