#include "lang/fixture.h"

#include <plumbline/lang/functions.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_examples_give_what_they_say(void **state) {
    (void)state;
    size_t count;
    const pl_function *functions = pl_functions(&count);
    for (size_t i = 0; i < count; i++) {
        fixture f;
        fixture_init(&f);
        pl_buffer found, expected;
        pl_buffer_init(&found, 0);
        pl_buffer_init(&expected, 0);
        pl_buffer_print(&expected, "= %s", functions[i].result);
        fixture_run(&f, pl_str_of(functions[i].example), &found);
        pl_buffer_print(&expected, " (%s)", functions[i].example);
        pl_buffer_print(&found, " (%s)", functions[i].example);
        assert_string_equal(found.at, expected.at);
        pl_buffer_free(&found);
        pl_buffer_free(&expected);
    }
}

static void test_descriptions_are_complete_and_in_order(void **state) {
    (void)state;
    size_t count;
    const pl_function *f = pl_functions(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(pl_function_find(pl_str_of(f[i].name)), &f[i]);
        assert_true(f[i].meaning[0] && f[i].meaning_zh[0] && f[i].missing[0] && f[i].missing_zh[0]);
        if (i && strcmp(f[i].category, f[i - 1].category) == 0) assert_true(strcmp(f[i].name, f[i - 1].name) > 0);
    }
}

static const char *page;

/* docs/functions.md is made from the descriptions: `plumbline help functions --format markdown > docs/functions.md`. */
static void test_the_page_is_up_to_date(void **state) {
    (void)state;
    pl_buffer expected, found;
    pl_buffer_init(&expected, 0);
    pl_buffer_init(&found, 0);
    pl_functions_markdown(&expected);
    FILE *file = fopen(page, "r");
    assert_non_null(file);
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file))) pl_buffer_add(&found, block, got);
    fclose(file);
    assert_string_equal(found.at, expected.at);
    pl_buffer_free(&expected);
    pl_buffer_free(&found);
}

int main(int argc, char **argv) {
    page = argc > 1 ? argv[1] : "docs/functions.md";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_give_what_they_say),
        cmocka_unit_test(test_descriptions_are_complete_and_in_order),
        cmocka_unit_test(test_the_page_is_up_to_date),
    };
    return cmocka_run_group_tests_name("functions", tests, NULL, NULL);
}
