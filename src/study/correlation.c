#include "study/correlation.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static double mean(const double *values, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    return sum / (double)n;
}

double pl_correlation(const double *a, const double *b, size_t n) {
    double ma = mean(a, n), mb = mean(b, n), aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    /* What is left of equal numbers is the rounding of their mean. */
    bool varies = aa > 1e-24 * (double)n * ma * ma && bb > 1e-24 * (double)n * mb * mb && aa > 0 && bb > 0;
    return varies ? ab / sqrt(aa) / sqrt(bb) : NAN;
}

static int by_first(const void *a, const void *b) {
    const double *x = a, *y = b;
    if (x[0] != y[0]) return x[0] > y[0] ? 1 : -1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

/* `pairs` is room for 2 n numbers: each value with its index. */
static void rank(const double *values, size_t n, double *pairs, double *ranks) {
    for (size_t i = 0; i < n; i++) {
        pairs[2 * i] = values[i];
        pairs[2 * i + 1] = (double)i;
    }
    qsort(pairs, n, 2 * sizeof *pairs, by_first);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && pairs[2 * to] == pairs[2 * from]; to++) {}
        for (size_t i = from; i < to; i++) ranks[(size_t)pairs[2 * i + 1]] = (double)(from + to - 1) / 2;
    }
}

double pl_rank_correlation(const double *a, const double *b, size_t n, double *ranks) {
    rank(a, n, ranks + 2 * n, ranks);
    rank(b, n, ranks + 2 * n, ranks + n);
    return pl_correlation(ranks, ranks + n, n);
}

double pl_correlation_clearance(double r, size_t n) {
    double rest = 1 - r * r;
    return rest > 0 ? fabs(r) * sqrt((double)(n - 2) / rest) : INFINITY;
}

double pl_product(const double *a, const double *b, size_t n) {
    double sums[8] = {0};
    size_t whole = n / 8 * 8;
    for (size_t i = 0; i < whole; i += 8)
        for (size_t k = 0; k < 8; k++) sums[k] += a[i + k] * b[i + k];
    for (size_t i = whole; i < n; i++) sums[i - whole] += a[i] * b[i];
    double total = 0;
    for (size_t k = 0; k < 8; k++) total += sums[k];
    return total;
}
