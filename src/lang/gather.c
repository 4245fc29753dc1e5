#include "lang/gather.h"

#include "lang/wide.h"

#include <math.h>

#define LANES 8

/* Eight sums side by side, so that the compiler can use vector registers and the order of additions is the same with and
 * without them. */
PL_WIDE_PART void sum_rows(pl_sum *sum, pl_cells cells, size_t n) {
    double high[LANES] = {0}, low[LANES] = {0};
    uint64_t count = 0;
    size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++) pl_sum_carry(&high[k], &low[k], cells.values[i + k]); /* 0 where missing */
    for (size_t i = 0; i < n; i++) count += cells.present[i];
    for (size_t i = whole; i < n; i++) pl_sum_carry(&high[i - whole], &low[i - whole], cells.values[i]);
    for (size_t k = 0; k < LANES; k++) pl_sum_join(sum, (pl_sum){high[k], low[k], 0});
    sum->count += count;
}

/* Whether LANES rows in a row all have a value. */
static bool all_present(const unsigned char *present) {
    uint64_t word;
    memcpy(&word, present, sizeof word);
    return word == UINT64_C(0x0101010101010101);
}

PL_WIDE_PART void extreme_lanes(double best[LANES], const double *values, bool largest) {
    if (largest)
        for (size_t k = 0; k < LANES; k++) best[k] = values[k] > best[k] ? values[k] : best[k];
    else
        for (size_t k = 0; k < LANES; k++) best[k] = values[k] < best[k] ? values[k] : best[k];
}

PL_WIDE_PART void extreme_rows(pl_sum *extreme, pl_cells cells, bool largest, size_t n) {
    double best[LANES];
    uint64_t count = 0;
    for (size_t k = 0; k < LANES; k++) best[k] = largest ? -INFINITY : INFINITY;
    size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        if (all_present(cells.present + i)) {
            extreme_lanes(best, cells.values + i, largest);
            continue;
        }
        for (size_t k = 0; k < LANES; k++) {
            double x = cells.present[i + k] ? cells.values[i + k] : best[k];
            best[k] = largest ? (x > best[k] ? x : best[k]) : (x < best[k] ? x : best[k]);
        }
    }
    for (size_t i = 0; i < n; i++) count += cells.present[i];
    for (size_t i = whole; i < n; i++)
        if (cells.present[i] && (largest ? cells.values[i] > best[0] : cells.values[i] < best[0])) best[0] = cells.values[i];
    if (!count) return;
    for (size_t k = 1; k < LANES; k++)
        if (largest ? best[k] > best[0] : best[k] < best[0]) best[0] = best[k];
    pl_gather_join(largest ? REDUCE_MAX : REDUCE_MIN, extreme, (pl_sum){best[0], 0, count});
}

static void group_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!cells.present[i] || group_of[i] == PL_NOBODY) continue;
        pl_gather_join(how, &partials[group_of[i]], (pl_sum){cells.values[i], 0, 1});
    }
}

PL_WIDE void pl_gather_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n) {
    if (group_of) {
        group_rows(how, partials, group_of, cells, n);
        return;
    }
    switch (how) {
    case REDUCE_MIN: extreme_rows(partials, cells, false, n); break;
    case REDUCE_MAX: extreme_rows(partials, cells, true, n); break;
    case REDUCE_COUNT:
        for (size_t i = 0; i < n; i++) partials->count += cells.present[i];
        break;
    default: sum_rows(partials, cells, n); break;
    }
}

void pl_gather_join(pl_reduce how, pl_sum *into, pl_sum later) {
    if (!later.count) return;
    bool extreme = how == REDUCE_MIN || how == REDUCE_MAX;
    if (!extreme) {
        pl_sum_join(into, later);
        return;
    }
    if (!into->count || (how == REDUCE_MAX ? later.high > into->high : later.high < into->high)) into->high = later.high;
    into->count += later.count;
}

bool pl_gather_result(pl_reduce how, pl_sum total, double *out, bool *overflow) {
    *overflow = false;
    *out = 0;
    if (how == REDUCE_COUNT) {
        *out = (double)total.count;
        return true;
    }
    if (!total.count) return false;
    *out = how == REDUCE_MIN || how == REDUCE_MAX ? total.high : pl_sum_value(total);
    if (how == REDUCE_MEAN) *out /= (double)total.count;
    *overflow = !isfinite(*out);
    if (*overflow) *out = 0;
    return !*overflow;
}
