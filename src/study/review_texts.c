#include "model/vocabulary.h"
#include "study/reviewing.h"

#include <stdlib.h>

/* Texts in rules that the data never have: event.level = "colective". */

/* One column of texts. */
typedef struct column {
    const uint32_t *texts; /* NULL: there is no such column, or it has no texts */
    size_t count;
} column;

typedef struct told {
    const uint32_t *texts;
    pl_str text;
} told;

typedef struct looking {
    pl_reviewing *r;
    size_t indicator;
    pl_place place;
    told *told; /* a function's formula, or a rule of the settings, says the same in many places */
    size_t told_count, told_capacity;
} looking;

/* Beyond so many different texts nothing is suggested. */
#define MOST_SUGGESTED 10000

static column attribute_column(const pl_dataset *d, pl_str name) {
    for (size_t i = 0; i < d->attribute_count; i++)
        if (pl_str_equal(d->attributes[i].name, name) && d->attributes[i].type == PL_TYPE_TEXT)
            return (column){d->attributes[i].texts, d->unit_count};
    return (column){0};
}

static column field_column(const pl_dataset *d, const pl_reference *reference) {
    bool events = pl_str_is_fold(reference->records, "events");
    const pl_record_list *list = &d->lists[events ? PL_LIST_EVENTS : PL_LIST_BALLOTS];
    int meaning = pl_word_find(events ? pl_event_words : pl_rater_words, reference->name);
    const pl_record_field *field = pl_record_field_of(list, meaning, reference->name);
    return field && field->type == PL_TYPE_TEXT ? (column){field->texts, list->count} : (column){0};
}

static column column_of(const pl_dataset *d, const pl_reference *reference) {
    if (reference->kind == PL_REFERENCE_ATTRIBUTE) return attribute_column(d, reference->name);
    bool field = reference->kind == PL_REFERENCE_FIELD || pl_is_field(reference);
    return field && reference->records.len ? field_column(d, reference) : (column){0};
}

/* Whether the column has the text; *any: whether it has any at all. */
static bool occurs(const pl_dataset *d, column c, pl_str text, bool *any) {
    uint32_t id = pl_intern_find(d->texts, text);
    *any = false;
    for (size_t i = 0; i < c.count; i++) {
        *any |= c.texts[i] != 0;
        if (id && c.texts[i] == id) return true;
    }
    return false;
}

/* The text of the column that was perhaps meant; empty where none is near. */
static pl_status nearest_of(const pl_dataset *d, column c, pl_str text, pl_str *out) {
    size_t numbers = pl_intern_count(d->texts) + 1, count = 0;
    bool *seen = calloc(numbers, sizeof *seen);
    pl_str *candidates = malloc(MOST_SUGGESTED * sizeof *candidates);
    pl_status status = seen && candidates ? PL_OK : PL_MEMORY;
    *out = (pl_str){0};
    for (size_t i = 0; i < c.count && status == PL_OK && count < MOST_SUGGESTED; i++) {
        if (!c.texts[i] || seen[c.texts[i]]) continue;
        seen[c.texts[i]] = true;
        candidates[count++] = pl_intern_text(d->texts, c.texts[i]);
    }
    size_t nearest = status == PL_OK && count < MOST_SUGGESTED ? pl_text_nearest(text, candidates, count) : count;
    if (nearest < count) *out = candidates[nearest];
    free(seen);
    free(candidates);
    return status;
}

static bool was_told(const looking *l, column c, pl_str text) {
    for (size_t i = 0; i < l->told_count; i++)
        if (l->told[i].texts == c.texts && pl_str_equal(l->told[i].text, text)) return true;
    return false;
}

static const char *word_before(const pl_reference *reference) {
    if (reference->kind == PL_REFERENCE_ATTRIBUTE) return "unit.";
    if (reference->kind == PL_REFERENCE_NAME) return "";
    return pl_str_is_fold(reference->records, "events") ? "event." : "rater.";
}

static pl_status look(void *context, const pl_reference *reference, pl_str text) {
    looking *l = context;
    pl_reviewing *r = l->r;
    const pl_dataset *d = r->compiled->dataset;
    column c = column_of(d, reference);
    bool any;
    if (!c.texts || !text.len || occurs(d, c, text, &any) || !any || was_told(l, c, text)) return PL_OK;
    if (pl_reviewing_silenced(r, "W516", l->indicator)) return PL_OK;
    pl_str nearest;
    if (nearest_of(d, c, text, &nearest) != PL_OK) return PL_MEMORY;
    if (pl_reserve((void **)&l->told, &l->told_capacity, l->told_count + 1, sizeof *l->told, 0)) return PL_MEMORY;
    l->told[l->told_count++] = (told){c.texts, text};
    pl_reviewing_tell(r, PL_WARNING, "W516", l->indicator, l->place, "%s%.*s is never \"%.*s\" in the data%s%.*s%s",
                      word_before(reference), PL_ARG(reference->name), PL_ARG(text), nearest.len ? " (did you mean \"" : "",
                      PL_ARG(nearest), nearest.len ? "\"?)" : "");
    return r->worst;
}

static pl_status look_into(looking *l, size_t indicator, const pl_expression *expression, pl_place place) {
    l->indicator = indicator;
    l->place = place;
    return expression ? pl_expression_texts(expression, l->r->model->library, look, l) : PL_OK;
}

static pl_status look_at(looking *l, size_t index) {
    const pl_indicator *node = &l->r->model->indicators[index];
    const struct {
        const pl_expression *expression;
        pl_place place;
    } rules[] = {{node->value, pl_reviewing_place(l->r, index, "value")},
                 {node->combine, pl_reviewing_place(l->r, index, "combine")},
                 {node->applies, pl_reviewing_place(l->r, index, "applies")},
                 {node->impute, node->impute_place},
                 {node->treat, node->treat_place},
                 {node->score, node->score_place}};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof rules / sizeof *rules && status == PL_OK; i++)
        status = look_into(l, index, rules[i].expression, rules[i].place);
    return status;
}

void pl_review_texts(pl_reviewing *r) {
    looking l = {.r = r};
    pl_status status = r->worst;
    for (size_t i = 0; i < r->model->indicator_count && status == PL_OK; i++) status = look_at(&l, i);
    for (size_t i = 0; i < r->model->grade_count && status == PL_OK; i++)
        status = look_into(&l, PL_NO_INDEX, r->model->grades[i].barred, r->model->grades[i].place);
    free(l.told);
    r->worst = pl_status_worse(r->worst, status);
}
