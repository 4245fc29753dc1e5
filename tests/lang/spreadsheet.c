/* Expressions as formulas of a spreadsheet: what can be said, how, and what cannot. */
#include <plumbline/lang/spreadsheet.h>

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* a, b and c stand in cells, and score(a) too; nothing else does. */
static bool cell_of(void *context, pl_reference_kind kind, pl_str name, pl_buffer *out) {
    (void)context;
    if (kind == PL_REFERENCE_ATTRIBUTE || name.len != 1 || name.at[0] < 'a' || name.at[0] > 'c') return false;
    pl_buffer_print(out, "%c7", name.at[0] - 'a' + 'D');
    return true;
}

static pl_status say(const char *source, pl_buffer *out) {
    pl_arena arena;
    const pl_expression *expression;
    pl_arena_init(&arena, 0);
    pl_status status = pl_expression_parse(&expression, &arena, pl_str_of(source), (pl_place){0}, NULL);
    if (status == PL_OK) status = pl_expression_spreadsheet(expression, cell_of, NULL, out);
    pl_arena_free(&arena);
    return status;
}

static void test_what_a_spreadsheet_says_too(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a", "D7"},
        {"a + b * c", "D7+(E7*F7)"},
        {"a * b / 100", "D7*E7/100"},
        {"a - b - c", "D7-E7-F7"},
        {"a - (b - c)", "D7-(E7-F7)"},
        {"(a + b) / c", "(D7+E7)/F7"},
        {"-(a ^ 2)", "-(D7^2)"},
        {"(-a) ^ 2", "(-D7)^2"},
        {"a ^ -b", "D7^(-E7)"},
        {"(a ^ b) ^ c", "(D7^E7)^F7"},
        {"60% * a", "(60/100)*D7"},
        {"1e-9 * a", "1E-9*D7"},
        {"0.1 * score(a)", "0.1*D7"},
        {"min(a, 80)", "MIN(D7,80)"},
        {"Max(a, b, c)", "MAX(D7,E7,F7)"},
        {"mean(a, b)", "AVERAGE(D7,E7)"},
        {"clamp(a, 0, 10)", "MAX(0,MIN(10,D7))"},
        {"round(a)", "ROUND(D7,0)"},
        {"round(a / b, 2)", "ROUND(D7/E7,2)"},
        {"ceil(a) ^ 2", "(-INT(-(D7)))^2"},
        {"log(a)", "LOG10(D7)"},
        {"if(a < 60, min(b, 80), b)", "IF(D7<60,MIN(E7,80),E7)"},
        {"if(not a = b and (b <> c or c >= 1), 1, 0)", "IF(AND(NOT(D7=E7),OR(E7<>F7,F7>=1)),1,0)"},
        {"if(true, a, b)", "IF(TRUE,D7,E7)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_buffer out;
        pl_buffer_init(&out, 0);
        assert_int_equal(say(cases[i][0], &out), PL_OK);
        assert_string_equal(out.at, cases[i][1]);
        pl_buffer_free(&out);
    }
}

static void test_what_it_cannot_say(void **state) {
    (void)state;
    static const char *const cases[] = {
        "max(a over peers)",
        "place(a)",
        "minmax(a)",
        "a[-1]",
        "d",
        "unit.population",
        "a + d",
        "coalesce(a, 0)",
        "present(a)",
        "if(unit.group = 'x', a, b)",
        "bands(a, 90, 1, 0)",
        "sum(a over group)",
        "min(a, b over all)",
        "score(d) + a",
        "mean(a over periods where b > 1)",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_buffer out;
        pl_buffer_init(&out, 0);
        pl_buffer_text(&out, "before");
        assert_int_equal(say(cases[i], &out), PL_INPUT);
        assert_string_equal(out.at, "before");
        pl_buffer_free(&out);
    }
}

static bool say_once(void *context) {
    (void)context;
    pl_buffer out;
    pl_buffer_init(&out, 0);
    bool good = say("round(a * b, 2) + if(a > b, clamp(c, 0, 100), -(a ^ 2))", &out) == PL_OK;
    pl_buffer_free(&out);
    return good;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    assert_true(allocations_walk(say_once, NULL, 1000) > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_a_spreadsheet_says_too),
                                       cmocka_unit_test(test_what_it_cannot_say), cmocka_unit_test(test_memory_runs_out)};
    return cmocka_run_group_tests_name("spreadsheet", tests, NULL, NULL);
}
