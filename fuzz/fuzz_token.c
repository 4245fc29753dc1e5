/* A token as it comes in a header: whatever the bytes, it is none, or exactly what pl_token_make could have made. */
#include "domain/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_str text = {(const char *)data, size};
    unsigned char digest[PL_DIGEST_SIZE];
    pl_token_kind kind;
    bool good;
    if (pl_token_read(text, &good, &kind, digest) != PL_OK) abort();
    if (!good) return 0;
    if (size != PL_TOKEN_LENGTH || kind >= PL_TOKEN_KINDS) abort();
    for (size_t i = 4; i < size; i++)
        if (data[i] >= 0x80 || !strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", data[i]) || !data[i])
            abort();
    return 0;
}
