#include "domain/jwk.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>

#define RSA_LEAST 2048
#define RSA_MOST 8192
#define EXPONENT_MOST 8 /* bytes */
#define COORDINATE 32   /* bytes, on P-256 */
#define ECDSA_DER 80    /* room for two of them in DER */

bool pl_base64url_read(pl_str text, unsigned char *out, size_t room, size_t *size) {
    if (!text.len) return false;
    return !sodium_base642bin(out, room, text.at, text.len, NULL, size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool read_member(const json_t *key, const char *member, unsigned char *out, size_t room, size_t *size) {
    return pl_base64url_read(pl_json_member_text(key, member), out, room, size);
}

/* ---- keys ---- */

/* NULL when the parameters make no key, or without memory. */
static EVP_PKEY *make_key(const char *type, OSSL_PARAM *parameters) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!context || EVP_PKEY_fromdata_init(context) <= 0 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *rsa_of_numbers(const BIGNUM *modulus, const BIGNUM *exponent) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) && (parameters = OSSL_PARAM_BLD_to_param(build)))
        key = make_key("RSA", parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *rsa_key(const json_t *jwk) {
    unsigned char modulus[RSA_MOST / 8 + 1], exponent[EXPONENT_MOST];
    size_t modulus_size, exponent_size;
    if (!read_member(jwk, "n", modulus, sizeof modulus, &modulus_size)) return NULL;
    if (!read_member(jwk, "e", exponent, sizeof exponent, &exponent_size)) return NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_size, NULL), *e = BN_bin2bn(exponent, (int)exponent_size, NULL);
    bool good =
        n && e && BN_num_bits(n) >= RSA_LEAST && BN_num_bits(n) <= RSA_MOST && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e);
    EVP_PKEY *key = good ? rsa_of_numbers(n, e) : NULL;
    BN_free(n);
    BN_free(e);
    return key;
}

/* The library looks whether the point is on the curve. */
static EVP_PKEY *ec_key(const json_t *jwk) {
    unsigned char point[1 + 2 * COORDINATE] = {POINT_CONVERSION_UNCOMPRESSED};
    char group[] = "P-256";
    size_t x, y;
    if (!pl_str_is(pl_json_member_text(jwk, "crv"), group)) return NULL;
    if (!read_member(jwk, "x", point + 1, COORDINATE, &x) || x != COORDINATE) return NULL;
    if (!read_member(jwk, "y", point + 1 + COORDINATE, COORDINATE, &y) || y != COORDINATE) return NULL;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
                               OSSL_PARAM_construct_end()};
    return make_key("EC", parameters);
}

/* ---- signatures ---- */

/* JWS has the two numbers one after the other, the library wants them in DER. Returns the length, 0: failed. */
static int ecdsa_to_der(const unsigned char numbers[2 * COORDINATE], unsigned char out[ECDSA_DER]) {
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(numbers, COORDINATE, NULL), *s = BN_bin2bn(numbers + COORDINATE, COORDINATE, NULL);
    int length = 0;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; /* the pair has them now */
        length = i2d_ECDSA_SIG(pair, &out);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return length > 0 ? length : 0;
}

static pl_status verify(EVP_PKEY *key, pl_str text, const unsigned char *signature, size_t size, pl_jws_answer *answer) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) != 1) {
        EVP_MD_CTX_free(context);
        return PL_MEMORY;
    }
    bool good = EVP_DigestVerify(context, signature, size, (const unsigned char *)text.at, text.len) == 1;
    *answer = good ? PL_JWS_GOOD : PL_JWS_WRONG;
    EVP_MD_CTX_free(context);
    return PL_OK;
}

static pl_status verify_rsa(EVP_PKEY *key, pl_str text, pl_str signature, pl_jws_answer *answer) {
    unsigned char bytes[RSA_MOST / 8];
    size_t size;
    *answer = PL_JWS_WRONG;
    if (!pl_base64url_read(signature, bytes, sizeof bytes, &size)) return PL_OK;
    return verify(key, text, bytes, size, answer);
}

static pl_status verify_ec(EVP_PKEY *key, pl_str text, pl_str signature, pl_jws_answer *answer) {
    unsigned char numbers[2 * COORDINATE], der[ECDSA_DER];
    size_t size;
    *answer = PL_JWS_WRONG;
    if (!pl_base64url_read(signature, numbers, sizeof numbers, &size) || size != sizeof numbers) return PL_OK;
    int length = ecdsa_to_der(numbers, der);
    return length ? verify(key, text, der, (size_t)length, answer) : PL_MEMORY;
}

/* What the library writes into its queue of errors on the way is taken out again: others on this thread would read it as theirs. */
pl_status pl_jws_verify(pl_jws_algorithm algorithm, const json_t *jwk, pl_str text, pl_str signature, pl_jws_answer *answer) {
    *answer = PL_JWS_NO_KEY;
    pl_status status = PL_OK;
    EVP_PKEY *key = algorithm == PL_RS256 ? rsa_key(jwk) : ec_key(jwk);
    if (key) status = algorithm == PL_RS256 ? verify_rsa(key, text, signature, answer) : verify_ec(key, text, signature, answer);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return status;
}
