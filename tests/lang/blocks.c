/* Rows are computed in blocks, with a value of its own in each row or one for all: the same as one row at a time, bit by bit, also
 * where a block ends early, where a period begins within a word of bits, and where values are missing. */
#include <plumbline/lang/evaluate.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNITS 1301
#define PERIODS 2
#define ROWS (UNITS * PERIODS)
#define COLUMNS 3 /* x and y with gaps, z without */

typedef struct sheet {
    double values[COLUMNS][ROWS];
    uint64_t present[COLUMNS][ROWS / 64 + 1];
    pl_input columns[COLUMNS];
    uint32_t group_of[UNITS];
    pl_grouping grouping;
    pl_frame frame;
} sheet;

static bool has(const sheet *s, size_t column, size_t row) { return s->present[column][row / 64] >> row % 64 & 1; }

static void make_sheet(sheet *s) {
    *s = (sheet){0};
    for (size_t row = 0; row < ROWS; row++) {
        const double values[COLUMNS] = {(double)(row * 7919 % 1009) / 4 + 10, (double)(row * 31 % 7) - 3, (double)(row % 5)};
        for (size_t k = 0; k < COLUMNS; k++) {
            if (k < 2 && row * (k + 3) % 11 == 0) continue;
            s->values[k][row] = values[k];
            s->present[k][row / 64] |= UINT64_C(1) << row % 64;
        }
    }
    s->values[0][UNITS - 1] = 1; /* the smallest of the first period and the largest of the second stand in the last rows */
    s->values[0][ROWS - 1] = 500;
    for (size_t k = 0; k < COLUMNS; k++)
        s->columns[k] = (pl_input){.numbers = s->values[k], .present = k < 2 ? s->present[k] : NULL};
    for (size_t unit = 0; unit < UNITS; unit++) s->group_of[unit] = unit % 13 == 0 ? PL_NOBODY : (uint32_t)(unit % 3);
    s->grouping = (pl_grouping){s->group_of, 3};
    s->frame = (pl_frame){.units = UNITS,
                          .periods = PERIODS,
                          .columns = s->columns,
                          .column_count = COLUMNS,
                          .groupings = &s->grouping,
                          .grouping_count = 1};
}

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    if (kind != PL_REFERENCE_NAME || name.len != 1 || name.at[0] < 'x') return PL_OK;
    return pl_program_column(context, PL_TYPE_NUMBER, (uint32_t)(name.at[0] - 'x'), out);
}

typedef struct run {
    pl_arena arena;
    pl_program *program;
    pl_evaluation *evaluation;
    pl_node node;
} run;

static void begin(run *r, const sheet *s, const char *text) {
    *r = (run){0};
    const pl_expression *expression;
    pl_place place = {.file = "blocks"};
    assert_int_equal(pl_expression_parse(&expression, &r->arena, pl_str_of(text), place, NULL), PL_OK);
    assert_int_equal(pl_program_create(&r->program, NULL, 0), PL_OK);
    pl_meaning meaning = {.context = r->program, .resolve = resolve, .direction = 1, .peers = PL_SCOPE_ALL};
    assert_int_equal(pl_program_compile(r->program, expression, &meaning, PL_TYPE_NUMBER, place, NULL, &r->node), PL_OK);
    assert_int_equal(pl_evaluate(&r->evaluation, r->program, &s->frame, &r->node, 1, NULL, NULL), PL_OK);
}

static void end(run *r) {
    pl_evaluation_free(r->evaluation);
    pl_program_free(r->program);
    pl_arena_free(&r->arena);
}

static void test_blocks_are_their_rows(void **state) {
    (void)state;
    static sheet s;
    static const char *const expressions[] = {"x + y",
                                              "x + 3",
                                              "3 - x",
                                              "x * mean(x over all)",
                                              "max(x over all) / y",
                                              "y / x",
                                              "x / (max(y over all) - 3)",
                                              "-y",
                                              "abs(x - 100)",
                                              "floor(x / 3)",
                                              "sqrt(x - 90)",
                                              "2 ^ y",
                                              "y ^ 2",
                                              "round(x, 1)",
                                              "min(x, 150)",
                                              "max(100, x)",
                                              "if(x > y, x, y)",
                                              "if(x > 120, 1, z)",
                                              "if(x > 100 and y > 0, 1, 2)",
                                              "if(100 < x or y = 2, z, 2)",
                                              "if(not y >= 1, x, 4)",
                                              "coalesce(y, x)",
                                              "coalesce(x, 7)",
                                              "(x - min(x over all)) / (max(x over all) - min(x over all))",
                                              "(x - min(x over group)) / (max(x over group) - z)",
                                              "if(x = max(x over all), 1, 0)",
                                              "mod(x, 7)",
                                              "sum(x over all) - x",
                                              "z - count(y over all)",
                                              "exp(y) + ln(z)"};
    make_sheet(&s);
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        run r;
        begin(&r, &s, expressions[i]);
        const uint64_t *bits;
        const double *values = pl_evaluation_column(r.evaluation, r.node, &bits);
        size_t there = 0;
        for (size_t row = 0; row < ROWS; row++) {
            double value = 0;
            bool present = false;
            assert_int_equal(pl_evaluation_suppose(r.evaluation, r.node, row, NULL, 0, &value, &present), PL_OK);
            if (present != (bits[row / 64] >> row % 64 & 1) || memcmp(&value, &values[row], sizeof value) != 0)
                fail_msg("%s differs in row %zu", expressions[i], row);
            there += present;
        }
        assert_true(there > ROWS / 9 || strstr(expressions[i], "- 3)")); /* that one divides by 0 throughout */
        end(&r);
    }
}

/* What an aggregate must give for the period and group of a row (group PL_NOBODY: everybody). */
static double expected(const sheet *s, const char *what, size_t period, uint32_t group) {
    double least = INFINITY, most = -INFINITY, sum = 0, count = 0;
    for (size_t unit = 0; unit < UNITS; unit++) {
        size_t row = period * UNITS + unit;
        if (!has(s, 0, row) || (group != PL_NOBODY && s->group_of[unit] != group)) continue;
        least = fmin(least, s->values[0][row]);
        most = fmax(most, s->values[0][row]);
        sum += s->values[0][row]; /* quarters: exact */
        count++;
    }
    if (strncmp(what, "min", 3) == 0) return least;
    if (strncmp(what, "max(-x", 6) == 0) return -least;
    if (strncmp(what, "max", 3) == 0) return most;
    return strncmp(what, "sum", 3) == 0 ? sum : count;
}

static void test_aggregates_over_blocks(void **state) {
    (void)state;
    static sheet s;
    static const char *const aggregates[] = {"min(x over all)",   "max(x over all)",    "max(-x over all)",  "sum(x over all)",
                                             "count(x over all)", "min(x over group)",  "max(x over group)", "max(-x over group)",
                                             "sum(x over group)", "count(x over group)"};
    make_sheet(&s);
    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++) {
        run r;
        begin(&r, &s, aggregates[i]);
        const double *values = pl_evaluation_column(r.evaluation, r.node, NULL);
        for (size_t row = 0; row < ROWS; row++) {
            bool grouped = i >= 5;
            uint32_t group = grouped ? s.group_of[row % UNITS] : PL_NOBODY;
            if (grouped && group == PL_NOBODY) continue;
            assert_true(values[row] == expected(&s, aggregates[i], row / UNITS, group));
        }
        end(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_their_rows),
        cmocka_unit_test(test_aggregates_over_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
