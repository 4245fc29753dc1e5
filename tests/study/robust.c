/* The robustness study against what it must be: runs that repeat what the program would score from an edited model, bands that are
 * those of the runs, the same result on any number of threads, and a study that was stopped as one of fewer runs. */
#include <plumbline/study/robust.h>

#include "support/allocations.h"
#include "support/at_hand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pl_status open_model(model_at_hand *m, const char *indicators, const char *settings, const char *data) {
    const pl_sheet sheets[] = {sheet_at_hand("indicators.csv", pl_str_of(indicators)),
                               sheet_at_hand("settings.csv", pl_str_of(settings)), sheet_at_hand("data.csv", pl_str_of(data))};
    *m = model_begin();
    return model_load(m, sheets, 3);
}

/* Two pillars, of which one adds up points; values with gaps; one leaf with an error and one that was rounded. */
static const char indicators[] = "code,parent,weight,full,combine,error,rounding,low\n"
                                 "t,,,,mean,,,\np,t,3,,mean,,,\nq,t,2,,sum,,,\n"
                                 "a,p,1,,,5%,,0\nb,p,2,,,,1,\nc,p,4,,,,,\nd,q,,60,,,,\ne,q,,40,,2,,\n";
static const char settings[] = "key,value\nscore,\"minmax(x, 1, 100)\"\n";
static const char data[] = "unit,group,a,b,c,d,e\nu1,g,1,20,3,4,5\nu2,g,2,18,1,5,9\nu3,g,4,17,,8,2\nu4,h,3,21,9,2,8\n"
                           "u5,h,9,15,2,,4\nu6,h,5,19,8,6,7\nu7,h,7,16,6,1,1\n";

static const pl_str normalisers[] = {{"zscore(x, 50, 10)", 17}}, means[] = {{"geomean", 7}};
static const pl_alternatives methods[] = {{{"score", 5}, normalisers, 1}, {{"combine", 7}, means, 1}};

static pl_robust_options everything(pl_pool *pool) {
    static const uint32_t watched[] = {2};
    return (pl_robust_options){.runs = 200,
                               .seed = 7,
                               .weights = PL_WEIGHTS_UNIFORM,
                               .spread = 0.25,
                               .methods = methods,
                               .method_count = 1,
                               .leave_out = true,
                               .data = true,
                               .sensitivity = true,
                               .watched = watched,
                               .watched_count = 1,
                               .pool = pool};
}

static pl_robust *study(model_at_hand *m, const pl_robust_options *options) {
    pl_robust *robust;
    pl_status status = pl_robust_study(&robust, m->model, m->dataset, options, &m->problems);
    if (status != PL_OK) fail_msg("%s", m->problems.count ? m->problems.items[m->problems.count - 1].text : "no problem recorded");
    return robust;
}

static void assert_same(const pl_robust *a, const pl_robust *b, size_t runs) {
    assert_int_equal(a->unit_count, b->unit_count);
    assert_memory_equal(a->places, b->places, runs * a->unit_count * sizeof *a->places);
}

static void test_threads_make_no_difference(void **state) {
    (void)state;
    model_at_hand m;
    pl_pool *pool;
    assert_int_equal(open_model(&m, indicators, settings, data), PL_OK);
    assert_int_equal(pl_pool_create(&pool, 4), PL_OK);
    pl_robust_options one = everything(NULL), four = everything(pool);
    pl_robust *a = study(&m, &one), *b = study(&m, &four);
    assert_same(a, b, 200);
    assert_memory_equal(a->units, b->units, a->unit_count * sizeof *a->units);
    assert_int_equal(a->assumption_count, 4);
    for (size_t i = 0; i < a->assumption_count; i++) {
        assert_memory_equal(&a->assumptions[i].shift, &b->assumptions[i].shift, sizeof a->assumptions[i].shift);
        assert_memory_equal(a->assumptions[i].watched, b->assumptions[i].watched, sizeof(pl_sensitivity));
    }
    pl_robust_free(a);
    pl_robust_free(b);
    pl_pool_free(pool);
    model_close(&m);
}

/* The bands do not depend on whether indices are asked for as well. */
static void test_sensitivity_leaves_the_runs_alone(void **state) {
    (void)state;
    model_at_hand m;
    assert_int_equal(open_model(&m, indicators, settings, data), PL_OK);
    pl_robust_options with = everything(NULL), without = everything(NULL);
    without.sensitivity = false;
    pl_robust *a = study(&m, &with), *b = study(&m, &without);
    assert_same(a, b, 200);
    assert_true(a->mean_shift == b->mean_shift);
    pl_robust_free(a);
    pl_robust_free(b);
    model_close(&m);
}

static bool stop_after(void *context) { return atomic_fetch_sub((atomic_int *)context, 1) <= 0; }

static void test_stopped_is_fewer_runs(void **state) {
    (void)state;
    model_at_hand m;
    pl_pool *pool;
    assert_int_equal(open_model(&m, indicators, settings, data), PL_OK);
    assert_int_equal(pl_pool_create(&pool, 3), PL_OK);
    pl_robust_options whole = everything(NULL), part = everything(pool);
    atomic_int left = 200;
    part.stop = stop_after;
    part.context = &left;
    pl_robust *a = study(&m, &whole), *b = study(&m, &part);
    assert_int_equal(b->runs_asked, 200);
    assert_in_range(b->runs, 1, 199);
    assert_same(a, b, b->runs);
    pl_robust_options fewer = everything(NULL);
    fewer.runs = b->runs;
    pl_robust *c = study(&m, &fewer);
    assert_memory_equal(b->units, c->units, c->unit_count * sizeof *c->units);
    pl_robust_free(a);
    pl_robust_free(b);
    pl_robust_free(c);
    pl_pool_free(pool);
    model_close(&m);
}

/* With a single alternative each run is one of two scorings, which the program gives for the model and for one that says so. */
static void test_runs_are_scorings(void **state) {
    (void)state;
    static const char geometric[] = "key,value\nscore,\"minmax(x, 1, 100)\"\ncombine,geomean\n";
    static const char plain[] = "code,parent\nt,\np,t\nq,t\na,p\nb,p\nc,q\nd,q\n";
    static const char values[] = "unit,a,b,c,d\nu1,1,20,3,4\nu2,9,1,1,5\nu3,4,17,4,8\nu4,3,21,9,2\nu5,5,5,5,5\n";
    model_at_hand m, other;
    assert_int_equal(open_model(&m, plain, settings, values), PL_OK);
    assert_int_equal(open_model(&other, plain, geometric, values), PL_OK);
    double places[2][5];
    model_at_hand *both[] = {&m, &other};
    for (int k = 0; k < 2; k++) {
        pl_compiled *compiled;
        pl_scores *scores;
        assert_int_equal(pl_compile(&compiled, both[k]->model, both[k]->dataset, NULL, &m.problems), PL_OK);
        assert_int_equal(pl_score(&scores, compiled, PL_NODES_ROOT, NULL, &m.problems), PL_OK);
        for (size_t i = 0; i < 5; i++) places[k][scores->lines[i].unit] = scores->lines[i].rank;
        pl_scores_free(scores);
        pl_compiled_free(compiled);
    }
    assert_memory_not_equal(places[0], places[1], sizeof places[0]);
    pl_robust_options options = {.runs = 100, .seed = 3, .methods = &methods[1], .method_count = 1};
    pl_robust *robust = study(&m, &options);
    size_t met[2] = {0};
    for (size_t run = 0; run < robust->runs; run++) {
        bool fits[2] = {true, true};
        for (size_t i = 0; i < robust->unit_count; i++)
            for (int k = 0; k < 2; k++)
                fits[k] &= robust->places[run * robust->unit_count + i] == 2 * places[k][robust->units[i].unit];
        assert_true(fits[0] != fits[1]);
        met[fits[1]]++;
    }
    assert_in_range(met[0], 30, 70);
    pl_robust_free(robust);
    model_close(&m);
    model_close(&other);
}

/* Of two units, one better on a and the other on b: who is first depends on which weight is the larger. */
static void test_probability_of_the_larger_weight(void **state) {
    (void)state;
    model_at_hand m;
    assert_int_equal(open_model(&m, "code,parent,weight,score\nt,,,\na,t,2,x\nb,t,1,x\n", settings, "unit,a,b\nu1,1,0\nu2,0,1\n"),
                     PL_OK);
    pl_robust_options any = {.runs = 20000, .seed = 1, .weights = PL_WEIGHTS_ANY};
    pl_robust *robust = study(&m, &any);
    assert_true(fabs(robust->units[0].first - 0.5) < 0.012); /* shares are uniform; 3.4 standard errors */
    assert_true(robust->units[0].first + robust->units[1].first == 1);
    assert_true(robust->units[0].ahead == robust->units[0].first);
    pl_robust_free(robust);
    /* 2 U(0.5, 1.5) < U(0.5, 1.5) where the first is below 0.75 and the second above twice it: 1/16 of the square. */
    pl_robust_options half = {.runs = 20000, .seed = 1, .weights = PL_WEIGHTS_UNIFORM, .spread = 0.5};
    robust = study(&m, &half);
    assert_true(fabs(robust->units[1].first - 0.0625) < 0.006);
    pl_robust_free(robust);
    /* Shares 2/3 and 1/3 of concentration 3 are Beta(2, 1): below 1/2 with probability 1/4. */
    pl_robust_options beta = {.runs = 20000, .seed = 1, .weights = PL_WEIGHTS_DIRICHLET, .spread = 3};
    robust = study(&m, &beta);
    assert_true(fabs(robust->units[1].first - 0.25) < 0.011);
    pl_robust_free(robust);
    model_close(&m);
}

/* A value of 10 with a standard deviation of 1 against one of 11 with none, and a value rounded to tens. */
static void test_probability_of_an_error(void **state) {
    (void)state;
    model_at_hand m;
    assert_int_equal(open_model(&m, "code,parent,score,error\nt,,,\na,t,x,1\n", settings, "unit,a\nu1,10\nu2,11\n"), PL_OK);
    pl_robust_options options = {.runs = 20000, .seed = 5, .data = true};
    pl_robust *robust = study(&m, &options);
    assert_true(fabs(robust->units[1].first - 0.23975) < 0.0105); /* the difference has a deviation of sqrt 2 */
    pl_robust_free(robust);
    model_close(&m);
    assert_int_equal(open_model(&m, "code,parent,score,rounding\nt,,,\na,t,x,10\n", settings, "unit,a\nu1,10\nu2,15\n"), PL_OK);
    robust = study(&m, &options);
    assert_true(fabs(robust->units[1].first - 0.125) < 0.008); /* U(5, 15) above U(10, 20) */
    pl_robust_free(robust);
    model_close(&m);
}

static void test_what_does_not_vary(void **state) {
    (void)state;
    model_at_hand m;
    pl_robust *robust;
    pl_robust_options nothing = {.runs = 10}, errors = {.runs = 10, .data = true};
    assert_int_equal(open_model(&m, "code,parent,score\nt,,\na,t,x\n", settings, "unit,a\nu1,10\n"), PL_OK);
    assert_int_equal(pl_robust_study(&robust, m.model, m.dataset, &nothing, &m.problems), PL_INPUT);
    assert_null(robust);
    assert_string_equal(m.problems.items[m.problems.count - 1].code, "E711");
    assert_int_equal(pl_robust_study(&robust, m.model, m.dataset, &errors, &m.problems), PL_INPUT);
    errors.data = false;
    errors.weights = PL_WEIGHTS_UNIFORM;
    assert_int_equal(pl_robust_study(&robust, m.model, m.dataset, &errors, &m.problems), PL_INPUT);
    model_close(&m);
}

static bool study_everything(void *context) {
    model_at_hand m;
    pl_robust *robust = NULL;
    pl_robust_options options = everything(NULL);
    options.runs = 3;
    options.within_groups = true;
    pl_status status = open_model(&m, indicators, settings, data);
    if (status == PL_OK) status = pl_robust_study(&robust, m.model, m.dataset, &options, &m.problems);
    if (status == PL_OK) *(size_t *)context = robust->unit_count;
    if (m.problems.errors) fail_msg("%s", m.problems.count ? m.problems.items[0].text : "an error that was not recorded");
    pl_robust_free(robust);
    model_close(&m);
    return status == PL_OK;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    size_t units = 0;
    assert_true(allocations_walk(study_everything, &units, 100000) > 300);
    assert_int_equal(units, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_make_no_difference),
                                       cmocka_unit_test(test_sensitivity_leaves_the_runs_alone),
                                       cmocka_unit_test(test_stopped_is_fewer_runs),
                                       cmocka_unit_test(test_runs_are_scorings),
                                       cmocka_unit_test(test_probability_of_the_larger_weight),
                                       cmocka_unit_test(test_probability_of_an_error),
                                       cmocka_unit_test(test_what_does_not_vary),
                                       cmocka_unit_test(test_memory_runs_out)};
    return cmocka_run_group_tests_name("robustness", tests, NULL, NULL);
}
