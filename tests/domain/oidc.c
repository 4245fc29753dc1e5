/* Login through a provider, which the test makes itself: its keys, its tokens, its answers. */
#include "domain/oidc.h"
#include "domain/secret.h"

#include "support/allocations.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <plumbline/base/digest.h>
#include <sodium.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t now = 1700000000;

static const pl_oidc_provider provider = {{"https://id.example.org", 22},
                                          {"https://id.example.org/login", 28},
                                          {"https://id.example.org/token", 28},
                                          {"https://id.example.org/keys", 27}};
static const pl_oidc_client client = {{"plumbline", 9}, {"s&cret", 6}, {"https://plumb.example.org/back", 30}};
static const pl_oidc_login login = {"the-state", "the-nonce", "the-verifier"};

/* ---- the provider's side ---- */

typedef struct keys {
    cjose_jwk_t *rsa, *other_rsa, *weak_rsa, *ec, *ec384, *shared;
    char set[8192]; /* rsa as r1, ec as e1 */
} keys;

static cjose_jwk_t *named(cjose_jwk_t *key, const char *kid) {
    assert_non_null(key);
    assert_true(cjose_jwk_set_kid(key, kid, strlen(kid), NULL));
    return key;
}

/* Adds a public key with further members to a JWK set. */
static void publish(json_t *set, const cjose_jwk_t *key, const char *further) {
    char *text = cjose_jwk_to_json(key, false, NULL);
    json_t *object = json_loads(text, 0, NULL), *more = json_loads(further, 0, NULL);
    assert_int_equal(json_object_update(object, more), 0);
    json_array_append_new(json_object_get(set, "keys"), object);
    json_decref(more);
    free(text);
}

static void print_set(json_t *set, char *out, size_t room) {
    char *text = json_dumps(set, JSON_COMPACT);
    assert_true(strlen(text) < room);
    strcpy(out, text);
    free(text);
    json_decref(set);
}

static json_t *empty_set(void) { return json_pack("{s:[]}", "keys"); }

static int make_keys(void **state) {
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

static int free_keys(void **state) {
    keys *k = *state;
    cjose_jwk_t *all[] = {k->rsa, k->other_rsa, k->weak_rsa, k->ec, k->ec384, k->shared};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) cjose_jwk_release(all[i]);
    free(k);
    return 0;
}

typedef char token_text[4096];

/* A token of any header and claims, each written as JSON; %lld in the claims is the time. */
static void sign(token_text out, const cjose_jwk_t *key, const char *header, const char *claims) {
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

static const char good_claims[] =
    "{\"iss\":\"https://id.example.org\",\"aud\":\"plumbline\",\"sub\":\"u-17\",\"nonce\":\"the-nonce\",\"iat\":1700000000,"
    "\"exp\":1700000300,\"name\":\"王秀兰\",\"email\":\"wang@x.cn\",\"email_verified\":true}";

static pl_oidc_refusal check_at(const char *token, const char *set, int64_t at, pl_oidc_person *person, pl_arena *arena) {
    pl_oidc_refusal refusal;
    pl_oidc_person untouched = {.subject = {"nobody", 6}};
    *person = untouched;
    assert_int_equal(pl_oidc_token_check(person, arena, pl_str_of(token), pl_str_of(set), &provider, &client, &login, at, &refusal),
                     PL_OK);
    if (refusal) assert_memory_equal(person, &untouched, sizeof untouched); /* nothing of a refused token is handed on */
    return refusal;
}

static pl_oidc_refusal check(const char *token, const char *set) {
    pl_arena arena;
    pl_oidc_person person;
    pl_arena_init(&arena, 0);
    pl_oidc_refusal refusal = check_at(token, set, now, &person, &arena);
    pl_arena_free(&arena);
    return refusal;
}

/* ---- tokens ---- */

static void test_both_algorithms(void **state) {
    keys *k = *state;
    static const char *const headers[] = {"{\"alg\":\"RS256\",\"kid\":\"r1\"}",
                                          "{\"alg\":\"ES256\",\"kid\":\"e1\",\"typ\":\"JWT\"}", "{\"alg\":\"RS256\"}",
                                          "{\"alg\":\"ES256\"}"}; /* without a name: the only one of its kind */
    for (size_t i = 0; i < 4; i++) {
        token_text token;
        pl_arena arena;
        pl_oidc_person person;
        pl_arena_init(&arena, 0);
        sign(token, i % 2 ? k->ec : k->rsa, headers[i], good_claims);
        assert_int_equal(check_at(token, k->set, now, &person, &arena), PL_OIDC_FINE);
        assert_string_equal(person.subject.at, "u-17");
        assert_string_equal(person.name.at, "王秀兰");
        assert_string_equal(person.email.at, "wang@x.cn");
        assert_true(person.email_verified);
        pl_arena_free(&arena);
    }
}

static void unsigned_token(token_text out, const char *header, const char *claims, const char *signature) {
    char parts[2][1024];
    sodium_bin2base64(parts[0], sizeof parts[0], (const unsigned char *)header, strlen(header),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_bin2base64(parts[1], sizeof parts[1], (const unsigned char *)claims, strlen(claims),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(out, sizeof(token_text), "%s.%s.%s", parts[0], parts[1], signature);
}

static void test_no_signature_is_none(void **state) {
    keys *k = *state;
    static const char *const names[] = {"none", "None", "NONE", "", "rs256", "RS256 ", "HS256", "RS384", "PS256", "ES384", "EdDSA"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char header[64];
        token_text token;
        snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"r1\"}", names[i]);
        unsigned_token(token, header, good_claims, "");
        assert_int_equal(check(token, k->set), PL_OIDC_ALGORITHM);
        unsigned_token(token, header, good_claims, "AAAA");
        assert_int_equal(check(token, k->set), PL_OIDC_ALGORITHM);
    }
    token_text token;
    unsigned_token(token, "{\"kid\":\"r1\"}", good_claims, "AAAA");
    assert_int_equal(check(token, k->set), PL_OIDC_ALGORITHM);
    unsigned_token(token, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", good_claims, "");
    assert_int_not_equal(check(token, k->set), PL_OIDC_FINE);
    unsigned_token(token, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", good_claims, "AAAA");
    assert_int_not_equal(check(token, k->set), PL_OIDC_FINE);
}

/* The classic: the public key, which everybody knows, taken as the secret of a shared-secret signature. */
static void test_a_public_key_is_no_shared_secret(void **state) {
    keys *k = *state;
    char *public = cjose_jwk_to_json(k->rsa, false, NULL);
    cjose_jwk_t *key = cjose_jwk_create_oct_spec((const uint8_t *)public, strlen(public), NULL);
    token_text token;
    sign(token, key, "{\"alg\":\"HS256\",\"kid\":\"r1\"}", good_claims);
    assert_int_equal(check(token, k->set), PL_OIDC_ALGORITHM);
    cjose_jwk_release(key);
    free(public);
}

/* A provider that publishes a shared secret, and a token that was really signed with it: refused all the same. */
static void test_shared_secrets_are_not_taken(void **state) {
    keys *k = *state;
    token_text token;
    char set[1024];
    json_t *list = empty_set();
    publish(list, k->shared, "{\"k\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}");
    print_set(list, set, sizeof set);
    sign(token, k->shared, "{\"alg\":\"HS256\",\"kid\":\"s1\"}", good_claims);
    assert_int_equal(check(token, set), PL_OIDC_ALGORITHM);
    unsigned_token(token, "{\"alg\":\"RS256\",\"kid\":\"s1\"}", good_claims, "AAAA");
    assert_int_equal(check(token, set), PL_OIDC_KEY);
}

static void test_another_key_is_noticed(void **state) {
    keys *k = *state;
    token_text token;
    sign(token, k->other_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", good_claims); /* says it is r1 */
    assert_int_equal(check(token, k->set), PL_OIDC_SIGNATURE);
    sign(token, k->other_rsa, "{\"alg\":\"RS256\",\"kid\":\"r2\"}", good_claims);
    assert_int_equal(check(token, k->set), PL_OIDC_KEY);
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"e1\"}", good_claims); /* a key of the other kind */
    assert_int_equal(check(token, k->set), PL_OIDC_KEY);
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"b64\"]}", good_claims);
    assert_int_equal(check(token, k->set), PL_OIDC_TOKEN);
    /* A key that the token brings along is nobody's. */
    char header[1024], *public = cjose_jwk_to_json(k->other_rsa, false, NULL);
    snprintf(header, sizeof header, "{\"alg\":\"RS256\",\"jwk\":%s}", public);
    sign(token, k->other_rsa, header, good_claims);
    assert_int_equal(check(token, k->set), PL_OIDC_SIGNATURE);
    free(public);
}

static void test_keys_that_are_not_taken(void **state) {
    keys *k = *state;
    token_text token;
    char set[8192];
    const struct {
        const cjose_jwk_t *key;
        const char *further, *header;
    } cases[] = {{k->weak_rsa, "{}", "{\"alg\":\"RS256\",\"kid\":\"weak\"}"},
                 {k->rsa, "{\"use\":\"enc\"}", "{\"alg\":\"RS256\",\"kid\":\"r1\"}"},
                 {k->rsa, "{\"alg\":\"RS512\"}", "{\"alg\":\"RS256\",\"kid\":\"r1\"}"},
                 {k->rsa, "{\"n\":17}", "{\"alg\":\"RS256\",\"kid\":\"r1\"}"},
                 {k->rsa, "{\"e\":\"\"}", "{\"alg\":\"RS256\",\"kid\":\"r1\"}"},
                 {k->ec, "{\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", "{\"alg\":\"ES256\",\"kid\":\"e1\"}"},
                 {k->ec, "{\"crv\":\"P-384\"}", "{\"alg\":\"ES256\",\"kid\":\"e1\"}"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *list = empty_set();
        publish(list, cases[i].key, cases[i].further);
        print_set(list, set, sizeof set);
        sign(token, cases[i].key, cases[i].header, good_claims);
        if (check(token, set) != PL_OIDC_KEY) fail_msg("case %zu: %d", i, check(token, set));
    }
    /* Two keys of one kind, and a token that says of neither that it is the one. */
    json_t *list = empty_set();
    publish(list, k->rsa, "{}");
    publish(list, k->other_rsa, "{}");
    print_set(list, set, sizeof set);
    sign(token, k->rsa, "{\"alg\":\"RS256\"}", good_claims);
    assert_int_equal(check(token, set), PL_OIDC_KEY);
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", good_claims);
    assert_int_equal(check(token, set), PL_OIDC_FINE);
    static const char *const none[] = {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[1,null,{}]}", "{\"keys\":[],\"keys\":[]}"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_int_equal(check(token, none[i]), PL_OIDC_KEY);
}

/* Each character of a token changed in turn: never fine. */
static void test_any_change_is_noticed(void **state) {
    keys *k = *state;
    token_text token;
    sign(token, k->ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", good_claims);
    /* The last character has bits that mean nothing; a decoder may pass over them. */
    for (size_t i = 0; token[i + 1]; i++) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        if (check(token, k->set) == PL_OIDC_FINE) fail_msg("a change at %zu goes unnoticed", i);
        token[i] = was;
    }
    size_t length = strlen(token);
    static const char others[] = {0, '=', '.', '+', ' ', '\n'};
    for (size_t i = 0; i + 1 < length; i++)
        for (size_t j = 0; j < sizeof others; j++) {
            char was = token[i];
            token[i] = others[j];
            pl_arena arena;
            pl_oidc_person person;
            pl_oidc_refusal refusal;
            pl_arena_init(&arena, 0);
            assert_int_equal(pl_oidc_token_check(&person, &arena, (pl_str){token, length}, pl_str_of(k->set), &provider, &client,
                                                 &login, now, &refusal),
                             PL_OK);
            if (was != others[j]) assert_int_not_equal(refusal, PL_OIDC_FINE);
            pl_arena_free(&arena);
            token[i] = was;
        }
    assert_int_equal(check(token, k->set), PL_OIDC_FINE);
    strcat(token, ".AAAA");
    assert_int_equal(check(token, k->set), PL_OIDC_TOKEN);
}

#define CLAIMS(iss, aud, rest) "{\"iss\":" iss ",\"aud\":" aud "," rest "}"
#define ISS "\"https://id.example.org\""
#define AUD "\"plumbline\""
#define TIMES "\"iat\":1700000000,\"exp\":1700000300"
#define WHO "\"sub\":\"u\",\"nonce\":\"the-nonce\""

static void test_what_a_token_must_say(void **state) {
    keys *k = *state;
    static const struct {
        const char *claims;
        pl_oidc_refusal refusal;
    } cases[] = {
        {CLAIMS(ISS, AUD, TIMES "," WHO), PL_OIDC_FINE},
        {CLAIMS("\"https://id.example.org/\"", AUD, TIMES "," WHO), PL_OIDC_ISSUER},
        {CLAIMS("[" ISS "]", AUD, TIMES "," WHO), PL_OIDC_ISSUER},
        {"{" TIMES "," WHO "}", PL_OIDC_ISSUER},
        {CLAIMS(ISS, "\"other\"", TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, "[]", TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, "{\"0\":\"plumbline\"}", TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, "[\"plumbline\"]", TIMES "," WHO), PL_OIDC_FINE},
        {CLAIMS(ISS, "[\"other\",\"plumbline\"]", TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, "[\"other\",\"plumbline\"]", "\"azp\":\"plumbline\"," TIMES "," WHO), PL_OIDC_FINE},
        {CLAIMS(ISS, "[\"other\",\"plumbline\"]", "\"azp\":\"other\"," TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, AUD, "\"azp\":\"other\"," TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, AUD, "\"azp\":null," TIMES "," WHO), PL_OIDC_AUDIENCE},
        {CLAIMS(ISS, AUD, "\"exp\":1700000300," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, "\"iat\":1700000000," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, "\"iat\":1700000000,\"exp\":\"1700000300\"," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, "\"iat\":1700000000,\"exp\":1e300," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, "\"iat\":1699999999.5,\"exp\":1700000300.5," WHO), PL_OIDC_FINE},
        {CLAIMS(ISS, AUD, "\"nbf\":1700000060," TIMES "," WHO), PL_OIDC_FINE},
        {CLAIMS(ISS, AUD, "\"nbf\":1700000061," TIMES "," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, "\"nbf\":\"soon\"," TIMES "," WHO), PL_OIDC_TIME},
        {CLAIMS(ISS, AUD, TIMES ",\"sub\":\"u\""), PL_OIDC_NONCE},
        {CLAIMS(ISS, AUD, TIMES ",\"sub\":\"u\",\"nonce\":\"the-noncE\""), PL_OIDC_NONCE},
        {CLAIMS(ISS, AUD, TIMES ",\"sub\":\"u\",\"nonce\":\"\""), PL_OIDC_NONCE},
        {CLAIMS(ISS, AUD, TIMES ",\"nonce\":\"the-nonce\""), PL_OIDC_SUBJECT},
        {CLAIMS(ISS, AUD, TIMES ",\"nonce\":\"the-nonce\",\"sub\":\"\""), PL_OIDC_SUBJECT},
        {CLAIMS(ISS, AUD, TIMES ",\"nonce\":\"the-nonce\",\"sub\":17"), PL_OIDC_SUBJECT},
        {CLAIMS(ISS, AUD, "\"aud\":\"plumbline\"," TIMES "," WHO), PL_OIDC_TOKEN}, /* said twice */
        {"[]", PL_OIDC_TOKEN},
        {"{", PL_OIDC_TOKEN},
        {"", PL_OIDC_TOKEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        token_text token;
        if (!*cases[i].claims) continue;
        sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", cases[i].claims);
        pl_oidc_refusal refusal = check(token, k->set);
        if (refusal != cases[i].refusal) fail_msg("%s: %s", cases[i].claims, pl_oidc_refusal_text(refusal, false));
    }
}

static void test_times(void **state) {
    keys *k = *state;
    token_text token;
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS(ISS, AUD, "\"iat\":1700000000,\"exp\":1700090000," WHO));
    static const struct {
        int64_t at;
        pl_oidc_refusal refusal;
    } cases[] = {
        {1700000000 - 60, PL_OIDC_FINE}, {1700000000 - 61, PL_OIDC_TIME}, {1700003600, PL_OIDC_FINE}, {1700003601, PL_OIDC_TIME}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_arena arena;
        pl_oidc_person person;
        pl_arena_init(&arena, 0);
        assert_int_equal(check_at(token, k->set, cases[i].at, &person, &arena), cases[i].refusal);
        pl_arena_free(&arena);
    }
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", good_claims);
    pl_arena arena;
    pl_oidc_person person;
    pl_arena_init(&arena, 0);
    assert_int_equal(check_at(token, k->set, 1700000300 + 59, &person, &arena), PL_OIDC_FINE);
    assert_int_equal(check_at(token, k->set, 1700000300 + 60, &person, &arena), PL_OIDC_TIME);
    pl_arena_free(&arena);
}

/* A login without a nonce or a state accepts nothing, not the empty one. */
static void test_an_empty_login_accepts_nothing(void **state) {
    keys *k = *state;
    token_text token;
    pl_arena arena;
    pl_oidc_person person;
    pl_oidc_refusal refusal;
    const pl_oidc_login empty = {.state = ""};
    pl_arena_init(&arena, 0);
    sign(token, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS(ISS, AUD, TIMES ",\"sub\":\"u\",\"nonce\":\"\""));
    assert_int_equal(
        pl_oidc_token_check(&person, &arena, pl_str_of(token), pl_str_of(k->set), &provider, &client, &empty, now, &refusal),
        PL_OK);
    assert_int_equal(refusal, PL_OIDC_NONCE);
    const pl_oidc_return returned = {.code = {"c", 1}};
    assert_int_equal(pl_oidc_return_check(&provider, &empty, &returned), PL_OIDC_STATE);
    pl_arena_free(&arena);
}

/* ---- the provider's description ---- */

#define DESCRIPTION(issuer, login_at, methods, algorithms)                                                                         \
    "{\"issuer\":\"" issuer "\",\"authorization_endpoint\":\"" login_at "\",\"token_endpoint\":\"https://id.example.org/token\","  \
    "\"jwks_uri\":\"https://id.example.org/keys\",\"response_types_supported\":[\"code\",\"id_token\"]," methods                   \
    "\"id_token_signing_alg_values_supported\":[" algorithms "]}"
#define AT "https://id.example.org"
#define S256 "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"

static pl_oidc_refusal describe(const char *json, const char *issuer, bool loopback) {
    pl_arena arena;
    pl_oidc_provider read = {{NULL, 0}};
    pl_oidc_refusal refusal;
    pl_arena_init(&arena, 0);
    assert_int_equal(pl_oidc_provider_read(&read, &arena, pl_str_of(issuer), pl_str_of(json), loopback, &refusal), PL_OK);
    if (!refusal) assert_string_equal(read.keys.at, "https://id.example.org/keys");
    if (refusal) assert_null(read.issuer.at);
    pl_arena_free(&arena);
    return refusal;
}

static void test_the_description(void **state) {
    (void)state;
    static const struct {
        const char *json;
        pl_oidc_refusal refusal;
    } cases[] = {{DESCRIPTION(AT, AT "/login", S256, "\"RS256\""), PL_OIDC_FINE},
                 {DESCRIPTION(AT, AT "/login", "", "\"HS256\",\"ES256\""), PL_OIDC_FINE},
                 {DESCRIPTION("https://evil.example.org", AT "/login", S256, "\"RS256\""), PL_OIDC_DISCOVERY},
                 {DESCRIPTION(AT "/", AT "/login", S256, "\"RS256\""), PL_OIDC_DISCOVERY},
                 {DESCRIPTION(AT, AT "/login", "\"code_challenge_methods_supported\":[\"plain\"],", "\"RS256\""), PL_OIDC_METHODS},
                 {DESCRIPTION(AT, AT "/login", S256, "\"HS256\",\"none\""), PL_OIDC_METHODS},
                 {DESCRIPTION(AT, "http://id.example.org/login", S256, "\"RS256\""), PL_OIDC_ADDRESS},
                 {DESCRIPTION(AT, "javascript:alert(1)", S256, "\"RS256\""), PL_OIDC_ADDRESS},
                 {DESCRIPTION(AT, "https://id.example.org@evil.org/", S256, "\"RS256\""), PL_OIDC_ADDRESS},
                 {DESCRIPTION(AT, "https://id.example.org/ x", S256, "\"RS256\""), PL_OIDC_ADDRESS},
                 {DESCRIPTION(AT, "", S256, "\"RS256\""), PL_OIDC_ADDRESS},
                 {"", PL_OIDC_DISCOVERY},
                 {"[]", PL_OIDC_DISCOVERY},
                 {"{\"issuer\":\"" AT "\"}", PL_OIDC_METHODS}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_oidc_refusal refusal = describe(cases[i].json, AT, false);
        if (refusal != cases[i].refusal) fail_msg("%s: %s", cases[i].json, pl_oidc_refusal_text(refusal, false));
    }
}

static void test_http_is_for_this_machine_only(void **state) {
    (void)state;
    static const char good[] = DESCRIPTION(AT, "http://127.0.0.1:8080/login", S256, "\"RS256\"");
    assert_int_equal(describe(good, AT, true), PL_OIDC_FINE);
    assert_int_equal(describe(good, AT, false), PL_OIDC_ADDRESS);
    static const char *const others[] = {DESCRIPTION(AT, "http://127.0.0.1.example.org/", S256, "\"RS256\""),
                                         DESCRIPTION(AT, "http://localhost:80@example.org/", S256, "\"RS256\""),
                                         DESCRIPTION(AT, "http://localhostess/", S256, "\"RS256\""),
                                         DESCRIPTION(AT, "http://localhost", S256, "\"RS256\"")};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_int_equal(describe(others[i], AT, true), PL_OIDC_ADDRESS);
}

/* ---- there and back ---- */

/* RFC 7636, appendix B. */
static void test_the_challenge_of_the_rfc(void **state) {
    (void)state;
    const pl_oidc_login rfc = {"s", "n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
    pl_buffer out;
    pl_buffer_init(&out, 0);
    assert_int_equal(pl_oidc_login_url(&out, &provider, &client, &rfc), PL_OK);
    assert_string_equal(out.at, "https://id.example.org/login?response_type=code&scope=openid%20profile%20email&client_id=plumbline"
                                "&redirect_uri=https%3A%2F%2Fplumb.example.org%2Fback&state=s&nonce=n"
                                "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
    pl_buffer_free(&out);
}

static void test_logins_differ(void **state) {
    (void)state;
    pl_oidc_login a, b;
    assert_int_equal(pl_oidc_login_make(&a), PL_OK);
    assert_int_equal(pl_oidc_login_make(&b), PL_OK);
    const char *texts[] = {a.state, a.nonce, a.verifier, b.state, b.nonce, b.verifier};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(strlen(texts[i]), PL_OIDC_RANDOM - 1);
        for (size_t j = 0; j < i; j++) assert_string_not_equal(texts[i], texts[j]);
    }
}

static void test_what_comes_back(void **state) {
    (void)state;
    static const struct {
        const char *state, *code, *error, *issuer;
        pl_oidc_refusal refusal;
    } cases[] = {{"the-state", "c", NULL, NULL, PL_OIDC_FINE},
                 {"the-state", "c", NULL, AT, PL_OIDC_FINE},
                 {"the-state", "c", NULL, "https://evil.example.org", PL_OIDC_ISSUER},
                 {"the-statE", "c", NULL, NULL, PL_OIDC_STATE},
                 {NULL, "c", NULL, NULL, PL_OIDC_STATE},
                 {"", "c", NULL, NULL, PL_OIDC_STATE},
                 {"the-state", NULL, "access_denied", NULL, PL_OIDC_DENIED},
                 {"the-state", "c", "access_denied", NULL, PL_OIDC_DENIED},
                 {"the-state", NULL, NULL, NULL, PL_OIDC_DENIED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pl_oidc_return returned = {pl_str_of(cases[i].state), pl_str_of(cases[i].code), pl_str_of(cases[i].error),
                                         pl_str_of(cases[i].issuer)};
        assert_int_equal(pl_oidc_return_check(&provider, &login, &returned), cases[i].refusal);
    }
}

/* A provider that answers from memory and remembers what it was asked. */
typedef struct fake {
    const char *keys, *answer; /* NULL: it is down */
    size_t key_requests, token_requests;
    char form[512], user[64], password[64];
} fake;

static void remember(char *out, size_t room, pl_str text) { snprintf(out, room, "%.*s", PL_ARG(text)); }

static pl_status request(void *context, pl_str url, pl_str form, pl_str user, pl_str password, pl_buffer *body) {
    fake *f = context;
    bool for_keys = pl_str_equal(url, provider.keys);
    const char *answer = for_keys ? f->keys : f->answer;
    if (for_keys)
        f->key_requests++;
    else {
        assert_true(pl_str_equal(url, provider.token));
        f->token_requests++;
        remember(f->form, sizeof f->form, form);
        remember(f->user, sizeof f->user, user);
        remember(f->password, sizeof f->password, password);
    }
    if (!answer) return PL_IO;
    pl_buffer_text(body, answer);
    return PL_OK;
}

static pl_status finish(fake *f, pl_oidc_keys *kept, int64_t at, pl_oidc_refusal *refusal) {
    pl_arena arena;
    pl_oidc_person person;
    const pl_oidc_fetch fetch = {request, f};
    const pl_oidc_return returned = {{"the-state", 9}, {"c o/de", 6}, {NULL, 0}, {NULL, 0}};
    pl_arena_init(&arena, 0);
    pl_status status = pl_oidc_finish(&person, &arena, &fetch, kept, &provider, &client, &login, &returned, at, refusal);
    if (status == PL_OK && !*refusal) assert_string_equal(person.subject.at, "u-17");
    pl_arena_free(&arena);
    return status;
}

static void answer_of(char *out, size_t room, const cjose_jwk_t *key, const char *header) {
    token_text token;
    sign(token, key, header, good_claims);
    snprintf(out, room, "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"id_token\":\"%s\"}", token);
}

static void test_a_login_from_end_to_end(void **state) {
    keys *k = *state;
    char answer[5000];
    fake f = {.keys = k->set, .answer = answer};
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_refusal refusal;
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_FINE);
    assert_string_equal(f.form, "grant_type=authorization_code&code=c%20o%2Fde&redirect_uri=https%3A%2F%2Fplumb.example.org%2Fback"
                                "&code_verifier=the-verifier");
    assert_string_equal(f.user, "plumbline");
    assert_string_equal(f.password, "s%26cret");
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_OK); /* the keys are known by now */
    assert_int_equal(f.key_requests, 1);
    pl_buffer_free(&kept.json);
}

static void test_keys_rotate(void **state) {
    keys *k = *state;
    char answer[5000], newer[4096];
    json_t *list = empty_set();
    publish(list, k->other_rsa, "{}");
    print_set(list, newer, sizeof newer);
    fake f = {.keys = k->set, .answer = answer};
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_refusal refusal;
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_OK);
    answer_of(answer, sizeof answer, k->other_rsa, "{\"alg\":\"RS256\",\"kid\":\"r2\"}");
    f.keys = newer;
    /* Within the rest nobody can make the keys be fetched by naming keys that do not exist. */
    assert_int_equal(finish(&f, &kept, now + PL_OIDC_KEYS_REST - 1, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_KEY);
    assert_int_equal(f.key_requests, 1);
    assert_int_equal(finish(&f, &kept, now + PL_OIDC_KEYS_REST, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_FINE);
    assert_int_equal(f.key_requests, 2);
    /* The old key is good no more. */
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_int_equal(finish(&f, &kept, now + PL_OIDC_KEYS_REST + 1, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_KEY);
    pl_buffer_free(&kept.json);
}

static void test_a_provider_that_is_down_or_answers_nonsense(void **state) {
    keys *k = *state;
    char answer[5000];
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_refusal refusal;
    fake f = {.keys = NULL, .answer = answer};
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_IO);
    f.keys = k->set;
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_OK);
    /* Known keys stay when new ones cannot be had. */
    answer_of(answer, sizeof answer, k->other_rsa, "{\"alg\":\"RS256\",\"kid\":\"r2\"}");
    f.keys = NULL;
    assert_int_equal(finish(&f, &kept, now + PL_OIDC_KEYS_REST, &refusal), PL_IO);
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_int_equal(finish(&f, &kept, now + PL_OIDC_KEYS_REST, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_FINE);
    static const char *const nonsense[] = {"", "[]", "{}", "{\"id_token\":17}", "{\"error\":\"invalid_grant\"}", "<html>"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        f.answer = nonsense[i];
        assert_int_equal(finish(&f, &kept, now, &refusal), PL_OK);
        assert_int_equal(refusal, PL_OIDC_ANSWER);
    }
    f.answer = NULL;
    assert_int_equal(finish(&f, &kept, now, &refusal), PL_IO);
    pl_buffer_free(&kept.json);
}

/* A public client names itself in the form and sends no password. */
static void test_a_client_without_a_secret(void **state) {
    keys *k = *state;
    const pl_oidc_client public = {client.id, {NULL, 0}, client.redirect};
    const pl_oidc_return returned = {.state = {"the-state", 9}, .code = {"c", 1}};
    fake f = {.keys = k->set, .answer = "{}"};
    const pl_oidc_fetch fetch = {request, &f};
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_person person;
    pl_oidc_refusal refusal;
    pl_arena arena;
    pl_arena_init(&arena, 0);
    assert_int_equal(pl_oidc_finish(&person, &arena, &fetch, &kept, &provider, &public, &login, &returned, now, &refusal), PL_OK);
    assert_string_equal(f.user, "");
    assert_string_equal(f.password, "");
    assert_non_null(strstr(f.form, "&client_id=plumbline"));
    pl_arena_free(&arena);
}

/* An answer that belongs to no login costs no request. */
static void test_a_foreign_answer_asks_nobody(void **state) {
    (void)state;
    fake f = {.keys = NULL};
    const pl_oidc_fetch fetch = {request, &f};
    const pl_oidc_return returned = {.state = {"another", 7}, .code = {"c", 1}};
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_person person;
    pl_oidc_refusal refusal;
    assert_int_equal(pl_oidc_finish(&person, NULL, &fetch, &kept, &provider, &client, &login, &returned, now, &refusal), PL_OK);
    assert_int_equal(refusal, PL_OIDC_STATE);
    assert_int_equal(f.token_requests + f.key_requests, 0);
}

static void test_every_refusal_has_its_text(void **state) {
    (void)state;
    for (int refusal = 0; refusal < PL_OIDC_REFUSALS; refusal++)
        for (int chinese = 0; chinese < 2; chinese++) assert_true(*pl_oidc_refusal_text((pl_oidc_refusal)refusal, chinese));
}

static bool whole_login(void *context) {
    fake *f = context;
    pl_oidc_keys kept = {.fetched = 0};
    pl_oidc_refusal refusal;
    pl_status status = finish(f, &kept, now, &refusal);
    pl_buffer_free(&kept.json);
    if (status != PL_OK)
        assert_int_equal(status, PL_MEMORY);
    else
        assert_int_equal(refusal, PL_OIDC_FINE); /* no memory is no refusal */
    return status == PL_OK;
}

static bool read_description(void *context) {
    pl_arena arena;
    pl_oidc_provider read;
    pl_oidc_refusal refusal;
    pl_buffer url;
    pl_arena_init(&arena, 0);
    pl_buffer_init(&url, 0);
    pl_status status = pl_oidc_provider_read(&read, &arena, pl_str_of(AT), pl_str_of(context), false, &refusal);
    if (status == PL_OK) status = pl_oidc_login_url(&url, &read, &client, &login);
    pl_arena_free(&arena);
    pl_buffer_free(&url);
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    return status == PL_OK;
}

static void test_memory_runs_out_cleanly(void **state) {
    keys *k = *state;
    char answer[5000], description[] = DESCRIPTION(AT, AT "/login", S256, "\"RS256\"");
    fake f = {.keys = k->set, .answer = answer};
    answer_of(answer, sizeof answer, k->rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}");
    assert_true(allocations_walk(whole_login, &f, 200) > 5);
    assert_true(allocations_walk(read_description, description, 50) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_algorithms),
        cmocka_unit_test(test_no_signature_is_none),
        cmocka_unit_test(test_a_public_key_is_no_shared_secret),
        cmocka_unit_test(test_shared_secrets_are_not_taken),
        cmocka_unit_test(test_another_key_is_noticed),
        cmocka_unit_test(test_keys_that_are_not_taken),
        cmocka_unit_test(test_any_change_is_noticed),
        cmocka_unit_test(test_what_a_token_must_say),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_an_empty_login_accepts_nothing),
        cmocka_unit_test(test_the_description),
        cmocka_unit_test(test_http_is_for_this_machine_only),
        cmocka_unit_test(test_the_challenge_of_the_rfc),
        cmocka_unit_test(test_logins_differ),
        cmocka_unit_test(test_what_comes_back),
        cmocka_unit_test(test_a_login_from_end_to_end),
        cmocka_unit_test(test_keys_rotate),
        cmocka_unit_test(test_a_provider_that_is_down_or_answers_nonsense),
        cmocka_unit_test(test_a_client_without_a_secret),
        cmocka_unit_test(test_a_foreign_answer_asks_nobody),
        cmocka_unit_test(test_every_refusal_has_its_text),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("login through a provider", tests, make_keys, free_keys);
}
