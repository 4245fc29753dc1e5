#include <plumbline/model/compile.h>

#include "model/compiling.h"
#include "model/dependencies.h"
#include "model/naming.h"
#include "model/vocabulary.h"

#include <plumbline/base/date.h>

#include <math.h>
#include <stdlib.h>

static void keep(pl_compiling *k, pl_status status) { pl_compiling_keep(k, status); }

/* The column's name in messages: as the design spells it, whatever the sheet calls it. */
static const char *const role_fields[] = {[PL_ROLE_VALUE] = "value",     [PL_ROLE_SCORE] = "score",   [PL_ROLE_COMBINE] = "combine",
                                          [PL_ROLE_APPLIES] = "applies", [PL_ROLE_IMPUTE] = "impute", [PL_ROLE_TREAT] = "treat"};

/* Where the expression stands: in the row of the indicator, or in the settings. */
static pl_place place_of(const pl_model *model, const pl_indicator *node, pl_role role) {
    pl_place place = pl_indicator_place(model, node, role_fields[role]);
    pl_place kept = role == PL_ROLE_SCORE    ? node->score_place
                    : role == PL_ROLE_IMPUTE ? node->impute_place
                    : role == PL_ROLE_TREAT  ? node->treat_place
                                             : place;
    return kept.file ? kept : place;
}

pl_status pl_compiling_expression(pl_compiling *k, size_t index, pl_role role, const pl_expression *expression, pl_type type,
                                  pl_node *out) {
    pl_place place = place_of(k->c->model, &k->c->model->indicators[index], role);
    pl_naming naming = {k->c, k->problems, index, role, place};
    pl_meaning meaning = pl_naming_meaning(&naming);
    return pl_program_compile(k->c->program, expression, &meaning, type, place, k->problems, out);
}

pl_node pl_compiling_nothing(pl_compiling *k) {
    pl_node node = 0;
    keep(k, pl_program_missing(k->c->program, PL_TYPE_NUMBER, &node));
    return node;
}

static pl_status feed(pl_compiling *k, size_t index, pl_node *out) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_status status = pl_naming_element(k->c, node->code, out);
    if (status != PL_OK || *out) return status;
    return pl_problem_add(k->problems, PL_ERROR, "E340", pl_indicator_place(k->c->model, node, "code"),
                          "no column of %s feeds the indicator \"%.*s\"; add the column, or give the indicator a value",
                          k->c->dataset->data_name, PL_ARG(node->code));
}

/* Whether a leaf counts in this run, on top of `applies`. */
static pl_status gate_leaf(pl_compiling *k, size_t index, pl_node applies, pl_node *out) {
    const pl_model *model = k->c->model;
    pl_node counts;
    *out = applies;
    if (!k->options->leaves_vary || model->indicators[index].child_count) return PL_OK;
    uint32_t slot = (uint32_t)(model->indicator_count + index);
    pl_status status = pl_program_parameter(k->c->program, PL_TYPE_BOOLEAN, slot, &counts);
    return status == PL_OK ? pl_program_if(k->c->program, counts, applies ? applies : counts, counts, out) : status;
}

/* What a child of a sum counts in this run. */
static pl_status stretch(pl_compiling *k, size_t index, pl_node *score) {
    pl_node factor;
    uint32_t slot = (uint32_t)(2 * k->c->model->indicator_count + index);
    pl_status status = pl_program_parameter(k->c->program, PL_TYPE_NUMBER, slot, &factor);
    return status == PL_OK ? pl_program_times(k->c->program, *score, factor, score) : status;
}

static pl_status combine(pl_compiling *k, size_t index, pl_node *out) {
    const pl_model *model = k->c->model;
    const pl_indicator *node = &model->indicators[index];
    if (node->combine) return pl_compiling_expression(k, index, PL_ROLE_COMBINE, node->combine, PL_TYPE_NUMBER, out);
    pl_part *parts = malloc(node->child_count * sizeof *parts);
    if (!parts) return PL_MEMORY;
    size_t count = 0;
    pl_status status = PL_OK;
    for (size_t child = node->first_child; child != PL_NO_INDEX && status == PL_OK; child = model->indicators[child].next_sibling) {
        const pl_indicator *of = &model->indicators[child];
        pl_part *part = &parts[count++];
        *part = (pl_part){.score = k->c->nodes[child].score,
                          .weight = of->weight,
                          .full = of->full.given ? of->full.value : -1,
                          .varies = k->options->weights_vary ? (uint32_t)child + 1 : 0};
        status = gate_leaf(k, child, k->c->nodes[child].applies, &part->applies);
        if (status == PL_OK && k->options->weights_vary && node->how == PL_COMBINE_SUM) status = stretch(k, child, &part->score);
    }
    if (status == PL_OK) status = pl_program_combine(k->c->program, node->how, parts, count, false, model->settings.peers, out);
    free(parts);
    return status;
}

static void compile_value(pl_compiling *k, size_t index) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_node *out = &k->c->nodes[index].value;
    pl_status status;
    if (node->child_count)
        status = combine(k, index, out);
    else if (node->value)
        status = pl_compiling_expression(k, index, PL_ROLE_VALUE, node->value, PL_TYPE_NUMBER, out);
    else
        status = feed(k, index, out);
    keep(k, status);
    if (!*out && k->worst != PL_MEMORY) *out = pl_compiling_nothing(k);
}

/* What the parent takes: `missing` fills what is missing where the indicator applies; where it does not there is nothing. */
static pl_status fill(pl_compiling *k, size_t index, pl_node points, pl_node applies, pl_node *out) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_program *program = k->c->program;
    pl_node none, own = points, other = 0;
    pl_status status = pl_program_missing(program, PL_TYPE_NUMBER, &none);
    if (status == PL_OK && applies) status = pl_program_if(program, applies, points, none, &own);
    switch (node->missing) {
    case PL_MISSING_SKIP: break;
    case PL_MISSING_ZERO:
        if (status == PL_OK) status = pl_program_number(program, 0, &other);
        break;
    case PL_MISSING_MEAN:
        if (status == PL_OK) status = pl_program_mean_over(program, own, k->c->model->settings.peers, &other);
        break;
    case PL_MISSING_FAIL:
        if (status == PL_OK) status = pl_program_require(program, points, applies, &points);
        break;
    }
    if (status == PL_OK && other) status = pl_program_coalesce(program, points, other, &points);
    if (status == PL_OK && applies) status = pl_program_if(program, applies, points, none, &points);
    *out = points;
    return status;
}

static void compile_applies(pl_compiling *k, size_t index) {
    const pl_indicator *node = &k->c->model->indicators[index];
    pl_node *out = &k->c->nodes[index].applies;
    if (node->applies) keep(k, pl_compiling_expression(k, index, PL_ROLE_APPLIES, node->applies, PL_TYPE_BOOLEAN, out));
}

/* Where the node counts: where it applies, and the unit is kept. */
static pl_status counting(pl_compiling *k, pl_node applies, pl_node *out) {
    pl_node kept = k->c->kept;
    *out = applies ? applies : kept;
    return applies && kept ? pl_program_if(k->c->program, kept, applies, kept, out) : PL_OK;
}

static void compile_score(pl_compiling *k, size_t index) {
    const pl_model *model = k->c->model;
    const pl_indicator *node = &model->indicators[index];
    pl_indicator_nodes *nodes = &k->c->nodes[index];
    pl_stages_treat(k, index);
    if (k->worst == PL_MEMORY) return;
    nodes->points = nodes->treated;
    if (node->score) {
        keep(k, pl_compiling_expression(k, index, PL_ROLE_SCORE, node->score, PL_TYPE_NUMBER, &nodes->points));
        if (!nodes->points && k->worst != PL_MEMORY) nodes->points = pl_compiling_nothing(k);
        if (k->worst != PL_MEMORY) keep(k, pl_naming_gate(k->c, nodes->points, &nodes->points));
    }
    if (k->worst == PL_MEMORY) return;
    if (!node->child_count && model->settings.digits_leaf >= 0)
        keep(k, pl_program_round(k->c->program, nodes->points, model->settings.digits_leaf, &nodes->points));
    pl_node counts = 0;
    if (k->worst != PL_MEMORY) keep(k, gate_leaf(k, index, nodes->applies, &counts));
    if (k->worst != PL_MEMORY) keep(k, counting(k, counts, &counts));
    if (k->worst != PL_MEMORY) keep(k, fill(k, index, nodes->points, counts, &nodes->score));
}

static void compile_barred(pl_compiling *k, size_t index) {
    const pl_grade *grade = &k->c->model->grades[index];
    pl_naming naming = {k->c, k->problems, 0, PL_ROLE_BARRED, grade->place};
    pl_meaning meaning = pl_naming_meaning(&naming);
    if (grade->barred)
        keep(k, pl_program_compile(k->c->program, grade->barred, &meaning, PL_TYPE_BOOLEAN, naming.place, k->problems,
                                   &k->c->barred[index]));
}

static void compile_step(pl_compiling *k, pl_step_id step) {
    size_t index = pl_step_indicator(step);
    if (step == pl_screen_step(k->c->model)) {
        pl_stages_screen(k);
        return;
    }
    switch (pl_step_kind_of(step)) {
    case STEP_VALUE: compile_value(k, index); break;
    case STEP_PREPARED: pl_stages_prepare(k, index); break;
    case STEP_APPLIES: compile_applies(k, index); break;
    default: compile_score(k, index); break;
    }
}

static void compile_all(pl_compiling *k) {
    const pl_model *model = k->c->model;
    pl_step_id *order = malloc(pl_step_count(model) * sizeof *order);
    if (!order) {
        k->worst = PL_MEMORY;
        return;
    }
    size_t count = 0;
    keep(k, pl_dependencies_order(model, order, &count, k->problems));
    bool ordered = k->worst == PL_OK;
    /* After the first problem the rest is still compiled, so that all are found. */
    for (size_t i = 0; ordered && i < count && k->worst != PL_MEMORY; i++) compile_step(k, order[i]);
    for (size_t i = 0; ordered && i < model->grade_count && k->worst != PL_MEMORY; i++) compile_barred(k, i);
    free(order);
}

/* ---- the frame ---- */

/* The share of a period's year that is gone: at its end, or at `as_of` where that is earlier. NAN where it has no year. */
static double elapsed_share(const pl_settings *s, pl_str label) {
    pl_period period = pl_period_parse(label);
    if (period.kind == PL_PERIOD_OTHER) period = pl_period_parse(s->year);
    if (period.kind == PL_PERIOD_OTHER) return NAN;
    int32_t first = pl_date_number(period.year, 1, 1), next = pl_date_number(period.year + 1, 1, 1);
    int64_t months = pl_period_end(period);
    int32_t last = pl_date_number((int32_t)(months / 12), (int32_t)(months % 12) + 1, 1) - 1;
    if (s->has_as_of && s->as_of_date < last) last = s->as_of_date;
    return last < first ? 0 : (double)(last - first + 1) / (double)(next - first);
}

static pl_status make_frame(pl_compiled *c) {
    const pl_dataset *d = c->dataset;
    struct pl_compile_scratch *s = c->scratch;
    c->columns = calloc(d->element_count + 1, sizeof *c->columns);
    c->attributes = calloc(d->attribute_count + 1, sizeof *c->attributes);
    s->group_of = malloc((d->unit_count + 1) * sizeof *s->group_of);
    s->parent_of = malloc((d->unit_count + 1) * sizeof *s->parent_of);
    c->scored = calloc(d->period_count + 1, sizeof *c->scored);
    s->groupings = calloc(d->attribute_count + 1, sizeof *s->groupings);
    if (!c->columns || !c->attributes || !s->group_of || !s->parent_of || !c->scored || !s->groupings) return PL_MEMORY;
    for (size_t i = 0; i < d->element_count; i++) {
        const pl_element *element = &d->elements[i];
        c->columns[i] = (pl_input){element->numbers, element->present, NULL, element->scaled, element->power};
    }
    for (size_t i = 0; i < d->attribute_count; i++)
        c->attributes[i] = (pl_input){d->attributes[i].numbers, d->attributes[i].present, NULL};
    for (size_t unit = 0; unit < d->unit_count; unit++) {
        s->group_of[unit] = d->units[unit].group;
        s->parent_of[unit] = d->units[unit].parent;
    }
    c->parameters = malloc((3 * c->model->indicator_count + 1) * sizeof *c->parameters);
    if (!c->parameters) return PL_MEMORY;
    for (size_t i = 0; i < c->model->indicator_count; i++) {
        c->parameters[i] = c->model->indicators[i].weight;
        c->parameters[c->model->indicator_count + i] = c->parameters[2 * c->model->indicator_count + i] = 1;
    }
    s->elapsed = malloc((d->period_count + 1) * sizeof *s->elapsed);
    if (!s->elapsed) return PL_MEMORY;
    for (size_t p = 0; p < d->period_count; p++) s->elapsed[p] = elapsed_share(&c->model->settings, d->periods[p]);
    s->groupings[0] = (pl_grouping){d->group_count ? s->group_of : NULL, d->group_count};
    c->frame = (pl_frame){.units = d->unit_count,
                          .periods = d->period_count,
                          .columns = c->columns,
                          .column_count = d->element_count,
                          .attributes = c->attributes,
                          .attribute_count = d->attribute_count,
                          .groupings = s->groupings,
                          .grouping_count = 1,
                          .parent_of = s->parent_of,
                          .period_labels = d->periods,
                          .elapsed = s->elapsed,
                          .parameters = c->parameters,
                          .scored = c->scored};
    return pl_naming_frame_records(c);
}

static size_t find_period(const pl_dataset *d, pl_str label) {
    size_t exact = pl_dataset_find_period(d, label);
    if (exact != PL_NO_INDEX) return exact;
    pl_period wanted = pl_period_parse(label);
    for (size_t p = 0; p < d->period_count && wanted.kind != PL_PERIOD_OTHER; p++) {
        pl_period have = pl_period_parse(d->periods[p]);
        if (have.kind == wanted.kind && pl_period_ordinal(have) == pl_period_ordinal(wanted)) return p;
    }
    return PL_NO_INDEX;
}

static pl_status choose_periods(pl_compiling *k, const char *periods) {
    const pl_dataset *d = k->c->dataset;
    pl_str label = periods ? pl_str_of(periods) : k->c->model->settings.period;
    if (pl_str_is_fold(label, "all") || pl_str_is(label, "全部")) {
        for (size_t p = 0; p < d->period_count; p++) k->c->scored[p] = true;
        return PL_OK;
    }
    size_t chosen = label.len ? find_period(d, label) : d->period_count - 1;
    if (chosen != PL_NO_INDEX) {
        k->c->scored[chosen] = true;
        return PL_OK;
    }
    return pl_problem_add(k->problems, PL_ERROR, "E342", (pl_place){.file = d->data_name},
                          "has no data of the period \"%.*s\"; it has %.*s to %.*s", PL_ARG(label), PL_ARG(d->periods[0]),
                          PL_ARG(d->periods[d->period_count - 1]));
}

/* ---- what is odd about the values ---- */

static size_t source_row(const pl_dataset *d, size_t row) { return d->source_rows ? d->source_rows[row] : row + 2; }

static void check_values(pl_compiling *k, const pl_indicator *node, const pl_element *element) {
    const pl_dataset *d = k->c->dataset;
    size_t outside = 0, first = 0, present = 0;
    for (size_t p = 0; p < d->period_count; p++) {
        bool counts = k->c->scored[p] || k->c->spans_periods; /* rules may look at other periods */
        for (size_t unit = 0; counts && unit < d->unit_count; unit++) {
            size_t row = p * d->unit_count + unit;
            if (!pl_present(element->present, row)) continue;
            double value = pl_element_number(element, row);
            present++;
            if (!k->c->scored[p]) continue;
            bool out = (node->low.given && value < node->low.value) || (node->high.given && value > node->high.value);
            if (out && !outside++) first = row;
        }
    }
    pl_place place = pl_indicator_place(k->c->model, node, "code");
    if (!present && !element->has_ballots)
        keep(k, pl_problem_add(k->problems, PL_WARNING, "W333", place, "no unit has a value of \"%.*s\"", PL_ARG(node->code)));
    if (!outside) return;
    pl_buffer bounds;
    pl_buffer_init(&bounds, 0);
    if (node->low.given) pl_buffer_number(&bounds, node->low.value);
    pl_buffer_text(&bounds, !node->low.given ? "at most " : node->high.given ? " to " : " or more");
    if (node->high.given) pl_buffer_number(&bounds, node->high.value);
    size_t row = source_row(d, first);
    pl_buffer_text(&bounds, row ? "); this is the first" : "); the first: unit ");
    pl_str period = d->periods[first / d->unit_count];
    if (!row) pl_buffer_str(&bounds, d->units[first % d->unit_count].code);
    if (!row && period.len) pl_buffer_print(&bounds, " in %.*s", PL_ARG(period));
    keep(k,
         bounds.failed
             ? PL_MEMORY
             : pl_problem_add(k->problems, PL_WARNING, "W335", (pl_place){element->file, row, element->name.at, element->column},
                              "%zu value%s outside the declared bounds (%s", outside, outside == 1 ? " lies" : "s lie", bounds.at));
    pl_buffer_free(&bounds);
}

static void check_leaves(pl_compiling *k) {
    const pl_model *model = k->c->model;
    for (size_t i = 0; i < model->indicator_count && k->worst != PL_MEMORY; i++) {
        const pl_indicator *node = &model->indicators[i];
        if (node->child_count || node->value) continue;
        uint32_t id = pl_intern_find(k->c->scratch->elements, node->code);
        bool bounds = node->low.given || node->high.given;
        const pl_element *element = id ? &k->c->dataset->elements[id - 1] : NULL;
        if (element && element->present && (bounds || k->c->dataset->unit_count < 100000)) check_values(k, node, element);
    }
}

static bool spans_periods(const pl_model *model) {
    for (size_t i = 0; i < model->indicator_count; i++) {
        const pl_indicator *node = &model->indicators[i];
        const pl_expression *expressions[] = {node->value, node->score, node->combine, node->applies, node->impute, node->treat};
        for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++)
            if (expressions[e] && pl_expression_spans_periods(expressions[e], model->library)) return true;
    }
    for (size_t i = 0; i < model->grade_count; i++)
        if (model->grades[i].barred && pl_expression_spans_periods(model->grades[i].barred, model->library)) return true;
    return false;
}

pl_status pl_compile(pl_compiled **out, const pl_model *model, const pl_dataset *dataset, const char *periods,
                     pl_problems *problems) {
    return pl_compile_with(out, model, dataset, &(pl_compile_options){.periods = periods}, problems);
}

pl_status pl_compile_with(pl_compiled **out, const pl_model *model, const pl_dataset *dataset, const pl_compile_options *options,
                          pl_problems *problems) {
    *out = NULL;
    pl_compiled *c = calloc(1, sizeof *c);
    if (!c) return PL_MEMORY;
    pl_compiling k = {c, options, problems, PL_OK};
    c->model = model;
    c->dataset = dataset;
    c->weights_vary = options->weights_vary;
    c->scratch = calloc(1, sizeof *c->scratch);
    c->nodes = calloc(model->indicator_count + 1, sizeof *c->nodes);
    c->barred = calloc(model->grade_count + 1, sizeof *c->barred);
    if (!c->scratch || !c->nodes || !c->barred) k.worst = PL_MEMORY;
    if (k.worst == PL_OK) k.worst = pl_program_create(&c->program, model->library, 0);
    if (k.worst == PL_OK) k.worst = make_frame(c);
    if (k.worst == PL_OK) k.worst = pl_naming_prepare(c);
    if (k.worst == PL_OK) keep(&k, choose_periods(&k, options->periods));
    if (k.worst != PL_MEMORY) {
        pl_status before = k.worst;
        k.worst = PL_OK;
        compile_all(&k);
        keep(&k, before);
    }
    if (model->flawed || dataset->flawed) keep(&k, PL_INPUT);
    c->spans_periods = spans_periods(model);
    if (k.worst == PL_OK) check_leaves(&k);
    if (k.worst != PL_MEMORY) keep(&k, pl_costs_check(model, dataset, problems));
    if (k.worst == PL_OK)
        *out = c;
    else
        pl_compiled_free(c);
    return k.worst;
}

void pl_compiled_free(pl_compiled *c) {
    if (!c) return;
    struct pl_compile_scratch *s = c->scratch;
    if (s) {
        for (size_t i = 0; s->texts && i < c->dataset->attribute_count; i++) free(s->texts[i]);
        for (size_t i = 0; s->classes && i < c->dataset->attribute_count; i++) free(s->classes[i]);
        free(s->classes);
        free(s->grouping_of);
        pl_naming_free_records(c);
        free(s->elapsed);
        free(s->groupings);
        free(s->texts);
        free(s->group_of);
        free(s->parent_of);
        pl_intern_free(s->elements);
        pl_arena_free(&s->arena);
        free(s);
    }
    pl_program_free(c->program);
    free(c->nodes);
    free(c->barred);
    free(c->columns);
    free(c->attributes);
    free(c->parameters);
    free(c->scored);
    free(c);
}
