#include "domain/provider.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const int64_t now = 1700000000;

const pl_oidc_provider provider = {{"https://id.example.org", 22},
                                   {"https://id.example.org/login", 28},
                                   {"https://id.example.org/token", 28},
                                   {"https://id.example.org/keys", 27}};
const pl_oidc_client client = {{"plumbline", 9}, {"s&cret", 6}, {"https://plumb.example.org/back", 30}};
const pl_oidc_login login = {"the-state", "the-nonce", "the-verifier"};

static cjose_jwk_t *named(cjose_jwk_t *key, const char *kid) {
    assert_non_null(key);
    assert_true(cjose_jwk_set_kid(key, kid, strlen(kid), NULL));
    return key;
}

void publish(json_t *set, const cjose_jwk_t *key, const char *further) {
    char *text = cjose_jwk_to_json(key, false, NULL);
    json_t *object = json_loads(text, 0, NULL), *more = json_loads(further, 0, NULL);
    assert_int_equal(json_object_update(object, more), 0);
    json_array_append_new(json_object_get(set, "keys"), object);
    json_decref(more);
    free(text);
}

void print_set(json_t *set, char *out, size_t room) {
    char *text = json_dumps(set, JSON_COMPACT);
    assert_true(strlen(text) < room);
    strcpy(out, text);
    free(text);
    json_decref(set);
}

json_t *empty_set(void) { return json_pack("{s:[]}", "keys"); }

int make_keys(void **state) {
    static const uint8_t exponent[] = {1, 0, 1}, shared[] = "0123456789abcdef0123456789abcdef";
    keys *k = calloc(1, sizeof *k);
    k->rsa = named(cjose_jwk_create_RSA_random(2048, exponent, 3, NULL), "r1");
    k->other_rsa = named(cjose_jwk_create_RSA_random(2048, exponent, 3, NULL), "r2");
    k->weak_rsa = named(cjose_jwk_create_RSA_random(1024, exponent, 3, NULL), "weak");
    k->ec = named(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, NULL), "e1");
    k->ec384 = named(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_384, NULL), "e384");
    k->shared = named(cjose_jwk_create_oct_spec(shared, 32, NULL), "s1");
    json_t *set = empty_set();
    publish(set, k->rsa, "{\"use\":\"sig\",\"alg\":\"RS256\",\"x5t\":\"more\"}");
    publish(set, k->ec, "{}");
    print_set(set, k->set, sizeof k->set);
    *state = k;
    return 0;
}

int free_keys(void **state) {
    keys *k = *state;
    cjose_jwk_t *all[] = {k->rsa, k->other_rsa, k->weak_rsa, k->ec, k->ec384, k->shared};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) cjose_jwk_release(all[i]);
    free(k);
    return 0;
}

void sign(token_text out, const cjose_jwk_t *key, const char *header, const char *claims) {
    cjose_err error = {CJOSE_ERR_NONE};
    json_t *parsed = json_loads(header, 0, NULL);
    cjose_jws_t *jws = cjose_jws_sign(key, parsed, (const uint8_t *)claims, strlen(claims), &error);
    if (!jws) fail_msg("cannot sign %s: %s", header, error.message);
    const char *text;
    assert_true(cjose_jws_export(jws, &text, NULL));
    assert_true(strlen(text) < sizeof(token_text));
    strcpy(out, text);
    cjose_jws_release(jws);
    json_decref(parsed);
}

const char good_claims[] =
    "{\"iss\":\"https://id.example.org\",\"aud\":\"plumbline\",\"sub\":\"u-17\",\"nonce\":\"the-nonce\",\"iat\":1700000000,"
    "\"exp\":1700000300,\"name\":\"王秀兰\",\"email\":\"wang@x.cn\",\"email_verified\":true}";
