/* The usual number, read in line: a sign, up to 18 digits with a point among them, no exponent. On the hot path of the CSV reader;
 * what it does not take, pl_number_scan does. */
#ifndef PLUMBLINE_TABLE_QUICK_NUMBER_H
#define PLUMBLINE_TABLE_QUICK_NUMBER_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* Eight bytes at once: each byte of a word. */
#define PL_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The number that eight digits make, the first in the lowest byte: pairs, fours and all eight are put together side by side. */
static inline uint64_t pl_eight_digits(uint64_t word) {
    word -= PL_EACH_BYTE('0');
    word = word * 10 + (word >> 8);
    return (((word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064)) +
            ((word >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001))) >>
           32;
}

static inline bool pl_all_digits(uint64_t word) {
    uint64_t high = PL_EACH_BYTE(0xF0);
    return ((word & high) | ((word + PL_EACH_BYTE(0x06)) & high) >> 4) == PL_EACH_BYTE(0x33);
}

/* The same for a number that is all of the 1 to 8 bytes before `stop`, without a loop. The eight bytes before `stop` are looked at,
 * so they must be there. False where it is not of this kind. */
static inline bool pl_short_number(const char *stop, size_t length, double *out) {
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    const uint64_t zeros = PL_EACH_BYTE('0'), low_bits = PL_EACH_BYTE(0x7F);
    uint64_t word;
    memcpy(&word, stop - 8, sizeof word);
    word = le64toh(word);
    uint64_t before = ~(~UINT64_C(0) << (64 - 8 * length)); /* the bytes that are not the number's; none of 8 */
    if (length == 8) before = 0;
    bool negative = stop[-(ptrdiff_t)length] == '-';
    if (negative) before = before << 8 | 0xFF;
    word = (word & ~before) | (zeros & before);
    uint64_t points = word ^ PL_EACH_BYTE('.');
    points = ~(((points & low_bits) + low_bits) | points | low_bits); /* 0x80 where there is one */
    unsigned decimals = 0;
    if (points) {
        unsigned at = (unsigned)__builtin_ctzll(points) / 8;
        uint64_t up_to = ((UINT64_C(2) << (8 * at + 7)) - 1);
        word = (word & ~up_to) | (word & up_to >> 8) << 8 | '0';
        decimals = 7 - at;
    }
    if (!pl_all_digits(word) || length <= (size_t)negative + (points != 0)) return false;
    double value = (double)pl_eight_digits(word) / powers[decimals];
    *out = negative ? 0 - value : value;
    return true;
}

#endif
