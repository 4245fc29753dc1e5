/* SHA-256 and SM3, for evidence, audit chains and the identity of models and data. Both are 32 bytes long. */
#ifndef PLUMBLINE_BASE_DIGEST_H
#define PLUMBLINE_BASE_DIGEST_H

#include <plumbline/base/status.h>

#include <stddef.h>

#define PL_DIGEST_SIZE 32
#define PL_DIGEST_HEX (2 * PL_DIGEST_SIZE + 1)

typedef enum pl_digest_kind { PL_SHA256, PL_SM3 } pl_digest_kind;
typedef struct pl_digest pl_digest;

/* PL_MEMORY when the digest could not be set up (memory, or a cryptographic library without it). */
pl_status pl_digest_create(pl_digest **out, pl_digest_kind kind);
void pl_digest_free(pl_digest *digest); /* NULL is allowed */
pl_status pl_digest_add(pl_digest *digest, const void *bytes, size_t size);
/* Adds the bytes of a file; PL_IO when it cannot be read. */
pl_status pl_digest_add_file(pl_digest *digest, const char *path);
/* Gives the digest of all that was added; nothing more can be added. */
pl_status pl_digest_finish(pl_digest *digest, unsigned char out[PL_DIGEST_SIZE]);

/* All in one call. */
pl_status pl_digest_bytes(pl_digest_kind kind, const void *bytes, size_t size, unsigned char out[PL_DIGEST_SIZE]);

/* Lower-case hexadecimal, terminated. */
void pl_digest_hex(const unsigned char digest[PL_DIGEST_SIZE], char out[PL_DIGEST_HEX]);

#endif
