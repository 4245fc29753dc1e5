/* Copies of data with further periods: what moves into them, what stays, and what is cut off. */
#include <plumbline/model/dataset.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const char indicators[] =
    "code,parent,value,score\nt,,,\nv,t,,x\ne,t,sum(points over events),x\nr,t,mean(b over raters),x\n";
static const char data[] = "unit,period,rater,v,b\nu1,2025-01,,1,\nu2,2025-01,,2,\nu1,2025-02,,3,\nu2,2025-02,,4,\nu1,2025-03,,5,\n"
                           "u1,2025-01,p,,6\nu2,2025-02,p,,7\nu1,2025-03,p,,8\n";
static const char events[] = "unit,element,points,date\nu1,e,10,2025-01-31\nu2,e,20,2025-02-01\nu1,e,30,2025-03-31\n";

typedef struct world {
    pl_problems problems;
    pl_model *model;
    pl_dataset *base, *copy;
} world;

static void extend(world *w, const pl_extension *by) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, sizeof indicators - 1}},
                               {"data.csv", NULL, {data, sizeof data - 1}},
                               {"events.csv", NULL, {events, sizeof events - 1}}};
    *w = (world){0};
    pl_problems_init(&w->problems, 0);
    assert_int_equal(pl_model_load_sheets(&w->model, "model", sheets, 3, &w->problems), PL_OK);
    assert_int_equal(pl_dataset_load(&w->base, w->model, NULL, &w->problems), PL_OK);
    assert_int_equal(pl_dataset_extended(&w->copy, w->base, by), PL_OK);
}

static void end(world *w) {
    pl_dataset_free(w->copy);
    pl_dataset_free(w->base);
    pl_model_free(w->model);
    pl_problems_free(&w->problems);
}

static size_t row_of(const pl_dataset *d, const char *label, size_t unit) {
    size_t period = pl_dataset_find_period(d, pl_str_of(label));
    assert_int_not_equal(period, PL_NO_INDEX);
    return period * d->unit_count + unit;
}

static const pl_element *element(const pl_dataset *d, const char *name) {
    for (size_t i = 0; i < d->element_count; i++)
        if (pl_str_is(d->elements[i].name, name)) return &d->elements[i];
    fail_msg("there is no element %s", name);
    return NULL;
}

/* How many records of a list a row has. */
static size_t records(const pl_dataset *d, int list, size_t row) {
    size_t count = 0;
    for (size_t i = 0; i < d->lists[list].count; i++) count += d->lists[list].row_of[i] == row;
    return count;
}

/* Periods come in order of time wherever they are asked for, and one that is there already comes once. */
static void test_values_move_with_their_periods(void **state) {
    (void)state;
    const pl_str periods[] = {pl_str_of("2025-04"), pl_str_of("2024-12"), pl_str_of("2025-02")};
    world w;
    extend(&w, &(pl_extension){.periods = periods, .period_count = 3});
    assert_int_equal(w.copy->period_count, 5);
    assert_true(pl_str_is(w.copy->periods[0], "2024-12"));
    const pl_element *v = element(w.copy, "v");
    assert_int_equal(v->numbers[row_of(w.copy, "2025-02", 1)], 4);
    assert_int_equal(v->numbers[row_of(w.copy, "2025-03", 0)], 5);
    for (size_t unit = 0; unit < 2; unit++) {
        assert_false(pl_present(v->present, row_of(w.copy, "2024-12", unit)));
        assert_false(pl_present(w.copy->reported, row_of(w.copy, "2025-04", unit)));
    }
    end(&w);
}

static void test_a_value_that_is_put_is_reported(void **state) {
    (void)state;
    const pl_str period = pl_str_of("2025-04");
    world w;
    extend(&w, &(pl_extension){.periods = &period, .period_count = 1});
    size_t row = row_of(w.copy, "2025-04", 1), index = (size_t)(element(w.copy, "v") - w.copy->elements);
    pl_dataset_put(w.copy, index, row, 9);
    assert_int_equal(pl_element_number(&w.copy->elements[index], row), 9);
    assert_true(pl_present(w.copy->elements[index].present, row));
    assert_true(pl_present(w.copy->reported, row));
    assert_false(pl_present(w.copy->reported, row - 1));
    assert_int_equal(element(w.base, "v")->numbers[row_of(w.base, "2025-03", 0)], 5); /* the base is as it was */
    end(&w);
}

/* The first half contains all three events, the first quarter too, April none. */
static void test_events_belong_to_longer_periods(void **state) {
    (void)state;
    const pl_str periods[] = {pl_str_of("2025-H1"), pl_str_of("2025-Q1"), pl_str_of("2025-04")};
    world w;
    extend(&w, &(pl_extension){.periods = periods, .period_count = 3});
    for (size_t i = 0; i < 2; i++) {
        const char *label = i ? "2025-Q1" : "2025-H1";
        assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, label, 0)), 2);
        assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, label, 1)), 1);
    }
    assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, "2025-02", 1)), 1);
    assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, "2025-04", 0)), 0);
    assert_int_equal(w.copy->lists[PL_LIST_EVENTS].count, 3 + 3 + 3);
    end(&w);
}

static void test_ballots_are_carried_forward(void **state) {
    (void)state;
    const pl_str period = pl_str_of("2025-12");
    world w;
    extend(&w, &(pl_extension){.periods = &period, .period_count = 1, .ballots_from = pl_str_of("2025-03"), .ballots_to = period});
    assert_int_equal(records(w.copy, PL_LIST_BALLOTS, row_of(w.copy, "2025-12", 0)), 1);
    assert_int_equal(records(w.copy, PL_LIST_BALLOTS, row_of(w.copy, "2025-12", 1)), 0); /* that one was of February */
    assert_int_equal(records(w.copy, PL_LIST_BALLOTS, row_of(w.copy, "2025-03", 0)), 1);
    assert_int_equal(w.copy->lists[PL_LIST_BALLOTS].count, 4);
    end(&w);
}

/* As if nothing after February were known: its values, events and ballots are there, those of March are not. */
static void test_later_data_is_cut_off(void **state) {
    (void)state;
    const pl_str period = pl_str_of("2025-Q1");
    world w;
    extend(&w, &(pl_extension){.periods = &period, .period_count = 1, .end = 2025 * 12 + 2});
    const pl_element *v = element(w.copy, "v");
    assert_true(pl_present(v->present, row_of(w.copy, "2025-02", 0)));
    assert_false(pl_present(v->present, row_of(w.copy, "2025-03", 0)));
    assert_false(pl_present(w.copy->reported, row_of(w.copy, "2025-03", 0)));
    assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, "2025-03", 0)), 0);
    assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, "2025-Q1", 0)), 1);
    assert_int_equal(records(w.copy, PL_LIST_EVENTS, row_of(w.copy, "2025-Q1", 1)), 1);
    assert_int_equal(w.copy->lists[PL_LIST_BALLOTS].count, 2);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_move_with_their_periods),  cmocka_unit_test(test_a_value_that_is_put_is_reported),
        cmocka_unit_test(test_events_belong_to_longer_periods), cmocka_unit_test(test_ballots_are_carried_forward),
        cmocka_unit_test(test_later_data_is_cut_off),
    };
    return cmocka_run_group_tests_name("extended data", tests, NULL, NULL);
}
