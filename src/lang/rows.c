#include "lang/rows.h"

#include "lang/decimals.h"
#include "lang/wide.h"

#include <plumbline/base/elementary.h>
#include <plumbline/base/number.h>

#include <math.h>

typedef double unary(double a);
typedef double binary(double a, double b);

/* The loops below are written once and specialised by inlining: `f` is always a constant. They compute every row, missing or
 * not, since values are finite where missing; a result that is infinite or not a number shows as all ones in the exponent. */
#define EXPONENT UINT64_C(0x7FF0000000000000)
#define LOWEST_EXPONENT UINT64_C(0x0010000000000000)

/* Adding the lowest exponent bit carries into the sign bit exactly where the exponent is all ones; adds up without branches. */
PL_WIDE_PART uint64_t not_finite(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & EXPONENT) + LOWEST_EXPONENT;
}

/* 0 where missing, without branches. */
PL_WIDE_PART void clear_missing(double *restrict values, const unsigned char *restrict present, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits &= 0 - (uint64_t)present[i];
        memcpy(&values[i], &bits, sizeof bits);
    }
}

PL_WIDE_PART bool map1(double *restrict out, unsigned char *restrict present, pl_cells a, size_t n, unary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = f(a.values[i]);
        odd |= not_finite(out[i]);
    }
    memcpy(present, a.present, n);
    if (!(odd >> 63)) clear_missing(out, present, n); /* otherwise `settle` follows */
    return odd >> 63;
}

PL_WIDE_PART bool map2(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n, binary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = f(a.values[i], b.values[i]);
        odd |= not_finite(out[i]);
    }
    for (size_t i = 0; i < n; i++) present[i] = a.present[i] & b.present[i];
    if (!(odd >> 63)) clear_missing(out, present, n);
    return odd >> 63;
}

/* Costly functions are computed where there is a value only. */
PL_WIDE_PART bool map_present(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n, binary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        present[i] = a.present[i] & b.present[i];
        out[i] = present[i] ? f(a.values[i], b.values[i]) : 0;
        odd |= not_finite(out[i]);
    }
    return odd >> 63;
}

/* Makes rows whose value is not finite missing, and gives rows that were missing the value 0 again. True if a row that had its
 * arguments is among them. */
static bool settle(double *values, unsigned char *present, size_t n) {
    bool incident = false;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i]) && present[i]) continue;
        incident |= present[i] && !isfinite(values[i]);
        values[i] = 0;
        present[i] = 0;
    }
    return incident;
}

static double negate(double a) { return 0 - a; }
static double absolute(double a) { return fabs(a); }
static double square_root(double a) { return sqrt(a); }
static double whole_below(double a) { return floor(pl_settled(a)); }
static double whole_above(double a) { return ceil(pl_settled(a)); }
static double whole(double a) { return trunc(pl_settled(a)); }
static double sign(double a) { return (a > 0) - (a < 0); }
static double not(double a) { return a == 0; }

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }
static double equal(double a, double b) { return pl_same(a, b); }
static double unequal(double a, double b) { return !pl_same(a, b); }
static double less(double a, double b) { return a < b && !pl_same(a, b); }
static double less_equal(double a, double b) { return a <= b || pl_same(a, b); }

static double exponential(double a, double unused) { return (void)unused, pl_exp(a); }
static double logarithm(double a, double unused) { return (void)unused, a > 0 ? pl_ln(a) : NAN; }
static double logarithm10(double a, double unused) { return (void)unused, a > 0 ? pl_log10(a) : NAN; }

/* The remainder has the sign of the divisor, as a spreadsheet's MOD; fmod is exact. */
static double modulo(double a, double b) {
    double remainder = fmod(a, b);
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

static double round_to(double a, double digits) {
    double kept = digits < -15 ? -15 : digits > 15 ? 15 : floor(digits);
    return pl_number_round(a, (int)kept);
}

static bool present_of(double *out, unsigned char *present, pl_cells a, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = a.present[i];
    memset(present, 1, n);
    return false;
}

/* Three-valued logic: a value of `decisive` on either side decides, whatever the other side is. */
PL_WIDE_PART bool decide(double *out, unsigned char *present, pl_cells a, pl_cells b, size_t n, bool decisive) {
    for (size_t i = 0; i < n; i++) {
        bool left = a.present[i] && (a.values[i] != 0) == decisive;
        bool right = b.present[i] && (b.values[i] != 0) == decisive;
        present[i] = left || right || (a.present[i] && b.present[i]);
        out[i] = present[i] ? (left || right) == decisive : 0;
    }
    return false;
}

static bool coalesce(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        out[i] = a.present[i] ? a.values[i] : b.values[i];
        present[i] = a.present[i] | b.present[i];
    }
    return false;
}

static bool choose(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, pl_cells c, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool then = a.values[i] != 0;
        double value = then ? b.values[i] : c.values[i];
        unsigned char has = then ? b.present[i] : c.present[i];
        present[i] = a.present[i] & has;
        out[i] = present[i] ? value : 0;
    }
    return false;
}

static bool require(double *out, unsigned char *present, pl_cells a, pl_cells b, size_t n) {
    bool incident = false;
    memcpy(out, a.values, n * sizeof *out);
    memcpy(present, a.present, n);
    for (size_t i = 0; i < n; i++) incident |= !a.present[i] && b.present[i] && b.values[i] != 0;
    return incident;
}

unsigned pl_rows_arity(pl_op op) {
    if (op >= OP_NEGATE && op <= OP_PRESENT) return 1;
    if (op >= OP_ADD && op <= OP_COALESCE) return 2;
    if (op == OP_REQUIRE) return 2;
    return op == OP_IF ? 3 : 0;
}

bool pl_rows_is_operation(pl_op op) { return pl_rows_arity(op) != 0; }

PL_WIDE bool pl_rows_apply(pl_op op, double *values, unsigned char *present, pl_cells a, pl_cells b, pl_cells c, size_t n) {
    bool odd = false;
    switch (op) {
    case OP_NEGATE: map1(values, present, a, n, negate); return false;
    case OP_ABSOLUTE: map1(values, present, a, n, absolute); return false;
    case OP_FLOOR: map1(values, present, a, n, whole_below); return false;
    case OP_CEILING: map1(values, present, a, n, whole_above); return false;
    case OP_TRUNCATE: map1(values, present, a, n, whole); return false;
    case OP_SIGN: map1(values, present, a, n, sign); return false;
    case OP_SQRT: odd = map1(values, present, a, n, square_root); break;
    case OP_EXP: odd = map_present(values, present, a, a, n, exponential); break;
    case OP_LN: odd = map_present(values, present, a, a, n, logarithm); break;
    case OP_LOG10: odd = map_present(values, present, a, a, n, logarithm10); break;
    case OP_NOT: map1(values, present, a, n, not ); break;
    case OP_PRESENT: return present_of(values, present, a, n);
    case OP_ADD: odd = map2(values, present, a, b, n, add); break;
    case OP_SUBTRACT: odd = map2(values, present, a, b, n, subtract); break;
    case OP_MULTIPLY: odd = map2(values, present, a, b, n, multiply); break;
    case OP_DIVIDE: odd = map2(values, present, a, b, n, divide); break;
    case OP_POWER: odd = map_present(values, present, a, b, n, pl_pow); break;
    case OP_MODULO: odd = map_present(values, present, a, b, n, modulo); break;
    case OP_MINIMUM: map2(values, present, a, b, n, smaller); break;
    case OP_MAXIMUM: map2(values, present, a, b, n, larger); break;
    case OP_ROUND: odd = map_present(values, present, a, b, n, round_to); break;
    case OP_EQUAL: map2(values, present, a, b, n, equal); break;
    case OP_UNEQUAL: map2(values, present, a, b, n, unequal); break;
    case OP_LESS: map2(values, present, a, b, n, less); break;
    case OP_LESS_EQUAL: map2(values, present, a, b, n, less_equal); break;
    case OP_AND: return decide(values, present, a, b, n, false);
    case OP_OR: return decide(values, present, a, b, n, true);
    case OP_COALESCE: return coalesce(values, present, a, b, n);
    case OP_IF: return choose(values, present, a, b, c, n);
    case OP_REQUIRE: return require(values, present, a, b, n);
    default: return false;
    }
    return odd && settle(values, present, n);
}

bool pl_rows_incident(pl_op op, const unsigned char *present, pl_cells a, pl_cells b, size_t i, pl_incident_kind *kind) {
    if (present[i]) return false;
    if (op == OP_REQUIRE) {
        *kind = PL_INCIDENT_REQUIRED;
        return b.present[i] && b.values[i] != 0;
    }
    if (!a.present[i] || (pl_rows_arity(op) == 2 && !b.present[i])) return false;
    switch (op) {
    case OP_DIVIDE:
    case OP_MODULO: *kind = b.values[i] == 0 ? PL_INCIDENT_DIVISION : PL_INCIDENT_OVERFLOW; return true;
    case OP_SQRT:
    case OP_LN:
    case OP_LOG10: *kind = PL_INCIDENT_DOMAIN; return true;
    case OP_POWER:
        *kind =
            a.values[i] <= 0 && (a.values[i] == 0 || b.values[i] != floor(b.values[i])) ? PL_INCIDENT_DOMAIN : PL_INCIDENT_OVERFLOW;
        return true;
    default: *kind = PL_INCIDENT_OVERFLOW; return true;
    }
}

PL_WIDE void pl_rows_divide(double *out, const int32_t *scaled, double power, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = scaled[i] / power;
}

void pl_rows_expand(unsigned char *present, const uint64_t *bits, size_t offset, size_t n) {
    if (!bits) {
        memset(present, 1, n);
        return;
    }
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        size_t word = (offset + i) / 64, shift = (offset + i) % 64;
        uint64_t byte = bits[word] >> shift;
        if (shift > 56) byte |= bits[word + 1] << (64 - shift);
        /* Each bit of the byte into a byte of its own: copies, one bit kept of each, moved to the bottom. */
        uint64_t spread = (byte & 0xFF) * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
        spread = (spread + UINT64_C(0x7F7F7F7F7F7F7F7F)) >> 7 & UINT64_C(0x0101010101010101);
        for (int k = 0; k < 8; k++) present[i + (size_t)k] = (unsigned char)(spread >> 8 * k);
    }
    for (; i < n; i++) present[i] = (unsigned char)(bits[(offset + i) / 64] >> (offset + i) % 64 & 1);
}

void pl_rows_pack(uint64_t *bits, size_t offset, const unsigned char *present, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t shift = (offset + i) % 64;
        size_t count = 64 - shift < n - i ? 64 - shift : n - i;
        uint64_t word = 0;
        for (size_t k = 0; k < count; k++) word |= (uint64_t)present[i + k] << k;
        __atomic_fetch_or(&bits[(offset + i) / 64], word << shift, __ATOMIC_RELAXED);
        i += count;
    }
}
