#include "score/places.h"

#include "score/rank.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

pl_status pl_placer_init(pl_placer *p, const pl_compiled *compiled, size_t period, bool within_groups) {
    size_t units = compiled->frame.units, groups = compiled->dataset->group_count;
    *p = (pl_placer){.compiled = compiled,
                     .period = period,
                     .within_groups = within_groups,
                     .entries = malloc((units + 1) * sizeof *p->entries),
                     .spare = malloc((units + 1) * sizeof *p->spare),
                     .starts = malloc((groups + 2) * sizeof *p->starts)};
    return p->entries && p->spare && p->starts ? PL_OK : PL_MEMORY;
}

void pl_placer_free(pl_placer *p) {
    free(p->entries);
    free(p->spare);
    free(p->starts);
    *p = (pl_placer){0};
}

size_t pl_placer_nodes(const pl_compiled *compiled, pl_node *out) {
    const pl_settings *s = &compiled->model->settings;
    size_t count = 0;
    out[count++] = compiled->nodes[0].score;
    for (size_t i = 0; i < s->tie_break_count; i++) out[count++] = compiled->nodes[s->tie_break[i]].score;
    return count;
}

/* <0: a is ahead by the indicators that break ties, 0: nothing tells them apart. A missing score comes last. */
static int by_tie_break(const pl_placer *p, const pl_evaluation *e, uint32_t a, uint32_t b) {
    const pl_settings *s = &p->compiled->model->settings;
    size_t first = p->period * p->compiled->frame.units;
    for (size_t i = 0; i < s->tie_break_count; i++) {
        const uint64_t *present;
        const double *values = pl_evaluation_column(e, p->compiled->nodes[s->tie_break[i]].score, &present);
        if (!values) continue;
        bool has_a = pl_present(present, first + a), has_b = pl_present(present, first + b);
        if (has_a != has_b) return has_a ? -1 : 1;
        if (values[first + a] != values[first + b]) return values[first + a] > values[first + b] ? -1 : 1;
    }
    return 0;
}

/* Puts units with the same total in the order that the tie breaks give; there are few of them. */
static void break_ties(const pl_placer *p, const pl_evaluation *e, size_t count) {
    if (!p->compiled->model->settings.tie_break_count) return;
    for (size_t i = 1; i < count; i++) {
        pl_sort_entry one = p->entries[i];
        size_t at = i;
        for (; at > 0 && p->entries[at - 1].key == one.key && by_tie_break(p, e, p->entries[at - 1].index, one.index) > 0; at--)
            p->entries[at] = p->entries[at - 1];
        p->entries[at] = one;
    }
}

static void place(const pl_placer *p, const pl_evaluation *e, const pl_sort_entry *sorted, size_t count, double *places) {
    size_t distinct = 0;
    for (size_t i = 0; i < count; distinct++) {
        size_t end = i + 1;
        while (end < count && sorted[end].key == sorted[i].key && by_tie_break(p, e, sorted[i].index, sorted[end].index) == 0)
            end++;
        double shared = pl_shared_place(p->compiled->model->settings.ties, i, end - i, distinct);
        for (; i < end; i++) places[sorted[i].index] = shared;
    }
}

/* Group after group, each in the order of the totals. */
static void place_groups(const pl_placer *p, const pl_evaluation *e, size_t count, double *places) {
    const pl_unit *units = p->compiled->dataset->units;
    size_t groups = p->compiled->dataset->group_count;
    memset(p->starts, 0, (groups + 2) * sizeof *p->starts);
    for (size_t i = 0; i < count; i++)
        if (units[p->entries[i].index].group != PL_NOBODY) p->starts[units[p->entries[i].index].group + 2]++;
    for (size_t g = 2; g < groups + 2; g++) p->starts[g] += p->starts[g - 1];
    for (size_t i = 0; i < count; i++) {
        uint32_t group = units[p->entries[i].index].group;
        if (group != PL_NOBODY) p->spare[p->starts[group + 1]++] = p->entries[i];
    }
    for (size_t g = 0; g < groups; g++) place(p, e, p->spare + p->starts[g], p->starts[g + 1] - p->starts[g], places);
}

void pl_placer_run(pl_placer *p, const pl_evaluation *e, double *places) {
    const pl_settings *s = &p->compiled->model->settings;
    size_t units = p->compiled->frame.units, first = p->period * units, count = 0;
    const uint64_t *present;
    const double *totals = pl_evaluation_column(e, p->compiled->nodes[0].score, &present);
    for (size_t unit = 0; unit < units; unit++) {
        places[unit] = 0;
        if (!pl_present(present, first + unit)) continue;
        double key = totals[first + unit];
        if (s->rank_on_rounded && s->digits >= 0) key = pl_number_round(key, s->digits);
        p->entries[count++] = (pl_sort_entry){~pl_sort_key(key), (uint32_t)unit};
    }
    pl_sort(p->entries, p->spare, count);
    break_ties(p, e, count);
    if (p->within_groups)
        place_groups(p, e, count, places);
    else
        place(p, e, p->entries, count, places);
}
