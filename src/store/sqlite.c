/* Connections to SQLite. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct sqlite_connection {
    connection head;
    sqlite3 *db;
} sqlite_connection;

static sqlite3 *db_of(const connection *c) { return ((const sqlite_connection *)(const void *)c)->db; }

/* ---- what SQLite says, in the store's words ---- */

static pl_fault fault_of_constraint(int code) {
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return PL_FAULT_UNIQUE;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return PL_FAULT_REFERENCE;
    default: return PL_FAULT_CHECK;
    }
}

static pl_fault fault_of(int code, int error) {
    if (code == SQLITE_IOERR_NOMEM) return PL_FAULT_MEMORY;
    switch (code & 0xFF) {
    case SQLITE_CONSTRAINT: return fault_of_constraint(code);
    case SQLITE_MISMATCH: return PL_FAULT_CHECK;
    case SQLITE_TOOBIG:
    case SQLITE_RANGE: return PL_FAULT_VALUE;
    case SQLITE_NOMEM: return PL_FAULT_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return PL_FAULT_BUSY;
    case SQLITE_FULL: return PL_FAULT_FULL;
    case SQLITE_PERM:
    case SQLITE_READONLY: return PL_FAULT_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return PL_FAULT_DAMAGED;
    case SQLITE_IOERR: return error == EFBIG || error == ENOSPC || error == EDQUOT ? PL_FAULT_FULL : PL_FAULT_OTHER;
    default: return PL_FAULT_OTHER;
    }
}

/* The system's reason of a failed read or write. Of a commit SQLite only knows it in the log beside the database. */
static int system_error(sqlite3 *db) {
    sqlite3_file *log = NULL;
    int error = sqlite3_system_errno(db);
    if (!error && sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log && log->pMethods)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

static bool said(sqlite3 *db, int code, store_failure *failure) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return true;
    if (!db) return store_fail(failure, PL_FAULT_MEMORY, "");
    int whole = sqlite3_extended_errcode(db), error = (whole & 0xFF) == SQLITE_IOERR ? system_error(db) : 0;
    return store_fail(failure, fault_of(whole, error), error ? strerror(error) : sqlite3_errmsg(db));
}

/* ---- statements ---- */

static sqlite3_stmt *statement_of(connection *c, const pl_statement *statement, store_failure *failure) {
    prepared *slot = prepared_find(&c->prepared, statement);
    if (!slot) {
        store_fail(failure, PL_FAULT_MEMORY, "");
        return NULL;
    }
    if (!slot->handle) {
        sqlite3_stmt *made = NULL;
        int code = sqlite3_prepare_v3(db_of(c), statement->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
        if (!said(db_of(c), code, failure)) return NULL;
        slot->handle = made;
    }
    return slot->handle;
}

static int bind(sqlite3_stmt *made, int at, const pl_value *value) {
    const char *bytes = value->bytes.at ? value->bytes.at : "";
    switch (value->kind) {
    case PL_VALUE_INTEGER: return sqlite3_bind_int64(made, at, value->integer);
    case PL_VALUE_TEXT: return sqlite3_bind_text64(made, at, bytes, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case PL_VALUE_BYTES: return sqlite3_bind_blob64(made, at, bytes, value->bytes.len, SQLITE_STATIC);
    default: return sqlite3_bind_null(made, at);
    }
}

/* $n is a name to SQLite; a value that the statement does not use is let be. */
static bool bind_all(connection *c, sqlite3_stmt *made, const pl_value *values, unsigned count, store_failure *failure) {
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%u", i + 1);
        int at = sqlite3_bind_parameter_index(made, name);
        if (at && !said(db_of(c), bind(made, at, &values[i]), failure)) return false;
    }
    return true;
}

static bool value_at(connection *c, sqlite3_stmt *made, int column, pl_value *out, store_failure *failure) {
    switch (sqlite3_column_type(made, column)) {
    case SQLITE_NULL: *out = pl_value_missing(); return true;
    case SQLITE_INTEGER: *out = pl_value_integer(sqlite3_column_int64(made, column)); return true;
    case SQLITE_FLOAT: return store_fail(failure, PL_FAULT_OTHER, "a result is a floating-point number; numbers are kept as text");
    case SQLITE_TEXT: *out = pl_value_text((pl_str){(const char *)sqlite3_column_text(made, column), 0}); break;
    default: *out = pl_value_bytes((pl_str){sqlite3_column_blob(made, column), 0}); break;
    }
    out->bytes.len = (size_t)sqlite3_column_bytes(made, column);
    if (!out->bytes.at && out->bytes.len) return said(db_of(c), SQLITE_NOMEM, failure);
    return true;
}

#define MOST_COLUMNS 64

static bool take_row(connection *c, sqlite3_stmt *made, pl_rows *rows, store_failure *failure) {
    pl_value row[MOST_COLUMNS];
    int columns = sqlite3_column_count(made);
    if (columns > MOST_COLUMNS) return store_fail(failure, PL_FAULT_OTHER, "a result has too many columns");
    for (int i = 0; i < columns; i++)
        if (!value_at(c, made, i, &row[i], failure)) return false;
    return rows_add(rows, row, (size_t)columns, failure);
}

static bool run(connection *c, const pl_statement *statement, const pl_value *values, pl_rows *rows, int64_t *changed,
                store_failure *failure) {
    sqlite3_stmt *made = statement_of(c, statement, failure);
    if (!made) return false;
    int before = sqlite3_total_changes(db_of(c));
    bool good = bind_all(c, made, values, statement->parameters, failure);
    int code = SQLITE_DONE;
    while (good && (code = sqlite3_step(made)) == SQLITE_ROW)
        if (rows) good = take_row(c, made, rows, failure);
    good = good && said(db_of(c), code, failure);
    if (good) *changed = sqlite3_total_changes(db_of(c)) == before ? 0 : sqlite3_changes64(db_of(c));
    sqlite3_reset(made);
    sqlite3_clear_bindings(made);
    return good;
}

static bool script(connection *c, const char *sql, store_failure *failure) {
    return said(db_of(c), sqlite3_exec(db_of(c), sql, NULL, NULL, NULL), failure);
}

/* ---- transactions ---- */

static bool begin(connection *c, bool write, store_failure *failure) {
    return script(c, write ? "BEGIN IMMEDIATE" : "BEGIN", failure);
}

bool sqlite_in_transaction(const connection *c) { return !sqlite3_get_autocommit(db_of(c)); }

static void rollback(connection *c) {
    if (sqlite_in_transaction(c)) sqlite3_exec(db_of(c), "ROLLBACK", NULL, NULL, NULL);
}

static bool commit(connection *c, store_failure *failure) {
    if (script(c, "COMMIT", failure)) return true;
    rollback(c);
    return false;
}

/* A transaction that would not even be undone. */
static bool is_broken(connection *c) { return sqlite_in_transaction(c); }

static void close_connection(connection *c) {
    for (size_t i = 0; i < c->prepared.capacity; i++) sqlite3_finalize(c->prepared.slots[i].handle);
    free(c->prepared.slots);
    sqlite3_close_v2(db_of(c));
    free(c);
}

static const engine_words words = {begin, commit, rollback, script, run, is_broken, close_connection};

/* ---- opening ---- */

/* The file is made here, so that nobody else may read it; SQLite gives its companions the same rights. */
static bool make_file(const pl_store *store, store_failure *failure) {
    int file = open(store->address, O_RDWR | O_CLOEXEC | (store->options.create ? O_CREAT : 0), 0600);
    if (file < 0) return store_fail(failure, PL_FAULT_OTHER, strerror(errno));
    close(file);
    return true;
}

static bool set_up(connection *c, const pl_store *store, bool reader, store_failure *failure) {
    sqlite3 *db = db_of(c);
    sqlite3_stmt *mode = NULL;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, (int)store->options.wait_ms);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (!script(c, reader ? "PRAGMA query_only=ON; PRAGMA foreign_keys=ON" : "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
                failure))
        return false;
    /* Asking for the mode reads the file, so that one which is no database is found here. */
    int code = sqlite3_prepare_v2(db, reader ? "PRAGMA journal_mode" : "PRAGMA journal_mode=WAL", -1, &mode, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(mode);
    const char *is = code == SQLITE_ROW ? (const char *)sqlite3_column_text(mode, 0) : NULL;
    bool wal = is && strcmp(is, "wal") == 0, good = said(db, code, failure);
    sqlite3_finalize(mode);
    return good && (wal || store_fail(failure, PL_FAULT_OTHER, "this file system or file does not allow write-ahead logging"));
}

static connection *open_with(pl_store *store, bool reader, store_failure *failure) {
    sqlite_connection *c = calloc(1, sizeof *c);
    if (!c) {
        store_fail(failure, PL_FAULT_MEMORY, "");
        return NULL;
    }
    c->head.words = &words;
    int code = sqlite3_open_v2(store->address, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!said(c->db, code, failure) || !set_up(&c->head, store, reader, failure)) {
        close_connection(&c->head);
        return NULL;
    }
    return &c->head;
}

connection *sqlite_open(pl_store *store, store_failure *failure) {
    return make_file(store, failure) ? open_with(store, false, failure) : NULL;
}

static connection *open_reader(pl_store *store, store_failure *failure) { return open_with(store, true, failure); }

const engine sqlite_engine = {open_reader, sqlite_write, sqlite_start_writer, sqlite_stop_writer};
