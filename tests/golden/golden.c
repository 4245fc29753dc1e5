/* The published results: what the owners of real indices gave out must come out of the models in examples/.
 *
 * golden EXAMPLES DATA: skips (77) and says so where DATA is not there. */
#include <plumbline/model/interchange.h>
#include <plumbline/score/score.h>
#include <plumbline/score/stage.h>
#include <plumbline/table/csv.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char *examples, *published;

typedef struct scored {
    pl_problems problems;
    pl_pool *pool;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
} scored;

static void path_of(char out[512], const char *folder, const char *name) { snprintf(out, 512, "%s/%s", folder, name); }

static scored bind_file(const char *model, const char *file, const char *period) {
    scored s = {0};
    char folder[512];
    path_of(folder, examples, model);
    const char *files[] = {file};
    pl_problems_init(&s.problems, 0);
    assert_int_equal(pl_pool_create(&s.pool, 0), PL_OK);
    pl_dataset_options options = {.files = files, .file_count = 1, .pool = s.pool};
    assert_int_equal(pl_model_load(&s.model, folder, &s.problems), PL_OK);
    assert_int_equal(pl_dataset_load(&s.dataset, s.model, &options, &s.problems), PL_OK);
    assert_int_equal(pl_compile(&s.compiled, s.model, s.dataset, period, &s.problems), PL_OK);
    return s;
}

static scored bind(const char *model, const char *data, const char *period) {
    char file[512];
    path_of(file, published, data);
    return bind_file(model, file, period);
}

static scored score_file(const char *model, const char *file, const char *period, pl_score_nodes nodes) {
    scored s = bind_file(model, file, period);
    assert_int_equal(pl_score(&s.scores, s.compiled, nodes, s.pool, &s.problems), PL_OK);
    return s;
}

static scored score(const char *model, const char *data, const char *period, pl_score_nodes nodes) {
    char file[512];
    path_of(file, published, data);
    return score_file(model, file, period, nodes);
}

static void finish(scored *s) {
    pl_scores_free(s->scores);
    pl_compiled_free(s->compiled);
    pl_dataset_free(s->dataset);
    pl_model_free(s->model);
    pl_pool_free(s->pool);
    pl_problems_free(&s->problems);
}

/* All columns as texts. */
static pl_table read_table(const char *name) {
    pl_table table;
    char file[512];
    path_of(file, published, name);
    assert_int_equal(pl_csv_read(&table, file, NULL, NULL), PL_OK);
    return table;
}

static size_t column(const pl_table *table, const char *name) {
    size_t at = pl_table_find(table, pl_str_of(name));
    assert_true(at < table->column_count);
    return at;
}

static bool number(const pl_table *table, size_t at, size_t row, double *out) { return pl_table_number(table, at, row, out, NULL); }

static const pl_score_line *line_of(const scored *s, pl_str unit, pl_str period) {
    size_t index = pl_dataset_find_unit(s->dataset, unit);
    for (size_t i = 0; i < s->scores->line_count; i++) {
        const pl_score_line *line = &s->scores->lines[i];
        if (line->unit == index && (!period.len || pl_str_equal(s->dataset->periods[line->period], period))) return line;
    }
    return NULL;
}

static void test_human_development_2021(void **state) {
    (void)state;
    scored s = score("hdi", "hdi/hdi_2021.csv", NULL, PL_NODES_ROOT);
    pl_table table = read_table("hdi/hdi_2021.csv");
    size_t unit = column(&table, "unit"), value = column(&table, "hdi_published"), place = column(&table, "rank_published");
    size_t scores = 0, ranks = 0;
    for (size_t row = 0; row < table.rows; row++) {
        const pl_score_line *line = line_of(&s, pl_table_text(&table, unit, row), (pl_str){0});
        double wanted;
        assert_non_null(line);
        assert_true(number(&table, value, row, &wanted));
        scores += line->has_total && line->total == wanted;
        assert_true(number(&table, place, row, &wanted));
        ranks += line->rank == wanted;
    }
    printf("hdi_2021: %zu of %zu scores, %zu of %zu ranks\n", scores, table.rows, ranks, table.rows);
    assert_int_equal(table.rows, 191);
    assert_int_equal(scores, 191);
    assert_int_equal(ranks, 191);
    pl_table_free(&table);
    finish(&s);
}

static void test_human_development_in_32_years(void **state) {
    (void)state;
    scored s = score("hdi", "hdi/hdi_long.csv", "all", PL_NODES_ROOT);
    pl_table table = read_table("hdi/hdi_long.csv");
    size_t value = column(&table, "hdi_published");
    size_t unit = column(&table, "unit"), period = column(&table, "period"), given = 0, right = 0;
    /* The lines come by period and place; the table by unit and year: an index spares a search for each. */
    size_t rows = s.compiled->frame.units * s.compiled->frame.periods;
    const pl_score_line **by_row = calloc(rows, sizeof *by_row);
    assert_non_null(by_row);
    for (size_t i = 0; i < s.scores->line_count; i++) by_row[pl_scores_row(s.scores, &s.scores->lines[i])] = &s.scores->lines[i];
    for (size_t row = 0; row < table.rows; row++) {
        double wanted;
        if (!number(&table, value, row, &wanted)) continue;
        size_t p = pl_dataset_find_period(s.dataset, pl_table_text(&table, period, row));
        size_t u = pl_dataset_find_unit(s.dataset, pl_table_text(&table, unit, row));
        const pl_score_line *line = by_row[p * s.compiled->frame.units + u];
        given++;
        right += line && line->has_total && line->total == wanted;
    }
    free(by_row);
    printf("hdi_long: %zu of %zu scores over %zu periods\n", right, given, s.dataset->period_count);
    assert_int_equal(s.dataset->period_count, 32);
    assert_int_equal(given, 5571);
    assert_int_equal(right, 5571);
    pl_table_free(&table);
    finish(&s);
}

static void compare_every_node(const char *model, const char *golden) {
    scored s = score(model, "asem/asem_idata.csv", NULL, PL_NODES_ALL);
    pl_table table = read_table(golden);
    size_t unit = column(&table, "uCode"), compared = 0;
    double worst = 0;
    for (size_t row = 0; row < table.rows; row++) {
        const pl_score_line *line = line_of(&s, pl_table_text(&table, unit, row), (pl_str){0});
        assert_non_null(line);
        for (size_t k = 0; k < s.scores->node_count; k++) {
            size_t at = pl_table_find(&table, s.model->indicators[s.scores->nodes[k]].code);
            assert_true(at < table.column_count);
            double wanted, found;
            bool has = pl_scores_value(s.scores, k, line, &found);
            assert_int_equal(number(&table, at, row, &wanted), has);
            if (!has) continue;
            double error = wanted == 0 ? fabs(found) : fabs(found - wanted) / fabs(wanted);
            if (error > worst) worst = error;
            compared++;
        }
    }
    printf("%s: %zu values of %zu nodes, largest relative difference %.1e\n", model, compared, s.scores->node_count, worst);
    assert_int_equal(s.scores->node_count, 60);
    assert_true(compared > 2800);
    assert_true(worst <= 1e-12);
    pl_table_free(&table);
    finish(&s);
}

static void test_connectivity_minmax(void **state) {
    (void)state;
    compare_every_node("asem_minmax", "asem/golden_minmax_arith.csv");
}

static void test_connectivity_zscore(void **state) {
    (void)state;
    compare_every_node("asem_zscore", "asem/golden_zscore_arith.csv");
}

static void test_connectivity_geometric(void **state) {
    (void)state;
    compare_every_node("asem_geometric", "asem/golden_minmax_geo.csv");
}

/* One stage of the recipe: every value that the golden file has, and no other. */
static void compare_stage(scored *s, pl_stage stage, const char *golden, size_t columns) {
    pl_staged *staged;
    assert_int_equal(pl_stage_values(&staged, s->compiled, stage, s->pool, &s->problems), PL_OK);
    pl_table table = read_table(golden);
    size_t unit = column(&table, "uCode"), compared = 0, missing = 0;
    double worst = 0;
    assert_int_equal(staged->row_count, table.rows);
    assert_int_equal(staged->indicator_count, columns);
    for (size_t i = 0; i < table.rows; i++) {
        size_t row = pl_dataset_find_unit(s->dataset, pl_table_text(&table, unit, i));
        for (size_t k = 0; k < staged->indicator_count; k++) {
            size_t at = pl_table_find(&table, s->model->indicators[staged->indicators[k]].code);
            assert_true(at < table.column_count);
            double wanted, found;
            bool has = pl_staged_value(staged, k, row, &found);
            assert_int_equal(number(&table, at, i, &wanted), has);
            missing += !has;
            if (!has) continue;
            double error = wanted == 0 ? fabs(found) : fabs(found - wanted) / fabs(wanted);
            if (error > worst) worst = error;
            compared++;
        }
    }
    printf("%s: %zu values, %zu missing, largest relative difference %.1e\n", golden, compared, missing, worst);
    assert_int_equal(compared + missing, 51 * columns);
    assert_int_equal(missing, stage == PL_STAGE_DENOMINATED ? 65 : 0);
    assert_true(worst <= 1e-12);
    pl_table_free(&table);
    pl_staged_free(staged);
}

static void test_connectivity_recipe_stage_by_stage(void **state) {
    (void)state;
    scored s = bind("asem_recipe", "asem/asem_idata.csv", NULL);
    compare_stage(&s, PL_STAGE_DENOMINATED, "asem/stage_Denominated.csv", 49);
    compare_stage(&s, PL_STAGE_IMPUTED, "asem/stage_Imputed.csv", 49);
    compare_stage(&s, PL_STAGE_SCREENED, "asem/stage_Screened.csv", 49);
    compare_stage(&s, PL_STAGE_TREATED, "asem/stage_Treated.csv", 49);
    compare_stage(&s, PL_STAGE_NORMALISED, "asem/stage_Normalised.csv", 49);
    compare_stage(&s, PL_STAGE_AGGREGATED, "asem/stage_Aggregated.csv", 60);
    finish(&s);
}

static void test_deprivation_of_32844_areas(void **state) {
    (void)state;
    scored s = score("imd2019", "imd2019/imd2019.csv", NULL, PL_NODES_ROOT);
    pl_table table = read_table("imd2019/imd2019.csv");
    size_t place = column(&table, "imd_rank_published"), decile = column(&table, "imd_decile_published");
    size_t deciles = 0, exact = 0, near = 0;
    for (size_t i = 0; i < s.scores->line_count; i++) {
        const pl_score_line *line = &s.scores->lines[i];
        double wanted;
        assert_true(number(&table, place, line->unit, &wanted)); /* units are in the order of the file */
        exact += line->rank == wanted;
        near += fabs(line->rank - wanted) <= 2;
        assert_true(number(&table, decile, line->unit, &wanted));
        deciles += ceil(10 * line->rank / (double)table.rows) == wanted;
    }
    printf("imd2019: %zu of %zu deciles, %zu ranks exact, %zu within 2\n", deciles, table.rows, exact, near);
    assert_int_equal(s.scores->line_count, 32844);
    assert_int_equal(deciles, 32844);
    assert_int_equal(near, 32844);
    pl_table_free(&table);
    finish(&s);
}

/* Values that were written out for other programs give the same bits when they come back. */
static void come_back(const char *suffix, void (*write)(const pl_dataset *dataset, pl_output *output)) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/plumbline-values-XXXXXX%s", suffix);
    int file = mkstemps(path, (int)strlen(suffix));
    assert_true(file >= 0);
    scored own = score("hdi", "hdi/hdi_long.csv", "all", PL_NODES_ALL);
    pl_output output;
    pl_output_init(&output, pl_sink_descriptor, &file);
    write(own.dataset, &output);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    close(file);
    scored back = score_file("hdi", path, "all", PL_NODES_ALL);
    unlink(path);
    assert_int_equal(back.scores->line_count, own.scores->line_count);
    size_t compared = 0;
    for (size_t i = 0; i < own.scores->line_count; i++) {
        const pl_score_line *a = &own.scores->lines[i], *b = &back.scores->lines[i];
        assert_true(pl_str_equal(own.dataset->units[a->unit].code, back.dataset->units[b->unit].code));
        assert_true(a->period == b->period && a->rank == b->rank);
        for (size_t k = 0; k < own.scores->node_count; k++) {
            double x = 0, y = 0;
            assert_int_equal(pl_scores_value(own.scores, k, a, &x), pl_scores_value(back.scores, k, b, &y));
            assert_memory_equal(&x, &y, sizeof x);
            compared++;
        }
    }
    assert_true(compared > 30000);
    printf("hdi_long as %s and back: %zu scores, the same bits\n", suffix + 1, compared);
    finish(&own);
    finish(&back);
}

static void test_values_written_out_and_read_back(void **state) {
    (void)state;
    come_back(".csv", pl_values_write_csv);
    come_back(".json", pl_values_write_json);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    examples = argv[1];
    published = argv[2];
    if (access(published, R_OK)) {
        printf("skipped: the published results are not at %s\n", published);
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_human_development_2021),
        cmocka_unit_test(test_human_development_in_32_years),
        cmocka_unit_test(test_connectivity_minmax),
        cmocka_unit_test(test_connectivity_zscore),
        cmocka_unit_test(test_connectivity_geometric),
        cmocka_unit_test(test_deprivation_of_32844_areas),
        cmocka_unit_test(test_values_written_out_and_read_back),
        cmocka_unit_test(test_connectivity_recipe_stage_by_stage),
    };
    return cmocka_run_group_tests_name("published results", tests, NULL, NULL);
}
