/* The structure of an indicator system held to results that are known in closed form. structure.R compares it with R. */
#include <plumbline/study/structure.h>

#include "study/eigen.h"
#include "study/structuring.h"
#include "study/thresholds.h"
#include "support/allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define near(found, wanted, within)                                                                                                \
    if (!(fabs((found) - (wanted)) <= (within))) fail_msg("%.17g is not %.17g", (double)(found), (double)(wanted))

/* ---- eigenvalues ---- */

static void test_two_by_two(void **state) {
    (void)state;
    double matrix[] = {1, 0.6, 0.6, 1}, values[2], vectors[4];
    pl_eigen_symmetric(matrix, 2, values, vectors);
    near(values[0], 1.6, 1e-15);
    near(values[1], 0.4, 1e-15);
    for (int i = 0; i < 2; i++) near(vectors[i], sqrt(0.5), 1e-15);
    near(vectors[2] + vectors[3], 0, 1e-15);
}

/* All pairs correlate by r: one value of 1 + (n - 1) r, all others 1 - r. */
static void test_equal_correlations(void **state) {
    (void)state;
    enum { N = 40 };
    double matrix[N * N], values[N], vectors[N * N];
    for (size_t i = 0; i < (size_t)N * N; i++) matrix[i] = i % (N + 1) ? 0.25 : 1;
    pl_eigen_symmetric(matrix, N, values, vectors);
    near(values[0], 1 + 0.25 * (N - 1), 1e-12);
    for (size_t i = 1; i < N; i++) near(values[i], 0.75, 1e-12);
    for (size_t i = 0; i < N; i++) near(vectors[i], 1 / sqrt(N), 1e-12);
}

/* Second differences: 2 - 2 cos(pi k / (n + 1)). Vectors are orthogonal and give the matrix back. */
static void test_second_differences(void **state) {
    (void)state;
    enum { N = 30 };
    double matrix[N * N] = {0}, copy[N * N], values[N], vectors[N * N];
    for (size_t i = 0; i < N; i++) {
        matrix[i * N + i] = 2;
        if (i + 1 < N) matrix[i * N + i + 1] = matrix[(i + 1) * N + i] = -1;
    }
    memcpy(copy, matrix, sizeof copy);
    pl_eigen_symmetric(matrix, N, values, vectors);
    for (size_t k = 0; k < N; k++) near(values[k], 2 - 2 * cos(M_PI * (double)(N - k) / (N + 1)), 1e-13);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            double sum = 0;
            for (size_t c = 0; c < N; c++) sum += values[c] * vectors[c * N + i] * vectors[c * N + k];
            near(sum, copy[i * N + k], 1e-13);
        }
}

/* Two clean groups, mixed by a turn of 30 degrees, come apart again. */
static void test_varimax_undoes_a_turn(void **state) {
    (void)state;
    double clean[2][5] = {{0.9, 0.8, 0.7, 0, 0}, {0, 0, 0, 0.9, 0.6}}, loadings[10 + 5 + 2];
    for (size_t i = 0; i < 5; i++) {
        loadings[i] = sqrt(0.75) * clean[0][i] + 0.5 * clean[1][i];
        loadings[5 + i] = -0.5 * clean[0][i] + sqrt(0.75) * clean[1][i];
    }
    pl_varimax(loadings, 2, 5);
    for (size_t i = 0; i < 10; i++) near(loadings[i], clean[i / 5][i % 5], 1e-9);
}

/* ---- the curve ---- */

static void test_curves(void **state) {
    (void)state;
    enum { N = 101 };
    double x[N], line[N], square[N], same[N], *room = malloc(3 * MOST_ON_CURVE * sizeof *room);
    assert_non_null(room);
    for (int i = 0; i < N; i++) {
        x[i] = (i * 37) % N - 50;
        line[i] = 3 - 2 * x[i];
        square[i] = x[i] * x[i];
        same[i] = x[i] > 0; /* two levels: nothing is near but what is the same */
    }
    near(pl_curve_share(x, line, N, room), 1, 1e-12);
    assert_true(pl_curve_share(x, square, N, room) > 0.6); /* of which a straight line explains nothing */
    near(pl_curve_share(same, same, N, room), 1, 1e-12);
    free(room);
}

/* ---- models ---- */

typedef struct study {
    pl_problems problems;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
    pl_structure *structure;
} study;

static pl_status open_study(study *s, const char *indicators, const char *data, pl_aim aim, pl_pool *pool) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, {indicators, strlen(indicators)}},
                               {"data.csv", NULL, {data, strlen(data)}}};
    *s = (study){0};
    pl_problems_init(&s->problems, 0);
    pl_status status = pl_model_load_sheets(&s->model, "model", sheets, 2, &s->problems);
    if (status == PL_OK) status = pl_dataset_load(&s->dataset, s->model, NULL, &s->problems);
    if (status == PL_OK) status = pl_compile(&s->compiled, s->model, s->dataset, NULL, &s->problems);
    if (status == PL_OK) status = pl_score(&s->scores, s->compiled, PL_NODES_ALL, pool, &s->problems);
    pl_structure_options options = {.node = PL_NO_INDEX, .aim = aim, .pool = pool};
    if (status == PL_OK) status = pl_structure_study(&s->structure, s->scores, &options);
    if (s->problems.errors) fail_msg("%s", s->problems.count ? s->problems.items[0].text : "an error that was not recorded");
    return status;
}

static void close_study(study *s) {
    pl_structure_free(s->structure);
    pl_scores_free(s->scores);
    pl_compiled_free(s->compiled);
    pl_dataset_free(s->dataset);
    pl_model_free(s->model);
    pl_problems_free(&s->problems);
}

/* A generator of whole numbers that is the same everywhere (a linear congruence). */
static double number(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 16) / 64 - 512;
}

/* Units with `count` indicators a, b, c ...: each its own numbers and as much as `common` of shared ones. Every `gap`-th value is
 * left out; 0: none. */
static char *make_data(size_t count, size_t units, double common, size_t gap) {
    char *text = malloc(32 * (count + 1) * (units + 1)), *at = text;
    assert_non_null(text);
    at += sprintf(at, "unit");
    for (size_t i = 0; i < count; i++) at += sprintf(at, ",%c", (char)('a' + i));
    unsigned seed = 5;
    for (size_t k = 0; k < units; k++) {
        double shared = number(&seed);
        at += sprintf(at, "\nu%zu", k);
        for (size_t i = 0; i < count; i++) {
            double own = (common * shared + number(&seed)) * (double)(i + 1) + 6000;
            bool left_out = gap && (k * count + i) % gap == 0;
            at += left_out ? sprintf(at, ",") : sprintf(at, ",%.6f", own);
        }
    }
    sprintf(at, "\n");
    return text;
}

static char *make_indicators(size_t count, const char *combine, const double *weights) {
    char *text = malloc(64 * (count + 2)), *at = text;
    assert_non_null(text);
    at += sprintf(at, "code,parent,weight,combine,score\nt,,,%s,\n", combine);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%c,t,%.17g,,x\n", (char)('a' + i), weights ? weights[i] : (double)(count - i));
    return text;
}

static double spread(const study *s, size_t indicator) {
    const uint64_t *present;
    const double *x = pl_evaluation_column(s->scores->evaluation, s->compiled->nodes[indicator].score, &present);
    double mean = 0, squares = 0;
    size_t n = s->dataset->unit_count;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares);
}

/* Of two children, whatever their correlation, the weights are as one over their standard deviations. */
static void test_two_children(void **state) {
    (void)state;
    for (int common = -2; common <= 2; common++) {
        study s;
        char *indicators = make_indicators(2, "mean", NULL), *data = make_data(2, 40, common, 0);
        assert_int_equal(open_study(&s, indicators, data, PL_AIM_EQUAL, NULL), PL_OK);
        const pl_found_weights *found = &s.structure->nodes[0].found;
        double a = 1 / spread(&s, 1), b = 1 / spread(&s, 2);
        assert_int_equal(found->state, PL_WEIGHTS_REACHED);
        near(found->weights[0], a / (a + b), 1e-12);
        near(found->influences[0], 0.5, 1e-12);
        close_study(&s);
        free(indicators);
        free(data);
    }
}

/* Weights that were found go into the sheet; scored again, each child has the influence that was asked for. */
static void hold_weights(size_t count, const char *combine, double common, size_t gap, pl_aim aim) {
    study before, after;
    char *indicators = make_indicators(count, combine, NULL), *data = make_data(count, 60, common, gap);
    assert_int_equal(open_study(&before, indicators, data, aim, NULL), PL_OK);
    const pl_structure_node *node = &before.structure->nodes[0];
    if (node->found.state != PL_WEIGHTS_REACHED) fail_msg("%s of %zu: state %d", combine, count, node->found.state);
    char *changed = make_indicators(count, combine, node->found.weights);
    assert_int_equal(open_study(&after, changed, data, PL_AIM_NONE, NULL), PL_OK);
    double off = 0;
    for (size_t i = 0; i < count; i++) {
        double wanted = aim == PL_AIM_EQUAL ? 1 / (double)count : node->children[i].weight;
        near(after.structure->nodes[0].children[i].influence, wanted, 1e-8);
        off = fmax(off, fabs(node->children[i].influence - wanted));
    }
    assert_true(off > 0.01); /* it was not so before */
    close_study(&before);
    close_study(&after);
    free(indicators);
    free(changed);
    free(data);
}

static void test_found_weights_hold(void **state) {
    (void)state;
    static const char *const how[] = {"mean", "geomean", "harmean"};
    for (size_t k = 0; k < 3; k++) {
        for (size_t count = 3; count <= 6; count++) {
            hold_weights(count, how[k], 0.4, 0, PL_AIM_EQUAL);
            hold_weights(count, how[k], 0.2, 0, PL_AIM_NOMINAL);
            hold_weights(count, how[k], 0.4, 31, PL_AIM_EQUAL);
        }
    }
}

/* a and b have nothing in common and c is all but 10 a + 10 b: however they are weighted, c goes with their mean more than each of
 * them, even where it has no weight. Then a and b have a quarter of the influence each and c, nearly their sum, the rest. */
static void test_impossible_weights(void **state) {
    (void)state;
    study s;
    static const char indicators[] = "code,parent,score\nt,,\na,t,x\nb,t,x\nc,t,x\n";
    static const char data[] = "unit,a,b,c\nu1,1,1,21\nu2,1,-1,1\nu3,-1,1,-1\nu4,-1,-1,-21\nu5,1,1,19\nu6,1,-1,-1\nu7,-1,1,1\n"
                               "u8,-1,-1,-19\n";
    assert_int_equal(open_study(&s, indicators, data, PL_AIM_EQUAL, NULL), PL_OK);
    const pl_found_weights *found = &s.structure->nodes[0].found;
    assert_int_equal(found->state, PL_WEIGHTS_IMPOSSIBLE);
    near(found->weights[2], 0, 1e-12);
    near(found->weights[0], 0.5, 1e-9);
    near(found->influences[0], 0.25, 0.001);
    assert_true(found->influences[2] > 0.49);
    near(found->worst, found->influences[2] - 1.0 / 3, 1e-15);
    close_study(&s);
}

/* Sum of squared differences from equal influence, of the scores of nodes 1 to 3 and their mean with the weights w. */
static double miss_of(const study *s, const double w[3]) {
    enum { N = 8 };
    double x[3][N], t[N], room[2 * N], r[3], squares = 0, sum = 0;
    size_t pairs;
    for (size_t u = 0; u < N; u++) {
        t[u] = 0;
        for (size_t i = 0; i < 3; i++) {
            const uint64_t *present;
            x[i][u] = pl_evaluation_column(s->scores->evaluation, s->compiled->nodes[i + 1].score, &present)[u];
            t[u] += w[i] * x[i][u];
        }
    }
    for (size_t i = 0; i < 3; i++) {
        r[i] = pl_pairwise(x[i], t, N, room, &pairs);
        squares += r[i] * r[i];
    }
    for (size_t i = 0; i < 3; i++) sum += (r[i] * fabs(r[i]) / squares - 1.0 / 3) * (r[i] * fabs(r[i]) / squares - 1.0 / 3);
    return sum;
}

/* Where the aim is out of reach, no weights on a fine grid come nearer than those that were found. */
static void test_nearest_weights(void **state) {
    (void)state;
    study s;
    static const char indicators[] = "code,parent,score\nt,,\na,t,x\nb,t,x\nc,t,x\n";
    static const char data[] =
        "unit,a,b,c\nu1,1,1,2\nu2,2,-1,1\nu3,-1,3,-1\nu4,-1,-1,-2\nu5,1,1,3\nu6,1,-2,-1\nu7,-1,1,1\nu8,-1,-1,-3\n";
    assert_int_equal(open_study(&s, indicators, data, PL_AIM_EQUAL, NULL), PL_OK);
    const pl_found_weights *found = &s.structure->nodes[0].found;
    assert_int_equal(found->state, PL_WEIGHTS_IMPOSSIBLE);
    double best = miss_of(&s, found->weights), nearest = 1;
    for (int a = 0; a <= 200; a++)
        for (int b = 0; a + b <= 200; b++)
            nearest = fmin(nearest, miss_of(&s, (double[]){a / 200.0, b / 200.0, (200 - a - b) / 200.0}));
    assert_true(best <= nearest);
    assert_true(best > nearest - 1e-4); /* the grid is fine enough to tell */
    close_study(&s);
}

/* Worked by hand: a = 1 2 3 4, b = 2 1 4 3: variances 5/3, covariance 1; their sum varies by 16/3. */
static void test_worked_case(void **state) {
    (void)state;
    study s;
    static const char indicators[] = "code,parent,weight,score\nt,,,\na,t,1,x\nb,t,3,x\n";
    assert_int_equal(open_study(&s, indicators, "unit,a,b\nu1,1,2\nu2,2,1\nu3,3,4\nu4,4,3\nu5,,9\n", PL_AIM_NONE, NULL), PL_OK);
    const pl_structure_node *t = &s.structure->nodes[0];
    assert_int_equal(t->units, 5);
    assert_int_equal(t->complete, 4);
    near(t->siblings[1], 0.6, 1e-15);
    near(t->alpha, 2 * (1 - (10.0 / 3) / (16.0 / 3)), 1e-15);
    near(t->eigenvalues[0], 1.6, 1e-15);
    near(t->loadings[0], sqrt(0.8), 1e-15);
    near(t->children[1].weight, 0.75, 0);
    /* t is a/4 + 3b/4: its covariance with a is 7/6, its variance 17/12. u5 has no a. */
    near(t->children[0].correlation, (7.0 / 6) / sqrt(5.0 / 3 * 17 / 12), 1e-15);
    assert_int_equal(t->children[1].units, 5);
    assert_int_equal(t->children[0].flags, 0); /* of so few units nothing is said */
    close_study(&s);
}

static bool same_numbers(const double *a, const double *b, size_t count) { return memcmp(a, b, count * sizeof *a) == 0; }

static void test_same_bits_on_any_number_of_threads(void **state) {
    (void)state;
    pl_pool *pool;
    study one, four;
    char *indicators = make_indicators(6, "mean", NULL), *data = make_data(6, 60, 0.4, 31);
    assert_int_equal(pl_pool_create(&pool, 4), PL_OK);
    assert_int_equal(open_study(&one, indicators, data, PL_AIM_NOMINAL, NULL), PL_OK);
    assert_int_equal(open_study(&four, indicators, data, PL_AIM_NOMINAL, pool), PL_OK);
    const pl_structure_node *a = &one.structure->nodes[0], *b = &four.structure->nodes[0];
    assert_true(same_numbers(a->siblings, b->siblings, 36));
    assert_true(same_numbers(a->loadings, b->loadings, 36));
    assert_true(same_numbers(a->found.weights, b->found.weights, 6));
    for (size_t i = 0; i < 6; i++) assert_true(same_numbers(&a->children[i].curve, &b->children[i].curve, 1));
    close_study(&one);
    close_study(&four);
    pl_pool_free(pool);
    free(indicators);
    free(data);
}

static bool study_everything(void *context) {
    study s;
    static const char indicators[] = "code,parent,weight,combine,applies,score\nt,,,,,\np,t,2,geomean,\"a > 2\",\nq,t,1,sum,,\n"
                                     "a,p,1,,,x\nb,p,3,,,x\nc,q,,,,x\nd,q,,,,x\n";
    pl_status status = open_study(&s, indicators, context, PL_AIM_NOMINAL, NULL);
    if (status == PL_OK) assert_int_equal(s.structure->node_count, 3);
    close_study(&s);
    return status == PL_OK;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    char *data = make_data(4, 40, 0.4, 13);
    assert_true(allocations_walk(study_everything, data, 100000) > 100);
    free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_by_two),
        cmocka_unit_test(test_equal_correlations),
        cmocka_unit_test(test_second_differences),
        cmocka_unit_test(test_varimax_undoes_a_turn),
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_two_children),
        cmocka_unit_test(test_found_weights_hold),
        cmocka_unit_test(test_impossible_weights),
        cmocka_unit_test(test_nearest_weights),
        cmocka_unit_test(test_worked_case),
        cmocka_unit_test(test_same_bits_on_any_number_of_threads),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
