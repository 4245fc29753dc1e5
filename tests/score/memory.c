/* Memory that runs out at any moment, from the loading of a model to the explanation of a unit. */
#include <plumbline/model/diff.h>
#include <plumbline/score/explain.h>
#include <plumbline/score/stage.h>

#include "support/allocations.h"
#include "support/workbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The last two rows run over records, which only the wide data has; the other data comes without them. */
static const char indicators[] =
    "code,name,parent,weight,direction,full,target,score,combine,missing,applies,denominator,impute\n"
    "t,Total,,,,,,,g * s / 100,,,,\n"
    "g,,t,,,,,,geomean,,,,\n"
    "s,,t,,,,,,sum,,,,\n"
    "a,,g,2,1,,,\"minmax(x, 1, 100)\",,mean,,people,\n"
    "b,,g,1,-1,,,\"steps(x, 30) + mean(x over periods) - coalesce(x[-1], 1)\",,mean,,,\"coalesce(x, mean(x over all))\"\n"
    "c,,s,,,10,5,\"bands(x, 5, full, 2, 1, 0) + median(x over group) / 9\",,,\"unit.group = \"\"p\"\"\",,\n"
    "d,,s,,,20,,\"round(zscore(x) + count(x > 1 over all), 2)\",,,,,\n"
    "m,,s,,,30,,,median,,,,\n"
    "m1,,m,,,,,x,,zero,,,\n"
    "m2,,m,,,,,x,,,,m1,\n"
    "e,,s,,,10,,\"sum(points over events where event.kind = \"\"k\"\" once per case) + half(place(x over unit.shore)) * "
    "elapsed()\",,zero,,,\n"
    "r,,s,,,10,,\"mean(x over raters where rater.kind = \"\"lead\"\") + count(x over below)\",,zero,,,\n";
static const char settings[] = "key,value\nname,Everything\ndigits,2\ntie_break,\"a,b\"\npeers,group\ngroup,kind\n"
                               "denominate,yes\nscreen,60%\ntreat,\"treat(x, 1)\"\n";
static const char units[] = "code,name,kind,parent,people,shore\nu,U,p,,5,n\nv,V,p,u,6,s\nw,W,q,u,7,n\nx,X,q,u,8,\n";
static const char data[] =
    "unit,period,rater,a,b,c,d,m1,m2,e,r\nu,2024,,1,2,3,4,5,6,1,1\nv,2024,,3,1,4,1,5,9,1,1\nw,2024,,2,7,1,8,2,8,1,1\n"
    "u,2025,,2,3,\"5\",1,1,2,1,\nv,2025,,6,,5,3,5,8,1,\nw,2025,,9,7,9,3,2,3,1,\nu,2025,r1,,,,,,,,5\nv,2025,r2,,,,,,,,6\n";
static const char events[] =
    "unit,element,points,date,case,kind,size\nu,e,1,2025-03-01,i,k,1\nu,e,2,2025-04-01,i,k,2\nv,e,3,2025-05-01,,l,3\n";
static const char raters[] = "code,kind,age\nr1,lead,50\nr2,peer,40\n";
static const char functions[] = "name,parameters,formula,meaning\nhalf,\"v, by = 2\",v / by,half of it\n";
static const char grades[] = "name,min,share,barred\nA,1,50%,count(true over events of e) > 5\nB,,,\n";

/* Some of the same as long data, and as JSON: with a period in two spellings and a value that was deleted. */
static const char long_data[] = "dataElement,period,orgUnit,value,deleted\na,2024-01,u,1,\na,202402,u,2,\na,202402,v,6,false\n"
                                "a,202402,w,9,\na,202402,w,8,true\nb,2024-02,u,3,\nb,202402,v,4,\nb,202402,w,7,\nc,202402,u,5,\n"
                                "d,202402,v,3,\nm1,202402,v,2,\nm2,202402,w,1,\n";
static const char json[] =
    "{\"period\":\"202402\",\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":2},"
    "{\"dataElement\":\"a\",\"orgUnit\":\"v\",\"value\":\"6\"},{\"dataElement\":\"a\",\"orgUnit\":\"w\",\"value\":9},"
    "{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":2,\"period\":202401},{\"dataElement\":\"b\",\"orgUnit\":\"u\",\"value\":1},"
    "{\"dataElement\":\"b\",\"orgUnit\":\"v\",\"value\":2},{\"dataElement\":\"b\",\"orgUnit\":\"w\",\"value\":3},"
    "{\"dataElement\":\"c\",\"orgUnit\":\"u\",\"value\":4},{\"dataElement\":\"d\",\"orgUnit\":\"u\",\"value\":5},"
    "{\"dataElement\":\"m1\",\"orgUnit\":\"u\",\"value\":6},{\"dataElement\":\"m2\",\"orgUnit\":\"u\",\"value\":7}]}";

static bool explain_all(pl_scores *scores, pl_compiled *compiled) {
    pl_explanation *explanation = NULL;
    pl_gap *gaps = NULL;
    size_t count;
    bool good = scores->line_count == 4 && pl_explain(&explanation, scores, compiled, &scores->lines[1], 0) == PL_OK;
    pl_explanation_free(explanation);
    explanation = NULL;
    good = good && pl_explain(&explanation, scores, compiled, &scores->lines[3], 0) == PL_OK;
    good = good && pl_gaps(&gaps, &count, scores, compiled, &scores->lines[1], &scores->lines[0]) == PL_OK;
    pl_explanation_free(explanation);
    free(gaps);
    return good;
}

static bool run_everything(void *context) {
    const pl_sheet *data_sheet = context;
    bool records = data_sheet->bytes.at == data;
    size_t without = (size_t)(strstr(indicators, "e,,s") - indicators);
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, records ? sizeof indicators - 1 : without}},
                               {"settings.csv", NULL, {settings, sizeof settings - 1}},
                               {"units.csv", NULL, {units, sizeof units - 1}},
                               *data_sheet,
                               {"events.csv", NULL, {events, sizeof events - 1}},
                               {"raters.csv", NULL, {raters, sizeof raters - 1}},
                               {"functions.csv", NULL, {functions, sizeof functions - 1}},
                               {"grades.csv", NULL, {grades, sizeof grades - 1}}};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_staged *staged = NULL;
    pl_changes changes = {0};
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&model, "model", sheets, records ? sizeof sheets / sizeof *sheets : 4, &problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, NULL, &problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, NULL, &problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, NULL, &problems);
    if (status == PL_OK) status = pl_stage_values(&staged, compiled, PL_STAGE_TREATED, NULL, &problems);
    if (status == PL_OK) status = pl_model_diff(&changes, model, model);
    bool good = status == PL_OK && explain_all(scores, compiled);
    pl_changes_free(&changes);
    pl_staged_free(staged);
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
    pl_sheet sheets[] = {{"data.csv", NULL, {data, sizeof data - 1}},
                         {"data.csv", NULL, {long_data, sizeof long_data - 1}},
                         {"data.json", NULL, {json, sizeof json - 1}}};
    for (size_t i = 0; i < 3; i++) assert_true(allocations_walk(run_everything, &sheets[i], 100000) > 200);
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
