/* The usual number, read in line: a sign, up to 18 digits with a point among them, no exponent. On the hot path of the CSV reader;
 * what it does not take, pl_number_scan does. */
#ifndef PLUMBLINE_TABLE_QUICK_NUMBER_H
#define PLUMBLINE_TABLE_QUICK_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the length of a number at `at` and sets *out, or 0 where it is not of this kind. The result is exact to the nearest
 * double: the digits (below 2^53) and the power of ten (at most 10^15) are doubles without error, and a division rounds once
 * (Clinger 1990). */
static inline size_t pl_quick_number(const char *at, const char *end, double *out) {
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *p = at;
    bool negative = p < end && *p == '-';
    p += negative;
    uint64_t digits = 0;
    unsigned digit;
    const char *first = p, *last = end - p > 19 ? p + 19 : end;
    while (p < last && (digit = (unsigned)(*p - '0')) <= 9) digits = digits * 10 + digit, p++;
    size_t count = (size_t)(p - first), decimals = 0;
    if (p < last && *p == '.') {
        const char *point = ++p;
        while (p < last && (digit = (unsigned)(*p - '0')) <= 9) digits = digits * 10 + digit, p++;
        decimals = (size_t)(p - point);
        count += decimals;
    }
    bool more = p < end && ((unsigned)(*p - '0') <= 9 || *p == '.' || *p == 'e' || *p == 'E');
    if (count == 0 || count > 18 || more || decimals > 15 || digits > UINT64_C(1) << 53) return 0;
    double value = (double)digits / powers[decimals];
    *out = negative ? 0 - value : value;
    return (size_t)(p - at);
}

#endif
