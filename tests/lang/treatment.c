/* What holds of every treatment, tried on generated values of many shapes: with ties, gaps, long tails on either side. */
#include <plumbline/lang/evaluate.h>

#include "support/allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST_UNITS 5000

/* A column of values and the program that treats it. */
typedef struct trial {
    size_t units;
    double values[MOST_UNITS];
    uint64_t present[MOST_UNITS / 64 + 1];
    uint32_t group_of[MOST_UNITS];
    pl_grouping grouping;
    pl_input column;
    pl_frame frame;
    pl_program *program;
    pl_arena arena;
} trial;

static uint64_t next(uint64_t *state) { /* xorshift64* */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static double uniform(uint64_t *state) { return (double)(next(state) >> 11) / (double)(UINT64_C(1) << 53); }

/* Kind 0: even; 1: steps, with many ties; 2: a long tail; 3: the same to the left; 4: a few far out; 5: nearly all equal. */
static double draw(uint64_t *state, unsigned kind) {
    double u = uniform(state);
    switch (kind) {
    case 0: return u * 10 - 5;
    case 1: return floor(u * 5);
    case 2: return 1 / (1.0001 - u);
    case 3: return -1 / (1.0001 - u) + 3;
    case 4: return u > 0.99 ? u * 1000 : u;
    default: return u > 0.98 ? 7 : 3;
    }
}

static void generate(trial *t, size_t units, unsigned kind, uint64_t seed) {
    uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    *t = (trial){.units = units};
    for (size_t i = 0; i < units; i++) {
        t->group_of[i] = (uint32_t)(next(&state) % 3);
        if (next(&state) % 10 == 0) continue;
        t->values[i] = draw(&state, kind);
        t->present[i / 64] |= UINT64_C(1) << i % 64;
    }
    t->column = (pl_input){.numbers = t->values, .present = t->present};
    t->grouping = (pl_grouping){t->group_of, 3};
    t->frame = (pl_frame){
        .units = units, .periods = 1, .columns = &t->column, .column_count = 1, .groupings = &t->grouping, .grouping_count = 1};
}

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    bool x = kind == PL_REFERENCE_NAME && pl_str_is(name, "x");
    return x ? pl_program_column(context, PL_TYPE_NUMBER, 0, out) : PL_OK;
}

static pl_status run(trial *t, const char *text, pl_pool *pool, pl_evaluation **out, pl_node *node) {
    const pl_expression *expression;
    *out = NULL;
    pl_place place = {.file = "trial"};
    pl_status status = pl_expression_parse(&expression, &t->arena, pl_str_of(text), place, NULL);
    if (status == PL_OK) status = pl_program_create(&t->program, NULL, 0);
    pl_meaning meaning = {.context = t->program, .resolve = resolve, .direction = 1, .peers = PL_SCOPE_ALL};
    if (status == PL_OK) status = pl_program_compile(t->program, expression, &meaning, PL_TYPE_NUMBER, place, NULL, node);
    pl_evaluate_options options = {.pool = pool};
    return status == PL_OK ? pl_evaluate(out, t->program, &t->frame, node, 1, &options, NULL) : status;
}

static void clear(trial *t, pl_evaluation *evaluation) {
    pl_evaluation_free(evaluation);
    pl_program_free(t->program);
    pl_arena_free(&t->arena);
    t->program = NULL;
}

/* The values of an expression over x, one per unit; NAN where missing. */
static void values_of(trial *t, const char *text, pl_pool *pool, double *out) {
    pl_evaluation *evaluation;
    pl_node node;
    assert_int_equal(run(t, text, pool, &evaluation, &node), PL_OK);
    const uint64_t *present;
    const double *values = pl_evaluation_column(evaluation, node, &present);
    for (size_t i = 0; i < t->units; i++) out[i] = present[i / 64] >> i % 64 & 1 ? values[i] : NAN;
    clear(t, evaluation);
}

/* Calls `check` with trials of every kind and several sizes. */
static size_t each_trial(void (*check)(trial *t)) {
    static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 12, 51, 300};
    static trial t;
    size_t trials = 0;
    for (unsigned kind = 0; kind < 6; kind++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (uint64_t seed = 1; seed <= 5; seed++, trials++) {
                generate(&t, sizes[s], kind, seed * 100 + s);
                check(&t);
            }
        }
    }
    return trials;
}

static size_t changed_ends;

/* Winsorising is a clamp to two values that occur: order and interior stay, and no more points change than are tied with the
 * kth. */
static void check_winsorise(trial *t) {
    static double treated[MOST_UNITS], low[MOST_UNITS], high[MOST_UNITS];
    values_of(t, "winsorise(x, 4)", NULL, treated);
    values_of(t, "winsor_low(x, 4 over all)", NULL, low);
    values_of(t, "winsor_high(x, 4 over all)", NULL, high);
    size_t changed = 0, outermost = 0, low_occurs = 0, high_occurs = 0, members = 0;
    for (size_t i = 0; i < t->units; i++) {
        bool has = t->present[i / 64] >> i % 64 & 1;
        assert_int_equal(has, !isnan(treated[i]));
        if (!has) continue;
        double x = t->values[i];
        members++;
        assert_true(treated[i] == (x < low[i] ? low[i] : x > high[i] ? high[i] : x));
        changed += treated[i] != x;
        low_occurs += x == low[i];
        high_occurs += x == high[i];
    }
    if (members) assert_true(low_occurs && high_occurs && low[0] <= high[0]);
    /* The last step was taken with fewer than four changed: without the points tied at the innermost step there are at most 3. */
    for (size_t i = 0; i < t->units; i++) {
        if (isnan(treated[i]) || treated[i] == t->values[i]) continue;
        bool innermost = true;
        for (size_t j = 0; j < t->units && innermost; j++) {
            if (isnan(treated[j]) || treated[j] == t->values[j]) continue;
            bool same_end = (t->values[j] > high[j]) == (t->values[i] > high[i]);
            innermost = !same_end || fabs(t->values[j] - treated[j]) >= fabs(t->values[i] - treated[i]);
        }
        outermost += !innermost;
    }
    assert_true(outermost <= 3);
    changed_ends += changed > 0;
}

static void test_winsorising_keeps_order_and_interior(void **state) {
    (void)state;
    changed_ends = 0;
    assert_int_equal(each_trial(check_winsorise), 6 * 9 * 5);
    assert_true(changed_ends > 20); /* something was there to do */
}

static size_t winsorised, logarithms;

/* Treating what was treated changes nothing where the result passes; a logarithm is taken only where it did not. */
static void check_treat(trial *t) {
    static double once[MOST_UNITS], twice[MOST_UNITS], passes[MOST_UNITS], raw[MOST_UNITS], log[MOST_UNITS];
    values_of(t, "treat(x, 4)", NULL, once);
    values_of(t, "treat(treat(x, 4), 4)", NULL, twice);
    values_of(t, "if(passes(treat(x, 4) over all), 1, 0)", NULL, passes);
    values_of(t, "if(passes(x over all), 1, 0)", NULL, raw);
    values_of(t, "if(passes(x over all) or passes(winsorise(x, 4) over all), 0, 1)", NULL, log);
    for (size_t i = 0; i < t->units; i++) {
        bool has = t->present[i / 64] >> i % 64 & 1;
        assert_int_equal(has, !isnan(once[i]));
        if (!has) continue;
        if (passes[i] == 1) assert_true(twice[i] == once[i]);
        if (raw[i] == 1) assert_true(once[i] == t->values[i]);
        if (log[i] == 0) assert_true(passes[i] == 1);
        for (size_t j = 0; j < i; j++)
            if (!isnan(once[j])) assert_true(!(t->values[i] < t->values[j]) || once[i] <= once[j]);
    }
    winsorised += raw[0] == 0 && log[0] == 0;
    logarithms += log[0] == 1;
}

static void test_treating_twice_is_treating_once(void **state) {
    (void)state;
    winsorised = logarithms = 0;
    assert_int_equal(each_trial(check_treat), 6 * 9 * 5);
    assert_true(winsorised > 10 && logarithms > 10);
}

static void test_the_number_of_threads_changes_no_bit(void **state) {
    (void)state;
    static const char *const expressions[] = {"treat(x, 3)", "treat(x, 3 over group)", "skew(x over group) + kurt(x over all)",
                                              "boxcox(x - min(x over all) + 1)", "predict(x, x * x + 1 over group)"};
    static trial t;
    static double one[MOST_UNITS], four[MOST_UNITS];
    pl_pool *pool;
    assert_int_equal(pl_pool_create(&pool, 4), PL_OK);
    for (unsigned kind = 0; kind < 6; kind++) {
        generate(&t, MOST_UNITS, kind, 77);
        for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++) {
            values_of(&t, expressions[e], NULL, one);
            values_of(&t, expressions[e], pool, four);
            assert_memory_equal(one, four, sizeof one);
        }
    }
    pl_pool_free(pool);
}

static bool attempt(void *context) {
    trial *t = context;
    pl_evaluation *evaluation;
    pl_node node;
    bool good = run(t, "treat(x, 3 over group) + boxcox(x) + predict(x, x * x)", NULL, &evaluation, &node) == PL_OK;
    clear(t, evaluation);
    return good;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    static trial t;
    generate(&t, 40, 2, 5);
    assert_true(allocations_walk(attempt, &t, 100000) > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_winsorising_keeps_order_and_interior),
        cmocka_unit_test(test_treating_twice_is_treating_once),
        cmocka_unit_test(test_the_number_of_threads_changes_no_bit),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("treatment", tests, NULL, NULL);
}
