/* Session tokens, API tokens and device tokens: 256 bits from the system, of which only a digest is kept.
 *
 * As text: plb_ + a letter for the kind + 43 characters + 6 of checksum, all letters and digits, so that a double click takes the
 * whole and a scanner of leaked secrets finds one by its shape and knows by the checksum that it is no chance. */
#ifndef PLUMBLINE_DOMAIN_TOKEN_H
#define PLUMBLINE_DOMAIN_TOKEN_H

#include "domain/access.h"

#include <plumbline/base/digest.h>

/* A token of one kind is never taken for another: a stolen device token logs nobody in. */
typedef enum pl_token_kind {
    PL_TOKEN_SESSION, /* s: a browser's */
    PL_TOKEN_API,     /* a: a program's */
    PL_TOKEN_DEVICE,  /* d: "somebody with this account's password was here before" (lockout.h) */
    PL_TOKEN_KINDS
} pl_token_kind;

#define PL_TOKEN_LENGTH 54
#define PL_TOKEN_SIZE (PL_TOKEN_LENGTH + 1)

/* Makes one: the text, terminated, to be given out once and wiped, and the digest to keep. PL_IO when the system gives no
 * randomness. */
pl_status pl_token_make(pl_token_kind kind, char text[PL_TOKEN_SIZE], unsigned char digest[PL_DIGEST_SIZE]);

/* Reads the text of a token. *good is false when it is none (length, letters, checksum, more than 256 bits), which takes no store
 * to find out; otherwise `kind` and `digest` are what to look it up by. */
pl_status pl_token_read(pl_str text, bool *good, pl_token_kind *kind, unsigned char digest[PL_DIGEST_SIZE]);

/* What is kept of one. Times are seconds since 1970. */
typedef struct pl_token_record {
    unsigned char digest[PL_DIGEST_SIZE];
    pl_token_kind kind;
    pl_rights scope;                /* what it may be used for, at most; sessions: PL_RIGHTS_ALL */
    int64_t made, expires;          /* at `expires` it is good no more */
    int64_t seen;                   /* last used */
    int64_t idle;                   /* seconds it may lie unused; 0: any time */
    uint32_t generation;            /* the account's when this was made */
    uint32_t account_generation;    /* the account's now: it rises with each change of password and each "log out everywhere" */
    bool revoked, account_disabled; /* by somebody */
} pl_token_record;

typedef enum pl_token_state {
    PL_TOKEN_GOOD,
    PL_TOKEN_UNKNOWN, /* another digest or kind */
    PL_TOKEN_REVOKED, /* it, its account, or all of its generation */
    PL_TOKEN_EXPIRED, /* its time has come, or it lay unused, or it was made in the future */
} pl_token_state;

/* Whether a token that was read is the one of the record and good now. Compares digests in constant time. */
pl_token_state pl_token_check(const pl_token_record *record, pl_token_kind kind, const unsigned char digest[PL_DIGEST_SIZE],
                              int64_t now);

/* Lives of sessions: 12 hours, 30 minutes unused (ASVS 3.3.2, level 2). API tokens: what their maker says, at most a year. */
#define PL_SESSION_SECONDS (12 * 3600)
#define PL_SESSION_IDLE_SECONDS (30 * 60)
#define PL_API_TOKEN_MOST_SECONDS (366 * 86400)

#endif
