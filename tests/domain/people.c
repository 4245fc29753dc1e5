/* Accounts, roles and tokens as they are kept. */
#include "fixture.h"

#include "domain/people.h"
#include "domain/units.h"
#include "support/allocations.h"

#include <stdio.h>
#include <string.h>

#define NOW 1767225600 /* 2026-01-01 */

static const pl_actor actor = {{"root", 4}, {"127.0.0.1", 9}, {"2026-01-31T08:00:00.000Z", 24}};

/* A job that is written down where it is used, with its problems. */
typedef struct doing {
    pl_status (*what)(pl_tx *tx, const pl_people_change *change, void *context);
    void *context;
    char problem[8];
} doing;

static pl_status job(pl_tx *tx, void *context) {
    doing *d = context;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_people_change change = {&actor, &problems};
    pl_status status = d->what(tx, &change, d->context);
    snprintf(d->problem, sizeof d->problem, "%s", problems.count ? problems.items[0].code : "");
    pl_problems_free(&problems);
    return status;
}

static void must(pl_store *store, pl_status (*what)(pl_tx *, const pl_people_change *, void *), void *context) {
    doing d = {what, context, ""};
    if (pl_store_write(store, 1, job, &d, NULL, NULL) != PL_OK) fail_msg("refused: %s", d.problem);
}

static void must_not(pl_store *store, const char *problem, pl_status (*what)(pl_tx *, const pl_people_change *, void *),
                     void *context) {
    doing d = {what, context, ""};
    assert_int_equal(pl_store_write(store, 1, job, &d, NULL, NULL), PL_INPUT);
    assert_string_equal(d.problem, problem);
}

/* ---- accounts ---- */

typedef struct person {
    const char *login, *name;
    int64_t number;
} person;

static pl_status add(pl_tx *tx, const pl_people_change *change, void *context) {
    person *p = context;
    return pl_account_add(tx, change, pl_str_of(p->login), pl_str_of(p->name), &p->number);
}

static pl_status look_up(pl_tx *tx, const pl_people_change *change, void *context) {
    const person *p = context;
    pl_account account;
    (void)change;
    pl_status status = pl_account_by_login(tx, 1, pl_str_of("LI.WEI"), &account);
    assert_int_equal(account.number, p->number);
    assert_true(pl_str_is(account.login, "Li.Wei") && pl_str_is(account.name, "李伟"));
    assert_true(!account.password.len && account.first_password && !account.disabled);
    pl_account_free(&account);
    if (status == PL_OK) status = pl_account_by_login(tx, 1, pl_str_of("li.wei "), &account);
    assert_int_equal(account.number, 0);
    pl_account_free(&account);
    if (status == PL_OK) status = pl_account_by_login(tx, 1, (pl_str){"a\0b", 3}, &account);
    assert_int_equal(account.number, 0);
    pl_account_free(&account);
    return status;
}

static void test_accounts(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    person li = {"Li.Wei", "李伟", 0}, same = {"li.wei", "another", 0}, empty = {"", "x", 0}, spaced = {" li", "x", 0};
    must(store, add, &li);
    must(store, look_up, &li);
    must_not(store, "E951", add, &same);
    must_not(store, "E953", add, &empty);
    must_not(store, "E953", add, &spaced);
    pl_store_close(store);
}

/* ---- passwords ---- */

typedef struct password {
    int64_t account;
    const char *hash;
    size_t history;
    bool first;
} password;

static pl_status set_password(pl_tx *tx, const pl_people_change *change, void *context) {
    const password *p = context;
    return pl_account_set_password(tx, change, p->account, pl_str_of(p->hash), NOW, p->first, p->history);
}

typedef struct kept {
    int64_t account;
    const char *hash, *earlier; /* separated by spaces, the last first */
    bool first;
    uint32_t generation;
} kept;

static pl_status check_passwords(pl_tx *tx, const pl_people_change *change, void *context) {
    const kept *k = context;
    pl_account account;
    pl_rows rows;
    pl_buffer earlier;
    (void)change;
    pl_status status = pl_account_by_number(tx, 1, k->account, &account);
    assert_true(pl_str_is(account.password, k->hash) && account.first_password == k->first);
    assert_int_equal(account.generation, k->generation);
    pl_account_free(&account);
    if (status == PL_OK) status = pl_account_passwords(tx, 1, k->account, &rows);
    pl_buffer_init(&earlier, 0);
    for (size_t i = 0; i < rows.count; i++)
        pl_buffer_print(&earlier, "%s%.*s", i ? " " : "", PL_ARG(pl_rows_at(&rows, i, 0)->bytes));
    assert_true(pl_str_is(pl_buffer_view(&earlier), k->earlier));
    pl_buffer_free(&earlier);
    pl_rows_free(&rows);
    return status;
}

static pl_status renew(pl_tx *tx, const pl_people_change *change, void *context) {
    const pl_account *seen = context;
    (void)change;
    return pl_account_renew_hash(tx, seen, pl_str_of("newer-hash"));
}

static void test_passwords_and_their_history(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    person li = {"li", "李伟", 0};
    must(store, add, &li);
    must(store, set_password, &(password){li.number, "h1", 2, true});
    must(store, check_passwords, &(kept){li.number, "h1", "", true, 1});
    must(store, set_password, &(password){li.number, "h2", 2, false});
    must(store, set_password, &(password){li.number, "h3", 2, false});
    must(store, set_password, &(password){li.number, "h4", 2, false});
    must(store, check_passwords, &(kept){li.number, "h4", "h3 h2", false, 4});
    must(store, renew, &(pl_account){.number = li.number, .generation = 3}); /* of a password that is no more */
    must(store, check_passwords, &(kept){li.number, "h4", "h3 h2", false, 4});
    must(store, renew, &(pl_account){.number = li.number, .generation = 4});
    must(store, set_password, &(password){li.number, "h5", 0, false}); /* a profile without history */
    must(store, check_passwords, &(kept){li.number, "h5", "", false, 5});
    must_not(store, "E952", set_password, &(password){99, "h", 2, false});
    pl_store_close(store);
}

/* ---- roles ---- */

typedef struct gift {
    int64_t account, unit;
    pl_role role;
} gift;

static pl_status give(pl_tx *tx, const pl_people_change *change, void *context) {
    const gift *g = context;
    return pl_role_give(tx, change, g->account, g->role, g->unit);
}

static pl_status take(pl_tx *tx, const pl_people_change *change, void *context) {
    const gift *g = context;
    return pl_role_take(tx, change, g->account, g->role, g->unit);
}

/* A city with a district, and a street in that. */
static pl_status plant(pl_tx *tx, const pl_people_change *change, void *context) {
    int64_t *units = context;
    pl_unit_change c = {change->actor, pl_str_of("2026-01-01"), change->problems};
    static const char *const codes[] = {"C", "D", "S"};
    pl_status status = PL_OK;
    for (int i = 0; i < 3 && status == PL_OK; i++) {
        pl_unit_spec spec = {pl_str_of(codes[i]), pl_str_of(codes[i]), {0}, i ? units[i - 1] : 0};
        status = pl_unit_add(tx, &c, &spec, &units[i]);
    }
    return status;
}

typedef struct question {
    int64_t account, unit;
    pl_right right;
    pl_access answer;
} question;

/* What the store keeps, judged by the one place that decides. */
static pl_status ask(pl_tx *tx, const pl_people_change *change, void *context) {
    question *q = context;
    pl_arena arena;
    pl_rows rows = {0};
    pl_grant *grants;
    size_t count;
    int64_t path[16];
    (void)change;
    pl_arena_init(&arena, 0);
    pl_status status = pl_roles_of(tx, 1, q->account, &arena, &grants, &count);
    if (status == PL_OK) status = pl_unit_path_at(tx, 1, q->unit, pl_str_of("2026-06-01"), &rows);
    for (size_t i = 0; i < rows.count; i++) path[i] = rows.values[i].integer;
    pl_asker asker = {grants, count, PL_RIGHTS_ALL};
    q->answer = pl_access_may(&asker, q->right, (pl_unit_path){path, rows.count});
    pl_rows_free(&rows);
    pl_arena_free(&arena);
    return status;
}

static pl_access may(pl_store *store, int64_t account, pl_right right, int64_t unit) {
    question q = {account, unit, right, PL_UNSEEN};
    must(store, ask, &q);
    return q.answer;
}

static void test_roles_over_subtrees(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t units[3];
    person li = {"li", "李伟", 0};
    must(store, plant, units);
    must(store, add, &li);
    must(store, give, &(gift){li.number, units[1], PL_REPORTER});
    assert_int_equal(may(store, li.number, PL_VALUE_ENTER, units[0]), PL_UNSEEN);
    assert_int_equal(may(store, li.number, PL_VALUE_ENTER, units[1]), PL_ALLOWED);
    assert_int_equal(may(store, li.number, PL_VALUE_ENTER, units[2]), PL_ALLOWED);
    assert_int_equal(may(store, li.number, PL_VALUE_VERIFY, units[2]), PL_FORBIDDEN);
    assert_int_equal(may(store, li.number, PL_VALUE_ENTER, 99), PL_UNSEEN);
    must_not(store, "E954", give, &(gift){li.number, units[1], PL_REPORTER});
    must_not(store, "E955", give, &(gift){li.number, 99, PL_REPORTER});
    must_not(store, "E952", give, &(gift){99, units[1], PL_REPORTER});
    must(store, take, &(gift){li.number, units[1], PL_REPORTER});
    must_not(store, "E954", take, &(gift){li.number, units[1], PL_REPORTER});
    assert_int_equal(may(store, li.number, PL_VALUE_ENTER, units[2]), PL_UNSEEN);
    pl_store_close(store);
}

/* ---- tokens ---- */

typedef struct ticket {
    int64_t account;
    pl_token_record record;
    pl_token_state state; /* at NOW + 60 */
} ticket;

static pl_status keep(pl_tx *tx, const pl_people_change *change, void *context) {
    const ticket *t = context;
    return pl_token_keep(tx, change, t->account, &t->record, pl_str_of("Firefox"));
}

static pl_status show(pl_tx *tx, const pl_people_change *change, void *context) {
    ticket *t = context;
    pl_token_record found;
    int64_t account;
    (void)change;
    pl_status status = pl_token_find(tx, 1, t->record.digest, &found, &account);
    if (status == PL_OK && account) assert_int_equal(account, t->account);
    t->state = account ? pl_token_check(&found, t->record.kind, t->record.digest, NOW + 60) : PL_TOKEN_UNKNOWN;
    return status;
}

static pl_token_state state_of(pl_store *store, ticket *t) {
    must(store, show, t);
    return t->state;
}

static pl_status revoke(pl_tx *tx, const pl_people_change *change, void *context) {
    const ticket *t = context;
    return pl_token_revoke(tx, change, t->record.digest);
}

static pl_status log_out(pl_tx *tx, const pl_people_change *change, void *context) {
    return pl_account_log_out(tx, change, *(int64_t *)context);
}

static pl_status disable(pl_tx *tx, const pl_people_change *change, void *context) {
    return pl_account_disable(tx, change, *(int64_t *)context, true);
}

static pl_status sweep(pl_tx *tx, const pl_people_change *change, void *context) {
    (void)change;
    (void)context;
    return pl_token_sweep(tx, NOW + 3600);
}

static ticket new_ticket(pl_store *store, int64_t account) {
    ticket t = {.account = account};
    char text[PL_TOKEN_SIZE];
    assert_int_equal(pl_token_make(PL_TOKEN_SESSION, text, t.record.digest), PL_OK);
    t.record.kind = PL_TOKEN_SESSION;
    t.record.scope = PL_RIGHTS_ALL;
    t.record.made = NOW;
    t.record.expires = NOW + 600;
    t.record.idle = 300;
    must(store, keep, &t);
    return t;
}

static void test_tokens_end(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    person li = {"li", "李伟", 0};
    must(store, add, &li);
    ticket one = new_ticket(store, li.number), two = new_ticket(store, li.number);
    assert_int_equal(state_of(store, &one), PL_TOKEN_GOOD);
    must(store, revoke, &one);
    must(store, revoke, &one);
    assert_int_equal(state_of(store, &one), PL_TOKEN_REVOKED);
    assert_int_equal(state_of(store, &two), PL_TOKEN_GOOD);
    must(store, log_out, &li.number);
    assert_int_equal(state_of(store, &two), PL_TOKEN_REVOKED);
    ticket three = new_ticket(store, li.number);
    must(store, set_password, &(password){li.number, "h", 0, false});
    assert_int_equal(state_of(store, &three), PL_TOKEN_REVOKED);
    ticket four = new_ticket(store, li.number);
    assert_int_equal(state_of(store, &four), PL_TOKEN_GOOD);
    must(store, disable, &li.number);
    assert_int_equal(state_of(store, &four), PL_TOKEN_REVOKED);
    must(store, sweep, NULL);
    assert_int_equal(state_of(store, &four), PL_TOKEN_UNKNOWN);
    must_not(store, "E952", keep, &(ticket){.account = 99, .record = four.record});
    pl_store_close(store);
}

/* ---- the audit, and memory ---- */

static void test_the_audit_tells_all_and_holds_no_secret(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t units[3];
    person li = {"li", "李伟", 0};
    pl_buffer lines;
    pl_output output;
    must(store, plant, units);
    must(store, add, &li);
    must(store, set_password, &(password){li.number, "a-secret-hash", 5, false});
    must(store, set_password, &(password){li.number, "another-secret", 5, false});
    must(store, give, &(gift){li.number, units[1], PL_AUDITOR});
    ticket t = new_ticket(store, li.number);
    must(store, revoke, &t);
    pl_buffer_init(&lines, 0);
    pl_output_init(&output, pl_sink_buffer, &lines);
    assert_int_equal(pl_audit_export(store, 1, &output, NULL), PL_OK);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    static const char *const told[] = {"account.add", "account.password", "role.give", "auditor D", "session.begin", "session.end"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) assert_non_null(strstr(lines.at, told[i]));
    assert_null(strstr(lines.at, "secret"));
    pl_buffer_free(&lines);
    assert_int_equal(pl_audit_verify(store, NULL, NULL), PL_OK);
    pl_store_close(store);
}

static pl_status much(pl_tx *tx, void *context) {
    (void)context;
    pl_people_change change = {&actor, NULL};
    person wang = {"wang", "王芳", 0};
    ticket t = {.record = {.kind = PL_TOKEN_API}};
    pl_status status = add(tx, &change, &wang);
    t.account = wang.number;
    if (status == PL_OK) status = set_password(tx, &change, &(password){wang.number, "h", 2, false});
    if (status == PL_OK) status = give(tx, &change, &(gift){wang.number, 1, PL_LEADER});
    if (status == PL_OK) status = keep(tx, &change, &t);
    if (status == PL_OK) status = show(tx, &change, &t);
    question q = {wang.number, 1, PL_RUN_SEE, PL_UNSEEN};
    if (status == PL_OK) status = ask(tx, &change, &q);
    return status == PL_OK ? PL_CANCELLED : status;
}

static bool attempt(void *context) {
    pl_status status = pl_store_write(context, 1, much, NULL, NULL, NULL);
    assert_true(status == PL_CANCELLED || status == PL_MEMORY);
    return status == PL_CANCELLED;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t units[3];
    must(store, plant, units);
    assert_true(attempt(store));
    assert_true(allocations_walk(attempt, store, 2000) > 20);
    pl_store_close(store);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_accounts),
    cmocka_unit_test(test_passwords_and_their_history),
    cmocka_unit_test(test_roles_over_subtrees),
    cmocka_unit_test(test_tokens_end),
    cmocka_unit_test(test_the_audit_tells_all_and_holds_no_secret),
    cmocka_unit_test(test_every_allocation_may_fail),
};

SUITE("domain people", tests)
