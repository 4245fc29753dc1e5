#include "domain/token.h"

#include "domain/secret.h"

#define PREFIX "plb_"
#define PREFIX_LENGTH 4
#define BYTES 32
#define LETTERS 43 /* 62^43 is just over 2^256 */
#define CHECK 6
#define BASE 62
#define SKEW 60 /* seconds that two servers' clocks may differ by */

_Static_assert(PREFIX_LENGTH + 1 + LETTERS + CHECK == PL_TOKEN_LENGTH, "the parts of a token");

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char kinds[PL_TOKEN_KINDS] = {[PL_TOKEN_SESSION] = 's', [PL_TOKEN_API] = 'a', [PL_TOKEN_DEVICE] = 'd'};

/* Divides the number by 62, digit by digit from the end. */
static void write_letters(unsigned char number[BYTES], char out[LETTERS]) {
    for (size_t i = LETTERS; i-- > 0;) {
        unsigned rest = 0;
        for (size_t j = 0; j < BYTES; j++) {
            unsigned value = rest << 8 | number[j];
            number[j] = (unsigned char)(value / BASE);
            rest = value % BASE;
        }
        out[i] = alphabet[rest];
    }
}

/* The other way; false when it is no digit or the number does not fit. */
static bool read_letters(const char *letters, unsigned char number[BYTES]) {
    memset(number, 0, BYTES);
    for (size_t i = 0; i < LETTERS; i++) {
        const char *letter = letters[i] ? strchr(alphabet, letters[i]) : NULL;
        if (!letter) return false;
        unsigned carry = (unsigned)(letter - alphabet);
        for (size_t j = BYTES; j-- > 0;) {
            unsigned value = number[j] * (unsigned)BASE + carry;
            number[j] = (unsigned char)value;
            carry = value >> 8;
        }
        if (carry) return false;
    }
    return true;
}

/* CRC-32 (ISO-HDLC), bit by bit: a token has 48 bytes. */
static uint32_t checksum(const char *text, size_t size) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

static void write_check(const char *text, char out[CHECK]) {
    uint32_t crc = checksum(text, PL_TOKEN_LENGTH - CHECK);
    for (size_t i = CHECK; i-- > 0; crc /= BASE) out[i] = alphabet[crc % BASE];
}

pl_status pl_token_make(pl_token_kind kind, char text[PL_TOKEN_SIZE], unsigned char digest[PL_DIGEST_SIZE]) {
    unsigned char number[BYTES];
    text[0] = 0;
    pl_status status = pl_secret_random(number, sizeof number);
    if (status != PL_OK) return status;
    memcpy(text, PREFIX, PREFIX_LENGTH);
    text[PREFIX_LENGTH] = kinds[kind];
    write_letters(number, text + PREFIX_LENGTH + 1);
    write_check(text, text + PL_TOKEN_LENGTH - CHECK);
    text[PL_TOKEN_LENGTH] = 0;
    status = pl_digest_bytes(PL_SHA256, text, PL_TOKEN_LENGTH, digest);
    if (status != PL_OK) pl_secret_wipe(text, PL_TOKEN_SIZE);
    return status;
}

static bool find_kind(char letter, pl_token_kind *kind) {
    const char *found = letter ? memchr(kinds, letter, sizeof kinds) : NULL;
    if (found) *kind = (pl_token_kind)(found - kinds);
    return found;
}

static bool has_the_form(pl_str text, pl_token_kind *kind) {
    unsigned char number[BYTES];
    char check[CHECK];
    if (text.len != PL_TOKEN_LENGTH || memcmp(text.at, PREFIX, PREFIX_LENGTH) != 0) return false;
    if (!find_kind(text.at[PREFIX_LENGTH], kind)) return false;
    bool fits = read_letters(text.at + PREFIX_LENGTH + 1, number);
    pl_secret_wipe(number, sizeof number);
    if (!fits) return false;
    write_check(text.at, check);
    return !memcmp(check, text.at + PL_TOKEN_LENGTH - CHECK, CHECK);
}

pl_status pl_token_read(pl_str text, bool *good, pl_token_kind *kind, unsigned char digest[PL_DIGEST_SIZE]) {
    *good = has_the_form(text, kind);
    if (!*good) return PL_OK;
    pl_status status = pl_digest_bytes(PL_SHA256, text.at, text.len, digest);
    *good = status == PL_OK;
    return status;
}

pl_token_state pl_token_check(const pl_token_record *record, pl_token_kind kind, const unsigned char digest[PL_DIGEST_SIZE],
                              int64_t now) {
    if (!pl_secret_equal_digest(record->digest, digest) || record->kind != kind) return PL_TOKEN_UNKNOWN;
    if (record->revoked || record->account_disabled || record->generation != record->account_generation) return PL_TOKEN_REVOKED;
    if (now >= record->expires || record->made > now + SKEW) return PL_TOKEN_EXPIRED;
    if (record->idle && now - record->seen >= record->idle) return PL_TOKEN_EXPIRED;
    return PL_TOKEN_GOOD;
}
