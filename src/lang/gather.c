#include "lang/gather.h"

#include "lang/wide.h"

#include <math.h>

#define LANES 8
#define ABREAST 32

/* Rows that have a value, eight bytes of 0 and 1 at a time: multiplying adds them up in the highest byte. */
PL_WIDE_PART uint64_t count_rows(const unsigned char *present, size_t n) {
    uint64_t count = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, present + i, sizeof word);
        count += word * UINT64_C(0x0101010101010101) >> 56;
    }
    for (; i < n; i++) count += present[i];
    return count;
}

/* Eight sums side by side, so that the compiler can use vector registers and the order of additions is the same with and
 * without them. */
PL_WIDE_PART void sum_rows(pl_sum *sum, pl_cells cells, size_t n) {
    double high[LANES] = {0}, low[LANES] = {0};
    size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++) pl_sum_carry(&high[k], &low[k], cells.values[i + k]); /* 0 where missing */
    for (size_t i = whole; i < n; i++) pl_sum_carry(&high[i - whole], &low[i - whole], cells.values[i]);
    for (size_t k = 0; k < LANES; k++) pl_sum_join(sum, (pl_sum){high[k], low[k], 0});
    sum->count += count_rows(cells.present, n);
}

/* What is missing is 0; all bits of infinity on top of it make it a value that is never the smallest (or largest). */
PL_WIDE_PART double contender(double x, unsigned char present, double never) {
    uint64_t bits, filler;
    memcpy(&bits, &x, sizeof bits);
    memcpy(&filler, &never, sizeof filler);
    bits |= filler & ((uint64_t)present - 1);
    memcpy(&x, &bits, sizeof x);
    return x;
}

PL_WIDE_PART double smaller(double a, double b) { return a < b ? a : b; }
PL_WIDE_PART double larger(double a, double b) { return a > b ? a : b; }

/* Takes up to ABREAST rows from row `from` on, each to an extreme of its own, so that no row waits for another. */
PL_WIDE_PART void extend(double *least, double *most, pl_cells cells, size_t from, size_t n) {
    for (size_t k = 0; k < n; k++) {
        double x = cells.values[from + k];
        unsigned char present = cells.present[from + k];
        least[k] = smaller(contender(x, present, INFINITY), least[k]);
        most[k] = larger(contender(x, present, -INFINITY), most[k]);
    }
}

PL_WIDE pl_extent pl_gather_extent(pl_cells cells, size_t n) {
    double least[ABREAST], most[ABREAST];
    for (size_t k = 0; k < ABREAST; k++) least[k] = INFINITY;
    for (size_t k = 0; k < ABREAST; k++) most[k] = -INFINITY;
    size_t whole = n - n % ABREAST;
    for (size_t i = 0; i < whole; i += ABREAST) extend(least, most, cells, i, ABREAST);
    extend(least, most, cells, whole, n - whole);
    for (size_t half = ABREAST / 2; half; half /= 2) {
        for (size_t k = 0; k < half; k++) least[k] = smaller(least[k + half], least[k]);
        for (size_t k = 0; k < half; k++) most[k] = larger(most[k + half], most[k]);
    }
    return (pl_extent){least[0], most[0], count_rows(cells.present, n), true};
}

PL_WIDE_PART void join(pl_reduce how, pl_sum *into, pl_sum later) {
    if (!later.count) return;
    bool extreme = how == REDUCE_MIN || how == REDUCE_MAX;
    if (!extreme) {
        pl_sum_join(into, later);
        return;
    }
    if (!into->count || (how == REDUCE_MAX ? later.high > into->high : later.high < into->high)) into->high = later.high;
    into->count += later.count;
}

/* `how` is always a constant. */
PL_WIDE_PART void group_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!cells.present[i] || group_of[i] == PL_NOBODY) continue;
        join(how, &partials[group_of[i]], (pl_sum){cells.values[i], 0, 1});
    }
}

PL_WIDE void pl_gather_rows(pl_reduce how, pl_sum *partials, const uint32_t *group_of, pl_cells cells, size_t n) {
    if (group_of && how == REDUCE_MIN)
        group_rows(REDUCE_MIN, partials, group_of, cells, n);
    else if (group_of && how == REDUCE_MAX)
        group_rows(REDUCE_MAX, partials, group_of, cells, n);
    else if (group_of)
        group_rows(REDUCE_SUM, partials, group_of, cells, n);
    else if (how == REDUCE_COUNT)
        partials->count += count_rows(cells.present, n);
    else
        sum_rows(partials, cells, n);
}

void pl_gather_join(pl_reduce how, pl_sum *into, pl_sum later) { join(how, into, later); }

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
