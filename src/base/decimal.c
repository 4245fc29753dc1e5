#include "base/decimal.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

#define MANTISSA_BITS 52
#define LARGEST_FIVE 27 /* 5^27 < 2^63 */

uint64_t pl_decimal_power(int n) {
    static const uint64_t powers[] = {UINT64_C(1),
                                      UINT64_C(10),
                                      UINT64_C(100),
                                      UINT64_C(1000),
                                      UINT64_C(10000),
                                      UINT64_C(100000),
                                      UINT64_C(1000000),
                                      UINT64_C(10000000),
                                      UINT64_C(100000000),
                                      UINT64_C(1000000000),
                                      UINT64_C(10000000000),
                                      UINT64_C(100000000000),
                                      UINT64_C(1000000000000),
                                      UINT64_C(10000000000000),
                                      UINT64_C(100000000000000),
                                      UINT64_C(1000000000000000),
                                      UINT64_C(10000000000000000),
                                      UINT64_C(100000000000000000),
                                      UINT64_C(1000000000000000000),
                                      UINT64_C(10000000000000000000)};
    return powers[n];
}

/* 5^n for 0 <= n <= LARGEST_FIVE. */
static uint64_t five(int n) {
    static const uint64_t powers[] = {UINT64_C(1),
                                      UINT64_C(5),
                                      UINT64_C(25),
                                      UINT64_C(125),
                                      UINT64_C(625),
                                      UINT64_C(3125),
                                      UINT64_C(15625),
                                      UINT64_C(78125),
                                      UINT64_C(390625),
                                      UINT64_C(1953125),
                                      UINT64_C(9765625),
                                      UINT64_C(48828125),
                                      UINT64_C(244140625),
                                      UINT64_C(1220703125),
                                      UINT64_C(6103515625),
                                      UINT64_C(30517578125),
                                      UINT64_C(152587890625),
                                      UINT64_C(762939453125),
                                      UINT64_C(3814697265625),
                                      UINT64_C(19073486328125),
                                      UINT64_C(95367431640625),
                                      UINT64_C(476837158203125),
                                      UINT64_C(2384185791015625),
                                      UINT64_C(11920928955078125),
                                      UINT64_C(59604644775390625),
                                      UINT64_C(298023223876953125),
                                      UINT64_C(1490116119384765625),
                                      UINT64_C(7450580596923828125)};
    return powers[n];
}

static int length128(uint128 x) {
    uint64_t high = (uint64_t)(x >> 64);
    return high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)x | 1);
}

/* The double nearest to (x + a little if `more`) * 2^exponent, for results in the normal range. x is at least 2^54. */
static double nearest(uint128 x, bool more, int exponent) {
    int drop = length128(x) - (MANTISSA_BITS + 1);
    uint64_t kept = (uint64_t)(x >> drop);
    uint128 rest = x - ((uint128)kept << drop), half = (uint128)1 << (drop - 1);
    if (rest > half || (rest == half && (more || kept & 1))) kept++;
    return ldexp((double)kept, exponent + drop);
}

/* The library's own reading of any decimal, exact but slow. Text with a C locale, whatever the program's is. */
static double read_slowly(pl_decimal decimal) {
    char text[48];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)decimal.digits, decimal.exponent);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
    if (c) freelocale(c);
    return value;
}

static double magnitude(uint64_t digits, int exponent) {
    if (digits == 0) return 0;
    bool small = digits <= UINT64_C(1) << (MANTISSA_BITS + 1);
    if (small && exponent >= -15 && exponent <= 15) { /* both numbers and one operation exact: Clinger's fast path */
        double power = (double)pl_decimal_power(exponent < 0 ? -exponent : exponent);
        return exponent < 0 ? (double)digits / power : (double)digits * power;
    }
    if (exponent >= 0 && exponent <= LARGEST_FIVE) {
        uint128 product = (uint128)digits * five(exponent);
        int up = length128(product) < 64 ? 64 : 0;
        return nearest(product << up, false, exponent - up);
    }
    if (exponent < 0 && exponent >= -LARGEST_FIVE) {
        int up = 127 - (64 - __builtin_clzll(digits)); /* so that the quotient has at least 64 bits */
        uint128 dividend = (uint128)digits << up;
        uint64_t divisor = five(-exponent);
        return nearest(dividend / divisor, dividend % divisor != 0, exponent - up);
    }
    return read_slowly((pl_decimal){false, digits, exponent});
}

double pl_decimal_value(pl_decimal decimal) {
    double value = magnitude(decimal.digits, decimal.exponent);
    return decimal.negative && value != 0 ? -value : value;
}

/* The interval of reals that read back as m * 2^e, and its centre, times 10^scale, cut to whole numbers. */
typedef struct interval {
    uint64_t low, centre, high;
    bool low_exact, centre_exact; /* nothing was cut off */
    bool closed;                  /* the ends themselves read back as the number */
} interval;

/* m < 2^55 and scale <= 31, so that the product stays below 2^127. */
static uint128 times_five(uint64_t m, int scale) {
    uint128 product = (uint128)m * five(scale < LARGEST_FIVE ? scale : LARGEST_FIVE);
    return scale > LARGEST_FIVE ? product * five(scale - LARGEST_FIVE) : product;
}

static interval scale_interval(uint64_t m, int e, int scale) {
    bool closer_below = m == UINT64_C(1) << MANTISSA_BITS;
    uint128 low = times_five(4 * m - (closer_below ? 1 : 2), scale);
    uint128 centre = times_five(4 * m, scale), high = times_five(4 * m + 2, scale);
    interval result = {.closed = (m & 1) == 0, .low_exact = true, .centre_exact = true};
    int shift = -(e - 2 + scale); /* 1 .. 70 for 1e-13 <= x < 2^53 */
    uint128 mask = ((uint128)1 << shift) - 1;
    result.low_exact = (low & mask) == 0;
    result.centre_exact = (centre & mask) == 0;
    bool high_exact = (high & mask) == 0;
    result.low = (uint64_t)(low >> shift);
    result.centre = (uint64_t)(centre >> shift);
    result.high = (uint64_t)(high >> shift) - (high_exact && !result.closed);
    return result;
}

/* Takes digits off while a shorter number still lies inside the interval, then rounds the centre to that length. */
static pl_decimal shorten(interval at, int exponent) {
    unsigned last = 0; /* the digit last taken off the centre */
    bool low_zeros = at.low_exact, below_exact = at.centre_exact;
    while (at.high / 10 > at.low / 10) {
        low_zeros &= at.low % 10 == 0;
        below_exact &= last == 0;
        last = (unsigned)(at.centre % 10);
        at.low /= 10, at.centre /= 10, at.high /= 10;
        exponent++;
    }
    while (low_zeros && at.closed && at.low % 10 == 0 && at.low) {
        below_exact &= last == 0;
        last = (unsigned)(at.centre % 10);
        at.low /= 10, at.centre /= 10, at.high /= 10;
        exponent++;
    }
    bool tie = last == 5 && below_exact;
    bool up = last > 5 || (last == 5 && !tie) || (tie && at.centre % 2 == 1);
    bool low_outside = at.centre == at.low && !(low_zeros && at.closed);
    uint64_t digits = at.centre + (up || low_outside);
    if (digits > at.high) digits = at.high;
    while (digits && digits % 10 == 0) digits /= 10, exponent++;
    return (pl_decimal){false, digits, exponent};
}

/* Tries one length after the other: for numbers too large or too small for 128 bits. */
static pl_decimal shortest_slowly(double x) {
    pl_decimal decimal = {0};
    for (int precision = 0; precision <= 16; precision++) {
        char text[48];
        snprintf(text, sizeof text, "%.*e", precision, x);
        decimal.digits = 0;
        const char *at = text;
        for (; *at != 'e'; at++) /* whatever the locale's decimal point is made of */
            if (*at >= '0' && *at <= '9') decimal.digits = decimal.digits * 10 + (uint64_t)(*at - '0');
        decimal.exponent = atoi(at + 1) - precision;
        if (pl_decimal_value(decimal) == x) break;
    }
    while (decimal.digits && decimal.digits % 10 == 0) decimal.digits /= 10, decimal.exponent++;
    return decimal;
}

/* Whole numbers below 2^53 are their own digits. */
static bool whole(double x, pl_decimal *out) {
    if (x >= (double)(UINT64_C(1) << 53) || x != floor(x)) return false;
    *out = (pl_decimal){false, (uint64_t)x, 0};
    while (out->digits && out->digits % 10 == 0) out->digits /= 10, out->exponent++;
    return true;
}

pl_decimal pl_decimal_shortest(double x) {
    pl_decimal result = {0};
    bool negative = x < 0;
    x = fabs(x);
    if (x == 0) return result;
    if (!whole(x, &result)) {
        if (x < 1e-13 || x >= 0x1p53) {
            result = shortest_slowly(x);
        } else {
            int e;
            uint64_t m = (uint64_t)ldexp(frexp(x, &e), MANTISSA_BITS + 1);
            /* 18 or 19 digits: one more than any double needs, so that at least one is taken off and rounds the others */
            int scale = 17 - (int)floor((e - 1) * 0.30103);
            result = shorten(scale_interval(m, e - MANTISSA_BITS - 1, scale), -scale);
        }
    }
    result.negative = negative;
    return result;
}
