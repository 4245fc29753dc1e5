/* Public keys as JSON (RFC 7517), and the signatures made with them: RS256 and ES256, and nothing else. */
#ifndef PLUMBLINE_DOMAIN_JWK_H
#define PLUMBLINE_DOMAIN_JWK_H

#include "domain/json.h"

typedef enum pl_jws_algorithm { PL_RS256, PL_ES256 } pl_jws_algorithm;

/* Decodes base64url without padding, strictly. False when it is none or does not fit. */
bool pl_base64url_read(pl_str text, unsigned char *out, size_t room, size_t *size);

typedef enum pl_jws_answer {
    PL_JWS_GOOD,
    PL_JWS_WRONG, /* the signature */
    PL_JWS_NO_KEY /* RSA of fewer than 2048 or more than 8192 bits, a point that is not on P-256, members missing */
} pl_jws_answer;

/* Whether `signature` (base64url) is the key's over `text`. PL_MEMORY: nothing was decided. */
pl_status pl_jws_verify(pl_jws_algorithm algorithm, const json_t *key, pl_str text, pl_str signature, pl_jws_answer *answer);

#endif
