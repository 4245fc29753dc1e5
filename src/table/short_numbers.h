/* Short decimals as whole numbers of 32 bits with one power of ten for their column: half the memory of doubles, and the same
 * doubles come out of them, since the quotient of two doubles without error is rounded once. */
#ifndef PLUMBLINE_TABLE_SHORT_NUMBERS_H
#define PLUMBLINE_TABLE_SHORT_NUMBERS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_MOST_DECIMALS 7

static inline double pl_power_of_ten(unsigned decimals) {
    static const double powers[PL_MOST_DECIMALS + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    return powers[decimals];
}

/* False where *out / power would not be the same double. */
static inline bool pl_scale(double value, double power, int32_t *out) {
    double scaled = nearbyint(value * power);
    if (!(fabs(scaled) <= INT32_MAX)) return false;
    *out = (int32_t)scaled;
    return scaled / power == value;
}

/* Cells of one record: cell i ends at from[stops[i]] and begins after from[stops[i - 1]] (stops[-1] is UINT32_MAX where that is
 * `from` itself). The eight bytes before each end are looked at, so they must be there. */
typedef struct pl_short_cells {
    const char *from;
    const uint32_t *stops;
    const uint32_t *decimals; /* per cell, at most PL_MOST_DECIMALS */
    size_t count;
    int32_t *out;      /* per cell: the number times 10^decimals; 0 where the cell is empty */
    uint64_t *missing; /* per cell */
    uint64_t row;      /* the bit that is set in `missing` where the cell is empty */
} pl_short_cells;

/* Reads cells up to the first that is not empty nor a number of 1 to 8 bytes without an exponent, of at most so many decimals, that
 * fits; returns how many were read. Four at a time where the processor has registers of 256 bits (AVX2), one by one elsewhere. */
size_t pl_short_numbers(const pl_short_cells *cells);

#endif
