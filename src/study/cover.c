#include <plumbline/model/shares.h>
#include <plumbline/study/cover.h>

#include <stdlib.h>

typedef struct covering {
    pl_cover *out;
    const pl_model *own, *superior;
    pl_problems *problems;
    pl_status worst;
    pl_cover_link *links;
    size_t count, capacity;
    size_t *latest; /* per superior indicator: 1 + the last link to it */
} covering;

static void keep(covering *c, pl_status status) { c->worst = pl_status_worse(c->worst, status); }

static pl_place place_of(const covering *c, size_t own, const char *field) {
    return pl_indicator_place(c->own, &c->own->indicators[own], field);
}

pl_str pl_indicator_owner(const pl_model *model, size_t indicator) {
    while (indicator != PL_NO_INDEX && !model->indicators[indicator].owner.len) indicator = model->indicators[indicator].parent;
    return indicator == PL_NO_INDEX ? (pl_str){0} : model->indicators[indicator].owner;
}

/* ---- what is named ---- */

/* " (did you mean ...?)" in `hint`; empty where no code is near. */
static void nearest_code(const covering *c, pl_str code, pl_buffer *hint) {
    size_t best = SIZE_MAX, nearest = PL_NO_INDEX;
    for (size_t i = 0; i < c->superior->indicator_count && i < 20000; i++) {
        size_t limit = code.len / 3 ? code.len / 3 : 1;
        size_t distance = pl_text_distance(code, c->superior->indicators[i].code, limit);
        if (distance >= best || distance >= code.len) continue;
        best = distance;
        nearest = i;
    }
    pl_buffer_text(hint, "");
    if (nearest != PL_NO_INDEX) pl_buffer_print(hint, " (did you mean \"%.*s\"?)", PL_ARG(c->superior->indicators[nearest].code));
}

static void unknown_code(covering *c, const char *problem, pl_place place, pl_str code) {
    pl_buffer hint;
    pl_buffer_init(&hint, 0);
    nearest_code(c, code, &hint);
    keep(c, hint.failed ? PL_MEMORY
                        : pl_problem_add(c->problems, PL_ERROR, problem, place, "the superior has no indicator \"%.*s\"%s",
                                         PL_ARG(code), hint.at ? hint.at : ""));
    pl_buffer_free(&hint);
}

/* The same leaf named twice by one indicator counts once, with the larger share. */
static void add_link(covering *c, size_t own, size_t leaf, double share) {
    pl_cover_link *last = c->latest[leaf] ? &c->links[c->latest[leaf] - 1] : NULL;
    if (last && last->own == own) {
        if (share > last->share) last->share = share;
        return;
    }
    if (pl_reserve((void **)&c->links, &c->capacity, c->count + 1, sizeof *c->links, 0)) {
        keep(c, PL_MEMORY);
        return;
    }
    c->links[c->count++] = (pl_cover_link){own, leaf, share};
    c->latest[leaf] = c->count;
}

static size_t end_of_subtree(const pl_model *model, size_t index) {
    size_t end = index + 1;
    while (end < model->indicator_count && model->indicators[end].depth > model->indicators[index].depth) end++;
    return end;
}

static void compare_leaves(covering *c, size_t own, size_t leaf) {
    const pl_indicator *a = &c->own->indicators[own], *b = &c->superior->indicators[leaf];
    if (a->child_count) return;
    if (a->direction != b->direction)
        keep(c, pl_problem_add(c->problems, PL_WARNING, "W601", place_of(c, own, "direction"),
                               "\"%.*s\" says that %s is better, but \"%.*s\", which it covers, that %s is", PL_ARG(a->code),
                               a->direction > 0 ? "higher" : "lower", PL_ARG(b->code), b->direction > 0 ? "higher" : "lower"));
    if (a->unit_of_measure.len && b->unit_of_measure.len && !pl_str_equal(a->unit_of_measure, b->unit_of_measure))
        keep(c, pl_problem_add(c->problems, PL_WARNING, "W602", place_of(c, own, "unit_of_measure"),
                               "\"%.*s\" is measured in %.*s, but \"%.*s\", which it covers, in %.*s", PL_ARG(a->code),
                               PL_ARG(a->unit_of_measure), PL_ARG(b->code), PL_ARG(b->unit_of_measure)));
}

static void take_entry(covering *c, size_t own, const pl_covers_entry *entry) {
    const pl_model *superior = c->superior;
    size_t named = entry->code.len ? pl_model_find(superior, entry->code) : PL_NO_INDEX;
    if (entry->wrong.len || !entry->code.len) {
        keep(c, pl_problem_add(c->problems, PL_ERROR, "E602", place_of(c, own, "covers"),
                               "\"%.*s%s%.*s\" cannot be read; after a code comes a share such as 50%%, or (partly)",
                               PL_ARG(entry->code), entry->code.len ? " " : "", PL_ARG(entry->wrong)));
    } else if (named == PL_NO_INDEX) {
        unknown_code(c, "E601", place_of(c, own, "covers"), entry->code);
    } else if (!superior->indicators[named].child_count) {
        add_link(c, own, named, entry->share);
        compare_leaves(c, own, named);
    } else {
        size_t leaves = 0;
        for (size_t i = named + 1; i < end_of_subtree(superior, named); i++) {
            if (superior->indicators[i].child_count) continue;
            add_link(c, own, i, entry->share);
            leaves++;
        }
        keep(c, pl_problem_add(c->problems, PL_WARNING, "W605", place_of(c, own, "covers"),
                               "\"%.*s\" is a group; it counts for all %zu indicators below it", PL_ARG(entry->code), leaves));
    }
}

static void read_covers(covering *c) {
    for (size_t i = 0; i < c->own->indicator_count && c->worst != PL_MEMORY; i++) {
        pl_str rest = c->own->indicators[i].covers;
        pl_covers_entry entry;
        while (pl_covers_next(c->superior, &rest, &entry)) take_entry(c, i, &entry);
    }
}

/* ---- what is left open ---- */

static void give_reason(covering *c, size_t index, const pl_uncovered *row) {
    for (size_t i = index; i < end_of_subtree(c->superior, index); i++)
        if (!c->superior->indicators[i].child_count) c->out->nodes[i].reason = row->reason;
}

static void read_reasons(covering *c) {
    for (size_t i = 0; i < c->own->uncovered_count && c->worst != PL_MEMORY; i++) {
        const pl_uncovered *row = &c->own->uncovered[i];
        size_t index = pl_model_find(c->superior, row->code);
        if (index == PL_NO_INDEX)
            unknown_code(c, "E604", row->place, row->code);
        else
            give_reason(c, index, row);
    }
}

static void settle_leaf(covering *c, size_t index) {
    pl_cover_node *node = &c->out->nodes[index];
    for (size_t i = 0; i < node->link_count; i++) node->covered += c->out->links[node->first_link + i].share;
    if (node->covered > 1 - 1e-9) node->covered = 1; /* three times 33.3333333 % is meant to be all of it */
    if (node->covered == 1)
        node->state = PL_COVER_FULLY;
    else if (node->reason.len)
        node->state = PL_COVER_EXPLAINED;
    else
        node->state = node->link_count ? PL_COVER_PARTLY : PL_COVER_OPEN;
    if (node->state == PL_COVER_FULLY) node->reason = (pl_str){0};
    c->out->counts[node->state]++;
}

/* Children come after their parents, so that a walk from the end meets them first. */
static void settle_inner(covering *c, size_t index) {
    const pl_model *model = c->superior;
    pl_cover_node *node = &c->out->nodes[index];
    size_t seen[PL_COVER_FULLY + 1] = {0}, children = 0;
    double sum = 0;
    for (size_t child = model->indicators[index].first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling) {
        const pl_cover_node *below = &c->out->nodes[child];
        seen[below->state]++;
        children++;
        sum += below->weight * below->covered;
    }
    node->covered = node->weight > 0 ? sum / node->weight : 0;
    if (seen[PL_COVER_FULLY] == children) {
        node->state = PL_COVER_FULLY;
        node->covered = 1;
    } else if (seen[PL_COVER_FULLY] + seen[PL_COVER_EXPLAINED] == children) {
        node->state = PL_COVER_EXPLAINED;
    } else {
        node->state = seen[PL_COVER_OPEN] == children ? PL_COVER_OPEN : PL_COVER_PARTLY;
    }
}

static void settle(covering *c) {
    for (size_t i = c->superior->indicator_count; i-- > 0;) {
        if (c->superior->indicators[i].child_count)
            settle_inner(c, i);
        else
            settle_leaf(c, i);
    }
    for (size_t i = 0; i < c->own->uncovered_count; i++) {
        const pl_uncovered *row = &c->own->uncovered[i];
        size_t index = pl_model_find(c->superior, row->code);
        if (index != PL_NO_INDEX && c->out->nodes[index].state == PL_COVER_FULLY)
            keep(c, pl_problem_add(c->problems, PL_WARNING, "W604", row->place,
                                   "\"%.*s\" is covered after all; delete the row, or take it out of `covers`", PL_ARG(row->code)));
    }
}

/* ---- what is local ---- */

static bool answers(const pl_model *own, size_t index) {
    while (index != PL_NO_INDEX && !own->indicators[index].covers.len) index = own->indicators[index].parent;
    return index != PL_NO_INDEX;
}

static void look_at_own(covering *c) {
    for (size_t i = 0; i < c->own->indicator_count && c->worst != PL_MEMORY; i++) {
        const pl_indicator *node = &c->own->indicators[i];
        if (node->child_count) continue;
        bool local = !answers(c->own, i);
        if (local) c->out->local[c->out->local_count++] = i;
        if (!pl_indicator_owner(c->own, i).len)
            keep(c, pl_problem_add(c->problems, PL_WARNING, "W603", place_of(c, i, "owner"), "\"%.*s\" has no owner",
                                   PL_ARG(node->code)));
        if (local && (pl_str_is_fold(node->source, "superior") || pl_str_is(node->source, "上级")))
            keep(c, pl_problem_add(c->problems, PL_WARNING, "W606", place_of(c, i, "covers"),
                                   "\"%.*s\" comes from the superior, but covers none of its indicators", PL_ARG(node->code)));
    }
}

/* ---- all of it ---- */

static pl_status prepare(covering *c) {
    size_t count = c->superior->indicator_count;
    double *shares = malloc((count + 1) * sizeof *shares);
    c->latest = calloc(count + 1, sizeof *c->latest);
    c->out->nodes = pl_arena_array(&c->out->arena, count + 1, sizeof *c->out->nodes);
    c->out->local = pl_arena_array(&c->out->arena, c->own->indicator_count + 1, sizeof *c->out->local);
    bool ready = shares && c->latest && c->out->nodes && c->out->local;
    if (ready) pl_model_shares(c->superior, shares, NULL);
    for (size_t i = 0; i < count && ready; i++) c->out->nodes[i].weight = shares[i];
    free(shares);
    return ready ? PL_OK : PL_MEMORY;
}

/* From the order of the own model to that of the superior's leaves. */
static pl_status sort_links(covering *c) {
    c->out->links = pl_arena_array(&c->out->arena, c->count + 1, sizeof *c->out->links);
    if (!c->out->links) return PL_MEMORY;
    c->out->link_count = c->count;
    for (size_t i = 0; i < c->count; i++) c->out->nodes[c->links[i].superior].link_count++;
    size_t from = 0;
    for (size_t i = 0; i < c->superior->indicator_count; i++) {
        c->out->nodes[i].first_link = from;
        from += c->out->nodes[i].link_count;
        c->latest[i] = c->out->nodes[i].first_link;
    }
    for (size_t i = 0; i < c->count; i++) c->out->links[c->latest[c->links[i].superior]++] = c->links[i];
    return PL_OK;
}

pl_status pl_cover_models(pl_cover **out, const pl_model *own, const pl_model *superior, pl_problems *problems) {
    *out = NULL;
    pl_cover *cover = calloc(1, sizeof *cover);
    if (!cover) return PL_MEMORY;
    pl_arena_init(&cover->arena, 0);
    covering c = {.out = cover, .own = own, .superior = superior, .problems = problems};
    keep(&c, prepare(&c));
    if (c.worst == PL_OK) read_covers(&c);
    if (c.worst != PL_MEMORY) read_reasons(&c);
    if (c.worst != PL_MEMORY) keep(&c, sort_links(&c));
    if (c.worst != PL_MEMORY) settle(&c);
    if (c.worst != PL_MEMORY) look_at_own(&c);
    free(c.links);
    free(c.latest);
    if (c.worst == PL_OK)
        *out = cover;
    else
        pl_cover_free(cover);
    return c.worst;
}

void pl_cover_free(pl_cover *cover) {
    if (!cover) return;
    pl_arena_free(&cover->arena);
    free(cover);
}
