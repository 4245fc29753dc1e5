/* Which stores are opened, which are refused and with what advice. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens what fixture_address names and wants it refused. */
static void refused(const char *code, pl_status expected, const char *advice) {
    pl_store *store;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = pl_store_open(&store, fixture_address, NULL, &problems);
    assert_int_equal(status, expected);
    assert_null(store);
    assert_true(fixture_has(&problems, code));
    if (!strstr(problems.items[0].text, advice)) fail_msg("%s says: %s", code, problems.items[0].text);
    pl_problems_free(&problems);
}

static void open_anew(void) { snprintf(fixture_address, sizeof fixture_address, "%s", server_new_store()); }

static void test_an_empty_store_is_set_up_only_when_asked(void **state) {
    (void)state;
    unsigned from, to;
    open_anew();
    if (server_is_postgresql)
        refused("E905", PL_INPUT, "plumbline migrate");
    else
        refused("E901", PL_IO, "No such file");
    assert_int_equal(pl_store_migrate(fixture_address, &(pl_store_options){.create = true}, &from, &to, NULL), PL_OK);
    assert_int_equal(to, pl_migration_count);
    pl_store_close(fixture_open(NULL));
    assert_int_equal(pl_store_migrate(fixture_address, NULL, &from, &to, NULL), PL_OK);
    assert_int_equal(from, to);
}

static void test_a_newer_store_is_refused(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    fixture_must_run(store, &pl_sql_migration_more, V(I((int64_t)pl_migration_count + 1)));
    pl_store_close(store);
    refused("E903", PL_INPUT, "use the newer program");
    unsigned from, to;
    assert_int_equal(pl_store_migrate(fixture_address, NULL, &from, &to, NULL), PL_INPUT);
}

static void test_a_store_with_a_gap_is_refused(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    fixture_must_run(store, &pl_sql_migration_number, V(I((int64_t)pl_migration_count + 1)));
    pl_store_close(store);
    refused("E904", PL_INPUT, "restore a backup");
}

static void test_another_text_of_a_migration_is_refused(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    fixture_must_run(store, &pl_sql_migration_hash, V(T("0123")));
    pl_store_close(store);
    refused("E904", PL_INPUT, "another text");
}

static void test_what_belongs_to_others_is_let_be(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    fixture_must_run(store, &pl_sql_migration_drop, NULL, 0);
    pl_store_close(store);
    refused("E906", PL_INPUT, "something else");
    unsigned from, to;
    assert_int_equal(pl_store_migrate(fixture_address, &(pl_store_options){.create = true}, &from, &to, NULL), PL_INPUT);
}

static void test_addresses(void **state) {
    (void)state;
    static const char *const none[] = {"", "sqlite:", "mysql://x", "city.db", "postgresql:", "SQLITE:x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        snprintf(fixture_address, sizeof fixture_address, "%s", none[i]);
        refused("E902", PL_INPUT, "sqlite:PATH");
    }
    snprintf(fixture_address, sizeof fixture_address, "postgresql://u:secret@/x?host=%s/nowhere", server_folder);
    pl_store *store;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_store_open(&store, fixture_address, NULL, &problems), PL_IO);
    assert_true(fixture_has(&problems, "E901"));
    for (size_t i = 0; i < problems.count; i++) {
        assert_null(strstr(problems.items[i].text, "secret"));
        assert_null(strstr(problems.items[i].place.file, "secret"));
    }
    pl_problems_free(&problems);
}

static void test_a_name_shows_no_password(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    assert_non_null(strstr(pl_store_name(store), "store"));
    assert_non_null(strstr(pl_store_name(store), server_folder));
    pl_store_close(store);
}

static void test_a_file_is_for_its_owner_alone(void **state) {
    (void)state;
    if (server_is_postgresql) return;
    struct stat about;
    pl_store *store = fixture_store();
    const char *path = strchr(fixture_address, ':') + 1;
    char beside[300];
    snprintf(beside, sizeof beside, "%s-wal", path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(stat(beside, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    pl_store_close(store);
}

/* A file of something else, which is left as it is. */
static void test_what_is_no_database_is_refused(void **state) {
    (void)state;
    if (server_is_postgresql) return;
    open_anew();
    FILE *file = fopen(strchr(fixture_address, ':') + 1, "wb");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++) fputc(i * 31 & 0xFF, file);
    assert_int_equal(fclose(file), 0);
    refused("E901", PL_IO, "not a database");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_empty_store_is_set_up_only_when_asked),
                                          cmocka_unit_test(test_a_newer_store_is_refused),
                                          cmocka_unit_test(test_a_store_with_a_gap_is_refused),
                                          cmocka_unit_test(test_another_text_of_a_migration_is_refused),
                                          cmocka_unit_test(test_what_belongs_to_others_is_let_be),
                                          cmocka_unit_test(test_addresses),
                                          cmocka_unit_test(test_a_name_shows_no_password),
                                          cmocka_unit_test(test_a_file_is_for_its_owner_alone),
                                          cmocka_unit_test(test_what_is_no_database_is_refused)};
SUITE("store shape", tests)
