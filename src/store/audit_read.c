/* Chains as they stand in a store: walked, and written to a file. */
#include "store/audit_row.h"
#include "store/engine.h"
#include "store_sql.h"

#include <string.h>

#define PAGE_ROWS 500

/* A hash of the wrong length is as good as a wrong one. */
static void read_row(const pl_value *at, int64_t realm, pl_audit_row *row) {
    pl_str *texts[] = {&row->entry.at,      &row->entry.actor,  &row->entry.address, &row->entry.action,
                       &row->entry.subject, &row->entry.before, &row->entry.after};
    *row = (pl_audit_row){.realm = realm, .sequence = at[0].integer};
    for (size_t i = 0; i < 7; i++)
        if (at[i + 1].kind == PL_VALUE_TEXT) *texts[i] = at[i + 1].bytes;
    audit_hash_of(&at[8], row->previous);
    audit_hash_of(&at[9], row->hash);
}

typedef pl_status each_row(void *context, const pl_audit_row *row);

/* All rows of a realm in order, a page at a time. `each` goes on after PL_INPUT, which is what is returned then. */
static pl_status read_chain(pl_tx *tx, int64_t realm, each_row *each, void *context) {
    int64_t after = INT64_MIN;
    pl_status worst = PL_OK;
    for (bool more = true; more && worst >= PL_INPUT;) {
        const pl_value values[] = {pl_value_integer(realm), pl_value_integer(after), pl_value_integer(PAGE_ROWS)};
        pl_rows rows;
        worst = pl_status_worse(worst, pl_tx_rows(tx, &rows, &pl_sql_audit_page, values, 3));
        more = rows.count == PAGE_ROWS && !tx->failed;
        for (size_t i = 0; i < rows.count && worst >= PL_INPUT; i++) {
            pl_audit_row row;
            read_row(pl_rows_at(&rows, i, 0), realm, &row);
            worst = pl_status_worse(worst, each(context, &row));
            after = row.sequence;
        }
        pl_rows_free(&rows);
    }
    return worst;
}

/* Where the store says that a chain ends; at 0 where nothing was ever written. */
static pl_status read_head(pl_tx *tx, int64_t realm, int64_t *sequence, unsigned char hash[PL_DIGEST_SIZE]) {
    const pl_value value = pl_value_integer(realm);
    pl_rows rows;
    *sequence = 0;
    memset(hash, 0, PL_DIGEST_SIZE);
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_audit_head_read, &value, 1);
    if (status == PL_OK && rows.count) {
        *sequence = pl_rows_at(&rows, 0, 0)->integer;
        audit_hash_of(pl_rows_at(&rows, 0, 1), hash);
    }
    pl_rows_free(&rows);
    return status;
}

/* ---- verifying ---- */

typedef struct verifying {
    const char *name;
    pl_problems *problems;
    size_t rows;
} verifying;

static pl_status walk_row(void *context, const pl_audit_row *row) { return pl_audit_walk_row(context, row); }

static pl_status verify_realm(pl_tx *tx, verifying *v, int64_t realm) {
    pl_audit_walk walk;
    int64_t sequence;
    unsigned char hash[PL_DIGEST_SIZE];
    pl_status status = read_head(tx, realm, &sequence, hash);
    if (status != PL_OK) return status;
    pl_audit_walk_begin(&walk, v->name, realm, v->problems);
    status = read_chain(tx, realm, walk_row, &walk);
    v->rows += walk.rows;
    if (status < PL_INPUT || tx->failed) return status;
    return pl_status_worse(status, pl_audit_walk_end(&walk, sequence, hash));
}

static pl_status verify_all(pl_tx *tx, void *context) {
    verifying *v = context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_realms, NULL, 0);
    for (size_t i = 0; i < rows.count && status >= PL_INPUT && !tx->failed; i++)
        status = pl_status_worse(status, verify_realm(tx, v, pl_rows_at(&rows, i, 0)->integer));
    pl_rows_free(&rows);
    return status;
}

pl_status pl_audit_verify(pl_store *store, size_t *rows, pl_problems *problems) {
    verifying v = {.name = pl_store_name(store), .problems = problems};
    pl_status status = pl_store_read(store, verify_all, &v, NULL, problems);
    if (rows) *rows = v.rows;
    return status;
}

/* ---- exporting ---- */

typedef struct exporting {
    pl_output *output;
    int64_t realm;
} exporting;

static void write_text(pl_json_writer *w, const char *key, pl_str text) {
    pl_json_key(w, key);
    if (text.at)
        pl_json_text(w, text);
    else
        pl_json_null(w);
}

static void write_number(pl_json_writer *w, const char *key, int64_t number) {
    pl_json_key(w, key);
    pl_json_integer(w, number);
}

static void write_hash(pl_json_writer *w, const char *key, const unsigned char hash[PL_DIGEST_SIZE]) {
    char hex[PL_DIGEST_HEX];
    pl_digest_hex(hash, hex);
    write_text(w, key, pl_str_of(hex));
}

static void end_line(pl_json_writer *w) {
    pl_json_end(w);
    pl_output_add(w->output, pl_str_of("\n"));
}

static pl_status write_row(void *context, const pl_audit_row *row) {
    pl_json_writer w;
    exporting *e = context;
    pl_json_begin(&w, e->output, false);
    pl_json_object(&w);
    write_number(&w, "realm", row->realm);
    write_number(&w, "sequence", row->sequence);
    write_text(&w, "at", row->entry.at);
    write_text(&w, "actor", row->entry.actor);
    write_text(&w, "address", row->entry.address);
    write_text(&w, "action", row->entry.action);
    write_text(&w, "subject", row->entry.subject);
    write_text(&w, "before", row->entry.before);
    write_text(&w, "after", row->entry.after);
    write_hash(&w, "previous", row->previous);
    write_hash(&w, "hash", row->hash);
    end_line(&w);
    return e->output->status;
}

static pl_status write_chain(pl_tx *tx, void *context) {
    exporting *e = context;
    pl_json_writer w;
    int64_t sequence;
    unsigned char hash[PL_DIGEST_SIZE];
    pl_status status = read_head(tx, e->realm, &sequence, hash);
    if (status == PL_OK) status = read_chain(tx, e->realm, write_row, e);
    if (status != PL_OK) return status;
    pl_json_begin(&w, e->output, false);
    pl_json_object(&w);
    write_number(&w, "realm", e->realm);
    write_number(&w, "end", sequence);
    write_hash(&w, "hash", hash);
    end_line(&w);
    return e->output->status;
}

pl_status pl_audit_export(pl_store *store, int64_t realm, pl_output *output, pl_problems *problems) {
    exporting e = {.output = output, .realm = realm};
    return pl_store_read(store, write_chain, &e, NULL, problems);
}
