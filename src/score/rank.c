#include "score/rank.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* One unit while it is ranked. Those with a total come first and are ordered by it; the others follow, in the order of their codes.
 */
typedef struct contender {
    double key; /* what places are taken from */
    uint32_t unit, group;
} contender;

typedef struct ranking {
    const pl_scores *scores;
    const pl_compiled *compiled;
    size_t period;
    pl_pool *pool;
    const bool *has_children; /* per unit */
    contender *contenders, *spare;
    size_t count, ranked; /* all; those with a total */
    size_t *starts;       /* of the heaps that are sorted each by itself */
    size_t heaps;
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
    if (a->key != b->key) return a->key > b->key ? -1 : 1;
    return by_tie_break(r, a, b);
}

static int by_code(const ranking *r, const contender *a, const contender *b) {
    const pl_unit *units = r->compiled->dataset->units;
    return pl_str_compare(units[a->unit].code, units[b->unit].code);
}

static int compare_ranked(const void *a, const void *b, void *context) {
    int order = by_place(context, a, b);
    return order ? order : by_code(context, a, b);
}

static int compare_codes(const void *a, const void *b, void *context) { return by_code(context, a, b); }

/* ---- sorting ---- */

/* Contenders are dealt out to heaps by ranges of their keys, so that the heaps can be sorted side by side. */
#define HEAP_SIZE 64
#define HEAPS_PER_TASK 64

typedef struct ranges {
    double highest, scale;
    size_t count;
} ranges;

static ranges cut_ranges(const ranking *r) {
    double highest = -INFINITY, lowest = INFINITY;
    for (size_t i = 0; i < r->ranked; i++) {
        highest = r->contenders[i].key > highest ? r->contenders[i].key : highest;
        lowest = r->contenders[i].key < lowest ? r->contenders[i].key : lowest;
    }
    ranges cut = {.highest = highest, .count = r->ranked / HEAP_SIZE + 1};
    cut.scale = (double)cut.count / (highest - lowest);
    if (!(highest > lowest) || !isfinite(highest - lowest) || !isfinite(cut.scale)) cut = (ranges){highest, 0, 1};
    return cut;
}

/* Never falls as keys fall: each of the operations keeps the order. */
static size_t heap_of(ranges cut, double key) {
    double at = (cut.highest - key) * cut.scale;
    return cut.count == 1 ? 0 : at >= (double)cut.count ? cut.count - 1 : (size_t)at;
}

static void sort_heaps(void *context, size_t task, unsigned worker) {
    (void)worker;
    ranking *r = context;
    for (size_t heap = task * HEAPS_PER_TASK; heap < (task + 1) * HEAPS_PER_TASK && heap < r->heaps; heap++) {
        size_t from = r->starts[heap], size = r->starts[heap + 1] - from;
        if (size > 1) qsort_r(r->contenders + from, size, sizeof *r->contenders, compare_ranked, r);
    }
}

static bool sort_contenders(ranking *r) {
    contender *ranked = r->contenders;
    ranges cut = cut_ranges(r);
    r->heaps = cut.count;
    r->starts = calloc(cut.count + 2, sizeof *r->starts);
    if (!r->starts) return false;
    for (size_t i = 0; i < r->ranked; i++) r->starts[heap_of(cut, ranked[i].key) + 2]++;
    for (size_t heap = 2; heap < cut.count + 2; heap++) r->starts[heap] += r->starts[heap - 1];
    for (size_t i = 0; i < r->ranked; i++) r->spare[r->starts[heap_of(cut, ranked[i].key) + 1]++] = ranked[i];
    memcpy(ranked, r->spare, r->ranked * sizeof *ranked);
    pl_pool_run(r->pool, (cut.count + HEAPS_PER_TASK - 1) / HEAPS_PER_TASK, sort_heaps, r);
    qsort_r(ranked + r->ranked, r->count - r->ranked, sizeof *ranked, compare_codes, r);
    free(r->starts);
    return true;
}

/* ---- places ---- */

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

static void rank_groups(const ranking *r, pl_score_line *lines, group_run *groups, size_t *next, size_t *last) {
    const contender *sorted = r->contenders;
    pl_tie_rule ties = r->compiled->model->settings.ties;
    size_t count = r->compiled->dataset->group_count;
    memset(groups, 0, (count + 1) * sizeof *groups);
    for (size_t i = 0; i < r->ranked; i++) {
        uint32_t group = sorted[i].group;
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

static void rank_all(const ranking *r, pl_score_line *lines) {
    const contender *sorted = r->contenders;
    size_t distinct = 0;
    for (size_t i = 0; i < r->ranked; distinct++) {
        size_t end = i + 1;
        while (end < r->ranked && by_place(r, &sorted[i], &sorted[end]) == 0) end++;
        double place = pl_shared_place(r->compiled->model->settings.ties, i, end - i, distinct);
        for (; i < end; i++) lines[i].rank = place;
    }
}

/* A unit appears where it has a total, or data, or is a unit without others below it (which then has neither). */
static bool is_listed(const pl_compiled *c, const bool *has_children, size_t row, size_t unit, bool has_total) {
    return has_total || pl_present(c->dataset->reported, row) || (!has_children[unit] && c->model->units_sheet);
}

/* What is published of a total. */
static double published(const pl_settings *s, double total) { return s->digits >= 0 ? pl_number_round(total, s->digits) : total; }

/* Those with a total from the front, the others from the back. */
static void gather(ranking *r) {
    const pl_compiled *c = r->compiled;
    const pl_settings *s = &c->model->settings;
    size_t units = c->frame.units, others = 0;
    const uint64_t *present;
    const double *totals = pl_evaluation_column(r->scores->evaluation, c->nodes[0].score, &present);
    r->ranked = 0;
    for (size_t unit = 0; unit < units; unit++) {
        size_t row = r->period * units + unit;
        bool has_total = pl_present(present, row);
        if (!is_listed(c, r->has_children, row, unit, has_total)) continue;
        contender one = {totals[row], (uint32_t)unit, c->dataset->units[unit].group};
        if (s->rank_on_rounded) one.key = published(s, one.key);
        r->contenders[has_total ? r->ranked++ : units - ++others] = one;
    }
    memmove(r->contenders + r->ranked, r->contenders + units - others, others * sizeof *r->contenders);
    r->count = r->ranked + others;
}

static void make_lines(const ranking *r, pl_score_line *lines) {
    const pl_compiled *c = r->compiled;
    const pl_settings *s = &c->model->settings;
    const double *totals = pl_evaluation_column(r->scores->evaluation, c->nodes[0].score, NULL);
    for (size_t i = 0; i < r->count; i++) {
        const contender *from = &r->contenders[i];
        bool as_it_is = s->rank_on_rounded || s->digits < 0;
        lines[i] = (pl_score_line){
            .unit = from->unit,
            .period = (uint32_t)r->period,
            .has_total = i < r->ranked,
            .total = as_it_is ? from->key : published(s, totals[r->period * c->frame.units + from->unit]),
            .grade = PL_NOBODY,
        };
    }
}

static bool rank_period(ranking *r, pl_scores *scores) {
    gather(r);
    if (!sort_contenders(r)) return false;
    pl_score_line *lines = scores->lines + scores->line_count;
    make_lines(r, lines);
    rank_all(r, lines);
    size_t groups = r->compiled->dataset->group_count;
    group_run *runs = malloc((groups + 1) * sizeof *runs);
    size_t *next = malloc((r->count + 1) * sizeof *next), *last = malloc((groups + 1) * sizeof *last);
    bool good = runs && next && last;
    if (good) rank_groups(r, lines, runs, next, last);
    free(runs);
    free(next);
    free(last);
    scores->line_count += r->count;
    return good;
}

pl_status pl_rank_lines(pl_scores *scores, pl_compiled *compiled, pl_pool *pool) {
    size_t units = compiled->frame.units, periods = 0;
    for (size_t p = 0; p < compiled->frame.periods; p++) periods += compiled->scored[p];
    scores->lines = malloc((units * periods + 1) * sizeof *scores->lines);
    bool *has_children = calloc(units + 1, sizeof *has_children);
    ranking r = {.scores = scores, .compiled = compiled, .pool = pool, .has_children = has_children};
    r.contenders = malloc((units + 1) * sizeof *r.contenders);
    r.spare = malloc((units + 1) * sizeof *r.spare);
    bool good = scores->lines && r.contenders && r.spare && has_children;
    for (size_t unit = 0; good && unit < units; unit++)
        if (compiled->dataset->units[unit].parent != PL_NOBODY) has_children[compiled->dataset->units[unit].parent] = true;
    for (r.period = 0; good && r.period < compiled->frame.periods; r.period++)
        if (compiled->scored[r.period]) good = rank_period(&r, scores);
    free(r.contenders);
    free(r.spare);
    free(has_children);
    return good ? PL_OK : PL_MEMORY;
}
