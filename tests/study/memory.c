/* Memory that runs out at any moment of a review or a comparison with the superior's system. */
#include <plumbline/model/diff.h>
#include <plumbline/study/cover.h>
#include <plumbline/study/forecast.h>
#include <plumbline/study/review.h>
#include <plumbline/study/whatif.h>

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* A model with something for the reviewer to find in every part. */
static const char indicators[] =
    "code,parent,weight,direction,full,combine,score,applies\n"
    "t,,,,,sum,,\n"
    "p,t,,,,mean,,\n"
    "q,t,,,10,sum,,unit.group <> \"r\"\n"
    "a,p,50,-1,,,x,\n"
    "b,p,45,,,,\"if(x > 900, 1, x) / (c - 5)\",\n"
    "c,q,,,4,,\"bands(x, 900, 5, 3, 1, 4, 2, 0)\",\"unit.group = \"\"g\"\" or unit.group = \"\"gg\"\"\"\n"
    "d,q,,,5,,\"min(full, x * 100) + efficacy(x)\",\n"
    "e,q,,,5,,x - x,\n"
    "f,q,,,5,,,\n";
static const char settings[] = "key,value\npeers,group\nscore,\"if(x >= 1, x, 7)\"\nsilence,\"N503, W515:a\"\n";
static const char data[] = "unit,group,period,a,b,c,d,e,f\n"
                           "u1,g,2024,1,1,5,1,2,4\nu2,g,2024,2,2,5,1,3,5\nu3,g,2024,3,3,,2,,1\nu4,g,2024,4,4,5,,2,7\n"
                           "u5,h,2024,5,5,5,3,,3\nu6,h,2024,6,6,5,2,,6\nu7,g,2024,7,7,5,4,1,2\nu8,g,2024,8,8,5,9,1,8\n"
                           "u9,g,2024,9,,,,,\nu10,g,2024,10,9,3,1,1,9\nu11,g,2024,11,9,2,1,1,900\nu12,g,2024,12,3,1,1,1,10\n"
                           "u1,g,2025,1,1,5,1,2,4\nu2,g,2025,2,2,1,1,3,5\nu3,g,2025,3,3,,2,,1\nu4,g,2025,4,4,7,,2,7\n"
                           "u5,h,2025,5,5,5,3,,3\nu6,h,2025,6,6,6,2,,6\nu7,g,2025,7,7,8,4,1,2\nu8,g,2025,8,8,2,9,1,8\n"
                           "u9,g,2025,9,,,,,\nu10,g,2025,10,9,3,1,1,9\nu11,g,2025,11,10,2,1,1,900\nu12,g,2025,12,11,1,1,1,10\n";

static bool review_everything(void *context) {
    size_t *findings = context;
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, sizeof indicators - 1}},
                               {"settings.csv", NULL, {settings, sizeof settings - 1}},
                               {"data.csv", NULL, {data, sizeof data - 1}}};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&model, "model", sheets, 3, &problems);
    if (status == PL_OK) status = pl_dataset_load(&dataset, model, NULL, &problems);
    if (status == PL_OK) status = pl_compile(&compiled, model, dataset, NULL, &problems);
    if (status == PL_OK) status = pl_review(compiled, NULL, &problems);
    bool good = status == PL_OK;
    if (good) *findings = problems.count;
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_problems_free(&problems);
    return good;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    size_t findings = 0;
    size_t allocations = allocations_walk(review_everything, &findings, 100000);
    assert_true(allocations > 200);
    assert_true(findings >= 15);
}

static const char superior[] = "code,parent,direction,unit_of_measure,score\ng,,,,\nh,g,,,\nh1,h,,m,x\nh2,h,,,x\nk,g,,,x\n";
static const char own[] = "code,parent,direction,source,unit_of_measure,covers,score\no,,,,,,\na,o,-1,,km,h1 50%,x\n"
                          "b,o,,,,\"h、k（部分）\",x\nc,o,,superior,,,x\n";
static const char uncovered[] = "code,reason\nk,later\nh2,never\n";

static bool cover_everything(void *context) {
    size_t *warnings = context;
    const pl_sheet above[] = {{"indicators.csv", NULL, {superior, sizeof superior - 1}}};
    const pl_sheet below[] = {{"indicators.csv", NULL, {own, sizeof own - 1}},
                              {"uncovered.csv", NULL, {uncovered, sizeof uncovered - 1}}};
    pl_problems problems;
    pl_model *a = NULL, *b = NULL;
    pl_cover *cover = NULL;
    pl_changes changes = {0};
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&a, "own", below, 2, &problems);
    if (status == PL_OK) status = pl_model_load_sheets(&b, "superior", above, 1, &problems);
    if (status == PL_OK) status = pl_cover_models(&cover, a, b, &problems);
    if (status == PL_OK) status = pl_model_diff(&changes, b, a);
    bool good = status == PL_OK;
    pl_changes_free(&changes);
    if (good) *warnings = problems.count;
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    pl_cover_free(cover);
    pl_model_free(a);
    pl_model_free(b);
    pl_problems_free(&problems);
    return good;
}

static void test_comparison_with_the_superior(void **state) {
    (void)state;
    size_t warnings = 0;
    size_t allocations = allocations_walk(cover_everything, &warnings, 10000);
    assert_true(allocations > 50);
    assert_int_equal(warnings, 8); /* W601, W602, W605, W604, W606, and W603 of all three */
}

static bool suppose_everything(void *context) {
    size_t *wrong = context;
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, sizeof indicators - 1}},
                               {"data.csv", NULL, {data, sizeof data - 1}}};
    const pl_scenario_line lines[] = {{pl_str_of("u1.a+=2"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("a.weight=+10%"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("settings.digits=1"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("u3.group=h"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("u2"), PL_SCENARIO_WITHOUT, {.file = "--without"}},
                                      {pl_str_of("f"), PL_SCENARIO_WITHOUT, {.file = "--without"}},
                                      {pl_str_of("n.group=h"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("u4=n"), PL_SCENARIO_COPY, {.file = "--copy"}},
                                      {pl_str_of("n.a*=2"), PL_SCENARIO_SET, {.file = "--set"}},
                                      {pl_str_of("u1.z=2"), PL_SCENARIO_SET, {.file = "--set"}}};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_scenario scenario = {0}, unreadable = {0};
    pl_whatif *whatif = NULL;
    pl_whatif_reason *reasons = NULL;
    pl_whatif_cells cells = {0};
    size_t count;
    double rest;
    const pl_dataset_options options = {0};
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&model, "model", sheets, 2, &problems);
    if (status == PL_OK) status = pl_dataset_load(&dataset, model, &options, &problems);
    if (status == PL_OK) status = pl_compile(&compiled, model, dataset, NULL, &problems);
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ROOT, NULL, &problems);
    if (status == PL_OK) status = pl_scenario_read(&scenario, compiled, lines, 9, &problems);
    if (status == PL_OK) status = pl_whatif_run(&whatif, scores, &scenario, &(pl_whatif_options){.data = &options}, &problems);
    if (status == PL_OK) status = pl_whatif_reasons(&reasons, &count, &rest, whatif, &whatif->lines[0]);
    if (status == PL_OK) status = pl_whatif_cells_find(&cells, whatif);
    if (status == PL_OK) assert_int_equal(cells.count, 3); /* digits, and the groups of u3 and n */
    bool good = status == PL_OK && !problems.errors;
    if (good) good = pl_scenario_read(&unreadable, compiled, lines + 9, 1, &problems) == PL_INPUT;
    *wrong = problems.errors;
    free(reasons);
    pl_whatif_cells_free(&cells);
    pl_whatif_free(whatif);
    pl_scenario_free(&scenario);
    pl_scenario_free(&unreadable);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_problems_free(&problems);
    return good;
}

static void test_scenarios(void **state) {
    (void)state;
    size_t wrong = 0;
    size_t allocations = allocations_walk(suppose_everything, &wrong, 100000);
    assert_true(allocations > 200);
    assert_int_equal(wrong, 1);
}

static bool read_scenarios(void *context) {
    pl_problems problems;
    pl_scenario_sheet sheet;
    pl_problems_init(&problems, 0);
    bool good = pl_scenario_sheet_read(&sheet, context, &problems) == PL_OK;
    if (good) {
        assert_int_equal(sheet.count, 2);
        assert_int_equal(sheet.from[1], 3);
        assert_int_equal(sheet.from[2], 4);
        assert_true(pl_str_is(sheet.names[1], "two") && pl_str_is(sheet.lines[2].text, "d") &&
                    sheet.lines[2].kind == PL_SCENARIO_WITHOUT);
    }
    pl_scenario_sheet_free(&sheet);
    pl_problems_free(&problems);
    return good;
}

static void test_sheets_of_scenarios(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "/tmp/plumbline-scenarios-%ld.csv", (long)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("scenario,set,without\none,a=1,\ntwo,b=1,\none,c=1,d\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    size_t allocations = allocations_walk(read_scenarios, path, 10000);
    unlink(path);
    assert_true(allocations > 10);
}

/* Months with a gap, events, a lamp of one's own, and a year to come. */
static const char monthly_indicators[] = "code,parent,value,score,target\nt,,,,\na,t,,x,20\n"
                                         "b,t,mean(b over months),x,\ne,t,sum(points over events),x,\n";
static const char monthly_events[] = "unit,element,points,date\nu1,e,2,2025-02-01\nu2,e,1,2024-05-05\n";
static const char lamps[] = "name,condition,note\non,x >= target,there\noff,,\n";
static const char monthly_settings[] = "key,value\ncumulative,\"b, none\"\n";

static bool forecast_everything(void *context) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {monthly_indicators, sizeof monthly_indicators - 1}},
                               {"settings.csv", NULL, {monthly_settings, sizeof monthly_settings - 1}},
                               {"lamps.csv", NULL, {lamps, sizeof lamps - 1}},
                               {"events.csv", NULL, {monthly_events, sizeof monthly_events - 1}},
                               {"data.csv", NULL, pl_buffer_view(context)}};
    const pl_forecast_options options = {.method = PL_FORECAST_CHOOSE, .seed = 1, .runs = 5, .unit = 0};
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_forecast *forecast = NULL;
    pl_forecast_course totals = {0}, values = {0};
    const uint32_t units[] = {1, 0};
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load_sheets(&model, "model", sheets, sizeof sheets / sizeof *sheets, &problems);
    if (status == PL_OK) status = pl_dataset_load(&dataset, model, NULL, &problems);
    if (status == PL_OK) status = pl_forecast_make(&forecast, model, dataset, &options, &problems);
    bool good = status == PL_OK;
    if (good) assert_int_not_equal(forecast->trust, PL_FORECAST_NO_BAND);
    if (!good) assert_null(forecast);
    if (good) good = pl_forecast_course_find(&totals, forecast, &(pl_course_options){units, 2, PL_NO_INDEX, NULL}) == PL_OK;
    if (good) good = pl_forecast_course_find(&values, forecast, &(pl_course_options){units, 2, 1, NULL}) == PL_OK;
    if (problems.errors) fail_msg("%s", problems.count ? problems.items[0].text : "an error that was not recorded");
    pl_forecast_course_free(&values);
    pl_forecast_course_free(&totals);
    pl_forecast_free(forecast);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_problems_free(&problems);
    return good;
}

static void test_forecasts(void **state) {
    (void)state;
    pl_buffer months;
    pl_buffer_init(&months, 0);
    pl_buffer_text(&months, "unit,period,a,b\n");
    for (int month = 0; month < 32; month++) /* to August of the third year */
        for (int unit = 1; unit <= 2; unit++)
            pl_buffer_print(&months, "u%d,%d-%02d,%d,%d\n", unit, 2023 + month / 12, month % 12 + 1, month * 7 % 11,
                            month % 12 + 1);
    assert_false(months.failed);
    size_t allocations = allocations_walk(forecast_everything, &months, 100000);
    pl_buffer_free(&months);
    assert_true(allocations > 300);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation_may_fail),
                                       cmocka_unit_test(test_comparison_with_the_superior), cmocka_unit_test(test_scenarios),
                                       cmocka_unit_test(test_sheets_of_scenarios), cmocka_unit_test(test_forecasts)};
    return cmocka_run_group_tests_name("memory of studies", tests, NULL, NULL);
}
