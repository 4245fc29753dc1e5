/* Memory that runs out at any moment, from the loading of a model to the explanation of a unit. */
#include <plumbline/model/diff.h>
#include <plumbline/score/explain.h>

#include "support/allocations.h"
#include "support/workbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char indicators[] =
    "code,name,parent,weight,direction,full,target,score,combine,missing,applies\n"
    "t,Total,,,,,,,g * s / 100,,\n"
    "g,,t,,,,,,geomean,,\n"
    "s,,t,,,,,,sum,,\n"
    "a,,g,2,1,,,\"minmax(x, 1, 100)\",,mean,\n"
    "b,,g,1,-1,,,\"steps(x, 30) + mean(x over periods) - coalesce(x[-1], 1)\",,mean,\n"
    "c,,s,,,10,5,\"bands(x, 5, full, 2, 1, 0) + median(x over group) / 9\",,,\"unit.group = \"\"p\"\"\"\n"
    "d,,s,,,20,,\"round(zscore(x) + count(x > 1 over all), 2)\",,,\n"
    "m,,s,,,30,,,median,,\n"
    "m1,,m,,,,,x,,zero,\n"
    "m2,,m,,,,,x,,,\n";
static const char settings[] = "key,value\nname,Everything\ndigits,2\ntie_break,\"a,b\"\npeers,group\n";
static const char units[] = "code,name,group,parent,people\nu,U,p,,5\nv,V,p,u,6\nw,W,q,u,7\n";
static const char data[] = "unit,period,a,b,c,d,m1,m2\nu,2024,1,2,3,4,5,6\nv,2024,3,1,4,1,5,9\nw,2024,2,7,1,8,2,8\n"
                           "u,2025,2,3,\"5\",1,1,2\nv,2025,6,,5,3,5,8\nw,2025,9,7,9,3,2,3\n";

static bool explain_all(pl_scores *scores, pl_compiled *compiled) {
    pl_explanation *explanation = NULL;
    pl_gap *gaps = NULL;
    size_t count;
    bool good = scores->line_count == 3 && pl_explain(&explanation, scores, compiled, &scores->lines[1], 0) == PL_OK;
    good = good && pl_gaps(&gaps, &count, scores, compiled, &scores->lines[1], &scores->lines[0]) == PL_OK;
    pl_explanation_free(explanation);
    free(gaps);
    return good;
}

static bool run_everything(void *context) {
    (void)context;
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, sizeof indicators - 1}},
                               {"settings.csv", NULL, {settings, sizeof settings - 1}},
                               {"units.csv", NULL, {units, sizeof units - 1}},
                               {"data.csv", NULL, {data, sizeof data - 1}}};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_changes changes = {0};
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&model, "model", sheets, 4, &problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, NULL, &problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, NULL, &problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, NULL, &problems);
    if (status == PL_OK) status = pl_model_diff(&changes, model, model);
    bool good = status == PL_OK && explain_all(scores, compiled);
    pl_changes_free(&changes);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    pl_problems_free(&problems);
    return good;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    size_t allocations = allocations_walk(run_everything, NULL, 100000);
    assert_true(allocations > 200);
}

/* ---- a model and its data in workbooks ---- */

#define T(text) "<c t=\"str\"><v>" text "</v></c>"
#define N(number) "<c><v>" number "</v></c>"

typedef struct workbook_paths {
    char model[64], data[64];
} workbook_paths;

static void write_workbook(char path[64], const char *name, const char *rows) {
    char sheets[200];
    snprintf(path, 64, "/tmp/plumbline-%s-%ld.xlsx", name, (long)getpid());
    snprintf(sheets, sizeof sheets, "<sheets><sheet name=\" %s \" r:id=\"rId1\"/></sheets>", name);
    pl_buffer sheet;
    pl_buffer_init(&sheet, 0);
    pl_buffer_print(&sheet, "<sheetData>%s</sheetData>", rows);
    pl_str bytes = workbook_make(&(workbook_text){.sheet = sheet.at, .sheets = sheets});
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
    free((char *)(uintptr_t)bytes.at);
    pl_buffer_free(&sheet);
}

static bool run_workbooks(void *context) {
    const workbook_paths *paths = context;
    const char *const files[] = {paths->data};
    pl_dataset_options options = {.files = files, .file_count = 1, .digest = true};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load(&model, paths->model, &problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, &options, &problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, NULL, &problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, NULL, &problems);
    bool good = status == PL_OK && scores->line_count == 3 && scores->lines[0].total == 100 && !problems.failed;
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    pl_problems_free(&problems);
    return good;
}

static void test_every_allocation_may_fail_in_workbooks(void **state) {
    (void)state;
    workbook_paths paths;
    write_workbook(paths.model, "indicators",
                   "<row>" T("code") T("parent") T("low") T("score") "</row><row>" T("t") "</row><row>" T("a") T("t") N("2")
                       T("minmax(x) + 0 / (x - 1)") "</row>");
    write_workbook(paths.data, "data",
                   "<row>" T("unit") T("a") T("b") "</row><row>" T("u") N("1") "</row><row>" T("v") N("3") "</row>"
                                                                                                           "<row>" T("w")
                                                                                                               N("2") "</row>");
    size_t allocations = allocations_walk(run_workbooks, &paths, 100000);
    unlink(paths.model);
    unlink(paths.data);
    assert_true(allocations > 200);
}

/* A hundred thousand indicators, and a tree a hundred levels deep, are loaded and scored in time linear in their number. */
static void test_large_models(void **state) {
    (void)state;
    for (int deep = 0; deep < 2; deep++) {
        pl_buffer sheet;
        pl_buffer_init(&sheet, 0);
        pl_buffer_text(&sheet, "code,parent,score\nt,,\n");
        int levels = deep ? 100 : 1, leaves = deep ? 10 : 100000;
        for (int i = 1; i < levels; i++) pl_buffer_print(&sheet, "n%d,%s%.0d,\n", i, i > 1 ? "n" : "t", i - 1);
        for (int i = 0; i < leaves; i++) pl_buffer_print(&sheet, "l%d,%s%.0d,minmax(x)\n", i, deep ? "n" : "t", levels - 1);
        pl_buffer values;
        pl_buffer_init(&values, 0);
        pl_buffer_text(&values, "unit,element,value\n");
        for (int i = 0; i < leaves; i++) pl_buffer_print(&values, "u,l%d,%d\nv,l%d,%d\n", i, i % 7, i, i % 7 + 1);
        const pl_sheet sheets[] = {{"indicators.csv", NULL, pl_buffer_view(&sheet)}, {"data.csv", NULL, pl_buffer_view(&values)}};
        pl_problems problems;
        pl_model *model;
        pl_dataset *dataset;
        pl_compiled *compiled;
        pl_scores *scores;
        pl_problems_init(&problems, 0);
        assert_int_equal(pl_model_load_sheets(&model, "model", sheets, 2, &problems), PL_OK);
        assert_int_equal(pl_dataset_load(&dataset, model, NULL, &problems), PL_OK);
        assert_int_equal(pl_compile(&compiled, model, dataset, NULL, &problems), PL_OK);
        assert_int_equal(pl_score(&scores, compiled, PL_NODES_ROOT, NULL, &problems), PL_OK);
        assert_int_equal(scores->line_count, 2);
        assert_true(scores->lines[0].total == 100 && scores->lines[1].total == 0);
        pl_scores_free(scores);
        pl_compiled_free(compiled);
        pl_dataset_free(dataset);
        pl_model_free(model);
        pl_problems_free(&problems);
        pl_buffer_free(&sheet);
        pl_buffer_free(&values);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation_may_fail),
                                       cmocka_unit_test(test_every_allocation_may_fail_in_workbooks),
                                       cmocka_unit_test(test_large_models)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
