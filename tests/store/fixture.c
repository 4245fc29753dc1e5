#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

char fixture_address[256];

pl_store *fixture_open(const pl_store_options *options) {
    pl_store *store;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = pl_store_open(&store, fixture_address, options, &problems);
    if (status != PL_OK) fail_msg("%s: %s", fixture_address, problems.count ? problems.items[0].text : "no reason given");
    pl_problems_free(&problems);
    return store;
}

pl_store *fixture_store(void) {
    snprintf(fixture_address, sizeof fixture_address, "%s", server_new_store());
    pl_store *store = fixture_open(&(pl_store_options){.create = true});
    fixture_must_run(store, &pl_sql_realm_add, V(I(1), T("city"), T("市")));
    fixture_must_run(store, &pl_sql_thing_table, NULL, 0);
    return store;
}

typedef struct one {
    const pl_statement *statement;
    const pl_value *values;
    size_t count;
    int64_t number;
} one;

static pl_status run_one(pl_tx *tx, void *context) {
    one *o = context;
    return pl_tx_run(tx, o->statement, o->values, o->count, NULL);
}

pl_status fixture_run(pl_store *store, const pl_statement *statement, const pl_value *values, size_t count, pl_fault *fault) {
    one o = {statement, values, count, 0};
    return pl_store_write(store, 1, run_one, &o, fault, NULL);
}

void fixture_must_run(pl_store *store, const pl_statement *statement, const pl_value *values, size_t count) {
    one o = {statement, values, count, 0};
    pl_problems problems;
    pl_problems_init(&problems, 0);
    if (pl_store_write(store, 1, run_one, &o, NULL, &problems) != PL_OK)
        fail_msg("%s: %s", statement->name, problems.count ? problems.items[0].text : "no reason given");
    pl_problems_free(&problems);
}

static pl_status ask_one(pl_tx *tx, void *context) {
    one *o = context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, o->statement, o->values, o->count);
    if (status == PL_OK && rows.count == 1) o->number = pl_rows_at(&rows, 0, 0)->integer;
    pl_rows_free(&rows);
    return status;
}

int64_t fixture_number(pl_store *store, const pl_statement *statement) {
    const pl_value realm = I(1);
    one o = {statement, &realm, statement->parameters, 0};
    assert_int_equal(pl_store_read(store, ask_one, &o, NULL, NULL), PL_OK);
    return o.number;
}

bool fixture_has(const pl_problems *problems, const char *code) {
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->items[i].code, code) == 0) return true;
    return false;
}

pl_audit_entry fixture_entry(const char *subject) {
    return (pl_audit_entry){.at = pl_str_of("2026-01-31T08:00:00.000Z"),
                            .actor = pl_str_of("王芳"),
                            .address = pl_str_of("127.0.0.1"),
                            .action = pl_str_of("unit.rename"),
                            .subject = pl_str_of(subject),
                            .after = pl_str_of("{\"name\":\"江北区\"}")};
}

int fixture_main(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t count) {
    char whole[64];
    bool postgresql = argc > 1 && strcmp(argv[1], "postgresql") == 0;
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (!server_start(postgresql)) {
        printf("1..0 # SKIP PostgreSQL is not installed\n");
        return 77;
    }
    snprintf(whole, sizeof whole, "%s, %s", name, argc > 1 ? argv[1] : "sqlite");
    int failed = _cmocka_run_group_tests(whole, tests, count, NULL, NULL);
    server_stop();
    return failed;
}
