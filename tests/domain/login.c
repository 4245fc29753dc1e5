/* Login through a provider: its description, the way there and the way back. */
#include "domain/provider.h"

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

/* A provider that takes the secret in no header gets it in the form. */
static void test_the_secret_goes_where_the_provider_takes_it(void **state) {
    keys *k = *state;
    static const struct {
        const char *methods;
        bool in_form;
    } cases[] = {{"", false},
                 {"\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],", true},
                 {"\"token_endpoint_auth_methods_supported\":[\"client_secret_post\",\"client_secret_basic\"],", false}};
    for (size_t i = 0; i < 3; i++) {
        char json[1024];
        snprintf(json, sizeof json, DESCRIPTION(AT, AT "/login", "%s", "\"RS256\""), cases[i].methods);
        const pl_oidc_return returned = {.state = {"the-state", 9}, .code = {"c", 1}};
        fake f = {.keys = k->set, .answer = "{}"};
        const pl_oidc_fetch fetch = {request, &f};
        pl_oidc_keys kept = {.fetched = 0};
        pl_oidc_provider read;
        pl_oidc_person person;
        pl_oidc_refusal refusal;
        pl_arena arena;
        pl_arena_init(&arena, 0);
        assert_int_equal(pl_oidc_provider_read(&read, &arena, pl_str_of(AT), pl_str_of(json), false, &refusal), PL_OK);
        assert_int_equal(refusal, PL_OIDC_FINE);
        assert_int_equal(pl_oidc_finish(&person, &arena, &fetch, &kept, &read, &client, &login, &returned, now, &refusal), PL_OK);
        assert_int_equal(strstr(f.form, "&client_id=plumbline&client_secret=s%26cret") != NULL, cases[i].in_form);
        assert_string_equal(f.password, cases[i].in_form ? "" : "s%26cret");
        pl_arena_free(&arena);
    }
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
        cmocka_unit_test(test_the_description),
        cmocka_unit_test(test_http_is_for_this_machine_only),
        cmocka_unit_test(test_the_challenge_of_the_rfc),
        cmocka_unit_test(test_logins_differ),
        cmocka_unit_test(test_what_comes_back),
        cmocka_unit_test(test_a_login_from_end_to_end),
        cmocka_unit_test(test_keys_rotate),
        cmocka_unit_test(test_a_provider_that_is_down_or_answers_nonsense),
        cmocka_unit_test(test_a_client_without_a_secret),
        cmocka_unit_test(test_the_secret_goes_where_the_provider_takes_it),
        cmocka_unit_test(test_a_foreign_answer_asks_nobody),
        cmocka_unit_test(test_every_refusal_has_its_text),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("login through a provider", tests, make_keys, free_keys);
}
