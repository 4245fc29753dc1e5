/* What somebody types into the login form, and the names that an otpauth address is made of. The first byte chooses. */
#include "domain/lockout.h"
#include "domain/obvious.h"
#include "domain/password.h"
#include "domain/secret.h"
#include "domain/totp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned char secret[PL_TOTP_SECRET] = "12345678901234567890";

/* Whatever the names, the address is one: only signs that an address may have, and every name in it reads back. */
static void make_address(pl_str names) {
    const char *cut = names.len ? memchr(names.at, '\n', names.len) : NULL;
    pl_str issuer = {names.at, cut ? (size_t)(cut - names.at) : 0};
    pl_str account = {cut ? cut + 1 : names.at, names.len - (cut ? issuer.len + 1 : 0)};
    pl_buffer out;
    pl_secret_room(&out, PL_TOTP_URI_SIZE(names.len));
    pl_status status = pl_totp_uri(&out, issuer, account, secret);
    bool names_are_good = issuer.len && account.len && pl_utf8_check(issuer) == issuer.len && pl_utf8_check(account) == account.len;
    if ((status == PL_OK) != names_are_good) abort();
    size_t colons = 0;
    for (size_t i = 0; i < out.len; i++) {
        if (out.at[i] <= ' ' || out.at[i] > '~' || strchr("\"<>\\^`{|}#", out.at[i])) abort();
        colons += out.at[i] == ':';
    }
    if (status == PL_OK && colons != 2) abort(); /* behind otpauth, and between the names */
    pl_secret_free(&out);
}

static void check_codes(pl_str typed) {
    unsigned char hashes[2][PL_DIGEST_SIZE] = {{1}};
    int64_t last = 1;
    bool good;
    if (pl_totp_check(secret, typed, 59, &last, &good) != PL_OK || (good && last != 2)) abort();
    if (pl_recovery_use(typed, hashes, 2, &good) != PL_OK || good) abort();
}

static void check_password(pl_str typed) {
    static const pl_str names[] = {{"\xE7\x8E\x8B", 3}, {"linhai", 6}, {"\xFF\xFE", 2}};
    for (int profile = PL_PASSWORD_ASVS; profile <= PL_PASSWORD_MLPS3; profile++) {
        unsigned broken = pl_password_broken(pl_password_policy_of((pl_password_profile)profile), typed, names, 3);
        if (broken >> PL_PASSWORD_RULES || broken >> PL_PASSWORD_REUSED & 1) abort();
    }
    unsigned with = pl_obvious_pieces(typed, names, 3), without = pl_obvious_pieces(typed, NULL, 0);
    if (with > without || without > PL_OBVIOUS_PIECES) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char network[PL_NETWORK_SIZE];
    if (!size) return 0;
    pl_str rest = {(const char *)data + 1, size - 1};
    switch (data[0] % 4) {
    case 0: make_address(rest); break;
    case 1: check_codes(rest); break;
    case 2: check_password(rest); break;
    default:
        if (pl_lockout_network(rest, network) && strlen(network) >= PL_NETWORK_SIZE) abort();
    }
    return 0;
}
