/* Lists of ways in which who costs more brings more. */
#include "study/ways.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_WAYS 8000 /* of one list; beyond, two neighbours count as one at the cost of the cheaper */

void pl_ways_append(pl_growing_ways *to, const pl_way *way) {
    if (pl_way_end(way) <= to->best) return;
    if (way->tail_value == 0) {
        to->best = way->value + 1e-14 * fmax(1, fabs(way->value));
        while (to->count && to->at[to->count - 1].cost >= way->cost && pl_way_end(&to->at[to->count - 1]) <= way->value)
            to->count--;
    }
    to->at[to->count++] = *way;
}

bool pl_ways_reserve(pl_bounder *b, size_t which, size_t count) {
    if (pl_reserve((void **)&b->spare[which], &b->capacity[which], count + 1, sizeof *b->spare[which], 0)) b->status = PL_MEMORY;
    return b->status == PL_OK;
}

/* False where only one of them may use its tail and the other comes without. */
static bool join(const pl_joint *how, const pl_way *x, const pl_way *y, pl_way *out) {
    *out = (pl_way){.cost = x->cost + y->cost, .first = x, .second = y, .option = UINT32_MAX};
    if (how->kind == PL_JOINT_SUM) {
        if (x->tail_value != 0 && y->tail_value != 0) return false;
        out->value = x->value + how->factor * y->value;
        out->tail_cost = x->tail_cost + y->tail_cost;
        out->tail_value = x->tail_value + how->factor * y->tail_value;
        return true;
    }
    double a = pl_way_end(x), c = pl_way_end(y);
    out->value = how->kind == PL_JOINT_PRODUCT ? how->sign * a * c : how->kind == PL_JOINT_LEAST ? fmin(a, c) : fmax(a, c);
    return true;
}

/* Puts the ways of `x`, each with `y`, between those of spare[0]. */
static size_t merge(pl_bounder *b, size_t count, const pl_joint *how, pl_way_list x, const pl_way *y) {
    if (!pl_ways_reserve(b, 1, count + x.count)) return 0;
    pl_growing_ways out = {.at = b->spare[1], .best = -DBL_MAX};
    const pl_way *old = b->spare[0];
    size_t i = 0;
    for (size_t k = 0; k < x.count; k++) {
        pl_way way;
        if (!join(how, &x.at[k], y, &way)) continue;
        if (way.cost > b->most) break;
        while (i < count && old[i].cost <= way.cost) pl_ways_append(&out, &old[i++]);
        pl_ways_append(&out, &way);
    }
    while (i < count) pl_ways_append(&out, &old[i++]);
    pl_way *spare = b->spare[0];
    size_t capacity = b->capacity[0];
    b->spare[0] = b->spare[1];
    b->capacity[0] = b->capacity[1];
    b->spare[1] = spare;
    b->capacity[1] = capacity;
    return out.count;
}

/* Two neighbours become one that costs what the cheaper does and brings what the better brings: a bound stays one. */
static size_t thin(pl_way *ways, size_t count) {
    for (size_t i = 0; 2 * i < count; i++) {
        const pl_way *better = &ways[2 * i + 1 < count ? 2 * i + 1 : 2 * i];
        double cost = ways[2 * i].cost, value = fmax(pl_way_end(&ways[2 * i]), pl_way_end(better));
        ways[i] = *better;
        ways[i].cost = cost;
        ways[i].value = value;
        ways[i].tail_cost = ways[i].tail_value = 0;
    }
    return (count + 1) / 2;
}

pl_way_list pl_ways_keep(pl_bounder *b, const pl_way *ways, size_t count) {
    pl_way *kept = pl_arena_array(&b->arena, count + 1, sizeof *kept);
    if (!kept) b->status = PL_MEMORY;
    if (b->status != PL_OK) return (pl_way_list){0};
    memcpy(kept, ways, count * sizeof *kept);
    return (pl_way_list){kept, count};
}

pl_way_list pl_ways_join(pl_bounder *b, const pl_joint *how, pl_way_list x, pl_way_list y) {
    size_t count = 0;
    for (size_t k = 0; k < y.count && b->status == PL_OK; k++) {
        b->steps += count + x.count;
        count = merge(b, count, how, x, &y.at[k]);
        while (count > MOST_WAYS) count = thin(b->spare[0], count);
    }
    return pl_ways_keep(b, b->spare[0], count);
}
