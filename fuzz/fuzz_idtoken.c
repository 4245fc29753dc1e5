/* An ID token, a set of keys, and a provider's description as they come from the network. The first byte chooses; a token is signed
 * by nobody the keys know, so that it must never be fine. */
#include "domain/oidc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char keys[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e1\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";
/* A token that is signed, by no key of the above. */
static const char token[] = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.e30."
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static void check(pl_arena *arena, pl_str text, pl_str set) {
    const pl_oidc_provider provider = {.issuer = {"https://a", 9}};
    const pl_oidc_client client = {.id = {"b", 1}};
    const pl_oidc_login login = {"s", "n", "v"};
    pl_oidc_person person;
    pl_oidc_refusal refusal;
    if (pl_oidc_token_check(&person, arena, text, set, &provider, &client, &login, 1700000000, &refusal) != PL_OK) abort();
    if (refusal == PL_OIDC_FINE) abort();
}

/* Whatever is taken has addresses that a browser may be sent to. */
static void describe(pl_arena *arena, pl_str json) {
    pl_oidc_provider provider;
    pl_oidc_refusal refusal;
    if (pl_oidc_provider_read(&provider, arena, (pl_str){"https://a", 9}, json, false, &refusal) != PL_OK) abort();
    if (refusal) return;
    const pl_str addresses[] = {provider.issuer, provider.authorization, provider.token, provider.keys};
    for (size_t i = 0; i < 4; i++)
        if (strncmp(addresses[i].at, "https://", 8) != 0 || strlen(addresses[i].at) != addresses[i].len) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_arena arena;
    if (!size) return 0;
    pl_str rest = {(const char *)data + 1, size - 1};
    pl_arena_init(&arena, 0);
    switch (data[0] % 3) {
    case 0: check(&arena, rest, pl_str_of(keys)); break;
    case 1: check(&arena, pl_str_of(token), rest); break;
    default: describe(&arena, rest);
    }
    pl_arena_free(&arena);
    return 0;
}
