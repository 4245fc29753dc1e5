#include "table/fresh.h"

#include <stdint.h>
#include <sys/mman.h>

#define PAGE ((uintptr_t)4096)
#define WORTH_A_CALL ((size_t)1 << 16)

/* Refused by older systems, and where memory is short: then writing brings the pages in, or fails, as it would have. */
void pl_fresh_bring_in(void *at, size_t size) {
#ifdef MADV_POPULATE_WRITE
    uintptr_t first = ((uintptr_t)at + PAGE - 1) / PAGE * PAGE, last = ((uintptr_t)at + size) / PAGE * PAGE;
    if (size >= WORTH_A_CALL && last > first) madvise((char *)at + (first - (uintptr_t)at), last - first, MADV_POPULATE_WRITE);
#else
    (void)at;
    (void)size;
#endif
}
