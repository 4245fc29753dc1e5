#include "model/naming.h"

#include "model/vocabulary.h"

#include <stdlib.h>

static pl_status constant(const pl_naming *n, const char *name, pl_optional value, pl_node *out) {
    if (value.given) return pl_program_number(n->compiled->program, value.value, out);
    const pl_indicator *node = &n->compiled->model->indicators[n->indicator];
    return pl_problem_add(n->problems, PL_ERROR, "E341", n->place, "\"%s\" is used, but the row of \"%.*s\" gives none", name,
                          PL_ARG(node->code));
}

/* An element of which there are only ballots has no value of its own. */
static bool has_ballots_only(const pl_compiled *compiled, pl_str name) {
    uint32_t id = pl_intern_find(compiled->scratch->elements, name);
    const pl_element *element = id ? &compiled->dataset->elements[id - 1] : NULL;
    return element && element->has_ballots && !element->has_values;
}

bool pl_naming_has_values(const pl_compiled *compiled, const pl_indicator *leaf) {
    uint32_t id = leaf->value ? 0 : pl_intern_find(compiled->scratch->elements, leaf->code);
    return leaf->value || (id && compiled->dataset->elements[id - 1].has_values);
}

static pl_status no_value_of_its_own(const pl_naming *n, pl_str name) {
    return pl_problem_add(n->problems, PL_ERROR, "E346", n->place,
                          "raters have given values of \"%.*s\"; say how to take them together, as in mean(%.*s over raters)",
                          PL_ARG(name), PL_ARG(name));
}

/* x, full, target ...: *known is false for every other name. */
static pl_status resolve_constant(const pl_naming *n, pl_str name, pl_node *out, bool *known) {
    const pl_indicator *node = &n->compiled->model->indicators[n->indicator];
    *known = true;
    if (pl_str_is_fold(name, "full")) return constant(n, "full", node->full, out);
    if (pl_str_is_fold(name, "target")) return constant(n, "target", node->target, out);
    if (pl_str_is_fold(name, "low")) return constant(n, "low", node->low, out);
    if (pl_str_is_fold(name, "high")) return constant(n, "high", node->high, out);
    if (pl_str_is_fold(name, "weight"))
        return n->compiled->weights_vary ? pl_program_parameter(n->compiled->program, PL_TYPE_NUMBER, (uint32_t)n->indicator, out)
                                         : pl_program_number(n->compiled->program, node->weight, out);
    if (pl_str_is_fold(name, "direction")) return pl_program_number(n->compiled->program, node->direction, out);
    *known = pl_str_is_fold(name, "x");
    if (!*known) return PL_OK;
    const pl_indicator_nodes *nodes = &n->compiled->nodes[n->indicator];
    *out = nodes->value;
    if (!node->child_count && !node->value && has_ballots_only(n->compiled, node->code))
        return no_value_of_its_own(n, pl_str_of("x"));
    switch (n->role) {
    case PL_ROLE_IMPUTE: *out = nodes->denominated; return PL_OK;
    case PL_ROLE_TREAT: *out = nodes->screened; return PL_OK;
    case PL_ROLE_SCORE: *out = nodes->treated; return PL_OK;
    case PL_ROLE_APPLIES: return PL_OK;
    case PL_ROLE_BARRED: *out = nodes->score; return PL_OK;
    case PL_ROLE_VALUE:
    case PL_ROLE_COMBINE: break;
    }
    return pl_problem_add(n->problems, PL_ERROR, "E344", n->place, "x is the value itself, so it has no meaning here; name a code");
}

pl_status pl_naming_element(pl_compiled *compiled, pl_str name, pl_node *out) {
    uint32_t id = pl_intern_find(compiled->scratch->elements, name);
    *out = 0;
    if (!id || !compiled->dataset->elements[id - 1].present) return PL_OK;
    return pl_program_column(compiled->program, PL_TYPE_NUMBER, id - 1, out);
}

pl_status pl_naming_denominator(pl_compiled *compiled, pl_str name, pl_node *out) {
    const pl_dataset *d = compiled->dataset;
    *out = 0;
    for (size_t i = 0; i < d->attribute_count; i++)
        if (pl_str_equal(d->attributes[i].name, name) && (d->attributes[i].numbers || d->attributes[i].texts))
            return pl_program_attribute(compiled->program, d->attributes[i].type, (uint32_t)i, out);
    return pl_naming_element(compiled, name, out);
}

pl_status pl_naming_gate(pl_compiled *compiled, pl_node node, pl_node *out) {
    pl_node none;
    *out = node;
    if (!compiled->kept) return PL_OK;
    pl_status status = pl_program_missing(compiled->program, pl_program_type(compiled->program, node), &none);
    return status == PL_OK ? pl_program_if(compiled->program, compiled->kept, node, none, out) : status;
}

/* What a unit reported, where the expression stands: after screening nothing is left of the units that did not pass. */
static pl_status reported(const pl_naming *n, pl_node node, pl_node *out) {
    bool later = n->role == PL_ROLE_TREAT || n->role == PL_ROLE_SCORE || n->role == PL_ROLE_COMBINE;
    *out = node;
    return later && node ? pl_naming_gate(n->compiled, node, out) : PL_OK;
}

/* A code that is also a column of the data means the indicator, whose value is something else: a trap for whoever means the column.
 */
static bool element_is_hidden(const pl_naming *n, const pl_indicator *node) {
    uint32_t id = pl_intern_find(n->compiled->scratch->elements, node->code);
    return !node->child_count && node->value && id && n->compiled->dataset->elements[id - 1].has_values;
}

static pl_status tell_hidden(pl_naming *n, pl_str name) {
    if (n->told) return PL_OK;
    n->told = true;
    return pl_problem_add(
        n->problems, PL_WARNING, "W337", n->place,
        "\"%.*s\" here is the value of that indicator, not the column of the data with the same name; to use both, give "
        "the indicator another code",
        PL_ARG(name));
}

static pl_status resolve_name(pl_naming *n, pl_str name, pl_node *out) {
    const pl_model *model = n->compiled->model;
    bool known;
    size_t index = pl_model_find(model, name);
    if (index == PL_NO_INDEX) {
        pl_status status = resolve_constant(n, name, out, &known);
        if (status == PL_OK && !known && has_ballots_only(n->compiled, name)) return no_value_of_its_own(n, name);
        if (status == PL_OK && !known) status = pl_naming_element(n->compiled, name, out);
        return status != PL_OK || known ? status : reported(n, *out, out);
    }
    const pl_indicator *node = &model->indicators[index];
    bool element = !node->child_count && !node->value && n->role != PL_ROLE_COMBINE;
    if (element && has_ballots_only(n->compiled, name)) return no_value_of_its_own(n, name);
    if (index == n->indicator && !node->child_count && n->role == PL_ROLE_VALUE) return pl_naming_element(n->compiled, name, out);
    pl_status told = element_is_hidden(n, node) ? tell_hidden(n, name) : PL_OK;
    if (told != PL_OK) return told;
    bool score = node->child_count || (n->role == PL_ROLE_COMBINE && node->parent == n->indicator);
    *out = n->compiled->nodes[index].score;
    return score ? PL_OK : reported(n, n->compiled->nodes[index].value, out);
}

/* Attributes of text are renumbered into the program's texts when the first expression asks for them. */
static pl_status resolve_attribute(const pl_naming *n, pl_str name, pl_node *out) {
    pl_compiled *c = n->compiled;
    const pl_dataset *d = c->dataset;
    for (size_t i = 0; i < d->attribute_count; i++) {
        const pl_attribute *a = &d->attributes[i];
        if (!pl_str_equal(a->name, name)) continue;
        if (!a->texts && !a->numbers) return PL_OK;
        uint32_t **texts = &c->scratch->texts[i];
        if (a->texts && !*texts) {
            *texts = calloc(d->unit_count + 1, sizeof **texts);
            if (!*texts) return PL_MEMORY;
            for (size_t unit = 0; unit < d->unit_count; unit++)
                if (a->texts[unit] &&
                    pl_intern_add(pl_program_texts(c->program), pl_intern_text(d->texts, a->texts[unit]), &(*texts)[unit]) != PL_OK)
                    return PL_MEMORY;
            c->attributes[i].texts = *texts;
        }
        pl_status status = pl_program_attribute(c->program, a->type, (uint32_t)i, out);
        return status == PL_OK ? reported(n, *out, out) : status;
    }
    return PL_OK;
}

/* ---- classes of units with the same attribute ---- */

/* The class of each text is numbered when it is first met; of numbers the distinct values in rising order. */
static size_t classes_of_texts(const pl_compiled *c, const pl_attribute *a, uint32_t *class_of) {
    const pl_dataset *d = c->dataset;
    uint32_t *known = calloc(pl_intern_count(d->texts) + 1, sizeof *known), count = 0;
    if (!known) return SIZE_MAX;
    for (size_t unit = 0; unit < d->unit_count; unit++) {
        uint32_t text = a->texts[unit];
        if (text && !known[text]) known[text] = ++count;
        class_of[unit] = text ? known[text] - 1 : PL_NOBODY;
    }
    free(known);
    return count;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t classes_of_numbers(const pl_compiled *c, const pl_attribute *a, uint32_t *class_of) {
    size_t units = c->dataset->unit_count, count = 0, classes = 0;
    double *values = malloc((units + 1) * sizeof *values);
    if (!values) return SIZE_MAX;
    for (size_t unit = 0; unit < units; unit++)
        if (pl_present(a->present, unit)) values[count++] = a->numbers[unit];
    if (count) qsort(values, count, sizeof *values, by_value);
    for (size_t i = 0; i < count; i++)
        if (!i || values[i] != values[classes - 1]) values[classes++] = values[i];
    for (size_t unit = 0; unit < units; unit++) {
        const double *at = NULL;
        if (pl_present(a->present, unit)) at = bsearch(&a->numbers[unit], values, classes, sizeof *values, by_value);
        class_of[unit] = at ? (uint32_t)(at - values) : PL_NOBODY;
    }
    free(values);
    return classes;
}

static pl_status grouping(void *context, pl_str name, uint32_t *out) {
    pl_compiled *c = ((pl_naming *)context)->compiled;
    struct pl_compile_scratch *s = c->scratch;
    if (pl_str_is(name, "group")) {
        *out = 0;
        return PL_OK;
    }
    for (size_t i = 0; i < c->dataset->attribute_count; i++) {
        const pl_attribute *a = &c->dataset->attributes[i];
        if (!pl_str_equal(a->name, name) || (!a->texts && !a->numbers)) continue;
        *out = s->grouping_of[i];
        if (*out) return PL_OK;
        s->classes[i] = malloc((c->dataset->unit_count + 1) * sizeof **s->classes);
        size_t count = !s->classes[i] ? SIZE_MAX
                       : a->texts     ? classes_of_texts(c, a, s->classes[i])
                                      : classes_of_numbers(c, a, s->classes[i]);
        if (count == SIZE_MAX) return PL_MEMORY;
        *out = s->grouping_of[i] = (uint32_t)c->frame.grouping_count;
        s->groupings[c->frame.grouping_count++] = (pl_grouping){s->classes[i], count};
        return PL_OK;
    }
    return PL_OK;
}

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    pl_naming *n = context;
    if (kind == PL_REFERENCE_ATTRIBUTE) return resolve_attribute(n, name, out);
    if (kind == PL_REFERENCE_NAME) return resolve_name(n, name, out);
    size_t index = pl_model_find(n->compiled->model, name);
    if (index != PL_NO_INDEX) *out = n->compiled->nodes[index].score;
    return PL_OK;
}

static size_t names(void *context, pl_reference_kind kind, const pl_str **out) {
    const pl_naming *n = context;
    const struct pl_compile_scratch *s = n->compiled->scratch;
    *out = kind == PL_REFERENCE_ATTRIBUTE ? s->attribute_names : s->names;
    if (kind == PL_REFERENCE_ATTRIBUTE) return n->compiled->dataset->attribute_count;
    return kind == PL_REFERENCE_SCORE ? n->compiled->model->indicator_count : s->name_count;
}

pl_meaning pl_naming_meaning(pl_naming *n) {
    const pl_model *model = n->compiled->model;
    return (pl_meaning){.context = n,
                        .resolve = resolve,
                        .names = names,
                        .direction = model->indicators[n->indicator].direction,
                        .peers = model->settings.peers,
                        .grouping = grouping,
                        .records = pl_naming_records,
                        .field = pl_naming_field,
                        .fields = pl_naming_fields};
}

pl_meaning pl_compiled_meaning(pl_compiled *compiled, size_t indicator, pl_role role) {
    pl_naming *n = &compiled->scratch->naming;
    *n = (pl_naming){.compiled = compiled, .indicator = indicator, .role = role};
    return pl_naming_meaning(n);
}

/* The candidates for "did you mean" stop being useful, and cheap, in a model of very many codes. */
#define MOST_CANDIDATES 20000

pl_status pl_naming_prepare(pl_compiled *c) {
    const pl_model *model = c->model;
    const pl_dataset *d = c->dataset;
    struct pl_compile_scratch *s = c->scratch;
    size_t count = model->indicator_count + d->element_count + 8;
    s->names = pl_arena_array(&s->arena, count, sizeof *s->names);
    s->attribute_names = pl_arena_array(&s->arena, d->attribute_count + 1, sizeof *s->attribute_names);
    s->texts = calloc(d->attribute_count + 1, sizeof *s->texts);
    s->classes = calloc(d->attribute_count + 1, sizeof *s->classes);
    s->grouping_of = calloc(d->attribute_count + 1, sizeof *s->grouping_of);
    if (!s->names || !s->attribute_names || !s->texts || !s->classes || !s->grouping_of ||
        pl_intern_create(&s->elements, 0) != PL_OK)
        return PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count; i++) s->names[s->name_count++] = model->indicators[i].code;
    for (size_t i = 0; i < d->element_count; i++) {
        uint32_t id;
        if (pl_intern_add(s->elements, d->elements[i].name, &id) != PL_OK) return PL_MEMORY;
        if (d->elements[i].present) s->names[s->name_count++] = d->elements[i].name;
    }
    for (const char *const *word = pl_constant_names; *word; word++) s->names[s->name_count++] = pl_str_of(*word);
    if (s->name_count > MOST_CANDIDATES) s->name_count = 0;
    for (size_t i = 0; i < d->attribute_count; i++) {
        bool there = d->attributes[i].texts || d->attributes[i].numbers;
        s->attribute_names[i] = there ? d->attributes[i].name : (pl_str){0};
    }
    return PL_OK;
}
