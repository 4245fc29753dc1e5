/* Numbers as whoever counts in decimals sees them: 0.7 + 0.1 is 0.8 and 0.3 / 0.1 is 3, whatever their last bits say. Spreadsheets
 * compare so, too. */
#ifndef PLUMBLINE_LANG_DECIMALS_H
#define PLUMBLINE_LANG_DECIMALS_H

#include <math.h>
#include <stdbool.h>

/* Part of a number's size that arithmetic on decimals may be wrong by: a few last bits. */
#define PL_LAST_BITS 2e-15

static inline bool pl_same(double a, double b) {
    double left = fabs(a), right = fabs(b);
    return fabs(a - b) <= PL_LAST_BITS * (left > right ? left : right);
}

/* The whole number that it is, or the number itself. */
static inline double pl_settled(double a) {
    double nearest = floor(a + 0.5);
    return pl_same(a, nearest) ? nearest : a;
}

#endif
