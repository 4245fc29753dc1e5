/* Indices against closed forms: the function of Ishigami and Homma (1990) and a sum of independent inputs. */
#include <plumbline/base/random.h>
#include <plumbline/study/sensitivity.h>

#include "support/allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define INPUTS 3
#define ROWS 2000
#define SEEDS 40

typedef double function_of_inputs(const double *x);

static double ishigami(const double *x) {
    double a[INPUTS];
    for (int i = 0; i < INPUTS; i++) a[i] = M_PI * (2 * x[i] - 1);
    return sin(a[0]) + 7 * sin(a[1]) * sin(a[1]) + 0.1 * pow(a[2], 4) * sin(a[0]);
}

static double linear(const double *x) { return 100 + 4 * x[0] + 2 * x[1] - x[2]; }

static double constant(const double *x) {
    (void)x;
    return 5;
}

/* The model at A, at B, and at A with each input from B. */
static void run(double *results, function_of_inputs *f, size_t rows, uint64_t seed) {
    for (size_t row = 0; row < rows; row++) {
        double a[INPUTS], b[INPUTS];
        for (uint64_t i = 0; i < INPUTS; i++) {
            pl_random first = pl_random_stream(seed, 2 * i, row), second = pl_random_stream(seed, 2 * i + 1, row);
            a[i] = pl_random_unit(&first);
            b[i] = pl_random_unit(&second);
        }
        double *to = results + row * (INPUTS + 2);
        to[0] = f(a);
        to[1] = f(b);
        for (int i = 0; i < INPUTS; i++) {
            double mixed[INPUTS] = {a[0], a[1], a[2]};
            mixed[i] = b[i];
            to[2 + i] = f(mixed);
        }
    }
}

/* The intervals are to hold the true index in 95 of 100 samples; of 40 samples in 34 at least (fewer has a chance of 2 %). */
static void check(function_of_inputs *f, const double *first, const double *total) {
    double *results = malloc(ROWS * (INPUTS + 2) * sizeof *results);
    int first_held[INPUTS] = {0}, total_held[INPUTS] = {0};
    assert_non_null(results);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        pl_sensitivity s[INPUTS];
        run(results, f, ROWS, seed);
        assert_int_equal(pl_sensitivity_estimate(s, results, ROWS, INPUTS, 300, seed), PL_OK);
        for (int i = 0; i < INPUTS; i++) {
            assert_true(fabs(s[i].first - first[i]) < 0.12 && fabs(s[i].total - total[i]) < 0.12);
            assert_true(s[i].first_low <= s[i].first && s[i].first <= s[i].first_high);
            assert_true(s[i].total_low <= s[i].total && s[i].total <= s[i].total_high);
            first_held[i] += s[i].first_low <= first[i] && first[i] <= s[i].first_high;
            total_held[i] += s[i].total_low <= total[i] && total[i] <= s[i].total_high;
        }
    }
    for (int i = 0; i < INPUTS; i++)
        if (first_held[i] < 34 || total_held[i] < 34) fail_msg("input %d: held %d and %d times", i, first_held[i], total_held[i]);
    free(results);
}

static void test_ishigami(void **state) {
    (void)state;
    double a = 7, b = 0.1, p4 = pow(M_PI, 4), p8 = p4 * p4;
    double variance = a * a / 8 + b * p4 / 5 + b * b * p8 / 18 + 0.5;
    double first_of_1 = 0.5 * (1 + b * p4 / 5) * (1 + b * p4 / 5), of_2 = a * a / 8, of_1_and_3 = b * b * p8 * 8 / 225;
    const double first[] = {first_of_1 / variance, of_2 / variance, 0};
    const double total[] = {(first_of_1 + of_1_and_3) / variance, of_2 / variance, of_1_and_3 / variance};
    check(ishigami, first, total);
}

static void test_linear(void **state) {
    (void)state;
    const double shares[] = {16.0 / 21, 4.0 / 21, 1.0 / 21};
    check(linear, shares, shares);
}

static void test_nothing_varies(void **state) {
    (void)state;
    double results[10 * (INPUTS + 2)];
    pl_sensitivity s[INPUTS];
    run(results, constant, 10, 1);
    assert_int_equal(pl_sensitivity_estimate(s, results, 10, INPUTS, 20, 1), PL_OK);
    assert_true(isnan(s[0].first) && isnan(s[0].total) && isnan(s[0].first_low) && isnan(s[0].total_high));
}

static bool estimate_something(void *context) {
    double results[10 * (INPUTS + 2)];
    run(results, linear, 10, 1);
    return pl_sensitivity_estimate(context, results, 10, INPUTS, 20, 1) == PL_OK;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    pl_sensitivity s[INPUTS];
    assert_true(allocations_walk(estimate_something, s, 100) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ishigami), cmocka_unit_test(test_linear),
                                       cmocka_unit_test(test_nothing_varies), cmocka_unit_test(test_memory_runs_out)};
    return cmocka_run_group_tests_name("sensitivity", tests, NULL, NULL);
}
