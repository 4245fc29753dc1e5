#include "domain/totp.h"

#include "domain/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

pl_status pl_totp_secret(unsigned char out[PL_TOTP_SECRET]) { return pl_secret_random(out, PL_TOTP_SECRET); }

static const EVP_MD *digest_of(pl_totp_hash hash) {
    if (hash == PL_TOTP_SHA1) return EVP_sha1();
    return hash == PL_TOTP_SHA256 ? EVP_sha256() : EVP_sha512();
}

pl_status pl_totp_code(pl_totp_hash hash, const unsigned char *secret, size_t size, uint64_t step, unsigned digits, char out[9]) {
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    for (int i = 7; i >= 0; i--, step >>= 8) counter[i] = (unsigned char)step;
    if (!HMAC(digest_of(hash), secret, (int)size, counter, sizeof counter, mac, &length)) return PL_MEMORY;
    const unsigned char *at = mac + (mac[length - 1] & 15);
    uint32_t number = (uint32_t)(at[0] & 0x7F) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    out[digits] = 0;
    for (unsigned i = digits; i-- > 0; number /= 10) out[i] = (char)('0' + number % 10);
    pl_secret_wipe(mac, sizeof mac);
    return PL_OK;
}

/* Takes the spaces out of what was typed. False unless six digits are left. */
static bool read_code(pl_str typed, char out[PL_TOTP_DIGITS]) {
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.at[i];
        if (c == ' ') continue;
        if (c < '0' || c > '9' || count == PL_TOTP_DIGITS) return false;
        out[count++] = c;
    }
    return count == PL_TOTP_DIGITS;
}

/* All steps are compared, so that the time does not tell which it was. */
pl_status pl_totp_check(const unsigned char secret[PL_TOTP_SECRET], pl_str typed, int64_t now, int64_t *last_step, bool *good) {
    char given[PL_TOTP_DIGITS], code[9];
    *good = false;
    if (now < 0 || !read_code(typed, given)) return PL_OK;
    int64_t middle = now / PL_TOTP_SECONDS, found = -1;
    for (int64_t step = middle - PL_TOTP_WINDOW; step <= middle + PL_TOTP_WINDOW; step++) {
        if (step < 0) continue;
        pl_status status = pl_totp_code(PL_TOTP_SHA1, secret, PL_TOTP_SECRET, (uint64_t)step, PL_TOTP_DIGITS, code);
        if (status != PL_OK) return status;
        if (pl_secret_equal((pl_str){code, PL_TOTP_DIGITS}, (pl_str){given, PL_TOTP_DIGITS})) found = step;
    }
    pl_secret_wipe(code, sizeof code);
    *good = found > *last_step;
    if (*good) *last_step = found;
    return PL_OK;
}

/* ---- the address ---- */

static void add_percent(pl_buffer *out, pl_str text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] && strchr(plain, text.at[i]))
            pl_buffer_char(out, text.at[i]);
        else
            pl_buffer_print(out, "%%%02X", (unsigned char)text.at[i]);
}

static void add_base32(pl_buffer *out, const unsigned char *bytes, size_t size) {
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 5; held -= 5) pl_buffer_char(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits >> (held - 5) & 31]);
    }
}

_Static_assert(PL_TOTP_SECRET % 5 == 0, "a secret is whole letters of base 32, so that there is nothing to pad");

static bool is_name(pl_str name) { return name.len && pl_utf8_check(name) == name.len; }

pl_status pl_totp_uri(pl_buffer *out, pl_str issuer, pl_str account, const unsigned char secret[PL_TOTP_SECRET]) {
    if (!is_name(issuer) || !is_name(account)) return PL_INPUT;
    pl_buffer_text(out, "otpauth://totp/");
    add_percent(out, issuer);
    pl_buffer_text(out, ":");
    add_percent(out, account);
    pl_buffer_text(out, "?secret=");
    add_base32(out, secret, PL_TOTP_SECRET);
    pl_buffer_text(out, "&issuer=");
    add_percent(out, issuer);
    pl_buffer_print(out, "&algorithm=SHA1&digits=%d&period=%d", PL_TOTP_DIGITS, PL_TOTP_SECONDS);
    return out->failed ? PL_MEMORY : PL_OK;
}

/* ---- recovery codes ---- */

#define LETTERS 24
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's: no two look alike */

static pl_status hash_letters(const char letters[LETTERS], unsigned char out[PL_DIGEST_SIZE]) {
    return pl_digest_bytes(PL_SHA256, letters, LETTERS, out);
}

static pl_status make_one(char text[PL_RECOVERY_TEXT], unsigned char hash[PL_DIGEST_SIZE]) {
    unsigned char random[LETTERS];
    char letters[LETTERS];
    pl_status status = pl_secret_random(random, sizeof random);
    if (status != PL_OK) return status;
    for (size_t i = 0; i < LETTERS; i++) letters[i] = alphabet[random[i] & 31];
    for (size_t i = 0, to = 0; i < LETTERS; i++) {
        if (i && i % 4 == 0) text[to++] = '-';
        text[to++] = letters[i];
    }
    text[PL_RECOVERY_TEXT - 1] = 0;
    status = hash_letters(letters, hash);
    pl_secret_wipe(random, sizeof random);
    pl_secret_wipe(letters, sizeof letters);
    return status;
}

pl_status pl_recovery_make(char texts[PL_RECOVERY_CODES][PL_RECOVERY_TEXT],
                           unsigned char hashes[PL_RECOVERY_CODES][PL_DIGEST_SIZE]) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < PL_RECOVERY_CODES && status == PL_OK; i++) status = make_one(texts[i], hashes[i]);
    return status;
}

static char letter_of(char c) {
    if (c >= 'a' && c <= 'z') c = (char)(c - 32);
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c && strchr(alphabet, c) ? c : 0;
}

static bool read_letters(pl_str typed, char out[LETTERS]) {
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.at[i] == '-' || typed.at[i] == ' ') continue;
        char letter = letter_of(typed.at[i]);
        if (!letter || count == LETTERS) return false;
        out[count++] = letter;
    }
    return count == LETTERS;
}

pl_status pl_recovery_use(pl_str typed, unsigned char hashes[][PL_DIGEST_SIZE], size_t count, bool *good) {
    char letters[LETTERS] = {0};
    unsigned char hash[PL_DIGEST_SIZE];
    *good = false;
    bool code = read_letters(typed, letters);
    pl_status status = code ? hash_letters(letters, hash) : PL_OK;
    pl_secret_wipe(letters, sizeof letters);
    if (!code || status != PL_OK) return status;
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (pl_secret_equal_digest(hash, hashes[i])) found = i;
    *good = found < count;
    if (*good) memset(hashes[found], 0, PL_DIGEST_SIZE);
    return PL_OK;
}

size_t pl_recovery_left(unsigned char hashes[][PL_DIGEST_SIZE], size_t count) {
    static const unsigned char spent[PL_DIGEST_SIZE];
    size_t left = 0;
    for (size_t i = 0; i < count; i++) left += !pl_secret_equal_digest(hashes[i], spent);
    return left;
}
