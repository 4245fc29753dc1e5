#include <plumbline/model/diff.h>

#include "model/vocabulary.h"

#include <stdlib.h>

static pl_status add(pl_changes *to, pl_change change) {
    if (pl_reserve((void **)&to->items, &to->capacity, to->count + 1, sizeof *to->items, 0)) return PL_MEMORY;
    to->items[to->count++] = change;
    return PL_OK;
}

/* Adds a change where two texts differ. */
static pl_status compare(pl_changes *to, pl_change change, pl_str before, pl_str after) {
    change.old_text = before;
    change.new_text = after;
    return pl_str_equal(before, after) ? PL_OK : add(to, change);
}

/* The number as text, empty where it is not given. `*failed` is set when memory runs out. */
static pl_str number_text(pl_arena *arena, bool given, double value, bool *failed) {
    pl_buffer text;
    pl_str copy = {0};
    pl_buffer_init(&text, 0);
    if (given) pl_buffer_number(&text, value);
    *failed |= text.failed || !pl_str_copy(&copy, arena, pl_buffer_view(&text));
    pl_buffer_free(&text);
    return copy;
}

static pl_str expression_text(const pl_expression *expression) {
    return expression ? pl_expression_source(expression) : (pl_str){0};
}

static pl_str word_of(const pl_word *list, int meaning) {
    while (list->words[0] && list->meaning != meaning) list++;
    return pl_str_of(list->words[0]);
}

static pl_str combine_text(const pl_indicator *node) {
    if (!node->child_count) return (pl_str){0};
    return node->combine ? pl_expression_source(node->combine) : word_of(pl_combine_words, (int)node->how);
}

static pl_str parent_code(const pl_model *model, const pl_indicator *node) {
    return node->parent == PL_NO_INDEX ? (pl_str){0} : model->indicators[node->parent].code;
}

static pl_status compare_nodes(pl_changes *to, const pl_model *old, size_t before, const pl_model *new, size_t after) {
    const pl_indicator *a = &old->indicators[before], *b = &new->indicators[after];
    pl_arena *arena = &to->arena;
    bool failed = false;
    const struct {
        pl_change_kind kind;
        const char *field;
        pl_str before, after;
    } fields[] = {
        {PL_CHANGE_MOVED, "parent", parent_code(old, a), parent_code(new, b)},
        {PL_CHANGE_REWORDED, "name", a->name, b->name},
        {PL_CHANGE_REWEIGHTED, "weight", number_text(arena, true, a->weight, &failed),
         number_text(arena, true, b->weight, &failed)},
        {PL_CHANGE_REWEIGHTED, "full", number_text(arena, a->full.given, a->full.value, &failed),
         number_text(arena, b->full.given, b->full.value, &failed)},
        {PL_CHANGE_RULE, "direction", number_text(arena, true, a->direction, &failed),
         number_text(arena, true, b->direction, &failed)},
        {PL_CHANGE_RULE, "target", number_text(arena, a->target.given, a->target.value, &failed),
         number_text(arena, b->target.given, b->target.value, &failed)},
        {PL_CHANGE_RULE, "low", number_text(arena, a->low.given, a->low.value, &failed),
         number_text(arena, b->low.given, b->low.value, &failed)},
        {PL_CHANGE_RULE, "high", number_text(arena, a->high.given, a->high.value, &failed),
         number_text(arena, b->high.given, b->high.value, &failed)},
        {PL_CHANGE_RULE, "value", expression_text(a->value), expression_text(b->value)},
        {PL_CHANGE_RULE, "denominator", a->denominator, b->denominator},
        {PL_CHANGE_RULE, "impute", expression_text(a->impute), expression_text(b->impute)},
        {PL_CHANGE_RULE, "treat", expression_text(a->treat), expression_text(b->treat)},
        {PL_CHANGE_RULE, "score", expression_text(a->score), expression_text(b->score)},
        {PL_CHANGE_RULE, "combine", combine_text(a), combine_text(b)},
        {PL_CHANGE_RULE, "missing", word_of(pl_missing_words, (int)a->missing), word_of(pl_missing_words, (int)b->missing)},
        {PL_CHANGE_RULE, "applies", expression_text(a->applies), expression_text(b->applies)},
    };
    pl_status status = failed ? PL_MEMORY : PL_OK;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && status == PL_OK; i++)
        status = compare(to, (pl_change){.kind = fields[i].kind, .before = before, .after = after, .field = fields[i].field},
                         fields[i].before, fields[i].after);
    return status;
}

pl_status pl_model_diff(pl_changes *out, const pl_model *before, const pl_model *after) {
    *out = (pl_changes){0};
    pl_arena_init(&out->arena, 0);
    pl_status status = PL_OK;
    for (size_t i = 0; i < before->indicator_count && status == PL_OK; i++) {
        size_t there = pl_model_find(after, before->indicators[i].code);
        if (there == PL_NO_INDEX)
            status = add(out, (pl_change){.kind = PL_CHANGE_DROPPED, .before = i, .after = there});
        else
            status = compare_nodes(out, before, i, after, there);
    }
    for (size_t i = 0; i < after->indicator_count && status == PL_OK; i++)
        if (pl_model_find(before, after->indicators[i].code) == PL_NO_INDEX)
            status = add(out, (pl_change){.kind = PL_CHANGE_ADDED, .before = PL_NO_INDEX, .after = i});
    return status;
}

void pl_changes_free(pl_changes *changes) {
    free(changes->items);
    pl_arena_free(&changes->arena);
    *changes = (pl_changes){0};
}
