#include <plumbline/model/diff.h>

#include "model/vocabulary.h"

#include <plumbline/model/shares.h>

#include <math.h>
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

/* Two models while they are compared. */
typedef struct comparing {
    pl_changes *out;
    const pl_model *old, *new;
    size_t *match; /* per indicator of the old model: the same one in the new, or PL_NO_INDEX */
    bool *taken;   /* per indicator of the new model: some old one is it */
    double *old_share, *new_share;
    bool *old_said, *new_said; /* see shares.h */
} comparing;

static pl_status compare_nodes(const comparing *c, pl_change change) {
    const pl_indicator *a = &c->old->indicators[change.before], *b = &c->new->indicators[change.after];
    pl_arena *arena = &c->out->arena;
    bool failed = false;
    size_t parent = a->parent == PL_NO_INDEX ? PL_NO_INDEX : c->match[a->parent];
    bool moved = parent != b->parent;
    const struct {
        pl_change_kind kind;
        const char *field;
        pl_str before, after;
    } fields[] = {
        {PL_CHANGE_RECODED, "code", a->code, b->code},
        {PL_CHANGE_MOVED, "parent", moved ? parent_code(c->old, a) : (pl_str){0}, moved ? parent_code(c->new, b) : (pl_str){0}},
        {PL_CHANGE_REWORDED, "name", a->name, b->name},
        {PL_CHANGE_DETAILS, "unit_of_measure", a->unit_of_measure, b->unit_of_measure},
        {PL_CHANGE_DETAILS, "owner", a->owner, b->owner},
        {PL_CHANGE_DETAILS, "source", a->source, b->source},
        {PL_CHANGE_DETAILS, "covers", a->covers, b->covers},
        {PL_CHANGE_DETAILS, "note", a->note, b->note},
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
        {PL_CHANGE_DETAILS, "error", a->error_text, b->error_text},
        {PL_CHANGE_DETAILS, "rounding", number_text(arena, a->rounding.given, a->rounding.value, &failed),
         number_text(arena, b->rounding.given, b->rounding.value, &failed)},
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
    for (size_t i = 0; i < sizeof fields / sizeof *fields && status == PL_OK; i++) {
        change.kind = fields[i].kind;
        change.field = fields[i].field;
        status = compare(c->out, change, fields[i].before, fields[i].after);
    }
    return status;
}

static bool same_optional(pl_optional a, pl_optional b) { return a.given == b.given && a.value == b.value; }

/* A part of the parent: what siblings that come, go or change do to an indicator that did not change itself. */
static pl_status compare_shares(const comparing *c, pl_change change) {
    const pl_indicator *a = &c->old->indicators[change.before], *b = &c->new->indicators[change.after];
    bool own = a->weight != b->weight || !same_optional(a->full, b->full);
    if (own || a->parent == PL_NO_INDEX || b->parent != c->match[a->parent]) return PL_OK;
    if (!c->old_said[change.before] || !c->new_said[change.after]) return PL_OK;
    double before = change.old_share * c->new_share[b->parent], after = change.new_share * c->old_share[a->parent];
    if (fabs(before - after) <= 1e-9 * fabs(before)) return PL_OK;
    change.kind = PL_CHANGE_SHARE;
    return add(c->out, change);
}

/* ---- the same indicator under another code ---- */

static bool is_free(const comparing *c, size_t before, size_t after) {
    const pl_indicator *a = &c->old->indicators[before], *b = &c->new->indicators[after];
    return !c->taken[after] && (a->child_count > 0) == (b->child_count > 0) && a->name.len && b->name.len;
}

static bool same_parent(const comparing *c, size_t before, size_t after) {
    size_t a = c->old->indicators[before].parent, b = c->new->indicators[after].parent;
    return a == PL_NO_INDEX || b == PL_NO_INDEX ? a == b : c->match[a] == b;
}

static bool is_same_name(const comparing *c, size_t before, size_t after) {
    return pl_str_equal(c->old->indicators[before].name, c->new->indicators[after].name);
}

static bool contains(pl_str whole, pl_str part) { return part.len && memmem(whole.at, whole.len, part.at, part.len); }

/* One character in five may differ, or something be put before or behind: 研发投入强度 and 全社会研发投入强度. More would take
 * 能耗下降率 for 碳排放下降率, which is another indicator. */
static bool is_near_name(const comparing *c, size_t before, size_t after) {
    const pl_indicator *a = &c->old->indicators[before], *b = &c->new->indicators[after];
    size_t characters = pl_text_width(a->name) / 2;
    size_t limit = characters >= 10 ? characters / 5 : 1;
    if (a->weight != b->weight || !same_optional(a->full, b->full) || !same_parent(c, before, after)) return false;
    if (characters < 4 || pl_text_width(b->name) < 8) return false; /* short names are near to many */
    return contains(a->name, b->name) || contains(b->name, a->name) || pl_text_distance(a->name, b->name, limit) != SIZE_MAX;
}

typedef bool is_like(const comparing *c, size_t before, size_t after);

/* The only indicator of the new model that an old one can be; PL_NO_INDEX where there is none or several. Of several the one in the
 * same place counts. */
static size_t only_likeness(const comparing *c, size_t before, is_like *like) {
    size_t any = PL_NO_INDEX, here = PL_NO_INDEX, count = 0, count_here = 0;
    for (size_t after = 0; after < c->new->indicator_count; after++) {
        if (!is_free(c, before, after) || !like(c, before, after)) continue;
        any = after;
        count++;
        if (!same_parent(c, before, after)) continue;
        here = after;
        count_here++;
    }
    if (count_here == 1) return here;
    return count == 1 ? any : PL_NO_INDEX;
}

/* Whether another old indicator could be it as well, in the same place or where neither is. */
static bool is_disputed(const comparing *c, size_t before, size_t after, is_like *like) {
    bool here = same_parent(c, before, after);
    for (size_t other = 0; other < c->old->indicator_count; other++) {
        if (other == before || c->match[other] != PL_NO_INDEX || !is_free(c, other, after) || !like(c, other, after)) continue;
        if (!here || same_parent(c, other, after)) return true;
    }
    return false;
}

/* Returns how many were found. */
static size_t match_by(comparing *c, is_like *like) {
    size_t found = 0;
    for (size_t before = 0; before < c->old->indicator_count; before++) {
        if (c->match[before] != PL_NO_INDEX) continue;
        size_t after = only_likeness(c, before, like);
        if (after == PL_NO_INDEX || is_disputed(c, before, after, like)) continue;
        c->match[before] = after;
        c->taken[after] = true;
        found++;
    }
    return found;
}

/* Pairs of indicators beyond which no one is looked for under another code. */
#define MOST_PAIRS 25e6
/* A parent that was found tells its children apart: so deep are trees whose codes all changed. */
#define MOST_ROUNDS 6

static void match_all(comparing *c) {
    size_t dropped = 0;
    for (size_t i = 0; i < c->old->indicator_count; i++) {
        c->match[i] = pl_model_find(c->new, c->old->indicators[i].code);
        if (c->match[i] == PL_NO_INDEX)
            dropped++;
        else
            c->taken[c->match[i]] = true;
    }
    if ((double)dropped * (double)(c->new->indicator_count + c->old->indicator_count) > MOST_PAIRS) return;
    size_t found = 1;
    for (int round = 0; round < MOST_ROUNDS && found; round++) {
        found = match_by(c, is_same_name);
        found += match_by(c, is_near_name);
    }
}

/* ---- all of it ---- */

static pl_status compare_all(comparing *c) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < c->old->indicator_count && status == PL_OK; i++) {
        pl_change change = {.before = i, .after = c->match[i], .old_share = c->old_share[i], .new_share = NAN};
        if (change.after == PL_NO_INDEX) {
            change.kind = PL_CHANGE_DROPPED;
            status = add(c->out, change);
            continue;
        }
        change.new_share = c->new_share[change.after];
        status = compare_nodes(c, change);
        if (status == PL_OK) status = compare_shares(c, change);
    }
    for (size_t i = 0; i < c->new->indicator_count &&status == PL_OK; i++)
        if (!c->taken[i])
            status = add(
                c->out,
                (pl_change){
                    .kind = PL_CHANGE_ADDED, .before = PL_NO_INDEX, .after = i, .old_share = NAN, .new_share = c->new_share[i]});
    return status;
}

pl_status pl_model_diff(pl_changes *out, const pl_model *before, const pl_model *after) {
    *out = (pl_changes){0};
    pl_arena_init(&out->arena, 0);
    comparing c = {.out = out, .old = before, .new = after};
    c.match = malloc((before->indicator_count + 1) * sizeof *c.match);
    c.taken = calloc(after->indicator_count + 1, sizeof *c.taken);
    c.old_share = malloc((before->indicator_count + 1) * sizeof *c.old_share);
    c.new_share = malloc((after->indicator_count + 1) * sizeof *c.new_share);
    c.old_said = calloc(before->indicator_count + 1, sizeof *c.old_said);
    c.new_said = calloc(after->indicator_count + 1, sizeof *c.new_said);
    pl_status status = c.match && c.taken && c.old_share && c.new_share && c.old_said && c.new_said ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        pl_model_shares(before, c.old_share, c.old_said);
        pl_model_shares(after, c.new_share, c.new_said);
        match_all(&c);
        status = compare_all(&c);
    }
    free(c.match);
    free(c.taken);
    free(c.old_share);
    free(c.new_share);
    free(c.old_said);
    free(c.new_said);
    return status;
}

void pl_changes_free(pl_changes *changes) {
    free(changes->items);
    pl_arena_free(&changes->arena);
    *changes = (pl_changes){0};
}
