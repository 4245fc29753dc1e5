#include "lang/decimals.h"
#include "lang/evaluation.h"
#include "lang/sum.h"
#include "lang/treatment.h"

#include <plumbline/base/sort.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void pl_order_sort(double *values, size_t count) {
    if (count > 32) {
        qsort(values, count, sizeof *values, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
        values[at] = value;
    }
}

static double quantile(const double *sorted, size_t count, double p) {
    double at = p * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count) return sorted[count - 1];
    double part = at - (double)below;
    return part == 0 ? sorted[below] : sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

static bool variance(const double *values, size_t count, double *out) {
    if (count < 2) return false;
    pl_sum sum = {0}, squares = {0};
    for (size_t i = 0; i < count; i++) pl_sum_add(&sum, values[i]);
    double mean = pl_sum_value(sum) / (double)count;
    for (size_t i = 0; i < count; i++) pl_sum_add(&squares, (values[i] - mean) * (values[i] - mean));
    *out = pl_sum_value(squares) / (double)(count - 1);
    return isfinite(*out);
}

bool pl_order_reduce(pl_reduce how, double parameter, double *sorted, size_t count, double *out) {
    *out = 0;
    if (how >= REDUCE_SKEW) return pl_treatment_reduce(how, parameter, sorted, count, out);
    if (how == REDUCE_COUNT) {
        *out = (double)count;
        return true;
    }
    size_t cut = how == REDUCE_TRIMMED ? (parameter > (double)count ? count : (size_t)parameter) : 0;
    if (count == 0 || 2 * cut >= count) return false;
    pl_sum sum = {0};
    switch (how) {
    case REDUCE_MIN: *out = sorted[0]; return true;
    case REDUCE_MAX: *out = sorted[count - 1]; return true;
    case REDUCE_MEDIAN: *out = count % 2 ? sorted[count / 2] : sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2; return true;
    case REDUCE_VARIANCE: return variance(sorted, count, out);
    case REDUCE_QUANTILE: *out = quantile(sorted, count, parameter); return true;
    default: break;
    }
    for (size_t i = cut; i < count - cut; i++) pl_sum_add(&sum, sorted[i]);
    *out = pl_sum_value(sum);
    if (how != REDUCE_SUM) *out /= (double)sum.count;
    return isfinite(*out);
}

/* The units of one period that have a value, sorted by it. */
typedef struct ordered {
    pl_sort_entry *entries, *spare;
    size_t count;
} ordered;

static void order_period(ordered *o, const pl_evaluation *e, const double *values, const uint64_t *bits, size_t period) {
    size_t units = e->frame->units;
    o->count = 0;
    for (size_t unit = 0; unit < units; unit++) {
        size_t row = period * units + unit;
        if (bits && !(bits[row / 64] >> row % 64 & 1)) continue;
        o->entries[o->count++] = (pl_sort_entry){pl_sort_key(values[row]), (uint32_t)unit};
    }
    pl_sort(o->entries, o->spare, o->count);
}

/* What a sweep through the sorted units knows of one group. */
typedef struct group_place {
    uint64_t last; /* key of the last unit of the group */
    uint32_t met, place;
} group_place;

/* The grouping that a node means; NULL: all units are one. */
static const pl_grouping *grouping_of(const pl_evaluation *e, const pl_graph_node *n) {
    return n->scope == PL_SCOPE_GROUP ? pl_grouping_of(e, n) : NULL;
}

static uint32_t group_at(const pl_grouping *grouping, uint32_t unit) { return grouping ? pl_group_at(grouping, unit) : 0; }
static size_t group_count(const pl_grouping *grouping) { return grouping ? grouping->groups : 1; }

static void rank_period(pl_store *store, const ordered *o, const pl_evaluation *e, const pl_graph_node *n, size_t period,
                        group_place *groups) {
    const pl_grouping *grouping = grouping_of(e, n);
    memset(groups, 0, (group_count(grouping) + 1) * sizeof *groups);
    for (size_t i = 0; i < o->count; i++) {
        const pl_sort_entry *at = &o->entries[n->detail ? o->count - 1 - i : i];
        uint32_t group = group_at(grouping, at->index);
        if (group == PL_NOBODY) continue;
        group_place *g = &groups[group];
        g->met++;
        if (g->met == 1 || !pl_same(pl_sort_value(g->last), pl_sort_value(at->key))) g->place = g->met;
        g->last = at->key;
        size_t row = period * e->frame->units + at->index;
        store->values[row] = g->place;
        store->bits[row / 64] |= UINT64_C(1) << row % 64;
    }
}

/* Deals the sorted values out to their groups, where they stay sorted, and takes the aggregate of each. */
static bool reduce_period(pl_store *store, const ordered *o, const pl_evaluation *e, const pl_graph_node *n, size_t period) {
    const pl_grouping *grouping = grouping_of(e, n);
    size_t groups = group_count(grouping);
    size_t *starts = calloc(groups + 2, sizeof *starts);
    double *dealt = malloc((o->count + 1) * sizeof *dealt);
    if (starts && dealt) {
        for (size_t i = 0; i < o->count; i++) {
            uint32_t group = group_at(grouping, o->entries[i].index);
            if (group != PL_NOBODY) starts[group + 2]++;
        }
        for (size_t g = 2; g < groups + 2; g++) starts[g] += starts[g - 1];
        for (size_t i = 0; i < o->count; i++) {
            uint32_t group = group_at(grouping, o->entries[i].index);
            if (group != PL_NOBODY) dealt[starts[group + 1]++] = pl_sort_value(o->entries[i].key);
        }
        for (size_t g = 0; g < groups; g++) {
            size_t to = period * groups + g;
            store->present[to] =
                pl_order_reduce((pl_reduce)n->detail, n->value, dealt + starts[g], starts[g + 1] - starts[g], &store->values[to]);
        }
    }
    bool good = starts && dealt;
    free(starts);
    free(dealt);
    return good;
}

static bool run_node(pl_evaluation *e, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    pl_store *store = &e->stores[e->stored[node]];
    const double *values;
    const uint64_t *bits;
    if (!pl_store_rows(e, n->a, &values, &bits)) return false;
    size_t units = e->frame->units;
    ordered o = {malloc((units + 1) * sizeof(pl_sort_entry)), malloc((units + 1) * sizeof(pl_sort_entry)), 0};
    group_place *groups = malloc((group_count(grouping_of(e, n)) + 1) * sizeof *groups);
    bool good = o.entries && o.spare && groups;
    for (size_t period = e->first_period; good && period < e->period_end; period++) {
        order_period(&o, e, values, bits, period);
        if (n->op == OP_RANK)
            rank_period(store, &o, e, n, period, groups);
        else
            good = reduce_period(store, &o, e, n, period);
    }
    free(o.entries);
    free(o.spare);
    free(groups);
    return good;
}

/* The nodes that the threads share out. */
typedef struct ordering {
    pl_evaluation *e;
    const pl_node *nodes;
    atomic_bool failed;
} ordering;

static void run_one(void *context, size_t index, unsigned worker) {
    (void)worker;
    ordering *o = context;
    if (!atomic_load(&o->failed) && !run_node(o->e, o->nodes[index])) atomic_store(&o->failed, true);
}

/* Their stores are made first, since that moves the others. */
pl_status pl_order_run(pl_evaluation *e, const pl_node *nodes, size_t count, pl_pool *pool) {
    for (size_t i = 0; i < count; i++) {
        const pl_graph_node *n = pl_graph_node_at(e->program, nodes[i]);
        pl_store_kind kind = n->op == OP_RANK ? STORE_ROWS : n->scope == PL_SCOPE_GROUP ? STORE_GROUPS : STORE_PERIODS;
        if (!pl_store_add(e, nodes[i], kind)) return PL_MEMORY;
    }
    ordering o = {.e = e, .nodes = nodes};
    pl_pool_run(pool, count, run_one, &o);
    return atomic_load(&o.failed) ? PL_MEMORY : PL_OK;
}
