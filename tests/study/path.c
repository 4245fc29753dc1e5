/* The cheapest way to a place: against every combination tried out by the model itself, and with memory that runs out. */
#include <plumbline/base/number.h>
#include <plumbline/study/path.h>

#include "support/allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST_ELEMENTS 4

/* A model, loaded and scored. */
typedef struct loaded {
    pl_problems problems;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
} loaded;

typedef struct texts {
    pl_buffer indicators, settings, data, costs;
    bool any_number; /* values will be set that whole numbers times a power of ten are not */
} texts;

/* Columns of numbers in place of scaled ones. */
static void unscale(loaded *l) {
    size_t rows = l->dataset->unit_count * l->dataset->period_count;
    for (size_t i = 0; i < l->dataset->element_count; i++) {
        pl_element *element = &l->dataset->elements[i];
        if (!element->scaled) continue;
        double *numbers = malloc(rows * sizeof *numbers);
        assert_non_null(numbers);
        for (size_t row = 0; row < rows; row++) numbers[row] = pl_element_number(element, row);
        free(element->scaled);
        element->scaled = NULL;
        element->numbers = numbers;
    }
}

static pl_status load(loaded *l, const texts *t) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, pl_buffer_view(&t->indicators)},
                               {"settings.csv", NULL, pl_buffer_view(&t->settings)},
                               {"data.csv", NULL, pl_buffer_view(&t->data)},
                               {"costs.csv", NULL, pl_buffer_view(&t->costs)}};
    *l = (loaded){0};
    pl_problems_init(&l->problems, 0);
    pl_status status = pl_model_load_sheets(&l->model, "model", sheets, 4, &l->problems);
    if (status == PL_OK) status = pl_dataset_load(&l->dataset, l->model, NULL, &l->problems);
    if (status == PL_OK && t->any_number) unscale(l);
    if (status == PL_OK) status = pl_compile(&l->compiled, l->model, l->dataset, NULL, &l->problems);
    if (status == PL_OK) status = pl_score(&l->scores, l->compiled, PL_NODES_ROOT, NULL, &l->problems);
    return status;
}

static void unload(loaded *l) {
    pl_scores_free(l->scores);
    pl_compiled_free(l->compiled);
    pl_dataset_free(l->dataset);
    pl_model_free(l->model);
    pl_problems_free(&l->problems);
}

static void free_texts(texts *t) {
    pl_buffer_free(&t->indicators);
    pl_buffer_free(&t->settings);
    pl_buffer_free(&t->data);
    pl_buffer_free(&t->costs);
}

static const pl_score_line *line_of(const pl_scores *scores, size_t unit) {
    for (size_t i = 0; i < scores->line_count; i++)
        if (scores->lines[i].unit == unit) return &scores->lines[i];
    fail_msg("unit %zu has no line", unit);
    return NULL;
}

/* ---- models at random, the same ones every time ---- */

typedef struct chance {
    uint64_t state;
} chance;

static unsigned roll(chance *c, unsigned sides) {
    c->state = c->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(c->state >> 33) % sides;
}

/* Rules that real offices use: in parts, by range, in bands, by place, with deductions, bent ones too. */
static const char *const rules[] = {"minmax(x)",
                                    "\"min(100, 100 * x / 60)\"",
                                    "\"bands(x, 70, 100, 50, 80, 30, 60, 0)\"",
                                    "\"efficacy(x)\"",
                                    "\"steps(x, 90)\"",
                                    "\"max(0, 100 - 1.5 * (100 - x))\"",
                                    "\"if(x >= 55, 100, 40)\"",
                                    "\"100 * (x / 100) ^ 0.5\"",
                                    "\"prank(x) * 100\""};
static const char *const roots[] = {"mean",
                                    "sum",
                                    "p * q / 100",
                                    "\"if(q < 50, min(p + q, 90), p + q)\"",
                                    "min",
                                    "\"max(p, q) + 0.1 * p\"",
                                    "median",
                                    "\"p ^ 0.5 * q / 10\"",
                                    "\"0.7 * p + 0.3 * q\""};

static void make_model(chance *c, texts *t, size_t elements, size_t units, bool linear) {
    *t = (texts){0};
    pl_buffer_print(&t->indicators, "code,parent,weight,combine,score,missing\nt,,,%s,,\np,t,%u,mean,,\nq,t,%u,%s,,\n",
                    roots[roll(c, sizeof roots / sizeof *roots)], 1 + roll(c, 3), 1 + roll(c, 3), roll(c, 4) ? "mean" : "min");
    for (size_t i = 0; i < elements; i++)
        pl_buffer_print(&t->indicators, "e%zu,%s,%u,,%s,\n", i, i % 2 ? "q" : "p", 1 + roll(c, 4),
                        rules[roll(c, sizeof rules / sizeof *rules)]);
    pl_buffer_text(&t->settings, "key,value\n");
    if (roll(c, 2)) pl_buffer_print(&t->settings, "digits,%u\n", roll(c, 3));
    if (roll(c, 2)) pl_buffer_text(&t->settings, "digits_leaf,1\n");
    if (roll(c, 2)) pl_buffer_text(&t->settings, "tie_break,\"p,q\"\n");
    if (roll(c, 4) == 0) pl_buffer_text(&t->settings, "ties,average\n");
    pl_buffer_text(&t->data, "unit");
    for (size_t i = 0; i < elements; i++) pl_buffer_print(&t->data, ",e%zu", i);
    for (size_t u = 0; u < units; u++) {
        pl_buffer_print(&t->data, "\nu%zu", u);
        for (size_t i = 0; i < elements; i++) pl_buffer_print(&t->data, ",%u", (u ? 25 : 15) + roll(c, 60));
    }
    pl_buffer_text(&t->data, "\n");
    pl_buffer_text(&t->costs, "element,kind,step,cost,up_to\n");
    for (size_t i = 0; i < elements; i++)
        pl_buffer_print(&t->costs, "e%zu,%s,%u,%u.%u,%u\n", i, linear && roll(c, 3) ? "linear" : "stepwise", 7 + roll(c, 9),
                        1 + roll(c, 9), roll(c, 10), 60 + roll(c, 40));
}

/* ---- every combination ---- */

#define MOST_LEVELS 80

typedef struct brute {
    loaded *l;
    size_t unit, elements, wanted;
    bool linear; /* of some elements only quarters of a step are tried */
    double levels[MOST_ELEMENTS][MOST_LEVELS], costs[MOST_ELEMENTS][MOST_LEVELS];
    size_t counts[MOST_ELEMENTS];
    double least; /* INFINITY: out of reach */
} brute;

static void list_levels(brute *b) {
    for (size_t i = 0; i < b->elements; i++) {
        const pl_cost *cost = b->l->model->costs;
        while (!pl_str_equal(cost->element, b->l->dataset->elements[i].name)) cost++;
        double from = pl_element_number(&b->l->dataset->elements[i], b->unit), part = cost->stepwise ? 1 : 0.25, value = from;
        size_t count = 0;
        for (; count == 0 || value <= cost->up_to; value = from + (double)count * part * cost->step) {
            b->levels[i][count] = value;
            b->costs[i][count] = (double)count * part * cost->cost;
            count++;
        }
        b->linear |= !cost->stepwise;
        b->counts[i] = count;
    }
}

/* The model that was compiled sees it, however the column is kept. */
static void set_number(pl_element *element, size_t row, double value) {
    if (element->scaled)
        element->scaled[row] = (int32_t)lround(value * element->power);
    else
        element->numbers[row] = value;
    assert_true(pl_element_number(element, row) == value);
}

/* Every combination of levels, counted through like the wheels of a lock. */
static void try_out(brute *b) {
    size_t wheels[MOST_ELEMENTS] = {0};
    for (size_t i = 0; i < MOST_ELEMENTS;) {
        double cost = 0;
        for (size_t k = 0; k < b->elements; k++) {
            set_number(&b->l->dataset->elements[k], b->unit, b->levels[k][wheels[k]]);
            cost += b->costs[k][wheels[k]];
        }
        pl_scores *scores;
        assert_int_equal(pl_score(&scores, b->l->compiled, PL_NODES_ROOT, NULL, &b->l->problems), PL_OK);
        const pl_score_line *line = line_of(scores, b->unit);
        if (line->has_total && line->rank <= (double)b->wanted && cost < b->least) b->least = cost;
        pl_scores_free(scores);
        for (i = 0; i < MOST_ELEMENTS && ++wheels[i] >= b->counts[i]; i++) wheels[i] = 0;
    }
    for (size_t k = 0; k < b->elements; k++) set_number(&b->l->dataset->elements[k], b->unit, b->levels[k][0]);
}

/* What the plan promises, scored anew. */
static void check_plan(brute *b, const pl_path_plan *plan) {
    double cost = 0, points = 0;
    for (size_t i = 0; i < plan->count; i++) {
        set_number(&b->l->dataset->elements[plan->steps[i].element], b->unit, plan->steps[i].to);
        cost += plan->steps[i].cost;
        points += plan->steps[i].points;
    }
    pl_scores *scores;
    assert_int_equal(pl_score(&scores, b->l->compiled, PL_NODES_ROOT, NULL, &b->l->problems), PL_OK);
    const pl_score_line *line = line_of(scores, b->unit), *before = line_of(b->l->scores, b->unit);
    assert_true(line->rank == plan->place && line->total == plan->total);
    assert_true(fabs(cost - plan->cost) < 1e-9 && fabs(before->total + points - plan->total) < 1e-9);
    pl_scores_free(scores);
    for (size_t i = 0; i < plan->count; i++)
        set_number(&b->l->dataset->elements[plan->steps[i].element], b->unit, plan->steps[i].from);
}

typedef struct outcomes {
    size_t reached, out_of_reach, proven, searched;
} outcomes;

static void compare(size_t number, brute *b, const pl_path *path, outcomes *tally) {
    bool proven = path->proof == PL_PATH_PROVEN;
    if (path->outcome == PL_PATH_NOTHING_TO_DO) return;
    try_out(b);
    if (path->outcome == PL_PATH_REACHED) {
        if (isinf(b->least) && !b->linear) fail_msg("model %zu: reached, but no combination does", number);
        double millionth = 1e-6 * fmax(1, b->least);
        bool too_cheap = !b->linear && path->best.cost < b->least - millionth;
        if (too_cheap || (proven && path->best.cost > b->least + millionth))
            fail_msg("model %zu: a plan for %.9g, the least is %.9g", number, path->best.cost, b->least);
        if (path->has_bound && path->bound > b->least + millionth)
            fail_msg("model %zu: bound %g over %g", number, path->bound, b->least);
        assert_true(path->best.place <= (double)b->wanted);
        check_plan(b, &path->best);
        if (path->has_runner_up) check_plan(b, &path->runner_up);
        if (path->has_runner_up && proven) assert_true(path->runner_up.cost >= path->best.cost * (1 - 1e-6));
        tally->reached++;
    } else {
        if (proven && !isinf(b->least)) fail_msg("model %zu: out of reach, but %g reaches it", number, b->least);
        tally->out_of_reach++;
    }
    tally->proven += proven;
    tally->searched += !proven;
}

/* Asks many models for the first or second place. */
static outcomes ask_many(bool linear, uint64_t seed) {
    chance c = {seed};
    outcomes tally = {0};
    for (size_t number = 0; number < 200; number++) {
        size_t elements = 2 + roll(&c, linear ? 2 : 3), units = 3 + roll(&c, 3);
        texts t;
        loaded l;
        pl_path *path;
        make_model(&c, &t, elements, units, linear);
        t.any_number = linear;
        if (load(&l, &t) != PL_OK) fail_msg("model %zu: %s", number, l.problems.items[0].text);
        brute b = {.l = &l, .elements = elements, .wanted = 1 + roll(&c, 2), .least = INFINITY};
        list_levels(&b);
        pl_path_options options = {.place = b.wanted, .work = 30000000};
        assert_int_equal(pl_path_find(&path, l.scores, l.compiled, line_of(l.scores, 0), &options, &l.problems), PL_OK);
        compare(number, &b, path, &tally);
        pl_path_free(path);
        unload(&l);
        free_texts(&t);
    }
    print_message("%zu reached, %zu out of reach; %zu proven, %zu searched\n", tally.reached, tally.out_of_reach, tally.proven,
                  tally.searched);
    return tally;
}

static void test_no_combination_is_cheaper(void **state) {
    (void)state;
    outcomes tally = ask_many(false, 7);
    assert_true(tally.reached > 60 && tally.out_of_reach > 20 && tally.searched == 0);
}

static void test_no_part_of_a_step_is_cheaper(void **state) {
    (void)state;
    outcomes tally = ask_many(true, 11);
    assert_true(tally.reached > 60 && tally.out_of_reach > 20 && tally.proven > 120);
}

/* ---- the example city ---- */

static const char *city;

static pl_status load_city(loaded *l) {
    *l = (loaded){0};
    pl_problems_init(&l->problems, 0);
    pl_status status = pl_model_load(&l->model, city, &l->problems);
    if (status == PL_OK) status = pl_dataset_load(&l->dataset, l->model, NULL, &l->problems);
    if (status == PL_OK) status = pl_compile(&l->compiled, l->model, l->dataset, NULL, &l->problems);
    if (status == PL_OK) status = pl_score(&l->scores, l->compiled, PL_NODES_ROOT, NULL, &l->problems);
    return status;
}

/* Many places up for every unit, within so many cases: the same on any machine. */
static void test_the_city_is_proven(void **state) {
    (void)state;
    loaded l;
    assert_int_equal(load_city(&l), PL_OK);
    for (size_t i = 0; i < l.scores->line_count; i++) {
        const pl_score_line *line = &l.scores->lines[i];
        pl_path *path;
        pl_path_options options = {.place = line->rank > 11 ? (size_t)line->rank - 10 : 1, .work = 30000000};
        assert_int_equal(pl_path_find(&path, l.scores, l.compiled, line, &options, &l.problems), PL_OK);
        if (path->outcome != PL_PATH_NOTHING_TO_DO) {
            pl_str code = l.dataset->units[line->unit].code;
            if (path->outcome != PL_PATH_REACHED || path->proof != PL_PATH_PROVEN)
                fail_msg("%.*s to place %zu: not proven", PL_ARG(code), options.place);
            assert_true(path->best.place <= (double)options.place && fabs(path->best.cost - path->bound) < 1e-6);
            /* integer programming had found no plan below 370, and none for that */
            if (pl_str_equal(code, pl_str_of("D03"))) assert_true(options.place == 15 && path->best.cost == 370);
        }
        pl_path_free(path);
    }
    unload(&l);
}

/* ---- memory ---- */

static bool find_everything(void *context) {
    const pl_path_options *options = context;
    texts t = {0};
    loaded l;
    pl_path *path = NULL;
    pl_buffer_text(&t.indicators,
                   "code,parent,weight,combine,score\nt,,,p * q / 100,\np,t,,mean,\nq,t,,mean,\na,p,1,,minmax(x)\nb,p,1,,"
                   "\"bands(x, 8, 90, 5, 60, 10)\"\nc,q,,,\"min(100, 10 * x)\"\nd,q,,,x\n");
    pl_buffer_text(&t.settings, "key,value\ndigits,2\ntie_break,p\n");
    pl_buffer_text(&t.data,
                   "unit,period,a,b,c,d\nu,2024,1,2,3,4\nv,2024,4,5,6,7\nw,2024,5,6,7,8\nu,2025,2,3,4,5\nv,2025,5,6,7,8\nw,"
                   "2025,7,8,9,10\n");
    pl_buffer_text(&t.costs, "element,unit,kind,step,cost,up_to\na,,,1,2,8\nb,u,,1,3,9\nc,,linear,2,2,10\n");
    bool good = !t.indicators.failed && !t.settings.failed && !t.data.failed && !t.costs.failed;
    pl_status status = good ? load(&l, &t) : PL_MEMORY;
    if (status == PL_OK) status = pl_path_find(&path, l.scores, l.compiled, line_of(l.scores, 0), options, &l.problems);
    pl_path_free(path);
    if (good) unload(&l);
    free_texts(&t);
    return status == PL_OK;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    pl_path_options within = {.place = 2}, beyond = {.place = 1, .trend = true}; /* with a runner-up; out of reach */
    assert_true(allocations_walk(find_everything, &within, 200000) > 500);
    assert_true(allocations_walk(find_everything, &beyond, 200000) > 500);
}

int main(int count, char **arguments) {
    if (count < 2) return 1;
    city = arguments[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_combination_is_cheaper),
                                       cmocka_unit_test(test_no_part_of_a_step_is_cheaper),
                                       cmocka_unit_test(test_the_city_is_proven), cmocka_unit_test(test_every_allocation_may_fail)};
    return cmocka_run_group_tests_name("the cheapest way to a place", tests, NULL, NULL);
}
