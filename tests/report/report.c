/* Workbooks from within: names of sheets, packages that are cut short, memory that runs out. */
#include "report/package.h"
#include "report/sheet_name.h"

#include <plumbline/report/model_workbook.h>
#include <plumbline/report/results.h>
#include <plumbline/report/template.h>

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *examples;

/* ---- names ---- */

static void test_names_of_sheets(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"East", "East"},
        {"east", "east~2"},
        {"EAST", "EAST~3"},
        {"a[b]:c*d?e/f\\g", "a_b__c_d_e_f_g"},
        {"'a'b'", "_a'b_"},
        {"", "_"},
        {"\t", "_~2"},
        {"history", "history~2"},
        {"Ärzte", "Ärzte"},
        {"ärzte", "ärzte~2"},
        {"Žďár", "Žďár"},
        {"žďár", "žďár~2"},
        {"МОСКВА", "МОСКВА"},
        {"Москва", "Москва~2"},
        {"ＡＢ", "ＡＢ"},
        {"ａｂ", "ａｂ~2"},
        {"abcdefghijklmnopqrstuvwxyz012345678", "abcdefghijklmnopqrstuvwxyz01234"},
        {"abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz012~2"},
        {"abcdefghijklmnopqrstuvwxyz0123\xF0\xA0\xAE\xB7", "abcdefghijklmnopqrstuvwxyz0123"}, /* 𠮷 takes two units */
        {"abcdefghijklmnopqrstuvwxyzABCD'F", "abcdefghijklmnopqrstuvwxyzABCD_"},
        {"a\xFF", "a_"},
    };
    pl_intern *taken;
    assert_int_equal(pl_intern_create(&taken, 0), PL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[BOOK_NAME_SIZE];
        assert_int_equal(sheet_name_make(name, pl_str_of(cases[i][0]), taken), PL_OK);
        assert_string_equal(name, cases[i][1]);
    }
    pl_intern_free(taken);
}

/* ---- packages ---- */

static pl_buffer make_template(void) {
    pl_buffer bytes;
    pl_output output;
    pl_buffer_init(&bytes, 0);
    pl_output_init(&output, pl_sink_buffer, &bytes);
    assert_int_equal(pl_report_template(&output, true, NULL, NULL), PL_OK);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    return bytes;
}

static void test_packages_that_are_not_whole(void **state) {
    (void)state;
    pl_buffer bytes = make_template();
    assert_true(package_is_whole(pl_buffer_view(&bytes)));
    for (size_t length = 0; length < bytes.len; length += 97) assert_false(package_is_whole((pl_str){bytes.at, length}));
    /* Whatever is changed, looking never reads beyond the bytes; what is packed cannot change unnoticed in its length. */
    for (size_t at = 0; at < bytes.len; at += 13) {
        char before = bytes.at[at];
        bytes.at[at] = (char)~before;
        package_is_whole(pl_buffer_view(&bytes));
        bytes.at[at] = before;
    }
    /* A part whose recorded length is not what comes out of it: the first entry of the directory, found by its signature. */
    char *entry = memmem(bytes.at, bytes.len, "PK\x01\x02", 4);
    assert_non_null(entry);
    entry[24]++;
    assert_false(package_is_whole(pl_buffer_view(&bytes)));
    pl_buffer_free(&bytes);
}

/* ---- memory ---- */

static bool write_template(void *context) {
    (void)context;
    pl_buffer bytes;
    pl_output output;
    pl_problems problems;
    pl_buffer_init(&bytes, 0);
    pl_problems_init(&problems, 0);
    pl_output_init(&output, pl_sink_buffer, &bytes);
    pl_status status = pl_report_template(&output, false, NULL, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    pl_problems_free(&problems);
    pl_buffer_free(&bytes);
    return status == PL_OK;
}

static bool write_model(void *context) {
    pl_buffer bytes;
    pl_output output;
    pl_problems problems;
    pl_buffer_init(&bytes, 0);
    pl_problems_init(&problems, 0);
    pl_output_init(&output, pl_sink_buffer, &bytes);
    pl_status status = pl_report_model_workbook(&output, context, NULL, NULL, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    pl_problems_free(&problems);
    pl_buffer_free(&bytes);
    return status == PL_OK;
}

static const char indicators[] = "code,name,parent,weight,full,score,combine,missing,applies\n"
                                 "t,Total,,,,,g * s / 100 + max(m over all),,\n"
                                 "g,,t,,,x + 1,geomean,,\n"
                                 "s,,t,,,,sum,,\n"
                                 "m,,t,,,,\"min(m1, m2)\",zero,\n"
                                 "a,,g,2,,\"minmax(x, 1, 100)\",,mean,\n"
                                 "b,,g,1,,x,,mean,\n"
                                 "c,,s,,10,x,,,\"unit.group = \"\"p\"\"\"\n"
                                 "d,,s,,20,x,,,\n"
                                 "m1,,m,,,x,,,\n"
                                 "m2,,m,,,x,,,\n";
static const char units[] = "code,name,group\nu,=U,p\nv,V,p\nw,W,q\n";
static const char data[] = "unit,period,a,b,c,d,m1,m2\nu,2024,1,2,3,4,5,6\nv,2024,3,1,4,1,5,9\nw,2024,2,7,1,8,2,8\n"
                           "u,2025,2,3,5,1,1,2\nv,2025,6,,5,3,5,8\nw,2025,9,7,9,3,,3\n";

typedef struct scored {
    pl_problems problems;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
} scored;

static void score(scored *s) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, sizeof indicators - 1}},
                               {"units.csv", NULL, {units, sizeof units - 1}},
                               {"data.csv", NULL, {data, sizeof data - 1}}};
    pl_problems_init(&s->problems, 0);
    assert_int_equal(pl_model_load_sheets(&s->model, "model", sheets, 3, &s->problems), PL_OK);
    assert_int_equal(pl_dataset_load(&s->dataset, s->model, NULL, &s->problems), PL_OK);
    assert_int_equal(pl_compile(&s->compiled, s->model, s->dataset, "all", &s->problems), PL_OK);
    assert_int_equal(pl_score(&s->scores, s->compiled, PL_NODES_ALL, NULL, &s->problems), PL_OK);
}

static void finish(scored *s) {
    pl_scores_free(s->scores);
    pl_compiled_free(s->compiled);
    pl_dataset_free(s->dataset);
    pl_model_free(s->model);
    pl_problems_free(&s->problems);
}

static bool write_results(void *context) {
    const scored *s = context;
    pl_buffer bytes;
    pl_output output;
    pl_problems problems;
    pl_results_options options = {.chinese = true, .formulas = true};
    pl_buffer_init(&bytes, 0);
    pl_problems_init(&problems, 0);
    pl_output_init(&output, pl_sink_buffer, &bytes);
    pl_status status = pl_report_results(&output, s->scores, s->compiled, &options, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    pl_problems_free(&problems);
    pl_buffer_free(&bytes);
    return status == PL_OK;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    char model[512];
    snprintf(model, sizeof model, "%s/city", examples);
    assert_true(allocations_walk(write_template, NULL, 10000) > 5);
    assert_true(allocations_walk(write_model, model, 10000) > 5);
    scored s = {0};
    score(&s);
    assert_true(allocations_walk(write_results, &s, 100000) > 50);
    finish(&s);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    examples = argv[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_of_sheets), cmocka_unit_test(test_packages_that_are_not_whole),
                                       cmocka_unit_test(test_memory_runs_out)};
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
