/* The audit's promise: whatever is done to a chain is found, in the store and in an exported file. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROWS 7

static pl_status add_row(pl_tx *tx, void *context) {
    pl_audit_entry entry = fixture_entry(context);
    return pl_audit_add(tx, &entry);
}

static pl_store *store_with_audit(void) {
    pl_store *store = fixture_store();
    for (int i = 0; i < ROWS; i++) {
        char subject[24];
        snprintf(subject, sizeof subject, "unit %d", i);
        assert_int_equal(pl_store_write(store, 1, add_row, subject, NULL, NULL), PL_OK);
    }
    return store;
}

static void unlock(pl_store *store) {
    fixture_must_run(store, &pl_sql_audit_unlock, NULL, 0);
    fixture_must_run(store, &pl_sql_audit_unlock_more, NULL, 0);
}

/* Verifies, wants exactly this code first, and that the row is named. */
static void found(pl_store *store, const char *code, const char *row) {
    pl_problems problems;
    size_t rows;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_audit_verify(store, &rows, &problems), PL_INPUT);
    assert_int_equal(problems.errors, 1);
    assert_string_equal(problems.items[0].code, code);
    if (!strstr(problems.items[0].text, row)) fail_msg("%s says: %s", code, problems.items[0].text);
    pl_problems_free(&problems);
    pl_store_close(store);
}

static void test_a_whole_chain(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    size_t rows;
    assert_int_equal(pl_audit_verify(store, &rows, NULL), PL_OK);
    assert_int_equal(rows, ROWS);
    pl_store_close(store);
}

static void test_the_table_only_grows(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    pl_fault fault;
    assert_int_equal(fixture_run(store, &pl_sql_audit_touch, V(I(1)), &fault), PL_INPUT);
    assert_int_equal(fault, PL_FAULT_CHECK);
    assert_int_equal(fixture_run(store, &pl_sql_audit_erase, V(I(1)), &fault), PL_INPUT);
    assert_int_equal(fault, PL_FAULT_CHECK);
    pl_store_close(store);
}

static void test_a_changed_row(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    unlock(store);
    fixture_must_run(store, &pl_sql_audit_change, V(I(3), T("{\"name\":\"江南区\"}")));
    found(store, "E921", "row 3");
}

/* A missing text and an empty one are not the same. */
static void test_a_text_that_was_emptied(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    unlock(store);
    fixture_must_run(store, &pl_sql_audit_change, V(I(3), NONE));
    found(store, "E921", "row 3");
}

static void test_a_dropped_row(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    unlock(store);
    fixture_must_run(store, &pl_sql_audit_drop, V(I(4)));
    found(store, "E922", "row 5");
}

static void test_a_dropped_last_row(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    unlock(store);
    fixture_must_run(store, &pl_sql_audit_drop, V(I(ROWS)));
    found(store, "E924", "last rows are missing");
}

static void test_rows_that_changed_places(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    pl_problems problems;
    pl_problems_init(&problems, 0);
    unlock(store);
    fixture_must_run(store, &pl_sql_audit_move, V(I(3), I(99)));
    fixture_must_run(store, &pl_sql_audit_move, V(I(4), I(3)));
    fixture_must_run(store, &pl_sql_audit_move, V(I(99), I(4)));
    assert_int_equal(pl_audit_verify(store, NULL, &problems), PL_INPUT);
    assert_true(fixture_has(&problems, "E921"));
    assert_true(fixture_has(&problems, "E923"));
    pl_problems_free(&problems);
    pl_store_close(store);
}

static void test_an_entry_needs_its_realm(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    char subject[] = "x";
    pl_fault fault;
    assert_int_equal(pl_store_write(store, 5, add_row, subject, &fault, NULL), PL_INPUT);
    assert_int_equal(fault, PL_FAULT_REFERENCE);
    pl_store_close(store);
}

/* The hash itself, computed once by other means: what is written today must be verified in ten years. */
static void test_the_hash_stays_what_it_is(void **state) {
    (void)state;
    pl_audit_row row = {.realm = 1, .sequence = 1, .entry = fixture_entry("x")};
    pl_audit_walk walk;
    static const unsigned char expected[PL_DIGEST_SIZE] = {0x65, 0x90, 0xC1, 0xF4, 0x92, 0x0A, 0x92, 0x5A, 0x13, 0x1D, 0x82,
                                                           0x62, 0xA0, 0xBB, 0xFB, 0xC9, 0x10, 0x35, 0xDC, 0x7C, 0xF1, 0x61,
                                                           0xCF, 0x3F, 0x7A, 0x86, 0xF0, 0xA5, 0x3B, 0x9E, 0x62, 0x60};
    memcpy(row.hash, expected, PL_DIGEST_SIZE);
    pl_audit_walk_begin(&walk, "x", 1, NULL);
    assert_int_equal(pl_audit_walk_row(&walk, &row), PL_OK);
}

/* ---- exported ---- */

static void export_to(pl_store *store, pl_buffer *out) {
    pl_output output;
    pl_buffer_init(out, 0);
    pl_output_init(&output, pl_sink_buffer, out);
    assert_int_equal(pl_audit_export(store, 1, &output, NULL), PL_OK);
    assert_int_equal(pl_output_finish(&output), PL_OK);
}

static pl_status verify_bytes(const char *at, size_t length, size_t *rows) {
    char path[128];
    snprintf(path, sizeof path, "%s/audit.jsonl", server_folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(at, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    pl_status status = pl_audit_verify_file(path, rows, NULL);
    unlink(path);
    return status;
}

static void test_an_exported_chain(void **state) {
    (void)state;
    pl_store *store = store_with_audit();
    pl_buffer file;
    size_t rows;
    export_to(store, &file);
    assert_int_equal(verify_bytes(file.at, file.len, &rows), PL_OK);
    assert_int_equal(rows, ROWS);
    for (size_t i = 0; i < file.len; i++) {
        file.at[i] ^= 1;
        if (verify_bytes(file.at, file.len, &rows) != PL_INPUT) fail_msg("a change of byte %zu is not found", i);
        file.at[i] ^= 1;
    }
    for (size_t length = 0; length + 1 < file.len; length++) /* the last line's end may be missing */
        if (verify_bytes(file.at, length, &rows) != PL_INPUT) fail_msg("a cut at byte %zu is not found", length);
    pl_buffer_free(&file);
    pl_store_close(store);
}

static void test_lines_that_are_no_rows(void **state) {
    (void)state;
    static const char *const lines[] = {"[]\n", "7\n", "\n", "{}\n", "{\"end\":1}\n", "{\"realm\":1,\"realm\":1}\n"};
    size_t rows;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(verify_bytes(lines[i], strlen(lines[i]), &rows), PL_INPUT);
    assert_int_equal(pl_audit_verify_file("/nowhere/audit.jsonl", &rows, NULL), PL_IO);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_whole_chain),
                                          cmocka_unit_test(test_the_table_only_grows),
                                          cmocka_unit_test(test_a_changed_row),
                                          cmocka_unit_test(test_a_text_that_was_emptied),
                                          cmocka_unit_test(test_a_dropped_row),
                                          cmocka_unit_test(test_a_dropped_last_row),
                                          cmocka_unit_test(test_rows_that_changed_places),
                                          cmocka_unit_test(test_an_entry_needs_its_realm),
                                          cmocka_unit_test(test_the_hash_stays_what_it_is),
                                          cmocka_unit_test(test_an_exported_chain),
                                          cmocka_unit_test(test_lines_that_are_no_rows)};
SUITE("store audit", tests)
