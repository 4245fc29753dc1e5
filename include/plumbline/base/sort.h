/* Sorting many numbers that each stand for something. */
#ifndef PLUMBLINE_BASE_SORT_H
#define PLUMBLINE_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* An integer that sorts as the number does, and what the number belongs to. */
typedef struct pl_sort_entry {
    uint64_t key;
    uint32_t index;
} pl_sort_entry;

/* Rising keys for rising numbers; -0 and 0 are the same. Finite numbers only. */
static inline uint64_t pl_sort_key(double value) {
    uint64_t bits;
    if (value == 0) value = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The number that a key was made of. */
static inline double pl_sort_value(uint64_t key) {
    uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Sorts by key, lowest first; entries with the same key stay in their order. `spare` has room for as many. */
void pl_sort(pl_sort_entry *entries, pl_sort_entry *spare, size_t count);

#endif
