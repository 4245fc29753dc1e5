#include "domain/people.h"

#include "people_sql.h"

#include <plumbline/table/write.h>

#include <stdio.h>
#include <string.h>

static pl_value number(int64_t n) { return pl_value_integer(n); }
static pl_value text(pl_str t) { return pl_value_text(t); }

static pl_status run(pl_tx *tx, const pl_statement *statement, const pl_value *values, size_t count) {
    return pl_tx_run(tx, statement, values, count, NULL);
}

static pl_status wrong(const pl_people_change *c, const char *code, const char *what) {
    return pl_problem_add(c->problems, PL_ERROR, code, (pl_place){.file = "people"}, "%s", what);
}

static pl_status check_text(const pl_people_change *c, pl_str given, size_t most, const char *what) {
    if (given.len && given.len <= most && pl_utf8_check(given) == given.len && pl_str_trim(given).len == given.len) return PL_OK;
    return pl_problem_add(c->problems, PL_ERROR, "E953", (pl_place){.file = "people"},
                          "the %s must have 1 to %zu bytes of text, without white space around it", what, most);
}

/* The login as logins are compared. */
static pl_str key_of(pl_str login, char out[PL_LOGIN_BYTES]) {
    size_t length = login.len < PL_LOGIN_BYTES ? login.len : PL_LOGIN_BYTES;
    for (size_t i = 0; i < length; i++) out[i] = login.at[i] >= 'A' && login.at[i] <= 'Z' ? (char)(login.at[i] + 32) : login.at[i];
    return (pl_str){out, length};
}

/* ---- reading ---- */

void pl_account_free(pl_account *account) {
    pl_rows_free(&account->rows);
    *account = (pl_account){0};
}

static void take_account(pl_account *out) {
    const pl_value *row = out->rows.values;
    out->number = row[0].integer;
    out->login = row[1].bytes;
    out->name = row[2].bytes;
    out->password = row[3].bytes;
    out->password_changed = row[4].integer;
    out->first_password = row[5].integer != 0;
    out->generation = (uint32_t)row[6].integer;
    out->disabled = row[7].integer != 0;
}

static pl_status read_account(pl_tx *tx, const pl_statement *statement, const pl_value values[2], pl_account *out) {
    *out = (pl_account){0};
    pl_status status = pl_tx_rows(tx, &out->rows, statement, values, 2);
    if (status == PL_OK && out->rows.count) take_account(out);
    return status;
}

pl_status pl_account_by_login(pl_tx *tx, int64_t realm, pl_str login, pl_account *out) {
    char key[PL_LOGIN_BYTES];
    *out = (pl_account){0};
    if (!login.len || login.len > PL_LOGIN_BYTES || pl_utf8_check(login) < login.len || memchr(login.at, 0, login.len))
        return PL_OK;
    return read_account(tx, &pl_sql_account_by_login, (const pl_value[]){number(realm), text(key_of(login, key))}, out);
}

pl_status pl_account_by_number(pl_tx *tx, int64_t realm, int64_t account, pl_account *out) {
    return read_account(tx, &pl_sql_account_by_number, (const pl_value[]){number(realm), number(account)}, out);
}

pl_status pl_account_passwords(pl_tx *tx, int64_t realm, int64_t account, pl_rows *rows) {
    return pl_tx_rows(tx, rows, &pl_sql_account_passwords, (const pl_value[]){number(realm), number(account)}, 2);
}

/* The account that a change is about; E952 where there is none. */
static pl_status need(pl_tx *tx, const pl_people_change *c, int64_t account, pl_account *out) {
    pl_status status = pl_account_by_number(tx, pl_tx_realm(tx), account, out);
    return status == PL_OK && !out->number ? wrong(c, "E952", "there is no such account") : status;
}

/* ---- the audit ---- */

/* {"KEY":"TEXT"} as the audit has it; empty where `key` is NULL. */
static pl_status record(pl_tx *tx, const pl_people_change *c, const char *action, pl_str login, const char *key, pl_str before,
                        pl_str after) {
    pl_buffer texts[2];
    const pl_str values[2] = {before, after};
    pl_status status = PL_OK;
    for (int i = 0; i < 2; i++) {
        pl_output output;
        pl_json_writer w;
        pl_buffer_init(&texts[i], 0);
        if (!key || !values[i].len) continue;
        pl_output_init(&output, pl_sink_buffer, &texts[i]);
        pl_json_begin(&w, &output, false);
        pl_json_object(&w);
        pl_json_key(&w, key);
        pl_json_text(&w, values[i]);
        pl_json_end(&w);
        status = pl_status_worse(status, pl_output_finish(&output));
    }
    if (status == PL_OK)
        status = pl_actor_record(tx, c->actor, action, login, pl_buffer_view(&texts[0]), pl_buffer_view(&texts[1]));
    for (int i = 0; i < 2; i++) pl_buffer_free(&texts[i]);
    return status;
}

/* ---- accounts ---- */

static pl_status check_login(pl_tx *tx, const pl_people_change *c, pl_str login) {
    pl_account there = {0};
    pl_status status = check_text(c, login, PL_LOGIN_BYTES, "login");
    if (status == PL_OK) status = pl_account_by_login(tx, pl_tx_realm(tx), login, &there);
    if (status == PL_OK && there.number) status = wrong(c, "E951", "the login is taken; choose another");
    pl_account_free(&there);
    return status;
}

static pl_status next_number(pl_tx *tx, int64_t *out) {
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_account_next, (const pl_value[]){number(pl_tx_realm(tx))}, 1);
    if (status == PL_OK) *out = rows.values[0].integer;
    pl_rows_free(&rows);
    return status;
}

pl_status pl_account_add(pl_tx *tx, const pl_people_change *c, pl_str login, pl_str name, int64_t *out) {
    char key[PL_LOGIN_BYTES];
    *out = 0;
    pl_status status = check_login(tx, c, login);
    status = pl_status_worse(status, check_text(c, name, PL_PERSON_NAME_BYTES, "name"));
    if (status == PL_OK) status = next_number(tx, out);
    if (status != PL_OK) return status;
    const pl_value values[] = {number(pl_tx_realm(tx)), number(*out), text(login), text(key_of(login, key)), text(name)};
    status = run(tx, &pl_sql_account_insert, values, 5);
    return status == PL_OK ? record(tx, c, "account.add", login, "name", (pl_str){0}, name) : status;
}

pl_status pl_account_rename(pl_tx *tx, const pl_people_change *c, int64_t account, pl_str name) {
    pl_account was = {0};
    pl_status status = check_text(c, name, PL_PERSON_NAME_BYTES, "name");
    if (status == PL_OK) status = need(tx, c, account, &was);
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account), text(name)};
    if (status == PL_OK) status = run(tx, &pl_sql_account_set_name, values, 3);
    if (status == PL_OK) status = record(tx, c, "account.rename", was.login, "name", was.name, name);
    pl_account_free(&was);
    return status;
}

pl_status pl_account_disable(pl_tx *tx, const pl_people_change *c, int64_t account, bool disabled) {
    pl_account was = {0};
    pl_status status = need(tx, c, account, &was);
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account), number(disabled)};
    if (status == PL_OK) status = run(tx, &pl_sql_account_set_disabled, values, 3);
    if (status == PL_OK)
        status = record(tx, c, disabled ? "account.disable" : "account.enable", was.login, NULL, (pl_str){0}, (pl_str){0});
    pl_account_free(&was);
    return status;
}

static pl_status keep_old_password(pl_tx *tx, int64_t account, size_t history) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account), number((int64_t)history)};
    pl_status status = history ? run(tx, &pl_sql_account_keep_password, values, 2) : PL_OK;
    return status == PL_OK ? run(tx, &pl_sql_account_forget_passwords, values, 3) : status;
}

pl_status pl_account_set_password(pl_tx *tx, const pl_people_change *c, int64_t account, pl_str hash, int64_t now, bool first,
                                  size_t history) {
    pl_account was = {0};
    pl_status status = need(tx, c, account, &was);
    if (status == PL_OK) status = keep_old_password(tx, account, history);
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account), text(hash), number(now), number(first)};
    if (status == PL_OK) status = run(tx, &pl_sql_account_set_password, values, 5);
    if (status == PL_OK)
        status = record(tx, c, first ? "account.first_password" : "account.password", was.login, NULL, (pl_str){0}, (pl_str){0});
    pl_account_free(&was);
    return status;
}

pl_status pl_account_renew_hash(pl_tx *tx, const pl_account *account, pl_str hash) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account->number), text(hash), number(account->generation)};
    return run(tx, &pl_sql_account_renew_hash, values, 4);
}

pl_status pl_account_log_out(pl_tx *tx, const pl_people_change *c, int64_t account) {
    pl_account was = {0};
    pl_status status = need(tx, c, account, &was);
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account)};
    if (status == PL_OK) status = run(tx, &pl_sql_account_end_tokens, values, 2);
    if (status == PL_OK) status = record(tx, c, "account.log_out", was.login, NULL, (pl_str){0}, (pl_str){0});
    pl_account_free(&was);
    return status;
}

/* ---- roles ---- */

/* The code of a unit, in `out` of PL_CODE_SIZE bytes; E955 where there is none. */
#define PL_CODE_SIZE 128
static pl_status unit_code(pl_tx *tx, const pl_people_change *c, int64_t unit, char *out) {
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_role_unit, (const pl_value[]){number(pl_tx_realm(tx)), number(unit)}, 2);
    if (status == PL_OK && !rows.count) status = wrong(c, "E955", "there is no such unit");
    if (status == PL_OK) snprintf(out, PL_CODE_SIZE, "%.*s", PL_ARG(rows.values[0].bytes));
    pl_rows_free(&rows);
    return status;
}

static pl_status change_role(pl_tx *tx, const pl_people_change *c, const pl_statement *statement, int64_t account, pl_role role,
                             int64_t unit, bool gives) {
    pl_account who = {0};
    int64_t changed = 0;
    char code[PL_CODE_SIZE] = "", what[PL_CODE_SIZE + 64];
    pl_status status = need(tx, c, account, &who);
    if (status == PL_OK) status = unit_code(tx, c, unit, code);
    const pl_value values[] = {number(pl_tx_realm(tx)), number(account), text(pl_str_of(pl_role_name(role, false))), number(unit)};
    if (status == PL_OK) status = pl_tx_run(tx, statement, values, 4, &changed);
    if (status == PL_OK && !changed) status = wrong(c, "E954", gives ? "the role is held already" : "the role is not held");
    snprintf(what, sizeof what, "%s %s", pl_role_name(role, false), code);
    pl_str before = gives ? (pl_str){0} : pl_str_of(what), after = gives ? pl_str_of(what) : (pl_str){0};
    if (status == PL_OK) status = record(tx, c, gives ? "role.give" : "role.take", who.login, "role", before, after);
    pl_account_free(&who);
    return status;
}

pl_status pl_role_give(pl_tx *tx, const pl_people_change *c, int64_t account, pl_role role, int64_t unit) {
    return change_role(tx, c, &pl_sql_role_add, account, role, unit, true);
}

pl_status pl_role_take(pl_tx *tx, const pl_people_change *c, int64_t account, pl_role role, int64_t unit) {
    return change_role(tx, c, &pl_sql_role_remove, account, role, unit, false);
}

pl_status pl_roles_of(pl_tx *tx, int64_t realm, int64_t account, pl_arena *arena, pl_grant **out, size_t *count) {
    pl_rows rows;
    *count = 0;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_roles_of, (const pl_value[]){number(realm), number(account)}, 2);
    *out = status == PL_OK ? pl_arena_array(arena, rows.count + 1, sizeof **out) : NULL;
    if (status == PL_OK && !*out) status = PL_MEMORY;
    for (size_t i = 0; status == PL_OK && i < rows.count; i++) {
        pl_grant *grant = &(*out)[*count];
        grant->unit = pl_rows_at(&rows, i, 1)->integer;
        *count += pl_role_find(pl_rows_at(&rows, i, 0)->bytes, &grant->role);
    }
    pl_rows_free(&rows);
    return status;
}
