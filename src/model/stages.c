#include "model/compiling.h"

#include "model/naming.h"

#include <stdlib.h>

/* ---- formulas of our own ---- */

/* What the names of a formula stand for. */
typedef struct formula_name {
    const char *name;
    pl_node node;
} formula_name;

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    (void)kind;
    for (const formula_name *n = context; n->name; n++)
        if (pl_str_is(name, n->name)) *out = n->node;
    return PL_OK;
}

/* Compiles a formula over the names given, the last of which is NULL. */
static pl_status formula(pl_compiling *k, const char *text, formula_name *names, pl_type type, pl_place place, pl_node *out) {
    const pl_expression *expression;
    pl_status status = pl_expression_parse(&expression, &k->c->scratch->arena, pl_str_of(text), place, k->problems);
    pl_meaning meaning = {.context = names, .resolve = resolve, .direction = 1, .peers = k->c->model->settings.peers};
    return status == PL_OK ? pl_program_compile(k->c->program, expression, &meaning, type, place, k->problems, out) : status;
}

/* ---- denominate, impute ---- */

static void denominate(pl_compiling *k, size_t index) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_indicator_nodes *nodes = &k->c->nodes[index];
    pl_place place = pl_indicator_place(k->c->model, node, "denominator");
    pl_status status = pl_naming_denominator(k->c, node->denominator, &nodes->divisor);
    if (status == PL_OK && !nodes->divisor)
        status = pl_problem_add(k->problems, PL_ERROR, "E352", place,
                                "neither the units nor the data have a column \"%.*s\" to divide by", PL_ARG(node->denominator));
    else if (status == PL_OK && pl_program_type(k->c->program, nodes->divisor) != PL_TYPE_NUMBER)
        status = pl_problem_add(k->problems, PL_ERROR, "E353", place, "the units' \"%.*s\" is not a number everywhere",
                                PL_ARG(node->denominator));
    formula_name names[] = {{"x", nodes->denominated}, {"denominator", nodes->divisor}, {NULL, 0}};
    if (status == PL_OK) status = formula(k, "x / denominator", names, PL_TYPE_NUMBER, place, &nodes->denominated);
    pl_compiling_keep(k, status);
}

/* A default of the settings passes by leaves that are known by ballots alone. */
static bool is_meant(const pl_compiling *k, const pl_indicator *leaf, const pl_expression *e, pl_place place) {
    return e && (place.file == leaf->file || pl_naming_has_values(k->c, leaf));
}

/* Nobody is compared with units that the indicator does not apply to. */
static pl_status only_where_it_applies(pl_compiling *k, const pl_indicator_nodes *nodes, pl_node *out) {
    pl_node none;
    *out = nodes->value;
    if (!nodes->applies) return PL_OK;
    pl_status status = pl_program_missing(k->c->program, PL_TYPE_NUMBER, &none);
    return status == PL_OK ? pl_program_if(k->c->program, nodes->applies, nodes->value, none, out) : status;
}

void pl_stages_prepare(pl_compiling *k, size_t index) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_indicator_nodes *nodes = &k->c->nodes[index];
    pl_compiling_keep(k, only_where_it_applies(k, nodes, &nodes->denominated));
    bool leaf = node->child_count == 0;
    if (leaf && k->c->model->settings.denominate && node->denominator.len) denominate(k, index);
    nodes->imputed = nodes->denominated;
    if (leaf && is_meant(k, node, node->impute, node->impute_place) && k->worst != PL_MEMORY)
        pl_compiling_keep(k, pl_compiling_expression(k, index, PL_ROLE_IMPUTE, node->impute, PL_TYPE_NUMBER, &nodes->imputed));
    if (!nodes->imputed && k->worst != PL_MEMORY) nodes->imputed = pl_compiling_nothing(k);
}

/* ---- screen ---- */

/* One leaf in the two counts: of values that are there, and of values that could be. */
static pl_status count_leaf(pl_compiling *k, size_t index, pl_node applies, pl_node *present, pl_node *possible) {
    const pl_indicator_nodes *nodes = &k->c->nodes[index];
    pl_place place = {.file = "the setting screen"};
    pl_node value = k->c->model->settings.screen_imputed ? nodes->imputed : nodes->value;
    formula_name names[] = {{"x", value}, {"applies", applies}, {NULL, 0}};
    const char *counted = applies ? "if(applies and present(x), 1, 0)" : "if(present(x), 1, 0)";
    pl_status status = formula(k, counted, names, PL_TYPE_NUMBER, place, present);
    return status == PL_OK ? formula(k, applies ? "if(applies, 1, 0)" : "1", names, PL_TYPE_NUMBER, place, possible) : status;
}

/* Where a node applies: itself and everything above it. 0: always. */
static pl_status find_applies(const pl_compiled *c, size_t index, pl_node *all) {
    const pl_indicator *node = &c->model->indicators[index];
    pl_node own = c->nodes[index].applies, above = node->parent == PL_NO_INDEX ? 0 : all[node->parent];
    all[index] = own ? own : above;
    return own && above ? pl_program_if(c->program, above, own, above, &all[index]) : PL_OK;
}

static pl_status count_leaves(pl_compiling *k, pl_node *applies, pl_part *present, pl_part *possible, size_t *count) {
    const pl_model *model = k->c->model;
    pl_status status = PL_OK;
    *count = 0;
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++) {
        status = find_applies(k->c, i, applies);
        if (status != PL_OK || model->indicators[i].child_count || !pl_naming_has_values(k->c, &model->indicators[i])) continue;
        pl_part *have = &present[*count], *could = &possible[(*count)++];
        *have = *could = (pl_part){.weight = 1, .full = -1};
        status = count_leaf(k, i, applies[i], &have->score, &could->score);
    }
    return status;
}

void pl_stages_screen(pl_compiling *k) {
    const pl_settings *s = &k->c->model->settings;
    size_t size = k->c->model->indicator_count + 1, count;
    pl_node *applies = calloc(size, sizeof *applies);
    pl_part *present = malloc(size * sizeof *present), *possible = malloc(size * sizeof *possible);
    formula_name names[] = {{"present", 0}, {"possible", 0}, {NULL, 0}};
    formula_name measured[] = {{"share", 0}, {"least", 0}, {NULL, 0}};
    pl_place place = {.file = "the setting screen"};
    pl_program *program = k->c->program;
    pl_status status = applies && present && possible ? count_leaves(k, applies, present, possible, &count) : PL_MEMORY;
    if (status == PL_OK) status = pl_program_combine(program, PL_COMBINE_SUM, present, count, false, PL_SCOPE_ALL, &names[0].node);
    if (status == PL_OK) status = pl_program_combine(program, PL_COMBINE_SUM, possible, count, false, PL_SCOPE_ALL, &names[1].node);
    if (status == PL_OK) status = formula(k, "if(possible > 0, present / possible, 1)", names, PL_TYPE_NUMBER, place, &k->c->share);
    measured[0].node = k->c->share;
    if (status == PL_OK) status = pl_program_number(program, s->screen, &measured[1].node);
    if (status == PL_OK) status = formula(k, "coalesce(share >= least, true)", measured, PL_TYPE_BOOLEAN, place, &k->c->kept);
    free(applies);
    free(present);
    free(possible);
    pl_compiling_keep(k, status);
}

/* ---- treat ---- */

void pl_stages_treat(pl_compiling *k, size_t index) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_indicator_nodes *nodes = &k->c->nodes[index];
    pl_compiling_keep(k, pl_naming_gate(k->c, nodes->imputed, &nodes->screened));
    nodes->treated = nodes->screened;
    if (node->child_count || !is_meant(k, node, node->treat, node->treat_place) || k->worst == PL_MEMORY) return;
    pl_compiling_keep(k, pl_compiling_expression(k, index, PL_ROLE_TREAT, node->treat, PL_TYPE_NUMBER, &nodes->treated));
    if (!nodes->treated && k->worst != PL_MEMORY) nodes->treated = pl_compiling_nothing(k);
    if (k->worst != PL_MEMORY) pl_compiling_keep(k, pl_naming_gate(k->c, nodes->treated, &nodes->treated));
}

pl_node pl_compiled_stage(const pl_compiled *compiled, size_t indicator, pl_stage stage) {
    const pl_indicator_nodes *nodes = &compiled->nodes[indicator];
    switch (stage) {
    case PL_STAGE_VALUE: return nodes->value;
    case PL_STAGE_DENOMINATED: return nodes->denominated;
    case PL_STAGE_IMPUTED: return nodes->imputed;
    case PL_STAGE_SCREENED: return nodes->screened;
    case PL_STAGE_TREATED: return nodes->treated;
    case PL_STAGE_NORMALISED: return nodes->points;
    case PL_STAGE_AGGREGATED: break;
    }
    return nodes->score;
}
