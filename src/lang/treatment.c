#include "lang/treatment.h"

#include "lang/sum.h"

#include <plumbline/base/elementary.h>
#include <plumbline/base/number.h>

#include <math.h>

/* Skewness and kurtosis from which on a distribution is treated; both must be reached. */
#define MOST_SKEW 2
#define MOST_KURT 3.5

/* How many points at each end have taken the value of their neighbour. */
typedef struct ends {
    size_t low, high;
} ends;

static double lowest(const double *sorted, ends changed) { return sorted[changed.low]; }
static double highest(const double *sorted, size_t count, ends changed) { return sorted[count - 1 - changed.high]; }

/* Skewness G1 and excess kurtosis G2 of a sample, each where there are values enough. */
typedef struct shape {
    bool has_skew, has_kurt;
    double skew, kurt;
} shape;

/* A power of two that brings numbers of this size near 1. */
static double scale_of(double size) {
    int exponent = -ilogb(size);
    return ldexp(1, exponent < -1000 ? -1000 : exponent > 1000 ? 1000 : exponent);
}

/* Deviations are scaled by a power of two, which changes no digit of the result and keeps their fourth powers within what a
 * double can hold. */
static shape shape_of(const double *sorted, size_t count, ends changed) {
    double least = lowest(sorted, changed), most = highest(sorted, count, changed), range = most - least;
    shape s = {0};
    if (count < 3 || !(range > 0) || !isfinite(range)) return s;
    pl_sum sum = {0}, second = {0}, third = {0}, fourth = {0};
    size_t from = changed.low, to = count - changed.high;
    for (size_t i = 0; i < count; i++) pl_sum_add(&sum, i < from ? least : i < to ? sorted[i] : most);
    double n = (double)count, mean = pl_sum_value(sum) / n, scale = scale_of(range);
    for (size_t i = 0; i < count; i++) {
        double d = ((i < from ? least : i < to ? sorted[i] : most) - mean) * scale, square = d * d;
        pl_sum_add(&second, square);
        pl_sum_add(&third, square * d);
        pl_sum_add(&fourth, square * square);
    }
    double s2 = pl_sum_value(second), s3 = pl_sum_value(third), s4 = pl_sum_value(fourth);
    s.skew = sqrt(n) * s3 / (s2 * sqrt(s2)) * (sqrt(n * (n - 1)) / (n - 2));
    s.has_skew = isfinite(s.skew);
    if (count < 4) return s;
    s.kurt = ((n + 1) * (n * s4 / (s2 * s2) - 3) + 6) * (n - 1) / ((n - 2) * (n - 3));
    s.has_kurt = isfinite(s.kurt);
    return s;
}

/* Of fewer than four values nothing is said, so they pass. */
static bool passes(shape s) { return !s.has_skew || !s.has_kurt || fabs(s.skew) < MOST_SKEW || s.kurt < MOST_KURT; }

/* All points at one end, those already changed among them, take the value of the next. */
static ends winsorise(const double *sorted, size_t count, double most_changed) {
    ends changed = {0};
    while ((double)(changed.low + changed.high) < most_changed) {
        shape s = shape_of(sorted, count, changed);
        if (passes(s)) break;
        double at = s.skew >= 0 ? highest(sorted, count, changed) : lowest(sorted, changed);
        if (s.skew >= 0)
            while (highest(sorted, count, changed) == at) changed.high++;
        else
            while (lowest(sorted, changed) == at) changed.low++;
    }
    return changed;
}

/* ---- the exponent of Box and Cox (1964) ---- */

#define FURTHEST_EXPONENT 5
#define EXPONENT_TOLERANCE 1e-7
#define EXPONENT_DIGITS 6

/* exp(x) - 1 without loss near 0. */
static double exp_less_one(double x) {
    if (fabs(x) >= 0.01) return pl_exp(x) - 1;
    return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6)))));
}

/* Spread of the transformed values, from the logarithms of x over its geometric mean. With that scale the profile likelihood is
 * -n/2 ln(spread / n), so that it is largest where the spread is least. */
static double transformed(double logarithm, double exponent) {
    return exponent == 0 ? logarithm : exp_less_one(exponent * logarithm) / exponent;
}

/* Squares are taken about the median, which is never further from the mean than the standard deviation is: little is lost. */
static double spread_at(const double *logarithms, size_t count, double exponent) {
    double middle = transformed(logarithms[count / 2], exponent);
    pl_sum sum = {0}, squares = {0};
    for (size_t i = 0; i < count; i++) {
        double y = transformed(logarithms[i], exponent) - middle;
        pl_sum_add(&sum, y);
        pl_sum_add(&squares, y * y);
    }
    double total = pl_sum_value(sum), spread = pl_sum_value(squares) - total * total / (double)count;
    return isfinite(spread) ? spread : INFINITY;
}

/* Golden-section search. The likelihood is so flat near its top that further digits would be those of rounding errors. */
static double best_exponent(const double *logarithms, size_t count) {
    const double golden = (sqrt(5) - 1) / 2;
    double from = -FURTHEST_EXPONENT, to = FURTHEST_EXPONENT;
    double left = to - golden * (to - from), right = from + golden * (to - from);
    double at_left = spread_at(logarithms, count, left), at_right = spread_at(logarithms, count, right);
    while (to - from > EXPONENT_TOLERANCE) {
        if (at_left <= at_right) {
            to = right;
            right = left;
            at_right = at_left;
            left = to - golden * (to - from);
            at_left = spread_at(logarithms, count, left);
        } else {
            from = left;
            left = right;
            at_left = at_right;
            right = from + golden * (to - from);
            at_right = spread_at(logarithms, count, right);
        }
    }
    return pl_number_round((from + to) / 2, EXPONENT_DIGITS);
}

static bool exponent_of(double *sorted, size_t count, double *out) {
    if (count < 2 || !(sorted[0] > 0) || sorted[0] == sorted[count - 1]) return false;
    pl_sum sum = {0};
    for (size_t i = 0; i < count; i++) {
        sorted[i] = pl_ln(sorted[i]);
        pl_sum_add(&sum, sorted[i]);
    }
    double mean = pl_sum_value(sum) / (double)count;
    for (size_t i = 0; i < count; i++) sorted[i] -= mean;
    *out = best_exponent(sorted, count);
    return true;
}

bool pl_treatment_reduce(pl_reduce how, double parameter, double *sorted, size_t count, double *out) {
    shape s;
    switch (how) {
    case REDUCE_SKEW:
    case REDUCE_KURT:
        if (!count) return false;
        s = shape_of(sorted, count, (ends){0});
        *out = how == REDUCE_SKEW ? s.skew : s.kurt;
        return how == REDUCE_SKEW ? s.has_skew : s.has_kurt;
    case REDUCE_WINSOR_LOW:
        if (!count) return false;
        *out = lowest(sorted, winsorise(sorted, count, parameter));
        return true;
    case REDUCE_WINSOR_HIGH:
        if (!count) return false;
        *out = highest(sorted, count, winsorise(sorted, count, parameter));
        return true;
    case REDUCE_EXPONENT: return exponent_of(sorted, count, out);
    default: return false;
    }
}
