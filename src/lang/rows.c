#include "lang/rows.h"

#include "lang/decimals.h"
#include "lang/wide.h"

#include <plumbline/base/elementary.h>
#include <plumbline/base/number.h>

#include <math.h>

typedef double unary(double a);
typedef double binary(double a, double b);

/* The loops below are written once and specialised by inlining: `f` is always a constant. They compute every row, missing or
 * not, since values are finite where missing, and keep what is not missing. */

/* Not 0 where x is infinite or not a number: without branches, to be joined over all rows. */
PL_WIDE_PART uint64_t not_finite(double x) {
    double nothing = x - x;
    uint64_t bits;
    memcpy(&bits, &nothing, sizeof bits);
    return bits;
}

/* x, or 0 where missing, without branches. */
PL_WIDE_PART double kept(double x, unsigned char present) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= 0 - (uint64_t)present;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

PL_WIDE_PART bool map1(double *restrict out, unsigned char *restrict present, pl_cells a, size_t n, unary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = kept(f(a.values[i]), a.present[i]);
        odd |= not_finite(out[i]);
    }
    memcpy(present, a.present, n);
    return odd != 0;
}

/* `left` and `right` are 1 where that side has a value per row, and 0 where one value stands for all. */
PL_WIDE_PART bool map_pairs(double *restrict out, unsigned char *restrict present, pl_cells a, size_t left, pl_cells b,
                            size_t right, size_t n, binary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) present[i] = a.present[i * left] & b.present[i * right];
    for (size_t i = 0; i < n; i++) {
        out[i] = kept(f(a.values[i * left], b.values[i * right]), present[i]);
        odd |= not_finite(out[i]);
    }
    return odd != 0;
}

PL_WIDE_PART bool map2(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n, binary *f) {
    if (a.uniform) return map_pairs(out, present, a, 0, b, 1, n, f);
    if (b.uniform) return map_pairs(out, present, a, 1, b, 0, n, f);
    return map_pairs(out, present, a, 1, b, 1, n, f);
}

/* Costly functions are computed where there is a value only. */
PL_WIDE_PART bool map_present(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n, binary *f) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        size_t left = a.uniform ? 0 : i, right = b.uniform ? 0 : i;
        present[i] = a.present[left] & b.present[right];
        out[i] = present[i] ? f(a.values[left], b.values[right]) : 0;
        odd |= not_finite(out[i]);
    }
    return odd != 0;
}

/* Makes rows whose value is not finite missing: they had their arguments. */
static void settle(double *values, unsigned char *present, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) continue;
        values[i] = 0;
        present[i] = 0;
    }
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
PL_WIDE_PART bool decide(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n, bool decisive) {
    for (size_t i = 0; i < n; i++) {
        unsigned char left = a.present[i] & ((a.values[i] != 0) == decisive);
        unsigned char right = b.present[i] & ((b.values[i] != 0) == decisive);
        present[i] = left | right | (a.present[i] & b.present[i]);
        out[i] = present[i] & ((left | right) == decisive);
    }
    return false;
}

PL_WIDE_PART bool coalesce(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double first = a.values[i], second = b.values[i];
        out[i] = a.present[i] ? first : second;
        present[i] = a.present[i] | b.present[i];
    }
    return false;
}

PL_WIDE_PART bool choose(double *restrict out, unsigned char *restrict present, pl_cells a, pl_cells b, pl_cells c, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char then = a.values[i] != 0;
        present[i] = a.present[i] & ((b.present[i] & then) | (c.present[i] & !then));
    }
    for (size_t i = 0; i < n; i++) {
        double taken = b.values[i], other = c.values[i]; /* both are read, so that there is no branch */
        out[i] = kept(a.values[i] != 0 ? taken : other, present[i]);
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

bool pl_rows_takes_uniform(pl_op op) { return op >= OP_ADD && op <= OP_LESS_EQUAL; }

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
    if (odd) settle(values, present, n);
    return odd;
}

bool pl_rows_incident(pl_op op, const unsigned char *present, pl_cells a, pl_cells b, size_t i, pl_incident_kind *kind) {
    if (present[i]) return false;
    if (op == OP_REQUIRE) {
        *kind = PL_INCIDENT_REQUIRED;
        return b.present[i] && b.values[i] != 0;
    }
    size_t left = a.uniform ? 0 : i, right = b.uniform ? 0 : i;
    if (!a.present[left] || (pl_rows_arity(op) == 2 && !b.present[right])) return false;
    switch (op) {
    case OP_DIVIDE:
    case OP_MODULO: *kind = b.values[right] == 0 ? PL_INCIDENT_DIVISION : PL_INCIDENT_OVERFLOW; return true;
    case OP_SQRT:
    case OP_LN:
    case OP_LOG10: *kind = PL_INCIDENT_DOMAIN; return true;
    case OP_POWER:
        *kind = a.values[left] <= 0 && (a.values[left] == 0 || b.values[right] != floor(b.values[right])) ? PL_INCIDENT_DOMAIN
                                                                                                          : PL_INCIDENT_OVERFLOW;
        return true;
    default: *kind = PL_INCIDENT_OVERFLOW; return true;
    }
}

PL_WIDE void pl_rows_divide(double *out, const int32_t *scaled, double power, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = scaled[i] / power;
}

#define EXPANDED 32

PL_WIDE void pl_rows_expand(unsigned char *present, const uint64_t *bits, size_t offset, size_t n) {
    if (!bits) {
        memset(present, 1, n);
        return;
    }
    uint32_t bit[EXPANDED]; /* comparing with these needs no shifts by different numbers, which not every processor has */
    for (unsigned k = 0; k < EXPANDED; k++) bit[k] = UINT32_C(1) << k;
    size_t i = 0;
    for (; i + EXPANDED <= n; i += EXPANDED) {
        size_t word = (offset + i) / 64, shift = (offset + i) % 64;
        uint64_t from_here = bits[word] >> shift;
        if (shift > 64 - EXPANDED) from_here |= bits[word + 1] << (64 - shift);
        uint32_t part = (uint32_t)from_here;
        for (unsigned k = 0; k < EXPANDED; k++) present[i + k] = (part & bit[k]) != 0;
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
