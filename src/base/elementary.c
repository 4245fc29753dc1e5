#include <plumbline/base/elementary.h>

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* An unevaluated sum of two doubles, |low| at most half a unit in the last place of high: about 106 bits. The algorithms are
 * Dekker's (1971) and Knuth's; they need nothing but correctly rounded + - * /. */
typedef struct wide {
    double high, low;
} wide;

static wide fast_sum(double a, double b) { /* |a| >= |b| */
    double sum = a + b;
    return (wide){sum, b - (sum - a)};
}

static wide exact_sum(double a, double b) {
    double sum = a + b, part = sum - a;
    return (wide){sum, (a - (sum - part)) + (b - part)};
}

static wide exact_product(double a, double b) {
    const double splitter = 134217729; /* 2^27 + 1 */
    double product = a * b, p = splitter * a, q = splitter * b;
    double a_high = p - (p - a), b_high = q - (q - b);
    double a_low = a - a_high, b_low = b - b_high;
    return (wide){product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

static wide add(wide a, wide b) {
    wide high = exact_sum(a.high, b.high), low = exact_sum(a.low, b.low);
    wide sum = fast_sum(high.high, high.low + low.high);
    return fast_sum(sum.high, sum.low + low.low);
}

static wide multiply(wide a, wide b) {
    wide product = exact_product(a.high, b.high);
    return fast_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static wide divide(wide a, wide b) {
    double first = a.high / b.high;
    wide rest = add(a, multiply((wide){-first, 0}, b));
    double second = rest.high / b.high;
    rest = add(rest, multiply((wide){-second, 0}, b));
    wide quotient = fast_sum(first, second);
    return add(quotient, (wide){rest.high / b.high, 0});
}

/* 1/k! */
static const wide factorials[] = {
    {0x1.0000000000000p+0, 0x0.0p+0},
    {0x1.0000000000000p+0, 0x0.0p+0},
    {0x1.0000000000000p-1, 0x0.0p+0},
    {0x1.5555555555555p-3, 0x1.5555555555555p-57},
    {0x1.5555555555555p-5, 0x1.5555555555555p-59},
    {0x1.1111111111111p-7, 0x1.1111111111111p-63},
    {0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65},
    {0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-73},
    {0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76},
    {0x1.71de3a556c734p-19, -0x1.c154f8ddc6c00p-73},
    {0x1.27e4fb7789f5cp-22, 0x1.cbbc05b4fa99ap-76},
    {0x1.ae64567f544e4p-26, -0x1.c062e06d1f209p-80},
};

/* 2/(2k + 1): ln((1 + s)/(1 - s)) = s times their sum with s^(2k) */
static const wide odd_reciprocals[] = {
    {0x1.0000000000000p+1, 0x0.0p+0},
    {0x1.5555555555555p-1, 0x1.5555555555555p-55},
    {0x1.999999999999ap-2, -0x1.999999999999ap-56},
    {0x1.2492492492492p-2, 0x1.2492492492492p-56},
    {0x1.c71c71c71c71cp-3, 0x1.c71c71c71c71cp-57},
    {0x1.745d1745d1746p-3, -0x1.745d1745d1746p-58},
    {0x1.3b13b13b13b14p-3, -0x1.3b13b13b13b14p-57},
    {0x1.1111111111111p-3, 0x1.1111111111111p-59},
    {0x1.e1e1e1e1e1e1ep-4, 0x1.e1e1e1e1e1e1ep-60},
    {0x1.af286bca1af28p-4, 0x1.af286bca1af28p-58},
    {0x1.8618618618618p-4, 0x1.8618618618618p-58},
    {0x1.642c8590b2164p-4, 0x1.642c8590b2164p-59},
    {0x1.47ae147ae147bp-4, -0x1.eb851eb851eb8p-60},
    {0x1.2f684bda12f68p-4, 0x1.2f684bda12f68p-58},
    {0x1.1a7b9611a7b96p-4, 0x1.1a7b9611a7b96p-60},
    {0x1.0842108421084p-4, 0x1.0842108421084p-59},
    {0x1.f07c1f07c1f08p-5, -0x1.f07c1f07c1f08p-60},
    {0x1.d41d41d41d41dp-5, 0x1.0750750750750p-59},
    {0x1.bacf914c1bad0p-5, -0x1.bacf914c1bad0p-59},
    {0x1.a41a41a41a41ap-5, 0x1.0690690690690p-59},
    {0x1.8f9c18f9c18fap-5, -0x1.f3831f3831f38p-60},
    {0x1.7d05f417d05f4p-5, 0x1.7d05f417d05f4p-61},
    {0x1.6c16c16c16c17p-5, -0x1.f49f49f49f49fp-60},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static wide series(const wide *coefficients, size_t count, wide x) {
    wide sum = coefficients[count - 1];
    for (size_t k = count - 1; k-- > 0;) sum = add(multiply(sum, x), coefficients[k]);
    return sum;
}

/* ln 2 in three parts, the first two short enough that their products with a binary exponent are exact. */
static const double ln2_parts[] = {0x1.62e42fefa2000p-1, 0x1.9ef35793c6000p-41, 0x1.673007e5ed5e8p-81};

/* e^x for |x| < 800: 2^k times a series in r/256, squared eight times. */
static double exponential(wide x) {
    double k = floor(x.high * 0x1.71547652b82fep+0 + 0.5);
    wide r = add(x, (wide){-k * ln2_parts[0], 0});
    r = add(r, (wide){-k * ln2_parts[1], 0});
    r = add(r, (wide){-k * ln2_parts[2], 0});
    r.high *= 0x1p-8;
    r.low *= 0x1p-8;
    wide power = series(factorials, COUNT(factorials), r);
    for (int i = 0; i < 8; i++) power = multiply(power, power);
    return ldexp(power.high, (int)k);
}

/* ln x for x > 0, about 100 bits also where it is near 0: the whole accuracy is relative since s is small there. */
static wide logarithm(double x) {
    int k;
    double m = frexp(x, &k);
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        k--;
    }
    wide s = divide(exact_sum(m, -1), exact_sum(m, 1));
    wide result = multiply(s, series(odd_reciprocals, COUNT(odd_reciprocals), multiply(s, s)));
    if (k == 0) return result;
    wide scale = {k * ln2_parts[0], 0};
    scale = add(scale, (wide){k * ln2_parts[1], 0});
    scale = add(scale, (wide){k * ln2_parts[2], 0});
    return add(scale, result);
}

double pl_exp(double x) {
    if (x > 709.8) return INFINITY;
    if (x < -745.2) return 0;
    return exponential((wide){x, 0});
}

double pl_ln(double x) {
    if (!(x > 0)) return NAN;
    return logarithm(x).high;
}

double pl_log10(double x) {
    if (!(x > 0)) return NAN;
    static const wide reciprocal = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57}; /* 1/ln 10 */
    return multiply(logarithm(x), reciprocal).high;
}

static double power(double x, double y) { /* x > 0 */
    wide exponent = logarithm(x);
    double size = exponent.high * y;
    if (size > 710) return INFINITY;
    if (size < -746) return 0;
    return exponential(multiply(exponent, (wide){y, 0}));
}

double pl_pow(double x, double y) {
    if (y == 0 || x == 1) return 1;
    bool whole = y == floor(y), odd = whole && fabs(y) < 0x1p53 && fmod(y, 2) != 0;
    if (x == 0) return y > 0 ? 0 : INFINITY;
    if (x < 0 && !whole) return NAN;
    if (y == 1) return x;
    if (y == 2) return x * x;
    if (y == 0.5) return sqrt(x);
    double size = power(fabs(x), y);
    return x < 0 && odd ? -size : size;
}
