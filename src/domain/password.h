/* Passwords: which are taken, how they are kept, whether one is right.
 *
 * A password is the bytes that were typed, as UTF-8. It is not normalised (no NFKC), trimmed, folded or cut: what a form changes
 * silently, another client would not. Somebody who types the same sign in two encodings of Unicode (a composed and a decomposed
 * accent) has typed two passwords; Chinese input methods make one. Nothing here copies a password. */
#ifndef PLUMBLINE_DOMAIN_PASSWORD_H
#define PLUMBLINE_DOMAIN_PASSWORD_H

#include "domain/gate.h"

#include <plumbline/base/digest.h>
#include <plumbline/base/text.h>

/* Two standards that contradict each other: OWASP ASVS (length, nothing obvious, no forced change) and China's MLPS 2.0 level 3
 * (composition, rotation, SM3). */
typedef enum pl_password_profile { PL_PASSWORD_ASVS, PL_PASSWORD_MLPS3 } pl_password_profile;

typedef struct pl_password_policy {
    size_t shortest, longest; /* in code points */
    unsigned kinds;           /* so many of: small letters, capitals, digits, anything else */
    unsigned days;            /* the password is to be changed after so many; 0: never */
    size_t history;           /* so many earlier passwords are not taken again */
    pl_digest_kind digest;    /* wherever the profile's realm asks for a digest (tokens, audit) */
} pl_password_policy;

const pl_password_policy *pl_password_policy_of(pl_password_profile profile);

typedef enum pl_password_rule {
    PL_PASSWORD_TEXT,     /* no UTF-8, or with control characters */
    PL_PASSWORD_SHORT,    /* fewer code points than the policy wants */
    PL_PASSWORD_LONG,     /* more */
    PL_PASSWORD_KINDS,    /* too few kinds of characters */
    PL_PASSWORD_COMMON,   /* made of little more than words, dates, rows of keys that everybody tries */
    PL_PASSWORD_PERSONAL, /* the same with names of the user and the realm */
    PL_PASSWORD_REUSED,   /* one of the earlier passwords; pl_password_reused says so */
    PL_PASSWORD_RULES
} pl_password_rule;

typedef struct pl_password_rule_text {
    const char *code; /* stable, for programs */
    const char *english, *chinese;
} pl_password_rule_text;

/* What is wrong and what to do; for a length, "%zu" in a text stands where the number goes, so use pl_password_explain. */
pl_password_rule_text pl_password_rule_of(pl_password_rule rule);

/* Adds the text of a broken rule, with the policy's number in it, in Chinese or in English. */
void pl_password_explain(pl_buffer *out, const pl_password_policy *policy, pl_password_rule rule, bool chinese);

/* Which rules a new password breaks, as a set of bits (1 << rule), all at once. `names`: what the user and the realm are called
 * (login, name, address, organisation). Does not know of earlier passwords. */
unsigned pl_password_broken(const pl_password_policy *policy, pl_str password, const pl_str *names, size_t name_count);

/* Whether it must be changed before anything else: it is the first one, set by somebody else, or older than the policy allows.
 * Times are seconds; changed in the future (a clock set back) is not old. */
bool pl_password_expired(const pl_password_policy *policy, bool first, int64_t changed, int64_t now);

/* ---- hashes ---- */

/* Bytes of a hash as text ($argon2id$v=19$m=...,t=...,p=1$salt$hash), terminated. */
#define PL_PASSWORD_HASH_SIZE 128

typedef struct pl_password_cost {
    unsigned long long passes; /* over the memory */
    size_t memory;             /* bytes */
} pl_password_cost;

/* 2 passes over 64 MiB, which is 72 ms on the machine it was chosen on. */
extern const pl_password_cost pl_password_cost_usual;

/* Makes and checks hashes, so many at once. Safe to share between threads. */
typedef struct pl_passwords pl_passwords;

/* PL_INPUT when that cost is too little for the library, or over 16 passes or 1 GiB. Makes a hash once, of nobody's password (see
 * pl_password_verify). */
pl_status pl_passwords_create(pl_passwords **out, pl_password_cost cost, unsigned at_once, unsigned waiting);
void pl_passwords_free(pl_passwords *passwords); /* NULL is allowed */
pl_gate *pl_passwords_gate(pl_passwords *passwords);

typedef enum pl_password_answer {
    PL_PASSWORD_WRONG,
    PL_PASSWORD_RIGHT,
    PL_PASSWORD_RENEW, /* right, and its hash is of another cost: make a new one while the password is at hand */
    PL_PASSWORD_BUSY   /* nothing was decided: too many at the gate until the deadline (503, try again) */
} pl_password_answer;

/* *answer is PL_PASSWORD_RIGHT or PL_PASSWORD_BUSY. PL_MEMORY when there is no memory for the hash, PL_IO when there is no salt. */
pl_status pl_password_hash(pl_passwords *passwords, unsigned milliseconds, pl_str password, char out[PL_PASSWORD_HASH_SIZE],
                           pl_password_answer *answer);

/* `stored` NULL (no such account): takes as long as any other and answers PL_PASSWORD_WRONG. PL_INPUT when `stored` is no hash,
 * PL_MEMORY when there was no memory for it; both decide nothing. */
pl_status pl_password_verify(pl_passwords *passwords, unsigned milliseconds, const char *stored, pl_str password,
                             pl_password_answer *answer);

/* Whether the password is one of `count` earlier ones: PL_PASSWORD_RIGHT if so, PL_PASSWORD_WRONG, or PL_PASSWORD_BUSY. */
pl_status pl_password_reused(pl_passwords *passwords, unsigned milliseconds, pl_str password, const char *const *earlier,
                             size_t count, pl_password_answer *answer);

#endif
