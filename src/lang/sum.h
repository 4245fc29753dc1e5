/* Sums that lose nothing worth mentioning: the rounding errors are carried along (Neumaier), so that the result is the exact sum
 * rounded, in all but contrived cases, whatever the order. */
#ifndef PLUMBLINE_LANG_SUM_H
#define PLUMBLINE_LANG_SUM_H

#include <stddef.h>
#include <stdint.h>

typedef struct pl_sum {
    double high, low;
    uint64_t count;
} pl_sum;

static inline void pl_sum_carry(double *high, double *low, double x) {
    double total = *high + x;
    double part = total - *high;
    *low += (*high - (total - part)) + (x - part);
    *high = total;
}

static inline void pl_sum_add(pl_sum *sum, double x) {
    pl_sum_carry(&sum->high, &sum->low, x);
    sum->count++;
}

static inline void pl_sum_join(pl_sum *sum, pl_sum other) {
    pl_sum_carry(&sum->high, &sum->low, other.high);
    sum->low += other.low;
    sum->count += other.count;
}

static inline double pl_sum_value(pl_sum sum) { return sum.high + sum.low; }

#endif
