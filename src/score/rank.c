#include "score/rank.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

/* One unit while it is ranked. */
typedef struct contender {
    double key;   /* what places are taken from */
    double total; /* what is published */
    uint32_t unit;
    bool has_total;
} contender;

typedef struct ranking {
    const pl_scores *scores;
    const pl_compiled *compiled;
    size_t period;
} ranking;

/* A unit's score on the nth indicator of `tie_break`. */
static bool tie_break_score(const ranking *r, size_t n, uint32_t unit, double *out) {
    pl_node node = r->compiled->nodes[r->compiled->model->settings.tie_break[n]].score;
    const uint64_t *present;
    const double *values = pl_evaluation_column(r->scores->evaluation, node, &present);
    size_t row = r->period * r->compiled->frame.units + unit;
    *out = values ? values[row] : 0;
    return values && pl_present(present, row);
}

/* Order of two that have the same key: <0 when a is ahead, 0 when nothing tells them apart. A missing score comes last. */
static int by_tie_break(const ranking *r, const contender *a, const contender *b) {
    for (size_t n = 0; n < r->compiled->model->settings.tie_break_count; n++) {
        double x, y;
        bool has_x = tie_break_score(r, n, a->unit, &x), has_y = tie_break_score(r, n, b->unit, &y);
        if (has_x != has_y) return has_x ? -1 : 1;
        if (x != y) return x > y ? -1 : 1;
    }
    return 0;
}

static int by_place(const ranking *r, const contender *a, const contender *b) {
    if (a->has_total != b->has_total) return a->has_total ? -1 : 1;
    if (a->key != b->key) return a->key > b->key ? -1 : 1;
    return a->has_total ? by_tie_break(r, a, b) : 0;
}

static int compare(const void *first, const void *second, void *context) {
    const ranking *r = context;
    const contender *a = first, *b = second;
    int order = by_place(r, a, b);
    const pl_unit *units = r->compiled->dataset->units;
    return order ? order : pl_str_compare(units[a->unit].code, units[b->unit].code);
}

double pl_shared_place(pl_tie_rule ties, size_t before, size_t tied, size_t distinct) {
    switch (ties) {
    case PL_TIES_DENSE: return (double)distinct + 1;
    case PL_TIES_AVERAGE: return (double)before + (double)(tied + 1) / 2;
    case PL_TIES_COMPETITION: break;
    }
    return (double)before + 1;
}

/* What is known of one group while going down the list. */
typedef struct group_run {
    size_t before, tied, distinct, first; /* first: line where the current run began */
} group_run;

/* Ends a group's run: all its lines get their place. `next` chains the lines of a run. */
static void end_run(group_run *g, pl_tie_rule ties, pl_score_line *lines, const size_t *next) {
    if (!g->tied) return;
    double place = pl_shared_place(ties, g->before, g->tied, g->distinct);
    size_t line = g->first;
    for (size_t i = 0; i < g->tied; i++, line = next[line]) lines[line].group_rank = place;
    g->before += g->tied;
    g->distinct++;
    g->tied = 0;
}

static void rank_groups(const ranking *r, const contender *sorted, size_t ranked, pl_score_line *lines, group_run *groups,
                        size_t *next, size_t *last) {
    pl_tie_rule ties = r->compiled->model->settings.ties;
    size_t count = r->compiled->dataset->group_count;
    memset(groups, 0, (count + 1) * sizeof *groups);
    for (size_t i = 0; i < ranked; i++) {
        uint32_t group = r->compiled->dataset->units[sorted[i].unit].group;
        if (group == PL_NOBODY) continue;
        group_run *g = &groups[group];
        if (g->tied && by_place(r, &sorted[last[group]], &sorted[i]) != 0) end_run(g, ties, lines, next);
        if (g->tied)
            next[last[group]] = i;
        else
            g->first = i;
        g->tied++;
        last[group] = i;
    }
    for (size_t group = 0; group < count; group++) end_run(&groups[group], ties, lines, next);
}

static void rank_all(const ranking *r, const contender *sorted, size_t ranked, pl_score_line *lines) {
    size_t distinct = 0;
    for (size_t i = 0; i < ranked; distinct++) {
        size_t end = i + 1;
        while (end < ranked && by_place(r, &sorted[i], &sorted[end]) == 0) end++;
        double place = pl_shared_place(r->compiled->model->settings.ties, i, end - i, distinct);
        for (; i < end; i++) lines[i].rank = place;
    }
}

/* A unit appears where it has a total, or data, or is a unit without others below it (which then has neither). */
static bool is_listed(const pl_compiled *c, const bool *has_children, size_t row, size_t unit, bool has_total) {
    return has_total || pl_present(c->dataset->reported, row) || (!has_children[unit] && c->model->units_sheet);
}

static size_t gather(const ranking *r, const bool *has_children, contender *out) {
    const pl_compiled *c = r->compiled;
    const pl_settings *s = &c->model->settings;
    const uint64_t *present;
    const double *totals = pl_evaluation_column(r->scores->evaluation, c->nodes[0].score, &present);
    size_t count = 0;
    for (size_t unit = 0; unit < c->frame.units; unit++) {
        size_t row = r->period * c->frame.units + unit;
        contender one = {.unit = (uint32_t)unit, .has_total = pl_present(present, row)};
        if (!is_listed(c, has_children, row, unit, one.has_total)) continue;
        one.total = one.key = totals[row];
        if (s->digits >= 0) one.total = pl_number_round(totals[row], s->digits);
        if (s->rank_on_rounded) one.key = one.total;
        out[count++] = one;
    }
    return count;
}

static bool rank_period(const ranking *r, pl_scores *scores, const bool *has_children, contender *contenders) {
    size_t count = gather(r, has_children, contenders), ranked = 0;
    qsort_r(contenders, count, sizeof *contenders, compare, (void *)(uintptr_t)r);
    while (ranked < count && contenders[ranked].has_total) ranked++;
    pl_score_line *lines = scores->lines + scores->line_count;
    for (size_t i = 0; i < count; i++)
        lines[i] = (pl_score_line){.unit = contenders[i].unit,
                                   .period = (uint32_t)r->period,
                                   .has_total = contenders[i].has_total,
                                   .total = contenders[i].total,
                                   .grade = PL_NOBODY};
    rank_all(r, contenders, ranked, lines);
    size_t groups = r->compiled->dataset->group_count;
    group_run *runs = malloc((groups + 1) * sizeof *runs);
    size_t *next = malloc((count + 1) * sizeof *next), *last = malloc((groups + 1) * sizeof *last);
    bool good = runs && next && last;
    if (good) rank_groups(r, contenders, ranked, lines, runs, next, last);
    free(runs);
    free(next);
    free(last);
    scores->line_count += count;
    return good;
}

pl_status pl_rank_lines(pl_scores *scores, pl_compiled *compiled) {
    size_t units = compiled->frame.units, periods = 0;
    for (size_t p = 0; p < compiled->frame.periods; p++) periods += compiled->scored[p];
    scores->lines = malloc((units * periods + 1) * sizeof *scores->lines);
    contender *contenders = malloc((units + 1) * sizeof *contenders);
    bool *has_children = calloc(units + 1, sizeof *has_children);
    bool good = scores->lines && contenders && has_children;
    for (size_t unit = 0; good && unit < units; unit++)
        if (compiled->dataset->units[unit].parent != PL_NOBODY) has_children[compiled->dataset->units[unit].parent] = true;
    for (size_t p = 0; good && p < compiled->frame.periods; p++) {
        ranking r = {scores, compiled, p};
        if (compiled->scored[p]) good = rank_period(&r, scores, has_children, contenders);
    }
    free(contenders);
    free(has_children);
    return good ? PL_OK : PL_MEMORY;
}
