/* ID tokens: which are taken and which are not. */
#include "domain/provider.h"

#include <sodium.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
    };
    return cmocka_run_group_tests_name("ID tokens", tests, make_keys, free_keys);
}
