#include "study/reviewing.h"
#include "study/thresholds.h"

#include <stdlib.h>

/* Parts of expressions that do nothing. */

typedef struct collecting {
    pl_reviewing *r;
    size_t indicator;
    pl_place place;
    size_t first;  /* of this expression's parts */
    size_t shared; /* the first part of the same rule in an earlier indicator; PL_NO_INDEX: none */
} collecting;

static pl_status collect(void *context, const pl_inspected *part) {
    collecting *c = context;
    pl_reviewing *r = c->r;
    if (pl_reserve((void **)&r->parts, &r->part_capacity, r->part_count + 1, sizeof *r->parts, 0)) return PL_MEMORY;
    size_t same = c->shared == PL_NO_INDEX ? r->part_count : c->shared + (r->part_count - c->first);
    if (same != r->part_count) r->parts[same].shared = true;
    r->parts[r->part_count++] = (pl_reviewed_part){.part = *part, .indicator = c->indicator, .place = c->place, .same_as = same};
    return PL_OK;
}

/* `shared`: the first part of a rule that the settings give to many, or NULL; PL_NO_INDEX before it was met. */
static pl_status inspect(pl_reviewing *r, size_t index, pl_role role, const pl_expression *expression, pl_place place,
                         size_t *shared) {
    if (!expression) return PL_OK;
    pl_meaning meaning = pl_compiled_meaning(r->compiled, index, role);
    collecting c = {r, index, place, r->part_count, shared ? *shared : PL_NO_INDEX};
    if (shared && *shared == PL_NO_INDEX) *shared = r->part_count;
    return pl_expression_inspect(r->compiled->program, expression, &meaning, role == PL_ROLE_APPLIES ? 0 : r->nodes[index].applies,
                                 collect, &c);
}

pl_status pl_review_collect_parts(pl_reviewing *r) {
    size_t shared = PL_NO_INDEX;
    pl_status status = PL_OK;
    for (size_t i = 0; i < r->model->indicator_count && status == PL_OK; i++) {
        const pl_indicator *node = &r->model->indicators[i];
        bool own = node->score_place.file == node->file;
        status = inspect(r, i, PL_ROLE_VALUE, node->child_count ? NULL : node->value, pl_reviewing_place(r, i, "value"), NULL);
        if (status == PL_OK)
            status =
                inspect(r, i, PL_ROLE_COMBINE, node->child_count ? node->combine : NULL, pl_reviewing_place(r, i, "combine"), NULL);
        if (status == PL_OK) status = inspect(r, i, PL_ROLE_SCORE, node->score, node->score_place, own ? NULL : &shared);
        if (status == PL_OK) status = inspect(r, i, PL_ROLE_APPLIES, node->applies, pl_reviewing_place(r, i, "applies"), NULL);
    }
    return status;
}

static const char *counted(const pl_reviewed_part *p) { return p->shared ? "values" : "units"; }

static void tell_condition(pl_reviewing *r, const pl_reviewed_part *p) {
    bool never = p->yes == 0 && !p->part.yes_is_exception, always = p->no == 0 && !p->part.no_is_exception;
    if (p->yes + p->no < FEW_UNITS || (!never && !always)) return;
    pl_str unused = never ? p->part.part : p->part.other;
    pl_reviewing_tell(r, PL_WARNING, "W509", p->indicator, p->place,
                      "the condition of %.*s %s for any of %.0f %s, so \"%.*s\" is never used", PL_ARG(p->part.source),
                      never ? "does not hold" : "does not fail", p->yes + p->no, counted(p), PL_ARG(unused));
}

static void tell_band(pl_reviewing *r, const pl_reviewed_part *p) {
    if (p->part.shadowed)
        pl_reviewing_tell(r, PL_WARNING, "W504", p->indicator, p->place,
                          "the limit %.*s of %.*s is never come to: one before it is reached by all that reach it",
                          PL_ARG(p->part.part), PL_ARG(p->part.source));
    else if (p->yes == 0 && p->no >= FEW_UNITS)
        pl_reviewing_tell(r, PL_NOTE, "N502", p->indicator, p->place, "none of %.0f %s reaches the limit %.*s of %.*s", p->no,
                          counted(p), PL_ARG(p->part.part), PL_ARG(p->part.source));
}

/* A floor at 0 is there so that nobody gets less than nothing; that nobody would is no news. */
static void tell_bound(pl_reviewing *r, const pl_reviewed_part *p) {
    const char *word = p->part.floor ? "floor" : "cap";
    if (p->no == 0 && p->yes >= FEW_UNITS)
        pl_reviewing_tell(r, PL_WARNING, "W510", p->indicator, p->place, "the %s %.*s of %.*s decides for all %.0f %s", word,
                          PL_ARG(p->part.part), PL_ARG(p->part.source), p->yes, counted(p));
    else if (p->yes == 0 && p->no >= FEW_UNITS && !(p->part.floor && p->part.fixed && p->part.bound == 0))
        pl_reviewing_tell(r, PL_NOTE, "N503", p->indicator, p->place, "the %s %.*s of %.*s is met by none of %.0f %s", word,
                          PL_ARG(p->part.part), PL_ARG(p->part.source), p->no, counted(p));
}

/* Where a unit is divided by 0 now, the score has said so (W401). */
static void tell_division(pl_reviewing *r, const pl_reviewed_part *p) {
    if (p->no > 0 || p->yes + p->yes_other == 0) return;
    pl_reviewing_tell(r, PL_WARNING, "W511", p->indicator, p->place,
                      "%.*s divides by \"%.*s\", which is 0 in %.0f case%s; no score meets one of them now", PL_ARG(p->part.source),
                      PL_ARG(p->part.part), p->yes + p->yes_other, p->yes + p->yes_other == 1 ? "" : "s");
}

void pl_review_parts(pl_reviewing *r) {
    for (size_t i = 0; i < r->part_count && r->worst == PL_OK; i++) {
        const pl_reviewed_part *p = &r->parts[i];
        if (p->same_as != i) continue;
        switch (p->part.kind) {
        case PL_INSPECTED_IF: tell_condition(r, p); break;
        case PL_INSPECTED_BAND: tell_band(r, p); break;
        case PL_INSPECTED_BOUND: tell_bound(r, p); break;
        case PL_INSPECTED_DIVISION: tell_division(r, p); break;
        case PL_INSPECTED_PEERS: break;
        }
    }
}

/* ---- groups too small to compare within ---- */

typedef struct small_group {
    size_t units;     /* the fewest that an indicator compares */
    size_t count;     /* indicators that do */
    size_t indicator; /* the first of them */
    size_t last;      /* the one counted last */
} small_group;

/* Units of a group, in one period, that have a value of the indicator: into `members`. */
static void count_members(const pl_reviewing *r, size_t indicator, size_t period, size_t *members) {
    const pl_frame *frame = &r->compiled->frame;
    const pl_grouping *own = &frame->groupings[0];
    pl_reviewed_column value = pl_reviewing_column(r, r->nodes[indicator].value);
    memset(members, 0, own->groups * sizeof *members);
    for (size_t unit = 0; unit < frame->units; unit++) {
        size_t row = period * frame->units + unit;
        if (own->group_of[unit] != PL_NOBODY && pl_reviewed_present(value, row)) members[own->group_of[unit]]++;
    }
}

static void look_for_small_groups(const pl_reviewing *r, size_t indicator, small_group *groups, size_t *members) {
    const pl_frame *frame = &r->compiled->frame;
    if (pl_reviewing_silenced(r, "W512", indicator)) return;
    for (size_t period = 0; period < frame->periods; period++) {
        if (!frame->scored[period]) continue;
        count_members(r, indicator, period, members);
        for (size_t g = 0; g < frame->groupings[0].groups; g++) {
            small_group *to = &groups[g];
            if (!members[g] || members[g] >= FEW_PEERS) continue;
            if (!to->count) to->indicator = indicator;
            if (!to->count || to->last != indicator) to->count++;
            to->last = indicator;
            if (!to->units || members[g] < to->units) to->units = members[g];
        }
    }
}

void pl_review_peers(pl_reviewing *r) {
    const pl_grouping *own = &r->compiled->frame.groupings[0];
    if (!own->group_of || r->worst != PL_OK) return;
    small_group *groups = calloc(own->groups + 1, sizeof *groups);
    size_t *members = calloc(own->groups + 1, sizeof *members);
    if (!groups || !members) r->worst = PL_MEMORY;
    size_t done = PL_NO_INDEX;
    for (size_t i = 0; i < r->part_count && r->worst == PL_OK; i++) {
        const pl_reviewed_part *p = &r->parts[i];
        bool compares = p->part.kind == PL_INSPECTED_PEERS && p->part.scope == PL_SCOPE_GROUP && p->indicator != done;
        if (!compares) continue;
        look_for_small_groups(r, p->indicator, groups, members);
        done = p->indicator;
    }
    for (size_t g = 0; g < own->groups && r->worst == PL_OK; g++) {
        if (!groups[g].count) continue;
        pl_reviewing_tell(r, PL_WARNING, "W512", groups[g].indicator, pl_reviewing_place(r, groups[g].indicator, "score"),
                          "the group \"%.*s\" has %zu unit%s to compare, which %zu indicator%s (the first: \"%.*s\")",
                          PL_ARG(r->compiled->dataset->groups[g]), groups[g].units, groups[g].units == 1 ? "" : "s",
                          groups[g].count, groups[g].count == 1 ? " does" : "s do",
                          PL_ARG(r->model->indicators[groups[g].indicator].code));
    }
    free(groups);
    free(members);
}
