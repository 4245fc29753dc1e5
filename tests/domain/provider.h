/* A provider of the tests' own: its keys, and tokens signed with them by another library than the one that checks. */
#ifndef PLUMBLINE_TESTS_DOMAIN_PROVIDER_H
#define PLUMBLINE_TESTS_DOMAIN_PROVIDER_H

#include "domain/oidc.h"

#include <cjose/cjose.h>
#include <jansson.h>

/* What everybody here agrees on, and when. */
extern const int64_t now;
extern const pl_oidc_provider provider;
extern const pl_oidc_client client;
extern const pl_oidc_login login;
extern const char good_claims[];

typedef struct keys {
    cjose_jwk_t *rsa, *other_rsa, *weak_rsa, *ec, *ec384, *shared;
    char set[8192]; /* rsa as r1, ec as e1 */
} keys;

/* For cmocka: *state is a keys. */
int make_keys(void **state);
int free_keys(void **state);

json_t *empty_set(void);
/* Adds a public key with further members to a JWK set. */
void publish(json_t *set, const cjose_jwk_t *key, const char *further);
/* Writes a set and frees it. */
void print_set(json_t *set, char *out, size_t room);

typedef char token_text[4096];

/* A token of any header and claims, each written as JSON. */
void sign(token_text out, const cjose_jwk_t *key, const char *header, const char *claims);

#endif
