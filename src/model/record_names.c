/* What events and ballots are called in expressions. */
#include "model/naming.h"
#include "model/vocabulary.h"

#include <stdlib.h>

/* Headers, and the words of the columns that every such sheet may have. */
static pl_status list_names(struct pl_compile_scratch *s, const pl_record_list *list, size_t l) {
    const pl_word *words = l == PL_LIST_EVENTS ? pl_event_words : pl_rater_words;
    size_t known = 0;
    while (words[known].words[0]) known++;
    pl_str *names = s->field_names[l] = pl_arena_array(&s->arena, list->field_count + known + 1, sizeof *names);
    if (!names) return PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < list->field_count; i++)
        if (!list->fields[i].element) names[count++] = list->fields[i].name;
    for (size_t i = 0; i < known; i++) {
        bool field = l != PL_LIST_EVENTS || words[i].meaning != EVENT_UNIT;
        if (field) names[count++] = pl_str_of(words[i].words[0]);
    }
    s->field_name_count[l] = count;
    return PL_OK;
}

size_t pl_naming_fields(void *context, uint32_t list, const pl_str **out, const char **word) {
    const pl_naming *n = context;
    const struct pl_compile_scratch *s = n->compiled->scratch;
    *out = s->field_names[list];
    *word = list == PL_LIST_EVENTS ? "event" : "rater";
    return s->field_name_count[list];
}

pl_status pl_naming_frame_records(pl_compiled *c) {
    struct pl_compile_scratch *s = c->scratch;
    for (size_t l = 0; l < PL_LIST_COUNT; l++) {
        const pl_record_list *list = &c->dataset->lists[l];
        s->fields[l] = calloc(list->field_count + 1, sizeof *s->fields[l]);
        s->field_texts[l] = calloc(list->field_count + 1, sizeof *s->field_texts[l]);
        if (!s->fields[l] || !s->field_texts[l] || list_names(s, list, l) != PL_OK) return PL_MEMORY;
        for (size_t i = 0; i < list->field_count; i++)
            s->fields[l][i] = (pl_input){list->fields[i].numbers, list->fields[i].present, NULL};
        s->records[l] = (pl_records){list->count, l == PL_LIST_EVENTS, list->row_of, s->fields[l], list->field_count + 1};
    }
    const pl_record_list *events = &c->dataset->lists[PL_LIST_EVENTS];
    s->indicators = malloc((events->count + 1) * sizeof *s->indicators);
    if (!s->indicators) return PL_MEMORY;
    for (size_t i = 0; i < events->count; i++) s->indicators[i] = (double)events->indicator[i];
    s->fields[PL_LIST_EVENTS][events->field_count].numbers = s->indicators;
    c->frame.records = s->records;
    c->frame.record_count = PL_LIST_COUNT;
    return PL_OK;
}

void pl_naming_free_records(pl_compiled *c) {
    struct pl_compile_scratch *s = c->scratch;
    for (size_t l = 0; l < PL_LIST_COUNT; l++) {
        for (size_t i = 0; s->field_texts[l] && i < c->dataset->lists[l].field_count; i++) free(s->field_texts[l][i]);
        free(s->field_texts[l]);
        free(s->fields[l]);
    }
    free(s->indicators);
}

static size_t size_below(const pl_model *model, size_t indicator) {
    size_t end = indicator + 1;
    while (end < model->indicator_count && model->indicators[end].depth > model->indicators[indicator].depth) end++;
    return end - indicator;
}

/* Events belong to an indicator or to one below it, which follow it in the order of the tree. */
static pl_status events_of(pl_naming *n, size_t indicator, pl_node *condition) {
    pl_program *program = n->compiled->program;
    if (indicator == 0) return PL_OK;
    pl_node field;
    uint32_t slot = (uint32_t)n->compiled->dataset->lists[PL_LIST_EVENTS].field_count;
    pl_status status = pl_program_field(program, PL_TYPE_NUMBER, PL_LIST_EVENTS, slot, &field);
    if (status != PL_OK) return status;
    double last = (double)(indicator + size_below(n->compiled->model, indicator) - 1);
    return pl_program_between(program, field, (double)indicator, last, condition);
}

static pl_status unknown_code(pl_naming *n, pl_str code) {
    const struct pl_compile_scratch *s = n->compiled->scratch;
    size_t count = s->name_count ? n->compiled->model->indicator_count : 0, nearest = pl_text_nearest(code, s->names, count);
    if (nearest < count)
        return pl_problem_add(n->problems, PL_ERROR, "E211", n->place, "unknown indicator \"%.*s\" (did you mean \"%.*s\"?)",
                              PL_ARG(code), PL_ARG(s->names[nearest]));
    return pl_problem_add(n->problems, PL_ERROR, "E211", n->place, "unknown indicator \"%.*s\"", PL_ARG(code));
}

pl_status pl_naming_records(void *context, pl_str word, pl_str of, uint32_t *list, pl_node *condition) {
    pl_naming *n = context;
    bool events = pl_str_is_fold(word, "events"), raters = pl_str_is_fold(word, "raters");
    *list = UINT32_MAX;
    *condition = 0;
    if (!events && !raters) return PL_OK;
    const pl_dataset *d = n->compiled->dataset;
    if (!d->lists[events ? PL_LIST_EVENTS : PL_LIST_BALLOTS].name && !d->flawed)
        return pl_problem_add(n->problems, PL_ERROR, "E345", n->place,
                              events ? "there are no events; add the sheet events.csv"
                                     : "no rater has given a value; values that raters give have their code in a column rater");
    *list = events ? PL_LIST_EVENTS : PL_LIST_BALLOTS;
    if (!events) {
        if (!of.len) return PL_OK;
        return pl_problem_add(n->problems, PL_ERROR, "E215", n->place,
                              "\"of\" is for events; name the element: mean(CODE over raters)");
    }
    size_t indicator = of.len ? pl_model_find(n->compiled->model, of) : n->indicator;
    return indicator == PL_NO_INDEX ? unknown_code(n, of) : events_of(n, indicator, condition);
}

/* Texts are renumbered into the program's when the first expression asks for them, as attributes of units are. */
static pl_status field_node(pl_compiled *c, uint32_t l, const pl_record_field *field, pl_node *out) {
    const pl_record_list *list = &c->dataset->lists[l];
    struct pl_compile_scratch *s = c->scratch;
    size_t slot = (size_t)(field - list->fields);
    if (field->type == PL_TYPE_TEXT && !s->field_texts[l][slot]) {
        uint32_t *texts = s->field_texts[l][slot] = calloc(list->count + 1, sizeof *texts);
        if (!texts) return PL_MEMORY;
        for (size_t i = 0; i < list->count; i++)
            if (field->texts[i] &&
                pl_intern_add(pl_program_texts(c->program), pl_intern_text(c->dataset->texts, field->texts[i]), &texts[i]) != PL_OK)
                return PL_MEMORY;
        s->fields[l][slot].texts = texts;
    }
    return pl_program_field(c->program, field->type, l, (uint32_t)slot, out);
}

/* A known field that the sheet has no column for is missing everywhere. */
static pl_status absent_field(pl_compiled *c, int meaning, pl_node *out) {
    bool number = meaning == EVENT_POINTS || meaning == EVENT_DATE;
    return pl_program_missing(c->program, number ? PL_TYPE_NUMBER : PL_TYPE_TEXT, out);
}

static pl_status event_field(pl_compiled *c, pl_str name, bool dotted, pl_node *out) {
    const pl_record_list *list = &c->dataset->lists[PL_LIST_EVENTS];
    int meaning = pl_word_find(pl_event_words, name);
    if (meaning == EVENT_UNIT) meaning = -1;
    if (meaning < 0 && !dotted) return PL_OK;
    const pl_record_field *field = pl_record_field_of(list, meaning, name);
    if (field) return field_node(c, PL_LIST_EVENTS, field, out);
    return meaning >= 0 ? absent_field(c, meaning, out) : PL_OK;
}

/* `x` is the element of the indicator itself, also where the ballots make its value; other names are elements; with a dot,
 * attributes of the rater. */
static pl_status ballot_field(const pl_naming *n, pl_str name, bool dotted, pl_node *out) {
    const pl_record_list *list = &n->compiled->dataset->lists[PL_LIST_BALLOTS];
    const pl_indicator *node = &n->compiled->model->indicators[n->indicator];
    if (dotted) {
        const pl_record_field *field = pl_record_field_of(list, pl_word_find(pl_rater_words, name), name);
        return field && !field->element ? field_node(n->compiled, PL_LIST_BALLOTS, field, out) : PL_OK;
    }
    bool element = !node->child_count && (!node->value || n->role == PL_ROLE_VALUE);
    if (pl_str_is_fold(name, "x") && element) name = node->code;
    for (size_t i = 0; i < list->field_count; i++)
        if (list->fields[i].element && pl_str_equal(list->fields[i].name, name))
            return field_node(n->compiled, PL_LIST_BALLOTS, &list->fields[i], out);
    return PL_OK;
}

pl_status pl_naming_field(void *context, uint32_t list, pl_str name, bool dotted, pl_node *out) {
    pl_naming *n = context;
    *out = 0;
    return list == PL_LIST_EVENTS ? event_field(n->compiled, name, dotted, out) : ballot_field(n, name, dotted, out);
}
