#include "domain/people.h"

#include "people_sql.h"

#include <stdio.h>
#include <string.h>

static pl_value number(int64_t n) { return pl_value_integer(n); }

static pl_value digest_value(const unsigned char digest[PL_DIGEST_SIZE]) {
    return pl_value_bytes((pl_str){(const char *)digest, PL_DIGEST_SIZE});
}

static const char *kind_name(pl_token_kind kind) {
    static const char *const names[PL_TOKEN_KINDS] = {"session", "api", "device"};
    return kind < PL_TOKEN_KINDS ? names[kind] : "?";
}

/* What the audit says of a token: its kind. Which one it was nobody need know. */
static pl_status record(pl_tx *tx, const pl_people_change *c, const char *what, pl_token_kind kind, pl_str login) {
    char action[32];
    snprintf(action, sizeof action, "%s.%s", kind_name(kind), what);
    return pl_actor_record(tx, c->actor, action, login, (pl_str){0}, (pl_str){0});
}

pl_status pl_token_keep(pl_tx *tx, const pl_people_change *c, int64_t account, const pl_token_record *r, pl_str label) {
    pl_account of = {0};
    pl_status status = pl_account_by_number(tx, pl_tx_realm(tx), account, &of);
    if (status == PL_OK && !of.number)
        status = pl_problem_add(c->problems, PL_ERROR, "E952", (pl_place){.file = "people"}, "there is no such account");
    const pl_value values[] = {number(pl_tx_realm(tx)), digest_value(r->digest), number(account),
                               number(r->kind),         number(r->scope),        pl_value_text(label),
                               number(r->made),         number(r->expires),      number(r->idle)};
    if (status == PL_OK) status = pl_tx_run(tx, &pl_sql_token_add, values, 9, NULL);
    if (status == PL_OK) status = record(tx, c, "begin", r->kind, of.login);
    pl_account_free(&of);
    return status;
}

static void take_token(const pl_value *row, const unsigned char digest[PL_DIGEST_SIZE], pl_token_record *out) {
    *out = (pl_token_record){.kind = (pl_token_kind)row[1].integer,
                             .scope = (pl_rights)row[2].integer,
                             .made = row[3].integer,
                             .expires = row[4].integer,
                             .seen = row[5].integer,
                             .idle = row[6].integer,
                             .generation = (uint32_t)row[7].integer,
                             .revoked = row[8].integer != 0,
                             .account_generation = (uint32_t)row[9].integer,
                             .account_disabled = row[10].integer != 0};
    memcpy(out->digest, digest, PL_DIGEST_SIZE);
}

pl_status pl_token_find(pl_tx *tx, int64_t realm, const unsigned char digest[PL_DIGEST_SIZE], pl_token_record *out,
                        int64_t *account) {
    pl_rows rows;
    *account = 0;
    *out = (pl_token_record){0};
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_token_by_digest, (const pl_value[]){number(realm), digest_value(digest)}, 2);
    if (status == PL_OK && rows.count) {
        *account = rows.values[0].integer;
        take_token(rows.values, digest, out);
    }
    pl_rows_free(&rows);
    return status;
}

pl_status pl_token_touch(pl_tx *tx, const unsigned char digest[PL_DIGEST_SIZE], int64_t now) {
    const pl_value values[] = {number(pl_tx_realm(tx)), digest_value(digest), number(now)};
    return pl_tx_run(tx, &pl_sql_token_seen, values, 3, NULL);
}

pl_status pl_token_revoke(pl_tx *tx, const pl_people_change *c, const unsigned char digest[PL_DIGEST_SIZE]) {
    pl_token_record kept;
    pl_account of = {0};
    int64_t account, changed = 0;
    const pl_value values[] = {number(pl_tx_realm(tx)), digest_value(digest)};
    pl_status status = pl_token_find(tx, pl_tx_realm(tx), digest, &kept, &account);
    if (status == PL_OK && account) status = pl_tx_run(tx, &pl_sql_token_revoke, values, 2, &changed);
    if (status == PL_OK && changed) status = pl_account_by_number(tx, pl_tx_realm(tx), account, &of);
    if (status == PL_OK && changed) status = record(tx, c, "end", kept.kind, of.login);
    pl_account_free(&of);
    return status;
}

pl_status pl_token_sweep(pl_tx *tx, int64_t now) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(now)};
    return pl_tx_run(tx, &pl_sql_token_sweep, values, 2, NULL);
}
