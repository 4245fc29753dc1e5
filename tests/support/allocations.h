/* Makes the nth allocation of a test program fail, so that every path of running out of memory is walked. */
#ifndef PLUMBLINE_TESTS_ALLOCATIONS_H
#define PLUMBLINE_TESTS_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* The allocation number `n` from now (0: the next) returns NULL, and so do all after it when `on` is true. Counts over all
 * threads. */
void allocations_fail_at(size_t n, bool on);

/* No allocation fails any more. Returns true when one did since allocations_fail_at. */
bool allocations_recover(void);

/* Calls `attempt` with the allocation 0, 1, 2, ... failing until it gets through without meeting the failure. `attempt` must
 * return true when it met success, and must clean up after itself in both cases. Every failed attempt has to return false. Returns
 * how many attempts failed; fails the running cmocka test when it takes over `most` rounds. */
size_t allocations_walk(bool (*attempt)(void *context), void *context, size_t most);

#endif
