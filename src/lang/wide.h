/* Loops over rows that are compiled twice where that can be: for vector registers of 256 bits, and for every processor; which of
 * the two runs is found once, when the program starts. Both give the same bits: neither joins a product and a sum into one
 * rounding, nor changes the order of additions. Sanitizers watch the loader at work and cannot have it. */
#ifndef PLUMBLINE_LANG_WIDE_H
#define PLUMBLINE_LANG_WIDE_H

#include <features.h>

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define PL_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define PL_WIDE
#endif

/* For what a function marked so calls: only what is inlined into it is compiled twice. */
#define PL_WIDE_PART static inline __attribute__((always_inline))

#endif
