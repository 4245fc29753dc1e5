#include "lang/evaluation.h"

#include <math.h>
#include <stdlib.h>

/* Every pair of units is compared, so time grows with their square. */
#define MOST_UNITS 20000
#define TOLERANCE 1e-12

typedef struct contest {
    const pl_evaluation *e;
    const pl_part *parts;
    uint32_t count;
    const double **values;
    const uint64_t **bits;
} contest;

static bool has(const uint64_t *bits, size_t row) { return !bits || (bits[row / 64] >> row % 64 & 1); }

/* 1 when row a beats row b, -1 the other way round, 0 when they are even or share no indicator. */
static int compare(const contest *c, size_t a, size_t b) {
    double ahead = 0, even = 0, total = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (!has(c->bits[i], a) || !has(c->bits[i], b)) continue;
        double weight = pl_part_weight(c->e, &c->parts[i]);
        total += weight;
        if (c->values[i][a] > c->values[i][b])
            ahead += weight;
        else if (c->values[i][a] == c->values[i][b])
            even += weight;
    }
    if (total <= 0) return 0;
    double share = (ahead + even / 2) / total;
    if (fabs(share - 0.5) <= TOLERANCE) return 0;
    return share > 0.5 ? 1 : -1;
}

static bool takes_part(const contest *c, size_t row) {
    for (uint32_t i = 0; i < c->count; i++)
        if (has(c->bits[i], row)) return true;
    return false;
}

static void run_period(const pl_evaluation *e, const contest *c, const pl_graph_node *n, pl_store *store, size_t period) {
    const pl_frame *frame = e->frame;
    const pl_grouping *grouping = n->scope == PL_SCOPE_GROUP ? &frame->groupings[0] : NULL;
    size_t first = period * frame->units;
    for (size_t a = 0; a < frame->units; a++) {
        if (!takes_part(c, first + a)) continue;
        if (grouping && pl_group_at(grouping, a) == PL_NOBODY) continue;
        store->bits[(first + a) / 64] |= UINT64_C(1) << (first + a) % 64;
        for (size_t b = 0; b < a; b++) {
            if (!takes_part(c, first + b) || (grouping && grouping->group_of[a] != grouping->group_of[b])) continue;
            int result = compare(c, first + a, first + b);
            store->values[first + a] += result;
            store->values[first + b] -= result;
        }
    }
}

pl_status pl_copeland_run(pl_evaluation *e, pl_node node, pl_problems *problems) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    if (e->frame->units > MOST_UNITS)
        return pl_problem_add(problems, PL_ERROR, "E221", pl_graph_place(e->program, n->origin),
                              "copeland compares every pair of units and takes at most %d of them; there are %zu", MOST_UNITS,
                              e->frame->units);
    pl_store *store = pl_store_add(e, node, STORE_ROWS);
    contest c = {e, pl_graph_parts(e->program, node), n->count, malloc(n->count * sizeof *c.values),
                 malloc(n->count * sizeof *c.bits)};
    bool good = store && c.values && c.bits;
    for (uint32_t i = 0; good && i < n->count; i++) good = pl_store_rows(e, c.parts[i].score, &c.values[i], &c.bits[i]);
    for (size_t period = e->first_period; good && period < e->period_end; period++) run_period(e, &c, n, store, period);
    free(c.values);
    free(c.bits);
    return good ? PL_OK : PL_MEMORY;
}
