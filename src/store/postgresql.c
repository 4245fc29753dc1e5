/* Connections to PostgreSQL. Values travel as text, results and bytes in binary. */
#include "store/postgresql.h"
#include "store_sql.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PARAMETERS 64
#define MOST_COLUMNS 64

/* Numbers of types in pg_type, which never change. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTES = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_VARCHAR = 1043
};

typedef struct postgresql_connection {
    connection head;
    PGconn *link;
    uintptr_t prepared_count;
} postgresql_connection;

static postgresql_connection *own(connection *c) { return (postgresql_connection *)(void *)c; }

/* ---- what PostgreSQL says, in the store's words ---- */

static bool is_one_of(const char *state, const char *list) {
    const char *at = strstr(list, state);
    return at && strlen(state) == 5;
}

static pl_fault fault_of(const char *state) {
    if (is_one_of(state, "23505")) return PL_FAULT_UNIQUE;
    if (is_one_of(state, "23503")) return PL_FAULT_REFERENCE;
    if (is_one_of(state, "08P01")) return PL_FAULT_CHECK; /* bytes that are no value of the column's type */
    if (is_one_of(state, "22021")) return PL_FAULT_VALUE;
    if (is_one_of(state, "40001 40P01 55P03 57014 53300")) return PL_FAULT_BUSY;
    if (is_one_of(state, "53100")) return PL_FAULT_FULL;
    if (is_one_of(state, "25006 42501")) return PL_FAULT_READ_ONLY;
    if (is_one_of(state, "XX001 XX002")) return PL_FAULT_DAMAGED;
    if (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0) return PL_FAULT_CHECK;
    if (strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0) return PL_FAULT_LOST;
    return PL_FAULT_OTHER;
}

/* Frees the result unless it is good. */
static PGresult *judged(postgresql_connection *c, PGresult *result, store_failure *failure) {
    ExecStatusType is = PQresultStatus(result); /* of NULL: a fatal error */
    if (is == PGRES_COMMAND_OK || is == PGRES_TUPLES_OK || is == PGRES_EMPTY_QUERY) return result;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (PQstatus(c->link) == CONNECTION_BAD)
        store_fail(failure, PL_FAULT_LOST, text ? text : PQerrorMessage(c->link));
    else if (!result)
        store_fail(failure, PL_FAULT_MEMORY, "");
    else
        store_fail(failure, state ? fault_of(state) : PL_FAULT_OTHER, text ? text : PQerrorMessage(c->link));
    failure->again = state && is_one_of(state, "40001 40P01");
    PQclear(result);
    return NULL;
}

static bool script(connection *c, const char *sql, store_failure *failure) {
    PGresult *result = judged(own(c), PQexec(own(c)->link, sql), failure);
    PQclear(result);
    return result != NULL;
}

/* ---- statements ---- */

static bool prepare(postgresql_connection *c, const pl_statement *statement, char name[24], store_failure *failure) {
    prepared *slot = prepared_find(&c->head.prepared, statement);
    if (!slot) return store_fail(failure, PL_FAULT_MEMORY, "");
    uintptr_t number = slot->handle ? (uintptr_t)slot->handle : c->prepared_count + 1;
    snprintf(name, 24, "p%ju", (uintmax_t)number);
    if (slot->handle) return true;
    PGresult *result = judged(c, PQprepare(c->link, name, statement->postgresql, 0, NULL), failure);
    if (!result) return false;
    PQclear(result);
    slot->handle = (void *)number;
    c->prepared_count = number;
    return true;
}

/* Where libpq finds the values: texts need a zero behind them, which slices do not have. */
typedef struct sent {
    const char *at[MOST_PARAMETERS];
    int length[MOST_PARAMETERS], binary[MOST_PARAMETERS];
    pl_arena arena;
} sent;

static bool lay_out(sent *s, const pl_value *values, unsigned count, store_failure *failure) {
    for (unsigned i = 0; i < count; i++) {
        pl_str bytes = values[i].bytes;
        char digits[24];
        s->binary[i] = 1;
        if (values[i].kind == PL_VALUE_MISSING) continue;
        if (bytes.len > INT32_MAX) return store_fail(failure, PL_FAULT_VALUE, "a value is too long");
        if (values[i].kind == PL_VALUE_INTEGER) {
            bytes = (pl_str){digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)values[i].integer)};
            s->binary[i] = 0;
        }
        /* In binary a text is its bytes, whatever zeros follow. */
        pl_str copy = bytes;
        if ((values[i].kind == PL_VALUE_INTEGER || !bytes.at) && !pl_str_copy(&copy, &s->arena, bytes))
            return store_fail(failure, PL_FAULT_MEMORY, "");
        s->at[i] = copy.at;
        s->length[i] = (int)bytes.len;
    }
    return true;
}

static int64_t integer_at(const char *at, int length) {
    uint64_t bits = at[0] & 0x80 ? UINT64_MAX : 0; /* the sign */
    for (int i = 0; i < length; i++) bits = bits << 8 | (unsigned char)at[i];
    return (int64_t)bits;
}

static bool value_at(const PGresult *result, int row, int column, pl_value *out, store_failure *failure) {
    if (PQgetisnull(result, row, column)) {
        *out = pl_value_missing();
        return true;
    }
    const char *at = PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    switch (PQftype(result, column)) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8: *out = pl_value_integer(integer_at(at, length)); return true;
    case TYPE_NAME:
    case TYPE_TEXT:
    case TYPE_VARCHAR: *out = pl_value_text((pl_str){at, (size_t)length}); return true;
    case TYPE_BYTES: *out = pl_value_bytes((pl_str){at, (size_t)length}); return true;
    default: return store_fail(failure, PL_FAULT_OTHER, "a result has a type that is not used here; cast it to BIGINT or TEXT");
    }
}

static bool take_rows(const PGresult *result, pl_rows *rows, store_failure *failure) {
    pl_value row[MOST_COLUMNS];
    int columns = PQnfields(result);
    if (columns > MOST_COLUMNS) return store_fail(failure, PL_FAULT_OTHER, "a result has too many columns");
    for (int i = 0; i < PQntuples(result); i++) {
        for (int j = 0; j < columns; j++)
            if (!value_at(result, i, j, &row[j], failure)) return false;
        if (!rows_add(rows, row, (size_t)columns, failure)) return false;
    }
    return true;
}

static bool run(connection *head, const pl_statement *statement, const pl_value *values, pl_rows *rows, int64_t *changed,
                store_failure *failure) {
    postgresql_connection *c = own(head);
    sent s = {0};
    char name[24];
    if (statement->parameters > MOST_PARAMETERS) return store_fail(failure, PL_FAULT_VALUE, "a statement has too many values");
    pl_arena_init(&s.arena, 0);
    PGresult *result = NULL;
    if (prepare(c, statement, name, failure) && lay_out(&s, values, statement->parameters, failure))
        result = judged(c, PQexecPrepared(c->link, name, (int)statement->parameters, s.at, s.length, s.binary, 1), failure);
    pl_arena_free(&s.arena);
    if (!result) return false;
    bool good = !rows || take_rows(result, rows, failure);
    *changed = PQresultStatus(result) == PGRES_COMMAND_OK ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
    PQclear(result);
    return good;
}

/* ---- transactions ---- */

static bool begin(connection *c, bool write, store_failure *failure) {
    return script(c, write ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", failure);
}

/* A COMMIT of a transaction that has failed is answered with ROLLBACK. */
static bool commit(connection *c, store_failure *failure) {
    PGresult *result = judged(own(c), PQexec(own(c)->link, "COMMIT"), failure);
    if (!result) return false;
    bool kept = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    return kept || store_fail(failure, PL_FAULT_OTHER, "the transaction had failed before");
}

static bool is_broken(connection *c) {
    return PQstatus(own(c)->link) != CONNECTION_OK || PQtransactionStatus(own(c)->link) != PQTRANS_IDLE;
}

static void rollback(connection *c) {
    PGTransactionStatusType is = PQtransactionStatus(own(c)->link);
    if (is == PQTRANS_INTRANS || is == PQTRANS_INERROR) PQclear(PQexec(own(c)->link, "ROLLBACK"));
}

static void close_connection(connection *c) {
    PQfinish(own(c)->link);
    free(c->prepared.slots);
    free(c);
}

static const engine_words words = {begin, commit, rollback, script, run, is_broken, close_connection};

/* ---- opening ---- */

static bool set(connection *c, const char *what, unsigned ms, store_failure *failure) {
    char value[24];
    int64_t changed;
    snprintf(value, sizeof value, "%u", ms);
    const pl_value values[] = {pl_value_text(pl_str_of(what)), pl_value_text(pl_str_of(value))};
    return c->words->run(c, &pl_sql_setting, values, NULL, &changed, failure);
}

/* Notices would go to standard error. */
static void say_nothing(void *context, const char *text) {
    (void)context;
    (void)text;
}

connection *postgresql_open(pl_store *store, store_failure *failure) {
    static const char *const keys[] = {"dbname", "client_encoding", "fallback_application_name", "connect_timeout", NULL};
    const char *const values[] = {store->address, "UTF8", "plumbline", "10", NULL};
    postgresql_connection *c = calloc(1, sizeof *c);
    if (!c) {
        store_fail(failure, PL_FAULT_MEMORY, "");
        return NULL;
    }
    c->head.words = &words;
    c->link = PQconnectdbParams(keys, values, 1);
    PQsetNoticeProcessor(c->link, say_nothing, NULL);
    if (PQstatus(c->link) == CONNECTION_OK && set(&c->head, "statement_timeout", store->options.statement_ms, failure) &&
        set(&c->head, "lock_timeout", store->options.wait_ms, failure) &&
        set(&c->head, "idle_in_transaction_session_timeout", 10 * store->options.statement_ms, failure))
        return &c->head;
    if (!failure->fault) store_fail(failure, c->link ? PL_FAULT_LOST : PL_FAULT_MEMORY, PQerrorMessage(c->link));
    close_connection(&c->head);
    return NULL;
}

/* Whether there is anybody at the address. */
static bool start(pl_store *store, store_failure *failure) {
    connection *c = lender_take(&store->lender, store, failure);
    if (c) lender_give(&store->lender, c);
    return c != NULL;
}

static void stop(pl_store *store) { (void)store; }

const engine postgresql_engine = {postgresql_open, postgresql_write, start, stop};
