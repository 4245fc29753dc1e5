#include "domain/oidc.h"

#include "domain/json.h"
#include "domain/secret.h"

#include <plumbline/base/digest.h>

#include <sodium.h>

static const struct {
    const char *english, *chinese;
} texts[PL_OIDC_REFUSALS] = {
    [PL_OIDC_FINE] = {"fine", "通过"},
    [PL_OIDC_DISCOVERY] = {"the provider's description cannot be read or is of another issuer; check the issuer's address",
                           "身份提供方的说明无法读取或属于其他签发方；请检查签发方地址"},
    [PL_OIDC_ADDRESS] = {"the provider names an address that is not https", "身份提供方给出的地址不是 https"},
    [PL_OIDC_METHODS] = {"the provider cannot do what is needed: code, S256, and RS256 or ES256",
                         "身份提供方不支持所需方式：授权码、S256、RS256 或 ES256"},
    [PL_OIDC_STATE] = {"the answer belongs to no login begun in this browser; begin again",
                       "返回与本浏览器发起的登录不符；请重新登录"},
    [PL_OIDC_DENIED] = {"the provider let nobody in", "身份提供方未予登录"},
    [PL_OIDC_ANSWER] = {"the provider gave no ID token for the code", "身份提供方未给出身份令牌"},
    [PL_OIDC_TOKEN] = {"the ID token cannot be read", "身份令牌无法读取"},
    [PL_OIDC_ALGORITHM] = {"the ID token is not signed with RS256 or ES256", "身份令牌未用 RS256 或 ES256 签名"},
    [PL_OIDC_KEY] = {"the provider has no key that the ID token was signed with", "身份提供方没有签名所用的密钥"},
    [PL_OIDC_SIGNATURE] = {"the signature of the ID token is wrong", "身份令牌签名不正确"},
    [PL_OIDC_ISSUER] = {"the ID token is of another issuer", "身份令牌由其他签发方签发"},
    [PL_OIDC_AUDIENCE] = {"the ID token was made for another program", "身份令牌不是签发给本系统的"},
    [PL_OIDC_TIME] = {"the ID token is over, not yet good or too old; compare the clocks",
                      "身份令牌已过期、未生效或过旧；请核对两边时钟"},
    [PL_OIDC_NONCE] = {"the ID token was made for another login", "身份令牌属于另一次登录"},
    [PL_OIDC_SUBJECT] = {"the ID token names nobody", "身份令牌未指明何人"},
};

const char *pl_oidc_refusal_text(pl_oidc_refusal refusal, bool chinese) {
    return chinese ? texts[refusal].chinese : texts[refusal].english;
}

/* ---- the provider ---- */

static bool starts_with(pl_str text, const char *start) {
    size_t length = strlen(start);
    return text.len > length && !memcmp(text.at, start, length);
}

static bool is_printable(pl_str text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '#') return false;
    return text.len != 0;
}

/* What follows the scheme is this machine: nothing but a port or a path behind it, so not localhost.example.com. */
static bool is_loopback(pl_str address) {
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t length = strlen(hosts[i]);
        if (starts_with(address, hosts[i]) && (address.at[length] == ':' || address.at[length] == '/')) return true;
    }
    return false;
}

/* Nobody's name before the host: http://127.0.0.1:80@example.com is not this machine. */
static bool has_user(pl_str address) {
    const char *host = memchr(address.at, '/', address.len);
    size_t from = host ? (size_t)(host - address.at) + 2 : 0;
    for (size_t i = from; i < address.len && !strchr("/?", address.at[i]); i++)
        if (address.at[i] == '@') return true;
    return false;
}

static bool is_safe(pl_str address, bool loopback) {
    if (!is_printable(address) || has_user(address)) return false;
    return starts_with(address, "https://") || (loopback && is_loopback(address));
}

/* PKCE is asked for in any case; a provider that lists its methods must list S256. */
static bool can(const json_t *description) {
    const json_t *methods = json_object_get(description, "code_challenge_methods_supported");
    return pl_json_member_lists(description, "response_types_supported", "code") &&
           (!methods || pl_json_member_lists(description, "code_challenge_methods_supported", "S256")) &&
           (pl_json_member_lists(description, "id_token_signing_alg_values_supported", "RS256") ||
            pl_json_member_lists(description, "id_token_signing_alg_values_supported", "ES256"));
}

/* In the header (client_secret_basic) unless the provider lists its ways and that is not among them. */
static bool wants_secret_in_form(const json_t *description) {
    static const char member[] = "token_endpoint_auth_methods_supported";
    return json_object_get(description, member) && !pl_json_member_lists(description, member, "client_secret_basic") &&
           pl_json_member_lists(description, member, "client_secret_post");
}

static pl_status take(pl_oidc_provider *out, pl_arena *arena, const json_t *description, bool loopback, pl_oidc_refusal *refusal) {
    const pl_str from[] = {pl_json_member_text(description, "issuer"), pl_json_member_text(description, "authorization_endpoint"),
                           pl_json_member_text(description, "token_endpoint"), pl_json_member_text(description, "jwks_uri")};
    pl_oidc_provider provider = {.secret_in_form = wants_secret_in_form(description)};
    pl_str *const to[] = {&provider.issuer, &provider.authorization, &provider.token, &provider.keys};
    for (size_t i = 0; i < 4; i++) {
        if (!is_safe(from[i], loopback)) {
            *refusal = PL_OIDC_ADDRESS;
            return PL_OK;
        }
        if (!pl_str_copy(to[i], arena, from[i])) return PL_MEMORY;
    }
    *out = provider;
    return PL_OK;
}

pl_status pl_oidc_provider_read(pl_oidc_provider *out, pl_arena *arena, pl_str issuer, pl_str json, bool loopback,
                                pl_oidc_refusal *refusal) {
    json_t *description;
    *refusal = PL_OIDC_FINE;
    pl_status status = pl_json_read_object(json, &description);
    if (status == PL_INPUT || (status == PL_OK && !pl_str_equal(pl_json_member_text(description, "issuer"), issuer))) {
        *refusal = PL_OIDC_DISCOVERY;
        status = PL_OK;
    } else if (status == PL_OK && !can(description))
        *refusal = PL_OIDC_METHODS;
    else if (status == PL_OK)
        status = take(out, arena, description, loopback, refusal);
    json_decref(description);
    return status;
}

/* ---- the way there ---- */

static void base64url(char out[PL_OIDC_RANDOM], const unsigned char bytes[32]) {
    sodium_bin2base64(out, PL_OIDC_RANDOM, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static pl_status make_random(char out[PL_OIDC_RANDOM]) {
    unsigned char bytes[32];
    pl_status status = pl_secret_random(bytes, sizeof bytes);
    if (status == PL_OK) base64url(out, bytes);
    pl_secret_wipe(bytes, sizeof bytes);
    return status;
}

pl_status pl_oidc_login_make(pl_oidc_login *out) {
    pl_status status = make_random(out->state);
    if (status == PL_OK) status = make_random(out->nonce);
    if (status == PL_OK) status = make_random(out->verifier);
    return status;
}

static void add_value(pl_buffer *out, const char *name, pl_str value) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    pl_buffer_text(out, name);
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] && strchr(plain, value.at[i]))
            pl_buffer_char(out, value.at[i]);
        else
            pl_buffer_print(out, "%%%02X", (unsigned char)value.at[i]);
}

pl_status pl_oidc_login_url(pl_buffer *out, const pl_oidc_provider *provider, const pl_oidc_client *client,
                            const pl_oidc_login *login) {
    unsigned char digest[PL_DIGEST_SIZE];
    char challenge[PL_OIDC_RANDOM];
    pl_status status = pl_digest_bytes(PL_SHA256, login->verifier, strlen(login->verifier), digest);
    if (status != PL_OK) return status;
    base64url(challenge, digest);
    pl_buffer_str(out, provider->authorization);
    pl_buffer_text(out, memchr(provider->authorization.at, '?', provider->authorization.len) ? "&" : "?");
    pl_buffer_text(out, "response_type=code&scope=openid%20profile%20email");
    add_value(out, "&client_id=", client->id);
    add_value(out, "&redirect_uri=", client->redirect);
    add_value(out, "&state=", pl_str_of(login->state));
    add_value(out, "&nonce=", pl_str_of(login->nonce));
    add_value(out, "&code_challenge=", pl_str_of(challenge));
    pl_buffer_text(out, "&code_challenge_method=S256");
    return out->failed ? PL_MEMORY : PL_OK;
}

pl_oidc_refusal pl_oidc_return_check(const pl_oidc_provider *provider, const pl_oidc_login *login, const pl_oidc_return *returned) {
    if (!login->state[0] || !pl_secret_equal(returned->state, pl_str_of(login->state))) return PL_OIDC_STATE;
    if (returned->issuer.len && !pl_str_equal(returned->issuer, provider->issuer)) return PL_OIDC_ISSUER;
    return returned->error.len || !returned->code.len ? PL_OIDC_DENIED : PL_OIDC_FINE;
}

/* ---- the way back ---- */

/* Bytes that an honest provider stays far below. */
#define ANSWER_MOST 65536
#define KEYS_MOST 262144

/* Who asks, in the header or in the form. A client without a secret only names itself. */
static void write_client(pl_buffer *form, pl_buffer *user, pl_buffer *password, const pl_oidc_provider *provider,
                         const pl_oidc_client *client) {
    if (client->secret.len && !provider->secret_in_form) {
        add_value(user, "", client->id);
        add_value(password, "", client->secret);
        return;
    }
    add_value(form, "&client_id=", client->id);
    if (client->secret.len) add_value(form, "&client_secret=", client->secret);
}

static pl_status ask_for_token(const pl_oidc_fetch *fetch, const pl_oidc_provider *provider, const pl_oidc_client *client,
                               const pl_oidc_login *login, pl_str code, pl_buffer *answer) {
    pl_buffer form, user, password;
    pl_secret_room(&form, 256 + 3 * (code.len + client->redirect.len + client->id.len + client->secret.len));
    pl_secret_room(&password, 1 + 3 * client->secret.len);
    pl_buffer_init(&user, 0);
    add_value(&form, "grant_type=authorization_code&code=", code);
    add_value(&form, "&redirect_uri=", client->redirect);
    add_value(&form, "&code_verifier=", pl_str_of(login->verifier));
    write_client(&form, &user, &password, provider, client);
    bool failed = form.failed || user.failed || password.failed;
    pl_status status = failed ? PL_MEMORY
                              : fetch->request(fetch->context, provider->token, pl_buffer_view(&form), pl_buffer_view(&user),
                                               pl_buffer_view(&password), answer);
    pl_secret_free(&form);
    pl_secret_free(&password);
    pl_buffer_free(&user);
    return status == PL_OK && answer->failed ? PL_MEMORY : status;
}

/* New keys take the place of the old ones only when they have come. */
static pl_status fetch_keys(const pl_oidc_fetch *fetch, const pl_oidc_provider *provider, pl_oidc_keys *keys, int64_t now) {
    pl_buffer fresh;
    pl_str none = {NULL, 0};
    pl_buffer_init(&fresh, KEYS_MOST);
    pl_status status = fetch->request(fetch->context, provider->keys, none, none, none, &fresh);
    if (status == PL_OK && fresh.failed) status = PL_MEMORY;
    if (status == PL_OK) {
        pl_buffer_free(&keys->json);
        keys->json = fresh;
        keys->fetched = now;
    } else
        pl_buffer_free(&fresh);
    return status;
}

static bool may_fetch_again(const pl_oidc_keys *keys, int64_t now) {
    return now < keys->fetched || now - keys->fetched >= PL_OIDC_KEYS_REST;
}

static pl_status check_with_keys(pl_oidc_person *out, pl_arena *arena, const pl_oidc_fetch *fetch, pl_oidc_keys *keys, pl_str token,
                                 const pl_oidc_provider *provider, const pl_oidc_client *client, const pl_oidc_login *login,
                                 int64_t now, pl_oidc_refusal *refusal) {
    bool fetched = !keys->json.len;
    pl_status status = fetched ? fetch_keys(fetch, provider, keys, now) : PL_OK;
    if (status != PL_OK) return status;
    status = pl_oidc_token_check(out, arena, token, pl_buffer_view(&keys->json), provider, client, login, now, refusal);
    if (status != PL_OK || *refusal != PL_OIDC_KEY || fetched || !may_fetch_again(keys, now)) return status;
    status = fetch_keys(fetch, provider, keys, now);
    if (status != PL_OK) return status;
    return pl_oidc_token_check(out, arena, token, pl_buffer_view(&keys->json), provider, client, login, now, refusal);
}

pl_status pl_oidc_finish(pl_oidc_person *out, pl_arena *arena, const pl_oidc_fetch *fetch, pl_oidc_keys *keys,
                         const pl_oidc_provider *provider, const pl_oidc_client *client, const pl_oidc_login *login,
                         const pl_oidc_return *returned, int64_t now, pl_oidc_refusal *refusal) {
    pl_buffer answer;
    json_t *object = NULL;
    *refusal = pl_oidc_return_check(provider, login, returned);
    if (*refusal) return PL_OK;
    pl_buffer_init(&answer, ANSWER_MOST);
    pl_status status = ask_for_token(fetch, provider, client, login, returned->code, &answer);
    if (status == PL_OK) status = pl_json_read_object(pl_buffer_view(&answer), &object);
    pl_str token = pl_json_member_text(object, "id_token");
    if (status == PL_INPUT || (status == PL_OK && !token.len)) {
        *refusal = PL_OIDC_ANSWER;
        status = PL_OK;
    } else if (status == PL_OK)
        status = check_with_keys(out, arena, fetch, keys, token, provider, client, login, now, refusal);
    json_decref(object);
    pl_secret_free(&answer);
    return status;
}
