#include "support/allocations.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

static atomic_bool armed, from_then_on, met;
static atomic_size_t remaining;

static bool fails(void) {
    if (!atomic_load(&armed)) return false;
    if (atomic_load(&met)) return atomic_load(&from_then_on);
    if (atomic_fetch_sub(&remaining, 1) != 0) return false;
    atomic_store(&met, true);
    return true;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *old, size_t size) { return fails() ? NULL : __real_realloc(old, size); }
void *__wrap_aligned_alloc(size_t alignment, size_t size) { return fails() ? NULL : __real_aligned_alloc(alignment, size); }

int __wrap_posix_memalign(void **out, size_t alignment, size_t size) {
    if (fails()) return ENOMEM;
    *out = __real_aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    return *out ? 0 : ENOMEM;
}

char *__wrap_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void allocations_fail_at(size_t n, bool on) {
    atomic_store(&armed, false);
    atomic_store(&remaining, n);
    atomic_store(&from_then_on, on);
    atomic_store(&met, false);
    atomic_store(&armed, true);
}

bool allocations_recover(void) {
    atomic_store(&armed, false);
    return atomic_load(&met);
}

size_t allocations_walk(bool (*attempt)(void *context), void *context, size_t most) {
    for (size_t n = 0; n < most; n++) {
        allocations_fail_at(n, false);
        bool success = attempt(context);
        bool failed = allocations_recover();
        if (!failed) {
            assert_true(success);
            return n;
        }
        if (success) fail_msg("allocation %zu failed and nobody noticed", n);
    }
    fail_msg("still failing after %zu allocations", most);
    return most;
}
