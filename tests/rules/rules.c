/* Rules that offices publish: every model in a folder of examples must come out as the answers.csv beside it says.
 *
 * rules FOLDER: answers.csv has the columns unit, node (a code, or 名次 for the place, 等次 for the grade) and value. Numbers are
 * compared as a reader sees them, to nine decimals. */
#include <plumbline/base/number.h>
#include <plumbline/score/score.h>
#include <plumbline/table/csv.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *examples;

typedef struct scored {
    pl_problems problems;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
} scored;

static bool score(scored *s, const char *folder) {
    pl_problems_init(&s->problems, 0);
    pl_status status = pl_model_load(&s->model, folder, &s->problems);
    if (status == PL_OK) status = pl_dataset_load(&s->dataset, s->model, NULL, &s->problems);
    if (status == PL_OK) status = pl_compile(&s->compiled, s->model, s->dataset, NULL, &s->problems);
    if (status == PL_OK) status = pl_score(&s->scores, s->compiled, PL_NODES_ALL, NULL, &s->problems);
    for (size_t i = 0; i < s->problems.count; i++) {
        pl_buffer line;
        pl_buffer_init(&line, 0);
        pl_problem_print(&s->problems.items[i], &line);
        fprintf(stderr, "%s: %s\n", folder, line.at);
        pl_buffer_free(&line);
    }
    return status == PL_OK && s->problems.count == 0;
}

static void finish(scored *s) {
    pl_scores_free(s->scores);
    pl_compiled_free(s->compiled);
    pl_dataset_free(s->dataset);
    pl_model_free(s->model);
    pl_problems_free(&s->problems);
}

static const pl_score_line *line_of(const scored *s, pl_str unit) {
    size_t index = pl_dataset_find_unit(s->dataset, unit);
    for (size_t i = 0; i < s->scores->line_count; i++)
        if (s->scores->lines[i].unit == index) return &s->scores->lines[i];
    return NULL;
}

static void write_number(pl_buffer *out, bool present, double value) {
    if (present)
        pl_buffer_number(out, pl_number_round(value, 9));
    else
        pl_buffer_text(out, "nothing");
}

/* What came out, as the answers write it. */
static void write_result(const scored *s, pl_str unit, pl_str node, pl_buffer *out) {
    const pl_score_line *line = line_of(s, unit);
    size_t index = pl_model_find(s->model, node);
    double value = 0;
    if (!line) {
        pl_buffer_text(out, "no such unit");
    } else if (pl_str_is(node, "名次")) {
        write_number(out, line->rank > 0, line->rank);
    } else if (pl_str_is(node, "等次")) {
        pl_buffer_str(out, line->grade == PL_NOBODY ? pl_str_of("nothing") : s->model->grades[line->grade].name);
    } else if (index == PL_NO_INDEX) {
        pl_buffer_text(out, "no such indicator");
    } else {
        bool present = pl_scores_value(s->scores, index, line, &value); /* all nodes were asked for: in the order of the tree */
        write_number(out, present, value);
    }
}

/* Returns how many answers differ; *count how many there are. */
static size_t compare(const char *rule, size_t *count) {
    char folder[1024], file[1200];
    snprintf(folder, sizeof folder, "%s/%s", examples, rule);
    snprintf(file, sizeof file, "%s/answers.csv", folder);
    scored s = {0};
    pl_table answers;
    size_t different = 0;
    assert_int_equal(pl_csv_read(&answers, file, NULL, NULL), PL_OK);
    assert_int_equal(answers.column_count, 3);
    bool good = score(&s, folder);
    for (size_t row = 0; good && row < answers.rows; row++) {
        pl_str unit = pl_table_text(&answers, 0, row), node = pl_table_text(&answers, 1, row),
               wanted = pl_table_text(&answers, 2, row);
        pl_buffer found;
        pl_buffer_init(&found, 0);
        write_result(&s, unit, node, &found);
        if (!pl_str_equal(wanted, pl_buffer_view(&found))) {
            different++;
            fprintf(stderr, "%s: %.*s of %.*s is %.*s, not %s\n", rule, PL_ARG(node), PL_ARG(unit), PL_ARG(wanted), found.at);
        }
        pl_buffer_free(&found);
        ++*count;
    }
    pl_table_free(&answers);
    finish(&s);
    return good ? different : different + 1;
}

static int is_rule(const struct dirent *entry) { return entry->d_name[0] == 'R'; }

static void test_every_rule(void **state) {
    (void)state;
    struct dirent **entries;
    int rules = scandir(examples, &entries, is_rule, alphasort);
    size_t different = 0, answers = 0;
    assert_true(rules > 0);
    for (int i = 0; i < rules; i++) {
        different += compare(entries[i]->d_name, &answers);
        free(entries[i]);
    }
    free(entries);
    printf("%d rules, %zu answers\n", rules, answers);
    assert_true(answers > (size_t)rules);
    assert_int_equal(different, 0);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    examples = argv[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_rule)};
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
