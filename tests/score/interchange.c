/* What goes out to other programs: data values in DHIS2's words, and the descriptor of a folder. */
#include <plumbline/model/interchange.h>

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/plumbline-interchange-XXXXXX";

static void write_file(const char *name, const char *content) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *name) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    write_file("indicators.csv", "code,name,parent,combine,score\nt,Total,,mean,\na,Apples,t,,x\nb,\"B, beans\",t,,x - x[-1]\n");
    write_file("units.csv", "code,parent,size\nU,,3\n\"V, W\",U,4\n");
    write_file("data.csv", "unit,period,a,b\nU,2025年2月,92.55,0.1\nU,2025-01,3,-0.30000000000000004\n\"V, W\",2025-01,,1e21\n");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    static const char *const names[] = {"indicators.csv", "units.csv", "data.csv", "datapackage.json"};
    for (size_t i = 0; i < 4; i++) remove_file(names[i]);
    return rmdir(folder);
}

typedef struct loaded {
    pl_problems problems;
    pl_model *model;
    pl_dataset *dataset;
} loaded;

static bool load(loaded *l) {
    *l = (loaded){0};
    pl_problems_init(&l->problems, 0);
    return pl_model_load(&l->model, folder, &l->problems) == PL_OK &&
           pl_dataset_load(&l->dataset, l->model, NULL, &l->problems) == PL_OK;
}

static void unload(loaded *l) {
    pl_dataset_free(l->dataset);
    pl_model_free(l->model);
    pl_problems_free(&l->problems);
}

static void expect(void (*write)(const pl_dataset *dataset, pl_output *output), const char *wanted) {
    loaded l;
    pl_buffer out;
    pl_output output;
    assert_true(load(&l));
    pl_buffer_init(&out, 0);
    pl_output_init(&output, pl_sink_buffer, &out);
    write(l.dataset, &output);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    assert_string_equal(out.at, wanted);
    pl_buffer_free(&out);
    unload(&l);
}

/* By period, unit, element; only what is present; months as DHIS2 spells them. */
static void test_values(void **state) {
    (void)state;
    expect(pl_values_write_csv, "dataElement,period,orgUnit,value\n"
                                "a,202501,U,3\nb,202501,U,-0.30000000000000004\nb,202501,\"V, W\",1e+21\n"
                                "a,202502,U,92.55\nb,202502,U,0.1\n");
    expect(pl_values_write_json,
           "{\n  \"dataValues\": [\n"
           "    {\n      \"dataElement\": \"a\",\n      \"period\": \"202501\",\n      \"orgUnit\": \"U\",\n"
           "      \"value\": \"3\"\n    },\n"
           "    {\n      \"dataElement\": \"b\",\n      \"period\": \"202501\",\n      \"orgUnit\": \"U\",\n"
           "      \"value\": \"-0.30000000000000004\"\n    },\n"
           "    {\n      \"dataElement\": \"b\",\n      \"period\": \"202501\",\n      \"orgUnit\": \"V, W\",\n"
           "      \"value\": \"1e+21\"\n    },\n"
           "    {\n      \"dataElement\": \"a\",\n      \"period\": \"202502\",\n      \"orgUnit\": \"U\",\n"
           "      \"value\": \"92.55\"\n    },\n"
           "    {\n      \"dataElement\": \"b\",\n      \"period\": \"202502\",\n      \"orgUnit\": \"U\",\n"
           "      \"value\": \"0.1\"\n    }\n  ]\n}\n");
}

static pl_status describe(pl_buffer *out) {
    loaded l;
    pl_output output;
    pl_status status = load(&l) ? PL_OK : PL_MEMORY;
    pl_output_init(&output, pl_sink_buffer, out);
    if (status == PL_OK) status = pl_datapackage_write(l.model, &output, &l.problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    unload(&l);
    return status;
}

/* The problems that a descriptor raises, each on its line. */
static void expect_problems(const char *descriptor, const char *wanted) {
    if (descriptor) write_file("datapackage.json", descriptor);
    pl_problems problems;
    pl_buffer told;
    pl_problems_init(&problems, 0);
    pl_buffer_init(&told, 0);
    assert_int_equal(pl_datapackage_check(folder, &problems), PL_OK);
    assert_int_equal(problems.errors, 0);
    for (size_t i = 0; i < problems.count; i++) {
        pl_problem_print(&problems.items[i], &told);
        pl_buffer_char(&told, '\n');
    }
    assert_string_equal(told.at ? told.at : "", wanted);
    pl_buffer_free(&told);
    pl_problems_free(&problems);
}

static void test_what_was_described_is_found_again(void **state) {
    (void)state;
    expect_problems(NULL, ""); /* no descriptor, nothing to say */
    pl_buffer out;
    pl_buffer_init(&out, 0);
    assert_int_equal(describe(&out), PL_OK);
    expect_problems(out.at, "");
    write_file("units.csv", "code,parent,size\nU,,3\n\"V, W\",U,5\n"); /* as long as before */
    expect_problems(NULL,
                    "datapackage.json:resources[2]:hash: warning: units.csv is not the file that was described: its SHA-256 is "
                    "8f7620d8a5a591772f77f8317fd8b3e169145edde8a3a732a0e2a4b371305b6b [W341]\n");
    write_file("units.csv", "code,parent,size\nU,,3\n");
    expect_problems(NULL,
                    "datapackage.json:resources[2]:bytes: warning: units.csv is not the file that was described: it has 22 bytes "
                    "[W341]\n");
    remove_file("units.csv");
    expect_problems(NULL, "datapackage.json:resources[2]:path: warning: there is no file units.csv [W341]\n");
    write_file("units.csv", "code,parent,size\nU,,3\n\"V, W\",U,4\n");
    expect_problems(NULL, "");
    pl_buffer_free(&out);
}

/* A descriptor of others may list what it likes: what leads elsewhere is not followed, what lies elsewhere is not fetched. */
static void test_hostile_descriptors(void **state) {
    (void)state;
    expect_problems(
        "{\"resources\":[{\"path\":\"/etc/passwd\"},{\"path\":\"../secret\"},{\"path\":\"a/../../b\"},{\"path\":\"a\\\\b\"},"
        "{\"path\":\"~/x\"},{\"path\":\"..x\"},{\"path\":\"https://example.org/x.csv\"},{\"data\":[]},{\"path\":\".\"}]}",
        "datapackage.json:resources[0]:path: warning: \"/etc/passwd\" leads out of the folder; it is not followed [W342]\n"
        "datapackage.json:resources[1]:path: warning: \"../secret\" leads out of the folder; it is not followed [W342]\n"
        "datapackage.json:resources[2]:path: warning: \"a/../../b\" leads out of the folder; it is not followed [W342]\n"
        "datapackage.json:resources[3]:path: warning: \"a\\b\" leads out of the folder; it is not followed [W342]\n"
        "datapackage.json:resources[4]:path: warning: \"~/x\" leads out of the folder; it is not followed [W342]\n"
        "datapackage.json:resources[5]:path: warning: there is no file ..x [W341]\n"
        "datapackage.json:resources[8]:path: warning: there is no file . [W341]\n");
    expect_problems("{\"resources\":[{\"path\":[\"data.csv\",\"more.csv\",5]},{\"path\":\"data.csv\",\"hash\":\"md5:0\",\"bytes\":"
                    "\"x\"},{},7]}",
                    "datapackage.json:resources[0]:path: warning: there is no file more.csv [W341]\n"
                    "datapackage.json:resources[2]:path: warning: this resource has no path [W343]\n"
                    "datapackage.json:resources[3]:path: warning: this resource has no path [W343]\n");
    expect_problems("{\"resources\":{}}", "datapackage.json: warning: has no list \"resources\" [W343]\n");
    expect_problems("[", "datapackage.json:1:1: warning: is no JSON from here on: ']' expected near end of file [W343]\n");
    remove_file("datapackage.json");
}

static bool write_and_check(void *context) {
    (void)context;
    pl_buffer out;
    pl_problems problems;
    pl_buffer_init(&out, 0);
    pl_problems_init(&problems, 0);
    bool good = describe(&out) == PL_OK && pl_datapackage_check(folder, &problems) == PL_OK && problems.warnings == 1;
    pl_problems_free(&problems);
    pl_buffer_free(&out);
    return good;
}

static bool write_values(void *context) {
    (void)context;
    loaded l;
    pl_buffer out;
    pl_output output;
    pl_buffer_init(&out, 0);
    bool good = load(&l);
    pl_output_init(&output, pl_sink_buffer, &out);
    if (good) pl_values_write_json(l.dataset, &output);
    if (good) pl_values_write_csv(l.dataset, &output);
    good = pl_output_finish(&output) == PL_OK && good;
    pl_buffer_free(&out);
    unload(&l);
    return good;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    write_file("datapackage.json", "{\"resources\":[{\"path\":\"data.csv\",\"hash\":\"sha256:0\"}]}");
    assert_true(allocations_walk(write_and_check, NULL, 10000) > 100);
    assert_true(allocations_walk(write_values, NULL, 10000) > 50);
    remove_file("datapackage.json");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_was_described_is_found_again),
        cmocka_unit_test(test_hostile_descriptors),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("interchange", tests, make_folder, remove_folder);
}
