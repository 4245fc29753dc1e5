/* Transactions: all or nothing, one after another, and nobody harmed by a neighbour. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define THREADS 8
#define EACH 40

static pl_status add_thing(pl_tx *tx, int64_t number) {
    return pl_tx_run(tx, &pl_sql_thing_add, V(I(1), I(number), T("t"), NONE, NONE), NULL);
}

/* ---- one job ---- */

static pl_status write_and_refuse(pl_tx *tx, void *context) {
    (void)context;
    assert_int_equal(add_thing(tx, 1), PL_OK);
    return PL_INPUT;
}

static void test_what_a_job_refuses_is_undone(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    pl_problems problems;
    pl_fault fault;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_store_write(store, 1, write_and_refuse, NULL, &fault, &problems), PL_INPUT);
    assert_int_equal(fault, PL_FAULT_NONE);
    assert_int_equal(problems.errors, 0); /* the job's own, to be told by the job */
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 0);
    pl_problems_free(&problems);
    pl_store_close(store);
}

/* The second fails; the third must neither be done nor make the job a success. */
static pl_status go_on_after_failure(pl_tx *tx, void *context) {
    (void)context;
    add_thing(tx, 1);
    assert_int_equal(add_thing(tx, 1), PL_INPUT);
    assert_int_equal(pl_tx_fault(tx), PL_FAULT_UNIQUE);
    assert_int_equal(add_thing(tx, 2), PL_INPUT);
    return PL_OK;
}

static void test_nothing_after_a_failure(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    pl_problems problems;
    pl_fault fault;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_store_write(store, 1, go_on_after_failure, NULL, &fault, &problems), PL_INPUT);
    assert_int_equal(fault, PL_FAULT_UNIQUE);
    assert_true(fixture_has(&problems, "E911"));
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 0);
    pl_problems_free(&problems);
    pl_store_close(store);
}

static pl_status count_changes(pl_tx *tx, void *context) {
    (void)context;
    int64_t changed;
    for (int64_t i = 1; i <= 3; i++) add_thing(tx, i);
    assert_int_equal(pl_tx_run(tx, &pl_sql_thing_set_over, V(I(1), I(3), I(2)), &changed), PL_OK);
    assert_int_equal(changed, 1);
    assert_int_equal(pl_tx_run(tx, &pl_sql_thing_set_over, V(I(1), I(4), I(2)), &changed), PL_OK);
    assert_int_equal(changed, 0);
    return PL_OK;
}

static void test_changed_rows_are_counted(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    assert_int_equal(pl_store_write(store, 1, count_changes, NULL, NULL, NULL), PL_OK);
    pl_store_close(store);
}

/* ---- reading ---- */

static void *add_beside(void *context) {
    fixture_must_run(context, &pl_sql_thing_add, V(I(1), I(7), T("beside"), NONE, NONE));
    return NULL;
}

static size_t count_things(pl_tx *tx) {
    pl_rows rows;
    assert_int_equal(pl_tx_rows(tx, &rows, &pl_sql_thing_numbers, V(I(1))), PL_OK);
    size_t count = rows.count;
    pl_rows_free(&rows);
    return count;
}

static pl_status read_while_others_write(pl_tx *tx, void *context) {
    pthread_t beside;
    assert_int_equal(count_things(tx), 0);
    assert_int_equal(pthread_create(&beside, NULL, add_beside, context), 0);
    assert_int_equal(pthread_join(beside, NULL), 0);
    assert_int_equal(count_things(tx), 0);
    return PL_OK;
}

static void test_a_reader_sees_one_state(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    assert_int_equal(pl_store_read(store, read_while_others_write, store, NULL, NULL), PL_OK);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 1);
    pl_store_close(store);
}

static pl_status write_where_one_reads(pl_tx *tx, void *context) {
    (void)context;
    return add_thing(tx, 1);
}

static void test_a_reader_cannot_write(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    pl_fault fault;
    assert_int_equal(pl_store_read(store, write_where_one_reads, NULL, &fault, NULL), PL_IO);
    assert_int_equal(fault, PL_FAULT_READ_ONLY);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), 0);
    pl_store_close(store);
}

/* ---- many at once ---- */

typedef struct crowd {
    pl_store *store;
    pl_job *job;
    int64_t first;              /* number of the first job of this thread */
    unsigned char status[EACH]; /* 1: done, 0: refused */
} crowd;

typedef struct turn {
    int64_t number;
} turn;

static void *run_crowd(void *context) {
    crowd *c = context;
    for (int i = 0; i < EACH; i++) {
        turn t = {c->first + i};
        c->status[i] = pl_store_write(c->store, 1, c->job, &t, NULL, NULL) == PL_OK;
    }
    return NULL;
}

static void run_all(pl_store *store, pl_job *job, crowd crowds[THREADS]) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (crowd){.store = store, .job = job, .first = 1 + i * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, run_crowd, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

/* Every third writes its row and then fails, every third with a row that is there already. */
static pl_status write_perhaps(pl_tx *tx, void *context) {
    const turn *t = context;
    pl_status status = add_thing(tx, t->number);
    if (status == PL_OK && t->number % 3 == 1) return PL_INPUT;
    if (status == PL_OK && t->number % 3 == 2) return add_thing(tx, t->number);
    return status;
}

static pl_status collect(pl_tx *tx, void *context) {
    pl_rows rows;
    unsigned char *there = context;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_thing_numbers, V(I(1)));
    for (size_t i = 0; i < rows.count; i++) there[pl_rows_at(&rows, i, 0)->integer] = 1;
    pl_rows_free(&rows);
    return status;
}

static void test_who_fails_harms_nobody(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    crowd crowds[THREADS];
    unsigned char there[THREADS * EACH + 1] = {0};
    run_all(store, write_perhaps, crowds);
    assert_int_equal(pl_store_read(store, collect, there, NULL, NULL), PL_OK);
    for (int i = 0; i < THREADS * EACH; i++) {
        assert_int_equal(crowds[i / EACH].status[i % EACH], (i + 1) % 3 == 0);
        assert_int_equal(there[i + 1], (i + 1) % 3 == 0);
    }
    pl_store_close(store);
}

/* Reads the highest and adds one: right only where nothing comes in between. */
static pl_status add_next(pl_tx *tx, void *context) {
    (void)context;
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_thing_highest, V(I(1)));
    int64_t highest = status == PL_OK ? pl_rows_at(&rows, 0, 0)->integer : 0;
    pl_rows_free(&rows);
    pl_audit_entry entry = fixture_entry("next");
    if (status == PL_OK) status = add_thing(tx, highest + 1);
    return status == PL_OK ? pl_audit_add(tx, &entry) : status;
}

static void test_jobs_of_a_realm_come_one_after_another(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    crowd crowds[THREADS];
    size_t rows;
    run_all(store, add_next, crowds);
    for (int i = 0; i < THREADS * EACH; i++) assert_true(crowds[i / EACH].status[i % EACH]);
    assert_int_equal(fixture_number(store, &pl_sql_thing_highest), THREADS * EACH);
    assert_int_equal(fixture_number(store, &pl_sql_thing_count), THREADS * EACH);
    assert_int_equal(pl_audit_verify(store, &rows, NULL), PL_OK);
    assert_int_equal(rows, THREADS * EACH);
    pl_store_close(store);
}

/* ---- others in the way ---- */

typedef struct rival {
    pl_store *other;
    pl_fault fault;
} rival;

static pl_status write_in_the_way(pl_tx *tx, void *context) {
    rival *r = context;
    assert_int_equal(add_thing(tx, 1), PL_OK);
    fixture_run(r->other, &pl_sql_thing_add, V(I(1), I(2), T("t"), NONE, NONE), &r->fault);
    return PL_OK;
}

static void test_who_waits_too_long_is_told(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    rival r = {.other = fixture_open(&(pl_store_options){.wait_ms = 30})};
    assert_int_equal(pl_store_write(store, 1, write_in_the_way, &r, NULL, NULL), PL_OK);
    assert_int_equal(r.fault, PL_FAULT_BUSY);
    assert_int_equal(fixture_run(r.other, &pl_sql_thing_add, V(I(1), I(2), T("t"), NONE, NONE), NULL), PL_OK);
    pl_store_close(r.other);
    pl_store_close(store);
}

/* Two realms' jobs that take the same two rows in opposite order. Both hold one before either asks for the other, the first time.
 */
typedef struct knot {
    pl_store *store;
    pthread_barrier_t *barrier;
    int64_t realm;
    int runs;
    pl_status status;
} knot;

static pl_status tie(pl_tx *tx, void *context) {
    knot *k = context;
    pl_status status = pl_tx_run(tx, &pl_sql_thing_relabel, V(I(k->realm), T("a")), NULL);
    if (k->runs++ == 0) pthread_barrier_wait(k->barrier);
    return status == PL_OK ? pl_tx_run(tx, &pl_sql_thing_relabel, V(I(3 - k->realm), T("b")), NULL) : status;
}

static void *run_knot(void *context) {
    knot *k = context;
    k->status = pl_store_write(k->store, k->realm, tie, k, NULL, NULL);
    return NULL;
}

static void test_a_deadlock_is_tried_again(void **state) {
    (void)state;
    if (!server_is_postgresql) return; /* one writer cannot be in its own way */
    pl_store *store = fixture_store();
    pthread_barrier_t barrier;
    pthread_t threads[2];
    assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
    knot knots[] = {{store, &barrier, 1, 0, PL_IO}, {store, &barrier, 2, 0, PL_IO}};
    for (int64_t i = 1; i <= 2; i++) fixture_must_run(store, &pl_sql_thing_add, V(I(1), I(i), T("t"), NONE, NONE));
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, run_knot, &knots[i]), 0);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++) assert_int_equal(knots[i].status, PL_OK);
    assert_true(knots[0].runs + knots[1].runs >= 3);
    pthread_barrier_destroy(&barrier);
    pl_store_close(store);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_a_job_refuses_is_undone),
                                          cmocka_unit_test(test_nothing_after_a_failure),
                                          cmocka_unit_test(test_changed_rows_are_counted),
                                          cmocka_unit_test(test_a_reader_sees_one_state),
                                          cmocka_unit_test(test_a_reader_cannot_write),
                                          cmocka_unit_test(test_who_fails_harms_nobody),
                                          cmocka_unit_test(test_jobs_of_a_realm_come_one_after_another),
                                          cmocka_unit_test(test_who_waits_too_long_is_told),
                                          cmocka_unit_test(test_a_deadlock_is_tried_again)};
SUITE("store jobs", tests)
