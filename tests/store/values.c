/* What goes in comes out, and what cannot go in says why. */
#include "fixture.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct asked {
    const pl_value *values;
    size_t count;
} asked;

static void same(const pl_value *is, const pl_value *should) {
    assert_int_equal(is->kind, should->kind);
    assert_true(is->integer == should->integer);
    assert_int_equal(is->bytes.len, should->bytes.len);
    if (should->bytes.len) assert_memory_equal(is->bytes.at, should->bytes.at, should->bytes.len);
    if (should->kind >= PL_VALUE_TEXT) assert_int_equal(is->bytes.at[is->bytes.len], 0);
}

static pl_status compare_all(pl_tx *tx, void *context) {
    const asked *a = context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_anything_all, NULL, 0);
    if (status == PL_OK) {
        assert_int_equal(rows.count, a->count / 3);
        assert_int_equal(rows.columns, 3);
        for (size_t i = 0; i < a->count; i++) same(&rows.values[i], &a->values[i]);
    }
    pl_rows_free(&rows);
    return status;
}

static void test_round_trip(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    size_t size = 1 << 20;
    char *large = malloc(size);
    assert_non_null(large);
    for (size_t i = 0; i < size; i++) large[i] = (char)(i * 7);
    /* Ordered by number, as they are read. */
    const pl_value values[] = {I(INT64_MIN),
                               T(""),
                               B(""),
                               I(-1),
                               T("江北区 \xF0\x9F\x8F\x99 'quoted' \"twice\" \\x $1 ; --"),
                               B("\0\1\xFF\\x00"),
                               I(0),
                               T(" spaces \n lines "),
                               pl_value_bytes((pl_str){large, size}),
                               I(INT64_MAX),
                               NONE,
                               NONE};
    asked a = {values, sizeof values / sizeof *values};
    fixture_must_run(store, &pl_sql_anything_table, NULL, 0);
    for (size_t i = 0; i < a.count; i += 3) fixture_must_run(store, &pl_sql_anything_add, &values[i], 3);
    assert_int_equal(pl_store_read(store, compare_all, &a, NULL, NULL), PL_OK);
    pl_store_close(store);
    store = fixture_open(NULL);
    assert_int_equal(pl_store_read(store, compare_all, &a, NULL, NULL), PL_OK);
    pl_store_close(store);
    free(large);
}

static void refused(pl_store *store, const pl_statement *statement, const pl_value *values, size_t count, pl_fault expected) {
    pl_fault fault;
    assert_int_equal(fixture_run(store, statement, values, count, &fault), PL_INPUT);
    assert_int_equal(fault, expected);
}

static void test_values_that_cannot_be_kept(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    refused(store, &pl_sql_thing_add, V(I(1), I(1), pl_value_text((pl_str){"a\0b", 3}), NONE, NONE), PL_FAULT_VALUE);
    refused(store, &pl_sql_thing_add, V(I(1), I(1), T("\xC0\x80"), NONE, NONE), PL_FAULT_VALUE);
    refused(store, &pl_sql_thing_add, V(I(1), I(1), T("a")), PL_FAULT_VALUE);
    refused(store, &pl_sql_thing_add, V(I(1), T("no number"), T("a"), NONE, NONE), PL_FAULT_CHECK);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 0);
    pl_store_close(store);
}

static void test_constraints(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    fixture_must_run(store, &pl_sql_thing_add, V(I(1), I(1), T("a"), NONE, NONE));
    fixture_must_run(store, &pl_sql_thing_add, V(I(1), I(2), T("b"), NONE, I(1)));
    refused(store, &pl_sql_thing_add, V(I(1), I(1), T("again"), NONE, NONE), PL_FAULT_UNIQUE);
    refused(store, &pl_sql_thing_add, V(I(1), I(3), T("c"), NONE, I(99)), PL_FAULT_REFERENCE);
    refused(store, &pl_sql_thing_delete, V(I(1), I(1)), PL_FAULT_REFERENCE);
    refused(store, &pl_sql_thing_add, V(I(1), NONE, T("d"), NONE, NONE), PL_FAULT_CHECK);
    refused(store, &pl_sql_thing_add, V(I(1), I(9000000), T("e"), NONE, NONE), PL_FAULT_CHECK);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 2);
    pl_store_close(store);
}

static pl_status ask_for_a_fraction(pl_tx *tx, void *context) {
    (void)context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_a_fraction, NULL, 0);
    pl_rows_free(&rows);
    return status;
}

/* A floating-point number would not come out alike everywhere. */
static void test_no_fractions(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    pl_problems problems;
    pl_fault fault;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_store_read(store, ask_for_a_fraction, NULL, &fault, &problems), PL_IO);
    assert_int_equal(fault, PL_FAULT_OTHER);
    assert_true(fixture_has(&problems, "E910"));
    pl_problems_free(&problems);
    pl_store_close(store);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_values_that_cannot_be_kept),
                                          cmocka_unit_test(test_constraints), cmocka_unit_test(test_no_fractions)};
SUITE("store values", tests)
