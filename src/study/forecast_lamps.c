/* Which lamp each indicator of each unit has at the year's end: conditions of the model's own, or the usual ones, compiled for each
 * leaf. A name is the leaf's, and a constant that its row does not give is missing, so that the condition does not hold. */
#include "study/forecasting.h"

#include <stdlib.h>

static const struct {
    const char *name, *condition, *note;
} usual[] = {
    {"green", "points >= 90% * coalesce(full, max(points over peers))", "90 % of the points to be had, or of the best peer's"},
    {"yellow", "points >= 60% * coalesce(full, max(points over peers))", "60 % of them"},
    {"red", "present(points)", "less"},
};
#define USUAL (sizeof usual / sizeof *usual)

typedef struct lighting {
    pl_forecast *f;
    pl_compiled *compiled;
    pl_problems *problems;
    size_t leaf;         /* of which a condition is being compiled */
    pl_node *conditions; /* leaf * lamp_count + lamp; 0: always */
    size_t *leaves, leaf_count;
    pl_evaluation *evaluation;
    size_t period; /* of the year's end */
} lighting;

static pl_status make_usual(pl_forecast *f) {
    pl_lamp *lamps = pl_arena_array(&f->arena, USUAL, sizeof *lamps);
    pl_status status = lamps ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < USUAL && status == PL_OK; i++) {
        lamps[i].name = pl_str_of(usual[i].name);
        lamps[i].note = pl_str_of(usual[i].note);
        lamps[i].place = (pl_place){.file = "the usual lamps"};
        status = pl_expression_parse(&lamps[i].condition, &f->arena, pl_str_of(usual[i].condition), lamps[i].place, NULL);
    }
    f->lamps = lamps;
    f->lamp_count = USUAL;
    return status;
}

/* ---- names ---- */

static const pl_str *lamp_names(size_t *count) {
    static const pl_str names[] = {{"x", 1},   {"points", 6}, {"full", 4},   {"target", 6},
                                   {"low", 3}, {"high", 4},   {"weight", 6}, {"direction", 9}};
    *count = sizeof names / sizeof *names;
    return names;
}

static size_t names(void *context, pl_reference_kind kind, const pl_str **out) {
    (void)context;
    size_t count;
    *out = lamp_names(&count);
    return kind == PL_REFERENCE_NAME ? count : 0;
}

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    const lighting *l = context;
    pl_program *program = l->compiled->program;
    const pl_indicator *node = &l->compiled->model->indicators[l->leaf];
    const pl_indicator_nodes *nodes = &l->compiled->nodes[l->leaf];
    const struct {
        const char *name;
        pl_optional value;
    } constants[] = {{"full", node->full}, {"target", node->target},         {"low", node->low},
                     {"high", node->high}, {"weight", {true, node->weight}}, {"direction", {true, node->direction}}};
    *out = 0;
    if (kind != PL_REFERENCE_NAME) return PL_OK;
    if (pl_str_is_fold(name, "x")) *out = nodes->value;
    if (pl_str_is_fold(name, "points")) *out = nodes->score;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (!pl_str_is_fold(name, constants[i].name)) continue;
        return constants[i].value.given ? pl_program_number(program, constants[i].value.value, out)
                                        : pl_program_missing(program, PL_TYPE_NUMBER, out);
    }
    return PL_OK;
}

static pl_status compile_leaf(lighting *l, size_t leaf) {
    const pl_model *model = l->compiled->model;
    l->leaf = l->leaves[leaf];
    pl_meaning meaning = {.context = l,
                          .resolve = resolve,
                          .names = names,
                          .direction = model->indicators[l->leaf].direction,
                          .peers = model->settings.peers};
    pl_status status = PL_OK;
    for (size_t i = 0; i < l->f->lamp_count && status == PL_OK; i++) {
        const pl_lamp *lamp = &l->f->lamps[i];
        if (lamp->condition)
            status = pl_program_compile(l->compiled->program, lamp->condition, &meaning, PL_TYPE_BOOLEAN, lamp->place, l->problems,
                                        &l->conditions[leaf * l->f->lamp_count + i]);
    }
    return status;
}

/* ---- lighting ---- */

static pl_status evaluate(lighting *l, pl_pool *pool) {
    pl_compiled *c = l->compiled;
    size_t count = 0, room = l->leaf_count * l->f->lamp_count + c->model->indicator_count + 1;
    pl_node *asked = malloc(room * sizeof *asked);
    if (!asked) return PL_MEMORY;
    for (size_t i = 0; i < l->leaf_count * l->f->lamp_count; i++)
        if (l->conditions[i]) asked[count++] = l->conditions[i];
    for (size_t i = 0; i < c->model->indicator_count; i++)
        if (c->nodes[i].applies) asked[count++] = c->nodes[i].applies;
    pl_evaluate_options options = {.pool = pool, .asked = asked, .asked_count = count};
    if (!c->spans_periods) {
        options.first_period = l->period;
        options.period_count = 1;
    }
    pl_status status = pl_evaluate(&l->evaluation, c->program, &c->frame, &c->nodes[0].score, 1, &options, l->problems);
    free(asked);
    return status;
}

/* Whether the leaf, and all above it, apply to the unit. */
static bool applies(const lighting *l, size_t leaf, size_t row) {
    const pl_model *model = l->compiled->model;
    double value;
    for (size_t i = l->leaves[leaf]; i != PL_NO_INDEX; i = model->indicators[i].parent) {
        pl_node node = l->compiled->nodes[i].applies;
        if (node && pl_evaluation_value(l->evaluation, node, row, &value) && value == 0) return false;
    }
    return true;
}

static uint32_t lamp_of(const lighting *l, size_t leaf, size_t row) {
    double value;
    if (!applies(l, leaf, row)) return PL_LAMP_DOES_NOT_APPLY;
    for (size_t i = 0; i < l->f->lamp_count; i++) {
        pl_node node = l->conditions[leaf * l->f->lamp_count + i];
        if (!node || (pl_evaluation_value(l->evaluation, node, row, &value) && value != 0)) return (uint32_t)i;
    }
    return PL_LAMP_NONE;
}

/* Every indicator that applies is counted once, with a lamp or without, so that counts of different days compare. */
static void light(lighting *l) {
    pl_forecast *f = l->f;
    for (size_t line = 0; line < f->line_count; line++) {
        size_t row = l->period * l->compiled->frame.units + f->lines[line].unit;
        for (size_t leaf = 0; leaf < l->leaf_count; leaf++) {
            uint32_t lamp = lamp_of(l, leaf, row);
            if (lamp == PL_LAMP_DOES_NOT_APPLY) continue;
            f->lit[line * (f->lamp_count + 1) + (lamp == PL_LAMP_NONE ? f->lamp_count : lamp)]++;
        }
    }
}

static void light_leaves(lighting *l, size_t unit) {
    size_t row = l->period * l->compiled->frame.units + unit;
    for (size_t leaf = 0; leaf < l->f->leaf_count; leaf++) l->f->leaves[leaf].lamp = lamp_of(l, leaf, row);
}

static pl_status prepare(lighting *l) {
    pl_forecast *f = l->f;
    const pl_model *model = l->compiled->model;
    pl_status status = PL_OK;
    f->own_lamps = model->lamp_count > 0;
    f->lamps = model->lamps;
    f->lamp_count = model->lamp_count;
    if (!f->own_lamps) status = make_usual(f);
    if (status != PL_OK) return status;
    f->lit = pl_arena_array(&f->arena, f->line_count * (f->lamp_count + 1), sizeof *f->lit);
    l->leaves = malloc(model->indicator_count * sizeof *l->leaves);
    l->conditions = calloc(model->indicator_count * f->lamp_count + 1, sizeof *l->conditions);
    if (!f->lit || !l->leaves || !l->conditions) return PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count; i++)
        if (!model->indicators[i].child_count) l->leaves[l->leaf_count++] = i;
    return PL_OK;
}

pl_status pl_forecast_light(pl_forecast *f, size_t unit, pl_pool *pool, pl_problems *problems) {
    lighting l = {.f = f, .compiled = f->models->then, .problems = problems};
    pl_status status = prepare(&l);
    while (status == PL_OK && !l.compiled->scored[l.period]) l.period++;
    for (size_t leaf = 0; leaf < l.leaf_count && status == PL_OK; leaf++) status = compile_leaf(&l, leaf);
    if (status == PL_OK) status = evaluate(&l, pool);
    if (status == PL_OK) {
        light(&l);
        if (unit != PL_NO_INDEX) light_leaves(&l, unit);
        status = pl_evaluation_status(l.evaluation);
    }
    pl_evaluation_free(l.evaluation);
    free(l.conditions);
    free(l.leaves);
    return status;
}
