#include "lang/evaluation.h"
#include "lang/rows.h"
#include "lang/wide.h"

#include <plumbline/base/elementary.h>

#include <math.h>

void pl_combining_begin(pl_combine how, pl_combining to, size_t n) {
    (void)how;
    memset(to.sum, 0, n * sizeof *to.sum);
    memset(to.weight, 0, n * sizeof *to.weight);
    memset(to.state, 0, n);
}

PL_WIDE_PART void add_mean(pl_combining to, pl_cells part, double weight, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double here = part.present[i] ? weight : 0;
        to.sum[i] += here * part.values[i];
        to.weight[i] += here;
    }
}

/* `weight` holds the points of the parts that apply. */
static void add_sum(pl_combining to, pl_cells part, pl_cells applies, double full, size_t n) {
    for (size_t i = 0; i < n; i++) to.sum[i] += part.present[i] ? part.values[i] : 0;
    if (full < 0) return;
    for (size_t i = 0; i < n; i++) {
        bool here = !applies.values || (applies.present[i] && applies.values[i] != 0);
        to.weight[i] += here ? full : 0;
    }
}

static void add_logarithm(pl_combining to, pl_cells part, double weight, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!part.present[i]) continue;
        if (part.values[i] > 0) {
            to.sum[i] += weight * pl_ln(part.values[i]);
            to.weight[i] += weight;
        } else if (weight != 0) {
            to.state[i] |= COMBINING_NOT_POSITIVE;
        }
    }
}

static void add_reciprocal(pl_combining to, pl_cells part, double weight, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!part.present[i]) continue;
        if (part.values[i] != 0) {
            to.sum[i] += weight / part.values[i];
            to.weight[i] += weight;
        } else if (weight != 0) {
            to.state[i] |= COMBINING_NOT_POSITIVE;
        }
    }
}

static void keep_extreme(pl_combining to, pl_cells part, bool largest, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!part.present[i]) continue;
        bool better = largest ? part.values[i] > to.sum[i] : part.values[i] < to.sum[i];
        if (!(to.state[i] & COMBINING_SOME) || better) to.sum[i] = part.values[i];
    }
}

PL_WIDE void pl_combining_add(pl_combine how, bool strict, pl_combining to, pl_cells part, pl_cells applies, double weight,
                              double full, size_t n) {
    switch (how) {
    case PL_COMBINE_MEAN: add_mean(to, part, weight, n); break;
    case PL_COMBINE_SUM: add_sum(to, part, applies, full, n); break;
    case PL_COMBINE_GEOMEAN: add_logarithm(to, part, weight, n); break;
    case PL_COMBINE_HARMEAN: add_reciprocal(to, part, weight, n); break;
    case PL_COMBINE_MIN: keep_extreme(to, part, false, n); break;
    case PL_COMBINE_MAX: keep_extreme(to, part, true, n); break;
    case PL_COMBINE_MEDIAN:
    case PL_COMBINE_COPELAND: return;
    }
    if (strict)
        for (size_t i = 0; i < n; i++) to.state[i] |= part.present[i] ? COMBINING_SOME : COMBINING_LACKS;
    else
        for (size_t i = 0; i < n; i++) to.state[i] |= part.present[i];
}

static double result_of(pl_combine how, double sum, double weight, double full) {
    switch (how) {
    case PL_COMBINE_MEAN: return sum / weight;
    case PL_COMBINE_SUM: return full > 0 && weight > 0 && weight != full ? sum * full / weight : sum;
    case PL_COMBINE_GEOMEAN: return weight > 0 ? pl_exp(sum / weight) : NAN;
    case PL_COMBINE_HARMEAN: return weight / sum;
    default: return sum;
    }
}

PL_WIDE bool pl_combining_end(pl_combine how, bool strict, pl_combining from, double full, double *values, unsigned char *present,
                              size_t n) {
    bool weighs = how == PL_COMBINE_MEAN || how == PL_COMBINE_GEOMEAN || how == PL_COMBINE_HARMEAN;
    unsigned char any = 0, judged = (unsigned char)(COMBINING_SOME | COMBINING_NOT_POSITIVE | (strict ? COMBINING_LACKS : 0));
    for (size_t i = 0; i < n; i++) {
        any |= from.state[i];
        present[i] = (from.state[i] & judged) == COMBINING_SOME;
    }
    if (weighs)
        for (size_t i = 0; i < n; i++) present[i] &= from.weight[i] != 0;
    if (how == PL_COMBINE_MEAN) {
        for (size_t i = 0; i < n; i++) values[i] = from.sum[i] / (present[i] ? from.weight[i] : 1);
    } else {
        for (size_t i = 0; i < n; i++) values[i] = present[i] ? result_of(how, from.sum[i], from.weight[i], full) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        present[i] &= isfinite(values[i]) != 0;
        values[i] = present[i] ? values[i] : 0;
    }
    return any & COMBINING_NOT_POSITIVE;
}

void pl_combining_median(const pl_cells *parts, size_t count, bool strict, double *scratch, double *values, unsigned char *present,
                         size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t found = 0;
        for (size_t k = 0; k < count; k++) {
            if (parts[k].present[i]) scratch[found++] = parts[k].values[i];
        }
        pl_order_sort(scratch, found);
        present[i] = found > 0 && !(strict && found < count);
        values[i] = 0;
        if (present[i]) values[i] = found % 2 ? scratch[found / 2] : scratch[found / 2 - 1] / 2 + scratch[found / 2] / 2;
    }
}
