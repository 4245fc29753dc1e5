/* What the machine does to a store: processes killed, disks full, folders closed, connections broken, memory gone. */
#include "fixture.h"
#include "support/allocations.h"

#include <plumbline/base/random.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- killed at any moment ---- */

#define KILLS 20
#define KILL_THREADS 4

/* The child: four threads write a row and its audit entry each and say so once it is acknowledged. */
typedef struct busy_thread {
    pl_store *store;
    int pipe;
    int64_t next;
} busy_thread;

static pl_status add_with_audit(pl_tx *tx, void *context) {
    const int64_t *number = context;
    pl_audit_entry entry = fixture_entry("thing");
    pl_status status = pl_tx_run(tx, &pl_sql_thing_add, V(I(1), I(*number), T("t"), NONE, NONE), NULL);
    return status == PL_OK ? pl_audit_add(tx, &entry) : status;
}

static void *write_on_and_on(void *context) {
    busy_thread *b = context;
    for (;; b->next += KILL_THREADS) {
        if (pl_store_write(b->store, 1, add_with_audit, &b->next, NULL, NULL) != PL_OK) _exit(3);
        if (write(b->pipe, &b->next, sizeof b->next) != sizeof b->next) _exit(4);
    }
}

static void be_busy(int pipe, int64_t first) {
    pl_store *store;
    pthread_t threads[KILL_THREADS];
    static busy_thread busy[KILL_THREADS];
    if (pl_store_open(&store, fixture_address, NULL, NULL) != PL_OK) _exit(2);
    for (int i = 0; i < KILL_THREADS; i++) {
        busy[i] = (busy_thread){store, pipe, first + i};
        if (pthread_create(&threads[i], NULL, write_on_and_on, &busy[i])) _exit(2);
    }
    pthread_join(threads[0], NULL);
}

/* Takes acknowledgements until there are `most`, or to the end; returns the highest number. */
static int64_t take(int pipe, size_t most, unsigned char *acknowledged, int64_t highest) {
    int64_t number;
    for (size_t i = 0; i < most && read(pipe, &number, sizeof number) == sizeof number; i++) {
        acknowledged[number] = 1;
        if (number > highest) highest = number;
    }
    return highest;
}

#define MOST_THINGS 1000000

static pl_status find_missing(pl_tx *tx, void *context) {
    unsigned char *acknowledged = context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_thing_numbers, V(I(1)));
    for (size_t i = 0; i < rows.count; i++) acknowledged[pl_rows_at(&rows, i, 0)->integer] = 0;
    pl_rows_free(&rows);
    return status;
}

static void nothing_is_missing(unsigned char *acknowledged, int64_t highest) {
    pl_store *store = fixture_open(NULL);
    size_t rows;
    assert_int_equal(pl_store_read(store, find_missing, acknowledged, NULL, NULL), PL_OK);
    for (int64_t i = 0; i <= highest; i++)
        if (acknowledged[i]) fail_msg("thing %lld was acknowledged and is lost", (long long)i);
    assert_int_equal(pl_audit_verify(store, &rows, NULL), PL_OK);
    assert_int_equal(rows, fixture_number(store, &pl_sql_thing_count));
    pl_store_close(store);
}

/* PLUMBLINE_KILLS sets another number of them. */
static void test_killed_at_any_moment(void **state) {
    (void)state;
    const char *asked = getenv("PLUMBLINE_KILLS");
    int kills = asked ? atoi(asked) : KILLS;
    unsigned char *acknowledged = calloc(MOST_THINGS, 1);
    int64_t first = 1;
    pl_random random = pl_random_stream(5, 0, 0);
    pl_store_close(fixture_store());
    for (int i = 0; i < kills; i++) {
        int ends[2], status;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) be_busy(ends[1], first);
        close(ends[1]);
        int64_t highest = take(ends[0], 1 + pl_random_below(&random, 60), acknowledged, first);
        kill(child, SIGKILL);
        highest = take(ends[0], MOST_THINGS, acknowledged, highest);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        close(ends[0]);
        nothing_is_missing(acknowledged, highest);
        first = highest + 100 * KILL_THREADS; /* beyond anything that was kept without being told */
    }
    free(acknowledged);
}

/* ---- a full disk ---- */

typedef struct large_thing {
    int64_t number;
    pl_str bytes;
} large_thing;

static pl_status add_large(pl_tx *tx, void *context) {
    const large_thing *l = context;
    return pl_tx_run(tx, &pl_sql_thing_add, V(I(1), I(l->number), NONE, pl_value_bytes(l->bytes), NONE), NULL);
}

/* A limit on the size of files stands for the end of a disk. In a child, since the server's files have none. */
static void fill_the_disk(void) {
    static char bytes[20000];
    pl_store *store = fixture_open(NULL);
    pl_problems problems;
    pl_fault fault;
    large_thing large = {1, {bytes, sizeof bytes}};
    int64_t kept = 0;
    pl_problems_init(&problems, 0);
    struct rlimit limit = {400000, RLIM_INFINITY};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    while (pl_store_write(store, 1, add_large, &large, &fault, &problems) == PL_OK && large.number < 1000) {
        kept++;
        large.number++;
    }
    assert_true(kept > 0 && kept < 1000);
    if (fault != PL_FAULT_FULL) fail_msg("%s", problems.items[0].text);
    assert_true(fixture_has(&problems, "E917"));
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), kept); /* reading goes on */
    limit.rlim_cur = RLIM_INFINITY;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(pl_store_write(store, 1, add_large, &large, &fault, &problems), PL_OK);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), kept + 1);
    pl_problems_free(&problems);
    pl_store_close(store);
}

/* Runs it in a process of its own, as a user without rights where asked; a failed assertion ends it with another status. */
static void in_a_child(void (*what)(void), bool nobody) {
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (nobody) server_become_nobody();
        what();
        _exit(42);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

static void test_a_full_disk(void **state) {
    (void)state;
    if (server_is_postgresql) return;
    pl_store_close(fixture_store());
    in_a_child(fill_the_disk, false);
}

/* ---- a folder that is closed ---- */

static void open_what_is_closed(void) {
    pl_store *store;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_store_open(&store, fixture_address, &(pl_store_options){.create = true}, &problems), PL_IO);
    assert_null(store);
    assert_true(fixture_has(&problems, "E901"));
    assert_non_null(strstr(problems.items[0].text, "denied"));
    pl_problems_free(&problems);
}

static void test_a_folder_that_may_not_be_written(void **state) {
    (void)state;
    if (server_is_postgresql) return;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/closed", server_folder);
    assert_int_equal(chmod(server_folder, 0755), 0);
    assert_int_equal(mkdir(folder, 0555), 0);
    snprintf(fixture_address, sizeof fixture_address, "sqlite:%s/x.db", folder);
    in_a_child(open_what_is_closed, true);
}

/* ---- broken connections ---- */

static void test_a_connection_that_breaks(void **state) {
    (void)state;
    if (!server_is_postgresql) return;
    pl_store *store = fixture_store();
    pl_fault fault;
    assert_int_equal(fixture_run(store, &pl_sql_end_own_link, NULL, 0, &fault), PL_IO);
    assert_int_equal(fault, PL_FAULT_LOST);
    fixture_must_run(store, &pl_sql_thing_add, V(I(1), I(1), T("t"), NONE, NONE));
    pl_store_close(store);
}

/* All that lie idle have gone: nothing was sent on them, so nobody need know. */
static void test_idle_connections_that_broke(void **state) {
    (void)state;
    if (!server_is_postgresql) return;
    pl_store *store = fixture_store(), *other = fixture_open(NULL);
    fixture_must_run(other, &pl_sql_end_other_links, NULL, 0);
    fixture_must_run(store, &pl_sql_thing_add, V(I(1), I(1), T("t"), NONE, NONE));
    fixture_must_run(other, &pl_sql_end_other_links, NULL, 0);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 1);
    pl_store_close(other);
    pl_store_close(store);
}

/* ---- memory ---- */

/* Takes it back at the end, so that every attempt finds the same. */
static pl_status touch_everything(pl_tx *tx, void *context) {
    (void)context;
    pl_rows rows;
    pl_audit_entry entry = fixture_entry("memory");
    pl_status status = pl_tx_run(tx, &pl_sql_thing_delete, V(I(1), I(1)), NULL);
    if (status == PL_OK) status = pl_tx_run(tx, &pl_sql_thing_add, V(I(1), I(1), T("a"), B("b"), NONE), NULL);
    if (status == PL_OK) status = pl_audit_add(tx, &entry);
    if (status != PL_OK) return status;
    status = pl_tx_rows(tx, &rows, &pl_sql_thing_numbers, V(I(1)));
    pl_rows_free(&rows);
    return status == PL_OK ? PL_CANCELLED : status;
}

static bool do_everything(void *context) {
    (void)context;
    pl_store *store;
    pl_problems problems;
    pl_buffer buffer;
    pl_output output;
    pl_problems_init(&problems, 0);
    pl_buffer_init(&buffer, 0);
    pl_output_init(&output, pl_sink_buffer, &buffer);
    pl_status status = pl_store_open(&store, fixture_address, NULL, &problems);
    if (status == PL_OK) status = pl_store_write(store, 1, touch_everything, NULL, NULL, &problems);
    if (status == PL_CANCELLED) status = pl_audit_verify(store, NULL, &problems);
    if (status == PL_OK) status = pl_audit_export(store, 1, &output, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    pl_store_close(store);
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    pl_problems_free(&problems);
    pl_buffer_free(&buffer);
    return status == PL_OK;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    int64_t number = 2;
    pl_store *store = fixture_store();
    assert_int_equal(pl_store_write(store, 1, add_with_audit, &number, NULL, NULL), PL_OK);
    pl_store_close(store);
    assert_true(allocations_walk(do_everything, NULL, 1000) > 20);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_at_any_moment),
                                          cmocka_unit_test(test_a_full_disk),
                                          cmocka_unit_test(test_a_folder_that_may_not_be_written),
                                          cmocka_unit_test(test_a_connection_that_breaks),
                                          cmocka_unit_test(test_idle_connections_that_broke),
                                          cmocka_unit_test(test_every_allocation_may_fail)};
SUITE("store faults", tests)
