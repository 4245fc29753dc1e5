#include <plumbline/base/digest.h>

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

struct pl_digest {
    EVP_MD_CTX *context;
};

pl_status pl_digest_create(pl_digest **out, pl_digest_kind kind) {
    *out = NULL;
    pl_digest *digest = calloc(1, sizeof *digest);
    if (!digest) return PL_MEMORY;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context || !EVP_DigestInit_ex(digest->context, kind == PL_SM3 ? EVP_sm3() : EVP_sha256(), NULL)) {
        pl_digest_free(digest);
        return PL_MEMORY;
    }
    *out = digest;
    return PL_OK;
}

void pl_digest_free(pl_digest *digest) {
    if (!digest) return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

pl_status pl_digest_add(pl_digest *digest, const void *bytes, size_t size) {
    return EVP_DigestUpdate(digest->context, bytes, size) ? PL_OK : PL_MEMORY;
}

pl_status pl_digest_add_file(pl_digest *digest, const char *path) {
    FILE *file = fopen(path, "rbe");
    if (!file) return PL_IO;
    unsigned char block[65536];
    size_t size;
    pl_status status = PL_OK;
    while (status == PL_OK && (size = fread(block, 1, sizeof block, file)) > 0) status = pl_digest_add(digest, block, size);
    if (status == PL_OK && ferror(file)) status = PL_IO;
    fclose(file);
    return status;
}

pl_status pl_digest_finish(pl_digest *digest, unsigned char out[PL_DIGEST_SIZE]) {
    return EVP_DigestFinal_ex(digest->context, out, NULL) ? PL_OK : PL_MEMORY;
}

pl_status pl_digest_bytes(pl_digest_kind kind, const void *bytes, size_t size, unsigned char out[PL_DIGEST_SIZE]) {
    pl_digest *digest;
    pl_status status = pl_digest_create(&digest, kind);
    if (status == PL_OK) status = pl_digest_add(digest, bytes, size);
    if (status == PL_OK) status = pl_digest_finish(digest, out);
    pl_digest_free(digest);
    return status;
}

void pl_digest_hex(const unsigned char digest[PL_DIGEST_SIZE], char out[PL_DIGEST_HEX]) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < PL_DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[PL_DIGEST_HEX - 1] = 0;
}
