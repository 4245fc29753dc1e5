/* Login through another's identity provider: OpenID Connect 1.0, Authorization Code with PKCE (S256).
 *
 * Every step is a function of what came in; the HTTP requests in between are made by a callback. Nothing that comes from outside is
 * used before its signature is checked, and nothing but RS256 and ES256 is a signature: the key decides which of the two, never the
 * token. */
#ifndef PLUMBLINE_DOMAIN_OIDC_H
#define PLUMBLINE_DOMAIN_OIDC_H

#include <plumbline/base/arena.h>
#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

typedef enum pl_oidc_refusal {
    PL_OIDC_FINE,
    PL_OIDC_DISCOVERY, /* the provider's description is no such document, or is another issuer's */
    PL_OIDC_ADDRESS,   /* an address in it is not https */
    PL_OIDC_METHODS,   /* it cannot do what is needed: code, S256, RS256 or ES256 */
    PL_OIDC_STATE,     /* the answer belongs to no login begun here */
    PL_OIDC_DENIED,    /* the provider let nobody in */
    PL_OIDC_ANSWER,    /* its token endpoint gave no ID token */
    PL_OIDC_TOKEN,     /* the ID token cannot be read */
    PL_OIDC_ALGORITHM, /* it is signed with none, with a shared secret, or in another way that is not taken */
    PL_OIDC_KEY,       /* the provider has no such key */
    PL_OIDC_SIGNATURE, /* its signature is wrong */
    PL_OIDC_ISSUER,
    PL_OIDC_AUDIENCE, /* it was made for another program */
    PL_OIDC_TIME,     /* it is over, not yet good, or made too long ago */
    PL_OIDC_NONCE,    /* it was made for another login */
    PL_OIDC_SUBJECT,  /* it names nobody */
    PL_OIDC_REFUSALS
} pl_oidc_refusal;

/* For the log, not for who logs in: whom it is about need not be who they say. */
const char *pl_oidc_refusal_text(pl_oidc_refusal refusal, bool chinese);

/* ---- the provider ---- */

typedef struct pl_oidc_provider {
    pl_str issuer, authorization, token, keys; /* terminated; owned by the arena */
    bool secret_in_form; /* the client's secret goes into the form (client_secret_post): the provider takes it in no header */
} pl_oidc_provider;

/* Reads the provider's description (ISSUER/.well-known/openid-configuration), which must be of exactly that issuer. Addresses must
 * be https; http is taken for 127.0.0.1, [::1] and localhost when `loopback` says so. */
pl_status pl_oidc_provider_read(pl_oidc_provider *out, pl_arena *arena, pl_str issuer, pl_str json, bool loopback,
                                pl_oidc_refusal *refusal);

/* What this program is to the provider. The secret may be empty (a public client, for which PKCE stands in). */
typedef struct pl_oidc_client {
    pl_str id, secret, redirect;
} pl_oidc_client;

/* ---- the way there ---- */

#define PL_OIDC_RANDOM 44 /* 256 bits in base64url, terminated */

/* Kept with the browser's session until it comes back, and good once. */
typedef struct pl_oidc_login {
    char state[PL_OIDC_RANDOM], nonce[PL_OIDC_RANDOM], verifier[PL_OIDC_RANDOM];
} pl_oidc_login;

/* PL_IO when the system gives no randomness. */
pl_status pl_oidc_login_make(pl_oidc_login *out);

/* Adds the address that the browser is sent to. */
pl_status pl_oidc_login_url(pl_buffer *out, const pl_oidc_provider *provider, const pl_oidc_client *client,
                            const pl_oidc_login *login);

/* What the browser brought back, each decoded, empty where it was not there. */
typedef struct pl_oidc_return {
    pl_str state, code, error, issuer;
} pl_oidc_return;

/* Whether it belongs to this login (in constant time) and, where it names an issuer (RFC 9207), to this provider. */
pl_oidc_refusal pl_oidc_return_check(const pl_oidc_provider *provider, const pl_oidc_login *login, const pl_oidc_return *returned);

/* ---- the ID token ---- */

/* Who it is: `subject` within `issuer`, which never change; the rest are what the provider says and may change. Owned by the arena.
 */
typedef struct pl_oidc_person {
    pl_str subject, name, email;
    bool email_verified;
} pl_oidc_person;

#define PL_OIDC_SKEW 60     /* seconds that two clocks may differ by */
#define PL_OIDC_OLDEST 3600 /* seconds since a token was made, at most */

/* Checks an ID token against the provider's keys (a JWK set): signature, issuer, audience and azp, exp, nbf, iat, nonce. `out` is
 * filled when it is fine and untouched otherwise. PL_OIDC_KEY: fetch the keys anew, once. */
pl_status pl_oidc_token_check(pl_oidc_person *out, pl_arena *arena, pl_str token, pl_str keys, const pl_oidc_provider *provider,
                              const pl_oidc_client *client, const pl_oidc_login *login, int64_t now, pl_oidc_refusal *refusal);

/* ---- the way back ---- */

/* Makes one request and adds the body of a good answer (200) to `body`; PL_IO otherwise. `form` empty: GET. `user` not empty: HTTP
 * Basic authentication, both parts already encoded as the form encoding wants it. Must follow no redirection, check certificates,
 * and bound time and size. */
typedef struct pl_oidc_fetch {
    pl_status (*request)(void *context, pl_str url, pl_str form, pl_str user, pl_str password, pl_buffer *body);
    void *context;
} pl_oidc_fetch;

/* The provider's keys as last fetched. The caller keeps one for each provider and holds a lock on it. */
typedef struct pl_oidc_keys {
    pl_buffer json;
    int64_t fetched; /* seconds */
} pl_oidc_keys;

#define PL_OIDC_KEYS_REST                                                                                                          \
    60 /* seconds in which an unknown key does not make the keys be fetched again, so that nobody can have them fetched all the    \
          time */

/* Trades the code for an ID token and checks it; fetches keys when there are none, or when the token's is not among them. */
pl_status pl_oidc_finish(pl_oidc_person *out, pl_arena *arena, const pl_oidc_fetch *fetch, pl_oidc_keys *keys,
                         const pl_oidc_provider *provider, const pl_oidc_client *client, const pl_oidc_login *login,
                         const pl_oidc_return *returned, int64_t now, pl_oidc_refusal *refusal);

#endif
