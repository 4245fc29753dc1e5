/* Numbers as people write and read them: exact parsing, shortest printing, rounding of the decimal that is seen. */
#ifndef PLUMBLINE_BASE_NUMBER_H
#define PLUMBLINE_BASE_NUMBER_H

#include <plumbline/base/text.h>

/* Bytes that hold any result of pl_number_print and a terminating zero. */
#define PL_NUMBER_SIZE 32
/* Bytes that hold any result of pl_number_fixed and a terminating zero: 309 digits, sign, point, 20 decimals. */
#define PL_FIXED_SIZE 344
/* Most decimals that rounding and fixed printing take. */
#define PL_DIGITS_MAX 20

/* Reads a decimal number: optional sign, digits with at most one point (a digit on at least one side), optional exponent. The
 * whole text must be the number: no white space, hexadecimal, infinity or NaN. The result is the double nearest to the decimal
 * (ties to even), for any number of digits. False, with *out untouched, when the text is not a number or its magnitude is
 * beyond the largest double; too small becomes zero. Never depends on the locale. */
bool pl_number_parse(pl_str text, double *out);

/* The same for the longest number that starts at `at` and ends before `end`: returns its length in bytes, 0 when there is none
 * or it is too large (or memory for one of more than 19 digits is exhausted). */
size_t pl_number_scan(const char *at, const char *end, double *out);

/* Writes the shortest decimal that reads back as the same double, in plain notation from 1e-7 up to 1e21 and in exponent
 * notation (1.5e-9, 1e+21) beyond; -0 as 0. x must be finite. Returns the length; `out` is terminated. */
size_t pl_number_print(char out[PL_NUMBER_SIZE], double x);

/* Length in bytes of the per cent sign, ASCII or full-width, at the end of the text; 0: there is none. */
size_t pl_percent_sign(pl_str text);

/* Reads a part of a whole: "90%", "90 ％" or "0.9". False, and *out as it was, where the text is no number or not from 0 to 1. */
bool pl_share_parse(pl_str text, double *out);

/* Rounds to `digits` decimals (0 to PL_DIGITS_MAX; negative rounds to tens, hundreds), half away from zero, judged on the
 * shortest decimal that prints x, that is on the number the user sees: 1.005 -> 1.01, 2.675 -> 2.68, -0.005 -> -0.01. The
 * result is the double nearest to the rounded decimal; never -0. */
double pl_number_round(double x, int digits);

/* Rounds likewise and writes exactly `digits` decimals (0 to PL_DIGITS_MAX), never in exponent notation; no "-0.00". Returns
 * the length; `out` is terminated. x must be finite. */
size_t pl_number_fixed(char out[PL_FIXED_SIZE], double x, int digits);

#endif
