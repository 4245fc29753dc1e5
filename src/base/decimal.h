/* A decimal number as it is written, and its ways from and to a double. */
#ifndef PLUMBLINE_BASE_DECIMAL_SRC_H
#define PLUMBLINE_BASE_DECIMAL_SRC_H

#include <stdbool.h>
#include <stdint.h>

/* digits * 10^exponent. */
typedef struct pl_decimal {
    bool negative;
    uint64_t digits;
    int exponent;
} pl_decimal;

/* The decimal with the fewest digits that reads back as x (finite), the nearest to x where several do; no trailing zeros in
 * `digits`, {0, 0} for zero. */
pl_decimal pl_decimal_shortest(double x);

/* The nearest double, ties to even: infinite when too large. */
double pl_decimal_value(pl_decimal decimal);

/* 10^n for 0 <= n <= 19. */
uint64_t pl_decimal_power(int n);

#endif
