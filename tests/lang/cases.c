/* Runs the text cases of the language: files of blocks
 *
 *     # a remark
 *     % direction -1            sets up what follows (fixture.h), until the next "% reset"
 *     minmax(x)                 an expression ...
 *     = 100, 50, 50, 0          ... and its result for the four units, or
 *     ! E211 did you mean       a problem's code and a part of its text, one line for each
 *     > (9 - 5) / (9 - 5)       perhaps also how explain writes it
 */
#include "lang/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct runner {
    const char *file;
    fixture fixture;
    char expression[8192];
    pl_buffer actual;   /* what the expression gave */
    const char *unread; /* problems not yet named by a line of the case */
    size_t line, cases, failures;
} runner;

static void complain(runner *r, const char *expected) {
    r->failures++;
    fprintf(stderr, "%s:%zu: %s\n  expected %s\n  found    %s\n", r->file, r->line, r->expression, expected, r->actual.at);
}

static void expect_problem(runner *r, const char *expected) {
    size_t code = strcspn(expected + 2, " ") + 2;
    bool right = r->unread && strncmp(r->unread, expected, code) == 0;
    const char *end = r->unread ? strchr(r->unread, '\n') : NULL;
    const char *part = expected[code] ? expected + code + 1 : "";
    const char *found = r->unread ? strstr(r->unread, part) : NULL;
    if (!right || !found || (end && found > end)) complain(r, expected);
    r->unread = end ? end + 1 : NULL;
}

static void finish_case(runner *r) {
    if (r->unread && *r->unread) complain(r, "no further problem");
    r->unread = NULL;
}

static void run_line(runner *r, char *line) {
    line[strcspn(line, "\r\n")] = 0;
    if (!line[0] || line[0] == '#') return;
    if (strcmp(line, "% reset") == 0) {
        fixture_init(&r->fixture);
    } else if (line[0] == '%') {
        if (!fixture_set(&r->fixture, line + 2)) complain(r, "a directive");
    } else if (line[0] == '=' && line[1] == ' ') {
        if (strcmp(line, r->actual.at) != 0) complain(r, line);
        r->unread = NULL;
    } else if (line[0] == '!' && line[1] == ' ') {
        expect_problem(r, line);
    } else if (line[0] == '>' && line[1] == ' ') {
        pl_buffer_clear(&r->actual);
        pl_buffer_text(&r->actual, "> ");
        fixture_trace(&r->fixture, pl_str_of(r->expression), &r->actual);
        if (strcmp(line, r->actual.at) != 0) complain(r, line);
    } else {
        finish_case(r);
        r->cases++;
        snprintf(r->expression, sizeof r->expression, "%s", line);
        pl_buffer_clear(&r->actual);
        fixture_run(&r->fixture, pl_str_of(r->expression), &r->actual);
        r->unread = r->actual.at;
    }
}

static char **files;
static int file_count;

static void test_cases(void **state) {
    (void)state;
    size_t cases = 0, failures = 0;
    for (int i = 0; i < file_count; i++) {
        runner r = {.file = files[i]};
        fixture_init(&r.fixture);
        FILE *file = fopen(files[i], "r");
        assert_non_null(file);
        char line[8192];
        while (fgets(line, sizeof line, file)) {
            r.line++;
            run_line(&r, line);
        }
        fclose(file);
        finish_case(&r);
        pl_buffer_free(&r.actual);
        cases += r.cases;
        failures += r.failures;
    }
    printf("%zu cases of the language\n", cases);
    assert_true(cases > 0);
    assert_int_equal(failures, 0);
}

int main(int argc, char **argv) {
    files = argv + 1;
    file_count = argc - 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests_name("language cases", tests, NULL, NULL);
}
