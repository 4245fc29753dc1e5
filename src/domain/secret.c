#include "domain/secret.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/random.h>

pl_status pl_secret_random(void *out, size_t size) {
    unsigned char *at = out;
    while (size) {
        ssize_t got = getrandom(at, size < 256 ? size : 256, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return PL_IO;
        at += got;
        size -= (size_t)got;
    }
    return PL_OK;
}

bool pl_secret_equal(pl_str a, pl_str b) {
    if (a.len != b.len) return false;
    return a.len == 0 || sodium_memcmp(a.at, b.at, a.len) == 0;
}

bool pl_secret_equal_digest(const unsigned char a[PL_DIGEST_SIZE], const unsigned char b[PL_DIGEST_SIZE]) {
    return sodium_memcmp(a, b, PL_DIGEST_SIZE) == 0;
}

void pl_secret_wipe(void *at, size_t size) { sodium_memzero(at, size); }

void pl_secret_free(pl_buffer *buffer) {
    if (buffer->at) pl_secret_wipe(buffer->at, buffer->capacity);
    pl_buffer_free(buffer);
}

void pl_secret_room(pl_buffer *buffer, size_t size) {
    void *bytes = NULL;
    size_t capacity = 0;
    pl_buffer_init(buffer, size);
    if (pl_reserve(&bytes, &capacity, size + 1, 1, 0)) {
        buffer->failed = true;
        return;
    }
    buffer->at = bytes;
    buffer->at[0] = 0;
    buffer->capacity = capacity;
}
