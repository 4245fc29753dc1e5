/* Checking an ID token. */
#include "domain/jwk.h"
#include "domain/oidc.h"
#include "domain/secret.h"

#include <math.h>
#include <stdlib.h>

#define TOKEN_MOST 16384
#define SUBJECT_MOST 255 /* bytes, by the standard */

static const struct { const char *name, *key_type; } algorithms[] = {[PL_RS256] = {"RS256", "RSA"}, [PL_ES256] = {"ES256", "EC"}};

/* ---- reading ---- */

/* One of the parts of a token, as JSON. */
static pl_status read_part(pl_str part, json_t **out) {
    unsigned char *bytes = malloc(part.len + 1);
    size_t size = 0;
    *out = NULL;
    if (!bytes) return PL_MEMORY;
    pl_status status =
        pl_base64url_read(part, bytes, part.len, &size) ? pl_json_read_object((pl_str){(const char *)bytes, size}, out) : PL_INPUT;
    free(bytes);
    return status;
}

/* Three parts with dots between. */
static bool split(pl_str token, pl_str parts[3]) {
    size_t from = 0, part = 0;
    if (!token.len || token.len > TOKEN_MOST) return false;
    for (size_t i = 0; i <= token.len; i++) {
        if (i < token.len && token.at[i] != '.') continue;
        if (part == 3) return false;
        parts[part++] = (pl_str){token.at + from, i - from};
        from = i + 1;
    }
    return part == 3 && parts[0].len && parts[1].len;
}

static bool find_algorithm(const json_t *header, pl_jws_algorithm *out) {
    pl_str name = pl_json_member_text(header, "alg");
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (pl_str_is(name, algorithms[i].name)) {
            *out = (pl_jws_algorithm)i;
            return true;
        }
    return false;
}

/* ---- keys ---- */

/* A member that may be left out, but must not be another text. */
static bool absent_or(const json_t *object, const char *member, const char *text) {
    const json_t *value = json_object_get(object, member);
    return !value || (json_is_string(value) && pl_str_is(pl_json_member_text(object, member), text));
}

static bool fits(const json_t *key, pl_jws_algorithm kind, const json_t *kid) {
    if (!json_is_object(key) || !pl_str_is(pl_json_member_text(key, "kty"), algorithms[kind].key_type)) return false;
    if (!absent_or(key, "use", "sig") || !absent_or(key, "alg", algorithms[kind].name)) return false;
    if (kind == PL_ES256 && !pl_str_is(pl_json_member_text(key, "crv"), "P-256")) return false;
    return !kid || json_equal(kid, json_object_get(key, "kid"));
}

/* The key that the token names; where it names none, the only one there is. NULL: none or several. */
static const json_t *find_key(const json_t *set, pl_jws_algorithm kind, const json_t *kid) {
    const json_t *list = json_object_get(set, "keys"), *found = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *key = json_array_get(list, i);
        if (!fits(key, kind, kid)) continue;
        if (found) return NULL;
        found = key;
    }
    return found;
}

/* ---- the signature ---- */

/* An extension that must be understood (crit) is one that is not. */
static const json_t *choose_key(const json_t *header, const json_t *set, pl_jws_algorithm *algorithm, pl_oidc_refusal *refusal) {
    const json_t *kid = json_object_get(header, "kid"), *key = NULL;
    if (json_object_get(header, "crit") || (kid && !json_is_string(kid)))
        *refusal = PL_OIDC_TOKEN;
    else if (!find_algorithm(header, algorithm))
        *refusal = PL_OIDC_ALGORITHM;
    else if (!(key = find_key(set, *algorithm, kid)))
        *refusal = PL_OIDC_KEY;
    return key;
}

/* What is signed: the first two parts as they were sent, and the dot between. */
static pl_status check_signature(const pl_str parts[3], const json_t *header, const json_t *set, pl_oidc_refusal *refusal) {
    static const pl_oidc_refusal refusals[] = {
        [PL_JWS_GOOD] = PL_OIDC_FINE, [PL_JWS_WRONG] = PL_OIDC_SIGNATURE, [PL_JWS_NO_KEY] = PL_OIDC_KEY};
    pl_str text = {parts[0].at, parts[0].len + 1 + parts[1].len};
    pl_jws_algorithm algorithm;
    pl_jws_answer answer;
    const json_t *key = choose_key(header, set, &algorithm, refusal);
    if (!key) return PL_OK;
    pl_status status = pl_jws_verify(algorithm, key, text, parts[2], &answer);
    if (status == PL_OK) *refusal = refusals[answer];
    return status;
}

/* ---- the claims ---- */

static bool names(const json_t *value, pl_str text) {
    return json_is_string(value) && pl_str_equal((pl_str){json_string_value(value), json_string_length(value)}, text);
}

/* Made for this client; if for others as well, or if it says for whom it was made, then for this one in the first place. */
static bool check_audience(const json_t *claims, pl_str client) {
    const json_t *audience = json_object_get(claims, "aud"), *party = json_object_get(claims, "azp");
    bool there = names(audience, client);
    for (size_t i = 0; i < json_array_size(audience); i++) there |= names(json_array_get(audience, i), client);
    if (!there || (party && !names(party, client))) return false;
    return party || json_array_size(audience) <= 1;
}

/* A time is a number, whole or not, that a clock can show. */
static bool read_time(const json_t *claims, const char *name, int64_t *out) {
    const json_t *value = json_object_get(claims, name);
    double seconds = json_number_value(value);
    if (!json_is_number(value) || !(fabs(seconds) < 1e12)) return false;
    *out = (int64_t)floor(seconds);
    return true;
}

static bool check_times(const json_t *claims, int64_t now) {
    int64_t expires, made, from;
    if (!read_time(claims, "exp", &expires) || !read_time(claims, "iat", &made)) return false;
    if (json_object_get(claims, "nbf") && (!read_time(claims, "nbf", &from) || from > now + PL_OIDC_SKEW)) return false;
    return expires > now - PL_OIDC_SKEW && made <= now + PL_OIDC_SKEW && made >= now - PL_OIDC_OLDEST;
}

static bool is_subject(pl_str subject) { return subject.len && subject.len <= SUBJECT_MOST && !memchr(subject.at, 0, subject.len); }

static pl_oidc_refusal check_claims(const json_t *claims, const pl_oidc_provider *provider, const pl_oidc_client *client,
                                    const pl_oidc_login *login, int64_t now) {
    if (!names(json_object_get(claims, "iss"), provider->issuer)) return PL_OIDC_ISSUER;
    if (!client->id.len || !check_audience(claims, client->id)) return PL_OIDC_AUDIENCE;
    if (!check_times(claims, now)) return PL_OIDC_TIME;
    if (!login->nonce[0] || !pl_secret_equal(pl_json_member_text(claims, "nonce"), pl_str_of(login->nonce))) return PL_OIDC_NONCE;
    return is_subject(pl_json_member_text(claims, "sub")) ? PL_OIDC_FINE : PL_OIDC_SUBJECT;
}

static pl_status copy_person(pl_oidc_person *out, pl_arena *arena, const json_t *claims) {
    pl_oidc_person person = {.email_verified = json_is_true(json_object_get(claims, "email_verified"))};
    if (!pl_str_copy(&person.subject, arena, pl_json_member_text(claims, "sub")) ||
        !pl_str_copy(&person.name, arena, pl_json_member_text(claims, "name")) ||
        !pl_str_copy(&person.email, arena, pl_json_member_text(claims, "email")))
        return PL_MEMORY;
    *out = person;
    return PL_OK;
}

/* Something that cannot be read, as opposed to no memory to read it. */
static pl_status unreadable(pl_status status, pl_oidc_refusal why, pl_oidc_refusal *refusal) {
    if (status != PL_INPUT) return status;
    *refusal = why;
    return PL_OK;
}

pl_status pl_oidc_token_check(pl_oidc_person *out, pl_arena *arena, pl_str token, pl_str keys, const pl_oidc_provider *provider,
                              const pl_oidc_client *client, const pl_oidc_login *login, int64_t now, pl_oidc_refusal *refusal) {
    pl_str parts[3];
    json_t *header = NULL, *claims = NULL, *set = NULL;
    *refusal = PL_OIDC_FINE;
    if (!split(token, parts)) {
        *refusal = PL_OIDC_TOKEN;
        return PL_OK;
    }
    pl_status status = unreadable(read_part(parts[0], &header), PL_OIDC_TOKEN, refusal);
    if (status == PL_OK && !*refusal) status = unreadable(pl_json_read_object(keys, &set), PL_OIDC_KEY, refusal);
    if (status == PL_OK && !*refusal) status = check_signature(parts, header, set, refusal);
    if (status == PL_OK && !*refusal) status = unreadable(read_part(parts[1], &claims), PL_OIDC_TOKEN, refusal);
    if (status == PL_OK && !*refusal) *refusal = check_claims(claims, provider, client, login, now);
    if (status == PL_OK && !*refusal) status = copy_person(out, arena, claims);
    json_decref(header);
    json_decref(claims);
    json_decref(set);
    return status;
}
