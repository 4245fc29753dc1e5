#include "domain/password.h"

#include "domain/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static const pl_password_policy policies[] = {
    [PL_PASSWORD_ASVS] = {.shortest = 12, .longest = 128, .digest = PL_SHA256},
    [PL_PASSWORD_MLPS3] = {.shortest = 8, .longest = 128, .kinds = 3, .days = 90, .history = 5, .digest = PL_SM3},
};

const pl_password_policy *pl_password_policy_of(pl_password_profile profile) { return &policies[profile]; }

#define SECONDS_OF_A_DAY 86400

bool pl_password_expired(const pl_password_policy *policy, bool first, int64_t changed, int64_t now) {
    if (first) return true;
    if (!policy->days || changed >= now) return false;
    return (uint64_t)now - (uint64_t)changed >= (uint64_t)policy->days * SECONDS_OF_A_DAY;
}

/* ---- hashes ---- */

const pl_password_cost pl_password_cost_usual = {2, (size_t)64 << 20};

struct pl_passwords {
    pl_gate *gate;
    pl_password_cost cost;
    char nobody[PL_PASSWORD_HASH_SIZE]; /* of a password that was thrown away: what an unknown account is compared with */
};

_Static_assert(crypto_pwhash_STRBYTES <= PL_PASSWORD_HASH_SIZE, "a hash fits");

/* The library says only that it failed: with this cost and any password of ours that is memory. */
static pl_status hash(const pl_passwords *passwords, pl_str password, char out[PL_PASSWORD_HASH_SIZE]) {
    int failed = crypto_pwhash_str_alg(out, password.len ? password.at : "", password.len, passwords->cost.passes,
                                       passwords->cost.memory, crypto_pwhash_ALG_ARGON2ID13);
    return failed ? PL_MEMORY : PL_OK;
}

/* A hash names what checking it costs; one that came with a restored or tampered store must not take the machine down. */
#define MOST_KIBIBYTES (1u << 20)
#define MOST_PASSES 16u

static bool cost_is_taken(pl_password_cost cost) {
    return cost.passes >= crypto_pwhash_opslimit_min() && cost.passes <= MOST_PASSES &&
           cost.memory >= crypto_pwhash_memlimit_min() && cost.memory <= (size_t)MOST_KIBIBYTES << 10;
}

static pl_status hash_nobody(pl_passwords *passwords) {
    char password[32];
    pl_status status = pl_secret_random(password, sizeof password);
    if (status == PL_OK) status = hash(passwords, (pl_str){password, sizeof password}, passwords->nobody);
    pl_secret_wipe(password, sizeof password);
    return status;
}

pl_status pl_passwords_create(pl_passwords **out, pl_password_cost cost, unsigned at_once, unsigned waiting) {
    *out = NULL;
    if (sodium_init() < 0) return PL_IO;
    if (!cost_is_taken(cost) || !at_once) return PL_INPUT;
    pl_passwords *passwords = calloc(1, sizeof *passwords);
    if (!passwords) return PL_MEMORY;
    passwords->cost = cost;
    pl_status status = pl_gate_create(&passwords->gate, at_once, waiting);
    if (status == PL_OK) status = hash_nobody(passwords);
    if (status == PL_OK)
        *out = passwords;
    else
        pl_passwords_free(passwords);
    return status;
}

void pl_passwords_free(pl_passwords *passwords) {
    if (!passwords) return;
    pl_gate_free(passwords->gate);
    free(passwords);
}

pl_gate *pl_passwords_gate(pl_passwords *passwords) { return passwords->gate; }

pl_status pl_password_hash(pl_passwords *passwords, unsigned milliseconds, pl_str password, char out[PL_PASSWORD_HASH_SIZE],
                           pl_password_answer *answer) {
    *answer = PL_PASSWORD_BUSY;
    out[0] = 0;
    if (!pl_gate_enter(passwords->gate, milliseconds)) return PL_OK;
    pl_status status = hash(passwords, password, out);
    pl_gate_leave(passwords->gate);
    if (status == PL_OK) *answer = PL_PASSWORD_RIGHT;
    return status;
}

#define HASH_BYTES 32
#define HASH_LETTERS 43 /* of base 64 without padding */
#define SALT_LETTERS 22

/* What stands in a hash. */
typedef struct parts {
    pl_password_cost cost;
    unsigned char salt[crypto_pwhash_SALTBYTES], hash[HASH_BYTES];
} parts;

static bool read_base64(unsigned char *out, size_t size, const char *letters, size_t count) {
    size_t got;
    return !sodium_base642bin(out, size, letters, count, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) &&
           got == size;
}

static bool read_hash(const char *stored, parts *out) {
    unsigned kibibytes, passes;
    char salt[SALT_LETTERS + 1], hashed[HASH_LETTERS + 1];
    int end = 0;
    if (sscanf(stored, "$argon2id$v=19$m=%9u,t=%9u,p=1$%22[^$]$%43[^$]%n", &kibibytes, &passes, salt, hashed, &end) != 4)
        return false;
    if (stored[end]) return false;
    out->cost = (pl_password_cost){passes, (size_t)kibibytes << 10};
    return cost_is_taken(out->cost) && read_base64(out->salt, sizeof out->salt, salt, strlen(salt)) &&
           read_base64(out->hash, sizeof out->hash, hashed, strlen(hashed));
}

/* Inside the gate. crypto_pwhash_str_verify would do, but it calls a password wrong when there was no memory to check it, and says
 * so in no way (libsodium 1.0.18); this one fails for nothing else. */
static pl_status compare(const parts *stored, pl_str password, bool *right) {
    unsigned char made[HASH_BYTES];
    if (crypto_pwhash(made, sizeof made, password.len ? password.at : "", password.len, stored->salt, stored->cost.passes,
                      stored->cost.memory, crypto_pwhash_ALG_ARGON2ID13))
        return PL_MEMORY;
    *right = sodium_memcmp(made, stored->hash, sizeof made) == 0;
    pl_secret_wipe(made, sizeof made);
    return PL_OK;
}

static bool same_cost(pl_password_cost a, pl_password_cost b) { return a.passes == b.passes && a.memory >> 10 == b.memory >> 10; }

pl_status pl_password_verify(pl_passwords *passwords, unsigned milliseconds, const char *stored, pl_str password,
                             pl_password_answer *answer) {
    parts kept;
    bool right = false;
    *answer = PL_PASSWORD_BUSY;
    if (!read_hash(stored ? stored : passwords->nobody, &kept)) return PL_INPUT;
    if (!pl_gate_enter(passwords->gate, milliseconds)) return PL_OK;
    pl_status status = compare(&kept, password, &right);
    pl_gate_leave(passwords->gate);
    if (status != PL_OK) return status;
    if (!stored || !right)
        *answer = PL_PASSWORD_WRONG;
    else
        *answer = same_cost(kept.cost, passwords->cost) ? PL_PASSWORD_RIGHT : PL_PASSWORD_RENEW;
    return PL_OK;
}

pl_status pl_password_reused(pl_passwords *passwords, unsigned milliseconds, pl_str password, const char *const *earlier,
                             size_t count, pl_password_answer *answer) {
    *answer = PL_PASSWORD_WRONG;
    for (size_t i = 0; i < count; i++) {
        pl_status status = pl_password_verify(passwords, milliseconds, earlier[i], password, answer);
        if (status != PL_OK || *answer == PL_PASSWORD_BUSY) return status;
        if (*answer != PL_PASSWORD_WRONG) {
            *answer = PL_PASSWORD_RIGHT;
            return PL_OK;
        }
    }
    return PL_OK;
}
