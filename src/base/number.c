#include <plumbline/base/number.h>

#include "base/decimal.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#define MOST_DIGITS 19 /* of a number that fits 64 bits */

typedef struct scanned {
    pl_decimal decimal;
    int digit_count; /* significant, without leading zeros */
    bool any;        /* at least one digit was there */
    const char *end;
} scanned;

static const char *scan_digits(scanned *s, const char *at, const char *end, bool fraction) {
    for (; at < end && (unsigned char)(*at - '0') <= 9; at++) {
        s->any = true;
        if (s->digit_count < MOST_DIGITS) s->decimal.digits = s->decimal.digits * 10 + (uint64_t)(*at - '0');
        if (s->digit_count >= MOST_DIGITS)
            s->decimal.exponent += !fraction;
        else
            s->decimal.exponent -= fraction;
        if (s->digit_count || *at != '0') s->digit_count++;
    }
    return at;
}

/* An exponent beyond any double's is as good as 100,000. */
static const char *scan_exponent(int *exponent, const char *at, const char *end) {
    const char *from = at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    if (at >= end || (unsigned char)(*at - '0') > 9) return from;
    int value = 0;
    for (; at < end && (unsigned char)(*at - '0') <= 9; at++)
        if (value < 100000) value = value * 10 + (*at - '0');
    *exponent += negative ? -value : value;
    return at;
}

static scanned scan(const char *at, const char *end) {
    scanned s = {0};
    s.end = at;
    if (at < end && (*at == '-' || *at == '+')) s.decimal.negative = *at++ == '-';
    at = scan_digits(&s, at, end, false);
    if (at < end && *at == '.') at = scan_digits(&s, at + 1, end, true);
    if (!s.any) return s;
    if (at < end && (*at == 'e' || *at == 'E')) at = scan_exponent(&s.decimal.exponent, at, end);
    s.end = at;
    return s;
}

/* More digits than 64 bits hold: the C library reads any number of them exactly. */
static bool read_long(const char *at, size_t size, double *out) {
    char *text = malloc(size + 1);
    if (!text) return false;
    memcpy(text, at, size);
    text[size] = 0;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    *out = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
    if (c) freelocale(c);
    free(text);
    return true;
}

size_t pl_number_scan(const char *at, const char *end, double *out) {
    scanned s = scan(at, end);
    if (!s.any) return 0;
    double value;
    if (s.digit_count <= MOST_DIGITS) {
        value = pl_decimal_value(s.decimal);
    } else if (!read_long(at, (size_t)(s.end - at), &value)) {
        return 0;
    }
    if (!isfinite(value)) return 0;
    *out = value + 0.0; /* no -0 */
    return (size_t)(s.end - at);
}

bool pl_number_parse(pl_str text, double *out) {
    double value;
    if (!text.len || pl_number_scan(text.at, text.at + text.len, &value) != text.len) return false;
    *out = value;
    return true;
}

size_t pl_percent_sign(pl_str text) {
    static const char wide[] = "％";
    size_t length = sizeof wide - 1;
    if (text.len && text.at[text.len - 1] == '%') return 1;
    return text.len >= length && memcmp(text.at + text.len - length, wide, length) == 0 ? length : 0;
}

bool pl_share_parse(pl_str text, double *out) {
    size_t sign = pl_percent_sign(text);
    double value, whole = sign ? 100 : 1;
    if (!pl_number_parse(pl_str_trim((pl_str){text.at, text.len - sign}), &value) || !(value >= 0 && value <= whole)) return false;
    *out = value / whole;
    return true;
}

/* Writes the digits of a number, at least `width` of them, and returns how many. */
static int write_digits(char *out, uint64_t digits, int width) {
    char reversed[24];
    int count = 0;
    for (; digits || count < width; digits /= 10) reversed[count++] = (char)('0' + digits % 10);
    for (int i = 0; i < count; i++) out[i] = reversed[count - 1 - i];
    return count;
}

static size_t write_exponent(char *out, pl_decimal decimal) {
    char digits[24];
    int count = write_digits(digits, decimal.digits, 1), at = 0;
    int exponent = decimal.exponent + count - 1;
    out[at++] = digits[0];
    if (count > 1) out[at++] = '.';
    for (int i = 1; i < count; i++) out[at++] = digits[i];
    out[at++] = 'e';
    out[at++] = exponent < 0 ? '-' : '+';
    at += write_digits(out + at, (uint64_t)(exponent < 0 ? -exponent : exponent), 1);
    return (size_t)at;
}

/* Plain notation with at least `decimals` digits after the point. */
static size_t write_plain(char *out, pl_decimal decimal, int decimals) {
    size_t at = 0;
    char digits[48];
    int fraction = decimal.exponent < 0 ? -decimal.exponent : 0;
    int count = write_digits(digits, decimal.digits, 1);
    int before = count - fraction; /* digits before the point; not above 0 where there are none */
    for (int i = 0; i < before; i++) out[at++] = digits[i];
    if (before <= 0) out[at++] = '0';
    for (int i = 0; i < decimal.exponent && decimal.digits; i++) out[at++] = '0';
    if (fraction < decimals || fraction) {
        int places = fraction > decimals ? fraction : decimals;
        out[at++] = '.';
        for (int i = 0; i < places; i++) {
            int from = before + i;
            out[at++] = i < fraction && from >= 0 && from < count ? digits[from] : '0';
        }
    }
    return at;
}

size_t pl_number_print(char out[PL_NUMBER_SIZE], double x) {
    pl_decimal decimal = pl_decimal_shortest(x);
    double size = fabs(x);
    size_t at = 0;
    if (decimal.negative && decimal.digits) out[at++] = '-';
    bool plain = decimal.digits == 0 || (size >= 1e-7 && size < 1e21);
    at += plain ? write_plain(out + at, decimal, 0) : write_exponent(out + at, decimal);
    out[at] = 0;
    return at;
}

/* Half away from zero. */
static pl_decimal round_decimal(pl_decimal decimal, int digits) {
    int drop = -digits - decimal.exponent;
    if (drop <= 0) return decimal;
    uint64_t kept = 0;
    if (drop <= MOST_DIGITS) {
        uint64_t power = pl_decimal_power(drop);
        uint64_t rest = decimal.digits % power;
        kept = decimal.digits / power + (rest >= power - rest);
    }
    return (pl_decimal){decimal.negative && kept, kept, -digits};
}

double pl_number_round(double x, int digits) {
    /* Well away from a half the answer is certain without the decimal. */
    double size = fabs(x);
    if (digits >= 0 && digits <= 15) {
        double power = (double)pl_decimal_power(digits), scaled = size * power;
        if (scaled < 1e12) {
            double below = floor(scaled), over = scaled - below;
            if (fabs(over - 0.5) > 1e-3) {
                double rounded = (below + (over > 0.5)) / power;
                return x < 0 && rounded != 0 ? -rounded : rounded;
            }
        }
    }
    return pl_decimal_value(round_decimal(pl_decimal_shortest(x), digits)) + 0.0;
}

size_t pl_number_fixed(char out[PL_FIXED_SIZE], double x, int digits) {
    if (digits < 0) digits = 0;
    if (digits > PL_DIGITS_MAX) digits = PL_DIGITS_MAX;
    pl_decimal decimal = round_decimal(pl_decimal_shortest(x), digits);
    size_t at = 0;
    if (decimal.negative && decimal.digits) out[at++] = '-';
    at += write_plain(out + at, decimal, digits);
    out[at] = 0;
    return at;
}
