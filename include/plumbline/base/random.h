/* Random numbers that depend on a seed and on what they are for, and on nothing else: not on threads, nor on what was drawn before.
 *
 * SplitMix64 (Steele, Lea and Flood 2014): a counter passed through a mixing function. Each purpose (a run, an assumption, a unit)
 * gets a stream of its own. Not for secrets. */
#ifndef PLUMBLINE_BASE_RANDOM_H
#define PLUMBLINE_BASE_RANDOM_H

#include <stdint.h>

typedef struct pl_random {
    uint64_t state, step;
    double spare; /* a normal number drawn beforehand */
    int has_spare;
} pl_random;

/* A stream of its own for each seed, purpose and number. */
pl_random pl_random_stream(uint64_t seed, uint64_t purpose, uint64_t number);

uint64_t pl_random_bits(pl_random *random);
double pl_random_unit(pl_random *random);                    /* from 0 up to but not including 1; 53 bits */
uint64_t pl_random_below(pl_random *random, uint64_t limit); /* 0 .. limit - 1, each alike; limit > 0 */
double pl_random_normal(pl_random *random);                  /* mean 0, variance 1: the polar method (Marsaglia and Bray 1964) */
double pl_random_gamma(pl_random *random, double shape);     /* scale 1 (Marsaglia and Tsang 2000); shape > 0 */

#endif
