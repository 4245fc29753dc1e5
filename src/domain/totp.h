/* The second factor: codes by time (RFC 6238) and recovery codes.
 *
 * Own code over OpenSSL's HMAC rather than liboath: it is a dozen lines, it compares in constant time, and liboath wants a call
 * that sets up the process. */
#ifndef PLUMBLINE_DOMAIN_TOTP_H
#define PLUMBLINE_DOMAIN_TOTP_H

#include <plumbline/base/digest.h>
#include <plumbline/base/text.h>

#define PL_TOTP_SECRET 20  /* bytes of a shared secret, as RFC 4226 recommends */
#define PL_TOTP_SECONDS 30 /* of a step */
#define PL_TOTP_DIGITS 6
#define PL_TOTP_WINDOW 1 /* steps that a clock may be off, either way */

/* What authenticator programs know is SHA-1, which HMAC leaves safe; the others are there because the RFC has vectors for them. */
typedef enum pl_totp_hash { PL_TOTP_SHA1, PL_TOTP_SHA256, PL_TOTP_SHA512 } pl_totp_hash;

/* A new secret. PL_IO when the system gives no randomness. It must be kept encrypted or at least apart: who reads it can make
 * codes. */
pl_status pl_totp_secret(unsigned char out[PL_TOTP_SECRET]);

/* The code of a step as `digits` (6 to 8) digits, terminated. PL_MEMORY when the digest could not be made. */
pl_status pl_totp_code(pl_totp_hash hash, const unsigned char *secret, size_t size, uint64_t step, unsigned digits, char out[9]);

/* Whether `typed` (spaces within are passed over) is the code of a step near `now` (seconds since 1970) and later than *last_step,
 * the step of the last code accepted for this secret (-1: none yet). When it is, *last_step moves on to it: the caller stores it in
 * the same transaction, so that no code is good twice. */
pl_status pl_totp_check(const unsigned char secret[PL_TOTP_SECRET], pl_str typed, int64_t now, int64_t *last_step, bool *good);

/* Adds the otpauth:// address that an authenticator reads as a picture. PL_INPUT when a name is empty or not UTF-8. The buffer
 * holds the secret afterwards (pl_secret_free). */
pl_status pl_totp_uri(pl_buffer *out, pl_str issuer, pl_str account, const unsigned char secret[PL_TOTP_SECRET]);
/* Room that any address with names of so many bytes together fits into. */
#define PL_TOTP_URI_SIZE(names) (128 + 6 * (names))

/* ---- recovery codes ---- */

#define PL_RECOVERY_CODES 10
#define PL_RECOVERY_TEXT 30 /* XXXX-XXXX-XXXX-XXXX-XXXX-XXXX, terminated */

/* Ten new codes of 120 bits, which is why a plain SHA-256 of each is safe to store (ASVS 2.6.2), and their hashes. Show the texts
 * once and wipe them. */
pl_status pl_recovery_make(char texts[PL_RECOVERY_CODES][PL_RECOVERY_TEXT],
                           unsigned char hashes[PL_RECOVERY_CODES][PL_DIGEST_SIZE]);

/* Whether `typed` (any case, with or without dashes, O for 0, I or L for 1) is one of the codes. If so its hash becomes zeros,
 * which no code matches: the caller stores them in the same transaction. Takes the same time whichever it is. */
pl_status pl_recovery_use(pl_str typed, unsigned char hashes[][PL_DIGEST_SIZE], size_t count, bool *good);

/* How many are left. */
size_t pl_recovery_left(unsigned char hashes[][PL_DIGEST_SIZE], size_t count);

#endif
