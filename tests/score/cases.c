/* Runs the text cases of models: files of blocks
 *
 *     == what the case shows
 *     -- indicators.csv          a sheet (data.json too) and its lines, up to the next line that begins with --
 *     -- problems                what must be reported, line by line, in the order of finding
 *     -- scores [PERIOD]         what must come out: unit, every node in tree order, rank, group_rank, and the grade where the
 *                                model has grades
 *
 * A case without "-- problems" must report nothing; one without "-- scores" must fail. After --review, models are reviewed too, and
 * scores are compared only where a case lists them. */
#include <plumbline/study/review.h>
#include <plumbline/table/write.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST_SHEETS 8

typedef struct section {
    char name[64];
    pl_buffer text;
} section;

typedef struct model_case {
    char title[200];
    section sections[MOST_SHEETS];
    size_t count;
} model_case;

static size_t failures, cases;
static bool reviewing;

static const section *find(const model_case *c, const char *name) {
    for (size_t i = 0; i < c->count; i++)
        if (strncmp(c->sections[i].name, name, strlen(name)) == 0) return &c->sections[i];
    return NULL;
}

static void write_scores(const pl_scores *scores, pl_buffer *out) {
    const pl_compiled *compiled = scores->compiled;
    int digits = compiled->model->settings.digits;
    pl_output output;
    pl_csv_writer w;
    pl_output_init(&output, pl_sink_buffer, out);
    pl_csv_begin(&w, &output, false);
    for (size_t i = 0; i < scores->line_count; i++) {
        const pl_score_line *line = &scores->lines[i];
        pl_csv_text(&w, compiled->dataset->units[line->unit].code);
        for (size_t k = 0; k < scores->node_count; k++) {
            double value;
            if (!pl_scores_value(scores, k, line, &value))
                pl_csv_missing(&w);
            else if (digits >= 0)
                pl_csv_fixed(&w, value, digits);
            else
                pl_csv_number(&w, value);
        }
        if (line->rank > 0)
            pl_csv_number(&w, line->rank);
        else
            pl_csv_missing(&w);
        if (line->group_rank > 0)
            pl_csv_number(&w, line->group_rank);
        else
            pl_csv_missing(&w);
        if (compiled->model->grade_count)
            pl_csv_text(&w, line->grade == PL_NOBODY ? (pl_str){0} : compiled->model->grades[line->grade].name);
        pl_csv_end_row(&w);
    }
    assert_int_equal(pl_output_finish(&output), PL_OK);
}

static bool run_model(const model_case *c, const char *period, pl_pool *pool, pl_problems *problems, pl_buffer *out) {
    pl_sheet sheets[MOST_SHEETS];
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (strstr(c->sections[i].name, ".csv") || strstr(c->sections[i].name, ".json"))
            sheets[count++] = (pl_sheet){c->sections[i].name, NULL, pl_buffer_view(&c->sections[i].text)};
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_dataset_options options = {.pool = pool, .digest = true};
    pl_status status = pl_model_load_sheets(&model, "model", sheets, count, problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, &options, problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, period, problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, pool, problems);
    assert_int_equal(status == PL_OK, pl_problems_status(problems) == PL_OK);
    if (status == PL_OK && reviewing) status = pl_review(compiled, pool, problems);
    if (status == PL_OK) write_scores(scores, out);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    return status == PL_OK;
}

static void compare(const char *file, const model_case *c, const char *what, const char *wanted, const char *found) {
    wanted = wanted ? wanted : "";
    found = found ? found : "";
    if (strcmp(wanted, found) == 0) return;
    failures++;
    fprintf(stderr, "%s: %s: %s\n--- expected\n%s--- found\n%s---\n", file, c->title, what, wanted, found);
}

static void run_case(const char *file, const model_case *c, pl_pool *pool) {
    const section *wanted = find(c, "scores"), *problems_wanted = find(c, "problems");
    const char *space = wanted ? strchr(wanted->name, ' ') : NULL;
    pl_problems problems;
    pl_buffer found, told;
    pl_problems_init(&problems, 0);
    pl_buffer_init(&found, 0);
    pl_buffer_init(&told, 0);
    bool good = run_model(c, space ? space + 1 : NULL, pool, &problems, &found);
    for (size_t i = 0; i < problems.count; i++) {
        pl_buffer line;
        pl_buffer_init(&line, 0);
        pl_problem_print(&problems.items[i], &line);
        pl_buffer_print(&told, "%s%s%s%s\n", line.at, problems.items[i].level == PL_ERROR ? " [" : "",
                        problems.items[i].level == PL_ERROR ? problems.items[i].code : "",
                        problems.items[i].level == PL_ERROR ? "]" : "");
        pl_buffer_free(&line);
    }
    compare(file, c, "problems", problems_wanted ? problems_wanted->text.at : "", told.at);
    if (wanted || (good && !reviewing)) compare(file, c, "scores", wanted ? wanted->text.at : "", found.at);
    pl_buffer_free(&found);
    pl_buffer_free(&told);
    pl_problems_free(&problems);
}

static void finish_case(const char *file, model_case *c, pl_pool *pool) {
    if (c->title[0]) {
        cases++;
        run_case(file, c, NULL);
        run_case(file, c, pool);
    }
    for (size_t i = 0; i < c->count; i++) pl_buffer_free(&c->sections[i].text);
    *c = (model_case){0};
}

static void run_file(const char *path, pl_pool *pool) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    model_case c = {0};
    char line[4096];
    while (fgets(line, sizeof line, file)) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "== ", 3) == 0) {
            finish_case(path, &c, pool);
            snprintf(c.title, sizeof c.title, "%.*s", (int)length - 3, line + 3);
        } else if (strncmp(line, "-- ", 3) == 0) {
            assert_true(c.count < MOST_SHEETS);
            section *s = &c.sections[c.count++];
            snprintf(s->name, sizeof s->name, "%.*s", (int)length - 3, line + 3);
            pl_buffer_init(&s->text, 0);
        } else if (c.count && line[0] != '\n') {
            pl_buffer_text(&c.sections[c.count - 1].text, line);
        }
    }
    fclose(file);
    finish_case(path, &c, pool);
}

static char **files;
static int file_count;

static void test_cases(void **state) {
    (void)state;
    pl_pool *pool;
    assert_int_equal(pl_pool_create(&pool, 3), PL_OK);
    for (int i = 0; i < file_count; i++) run_file(files[i], pool);
    pl_pool_free(pool);
    printf("%zu cases of models\n", cases);
    assert_true(cases > 0);
    assert_int_equal(failures, 0);
}

int main(int argc, char **argv) {
    reviewing = argc > 1 && strcmp(argv[1], "--review") == 0;
    files = argv + 1 + reviewing;
    file_count = argc - 1 - reviewing;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests_name("model cases", tests, NULL, NULL);
}
