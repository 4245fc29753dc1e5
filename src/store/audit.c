/* The chain: how a row's hash is made, how rows are added, and how a walk over them finds what was done to them. */
#include "store/audit.h"
#include "store/audit_row.h"
#include "store_sql.h"

#include <string.h>

/* ---- the hash of a row ---- */

static void put_number(unsigned char out[8], uint64_t number) {
    for (int i = 0; i < 8; i++) out[i] = (unsigned char)(number >> (56 - 8 * i));
}

static pl_status add_field(pl_digest *digest, pl_str field, bool missing) {
    unsigned char length[8];
    put_number(length, missing ? UINT64_MAX : field.len);
    pl_status status = pl_digest_add(digest, length, sizeof length);
    return status == PL_OK && field.len ? pl_digest_add(digest, field.at, field.len) : status;
}

static pl_status add_number(pl_digest *digest, int64_t number) {
    unsigned char bytes[8];
    put_number(bytes, (uint64_t)number);
    return add_field(digest, (pl_str){(const char *)bytes, sizeof bytes}, false);
}

static pl_status add_row(pl_digest *digest, const pl_audit_row *row) {
    static const char version[] = "plumbline audit 1";
    const pl_audit_entry *e = &row->entry;
    const pl_str texts[] = {e->at, e->actor, e->address, e->action, e->subject, e->before, e->after};
    pl_status status = pl_digest_add(digest, version, sizeof version - 1);
    if (status == PL_OK) status = add_number(digest, row->realm);
    if (status == PL_OK) status = add_number(digest, row->sequence);
    for (size_t i = 0; status == PL_OK && i < sizeof texts / sizeof *texts; i++) status = add_field(digest, texts[i], !texts[i].at);
    if (status == PL_OK) status = add_field(digest, (pl_str){(const char *)row->previous, PL_DIGEST_SIZE}, false);
    return status;
}

pl_status audit_hash(const pl_audit_row *row, unsigned char out[PL_DIGEST_SIZE]) {
    pl_digest *digest;
    pl_status status = pl_digest_create(&digest, PL_SHA256);
    if (status == PL_OK) status = add_row(digest, row);
    if (status == PL_OK) status = pl_digest_finish(digest, out);
    pl_digest_free(digest);
    return status;
}

/* ---- adding a row ---- */

static pl_value text_or_missing(pl_str text) { return text.at ? pl_value_text(text) : pl_value_missing(); }

static pl_value hash_value(const unsigned char hash[PL_DIGEST_SIZE]) {
    return pl_value_bytes((pl_str){(const char *)hash, PL_DIGEST_SIZE});
}

bool audit_hash_of(const pl_value *value, unsigned char out[PL_DIGEST_SIZE]) {
    if (value->kind != PL_VALUE_BYTES || value->bytes.len != PL_DIGEST_SIZE) return false;
    memcpy(out, value->bytes.at, PL_DIGEST_SIZE);
    return true;
}

/* Locks the end of the chain, which the first row of a realm makes. */
static pl_status take_head(pl_tx *tx, pl_audit_row *row) {
    static const unsigned char none[PL_DIGEST_SIZE];
    const pl_value begin[] = {pl_value_integer(row->realm), hash_value(none)};
    pl_rows rows = {0};
    pl_status status = pl_tx_run(tx, &pl_sql_audit_begin, begin, 2, NULL);
    if (status == PL_OK) status = pl_tx_rows(tx, &rows, &pl_sql_audit_head, begin, 1);
    if (status == PL_OK && (rows.count != 1 || !audit_hash_of(pl_rows_at(&rows, 0, 1), row->previous))) status = PL_INPUT;
    if (status == PL_OK) row->sequence = pl_rows_at(&rows, 0, 0)->integer + 1;
    pl_rows_free(&rows);
    return status;
}

static pl_status insert(pl_tx *tx, const pl_audit_row *row) {
    const pl_audit_entry *e = &row->entry;
    const pl_value values[] = {
        pl_value_integer(row->realm), pl_value_integer(row->sequence), text_or_missing(e->at),      text_or_missing(e->actor),
        text_or_missing(e->address),  text_or_missing(e->action),      text_or_missing(e->subject), text_or_missing(e->before),
        text_or_missing(e->after),    hash_value(row->previous),       hash_value(row->hash)};
    const pl_value head[] = {pl_value_integer(row->realm), pl_value_integer(row->sequence), hash_value(row->hash)};
    pl_status status = pl_tx_run(tx, &pl_sql_audit_add, values, sizeof values / sizeof *values, NULL);
    return status == PL_OK ? pl_tx_run(tx, &pl_sql_audit_head_move, head, 3, NULL) : status;
}

pl_status pl_audit_add(pl_tx *tx, const pl_audit_entry *entry) {
    pl_audit_row row = {.realm = pl_tx_realm(tx), .entry = *entry};
    pl_status status = take_head(tx, &row);
    if (status == PL_OK) status = audit_hash(&row, row.hash);
    return status == PL_OK ? insert(tx, &row) : status;
}

/* ---- walking ---- */

void pl_audit_walk_begin(pl_audit_walk *walk, const char *name, int64_t realm, pl_problems *problems) {
    *walk = (pl_audit_walk){.name = name, .realm = realm, .problems = problems};
}

static pl_status found(pl_audit_walk *walk, const char *code, int64_t sequence, const char *text) {
    walk->faults++;
    return pl_problem_add(walk->problems, PL_ERROR, code, (pl_place){.file = walk->name, .field = "audit"},
                          "realm %lld, row %lld: %s", (long long)walk->realm, (long long)sequence, text);
}

/* What is between two rows that follow one another. */
static pl_status judge_link(pl_audit_walk *walk, const pl_audit_row *row) {
    if (row->realm != walk->realm) return found(walk, "E923", row->sequence, "it belongs to another realm");
    if (row->sequence <= walk->sequence) return found(walk, "E923", row->sequence, "it is out of order");
    if (row->sequence > walk->sequence + 1) return found(walk, "E922", row->sequence, "rows before it are missing");
    if (memcmp(row->previous, walk->hash, PL_DIGEST_SIZE) != 0)
        return found(walk, "E923", row->sequence, "it does not follow the row that stands before it; one of them was replaced");
    return PL_OK;
}

pl_status pl_audit_walk_row(pl_audit_walk *walk, const pl_audit_row *row) {
    unsigned char hash[PL_DIGEST_SIZE];
    pl_status status = audit_hash(row, hash);
    if (status != PL_OK) return status;
    status = judge_link(walk, row);
    if (status != PL_MEMORY && memcmp(hash, row->hash, PL_DIGEST_SIZE) != 0)
        status = pl_status_worse(status, found(walk, "E921", row->sequence, "it was changed after it was written"));
    if (row->sequence > walk->sequence) walk->sequence = row->sequence;
    memcpy(walk->hash, row->hash, PL_DIGEST_SIZE);
    walk->rows++;
    return status;
}

pl_status pl_audit_walk_end(pl_audit_walk *walk, int64_t sequence, const unsigned char hash[PL_DIGEST_SIZE]) {
    if (walk->sequence < sequence)
        return found(walk, "E924", walk->sequence, "the chain ended later once: its last rows are missing");
    if (walk->sequence > sequence) return found(walk, "E924", walk->sequence, "the chain goes on where it should end");
    if (memcmp(walk->hash, hash, PL_DIGEST_SIZE) != 0)
        return found(walk, "E924", walk->sequence, "it is not the row that the chain ended with");
    return PL_OK;
}
