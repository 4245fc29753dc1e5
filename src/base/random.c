#include <plumbline/base/random.h>

#include <plumbline/base/elementary.h>

#include <math.h>

/* The finaliser of SplitMix64. */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

/* Streams differ in where the counter starts and in how far it steps, which is odd so that it meets every number. */
pl_random pl_random_stream(uint64_t seed, uint64_t purpose, uint64_t number) {
    uint64_t key = mix(mix(mix(seed + GOLDEN) + purpose * GOLDEN) + number * GOLDEN);
    return (pl_random){.state = key, .step = mix(key + GOLDEN) | 1};
}

uint64_t pl_random_bits(pl_random *random) { return mix(random->state += random->step); }

double pl_random_unit(pl_random *random) { return (double)(pl_random_bits(random) >> 11) * 0x1p-53; }

uint64_t pl_random_below(pl_random *random, uint64_t limit) {
    uint64_t refused = (0 - limit) % limit; /* so many of the 2^64 numbers would favour some results */
    uint64_t bits;
    do bits = pl_random_bits(random);
    while (bits < refused);
    return bits % limit;
}

double pl_random_normal(pl_random *random) {
    if (random->has_spare) {
        random->has_spare = 0;
        return random->spare;
    }
    double x, y, square;
    do {
        x = 2 * pl_random_unit(random) - 1;
        y = 2 * pl_random_unit(random) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double size = sqrt(-2 * pl_ln(square) / square);
    random->spare = y * size;
    random->has_spare = 1;
    return x * size;
}

double pl_random_gamma(pl_random *random, double shape) {
    if (shape < 1) {
        double larger = pl_random_gamma(random, shape + 1);
        return larger * pl_exp(pl_ln(1 - pl_random_unit(random)) / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = pl_random_normal(random), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        double u = 1 - pl_random_unit(random);
        if (pl_ln(u) < 0.5 * x * x + d - d * v + d * pl_ln(v)) return d * v;
    }
}
