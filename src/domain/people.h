/* Accounts, their roles, and the tokens that stand for them, in the store. What is decided about them is in password.h, token.h and
 * access.h; here it is kept, and each change is a row of the audit. No hash and no digest ever stands in the audit.
 *
 * Changes stand within a write job of their realm. A problem means that the job must fail; who may call is judged before.
 *
 * Codes: E951 the login is taken, E952 no such account, E953 a login or name that is empty, too long or no text, E954 the role is
 * held already, or is not, E955 no such unit. */
#ifndef PLUMBLINE_DOMAIN_PEOPLE_H
#define PLUMBLINE_DOMAIN_PEOPLE_H

#include "domain/access.h"
#include "domain/actor.h"
#include "domain/token.h"

#define PL_LOGIN_BYTES 64
#define PL_PERSON_NAME_BYTES 200

typedef struct pl_people_change {
    const pl_actor *actor;
    pl_problems *problems;
} pl_people_change;

/* As it is kept. Texts last as long as `rows`. */
typedef struct pl_account {
    int64_t number;
    pl_str login, name;
    pl_str password; /* its hash; empty: none was set yet, and nobody can log in */
    int64_t password_changed;
    bool first_password; /* set by somebody else: it must be changed before anything else */
    uint32_t generation; /* rises with each password and each "log out everywhere"; older tokens are good no more */
    bool disabled;
    pl_rows rows;
} pl_account;

void pl_account_free(pl_account *account); /* a zeroed one may be freed */

/* A new account without a password or role. Logins are the same whatever the case of their ASCII letters. */
pl_status pl_account_add(pl_tx *tx, const pl_people_change *change, pl_str login, pl_str name, int64_t *out);
pl_status pl_account_rename(pl_tx *tx, const pl_people_change *change, int64_t account, pl_str name);
pl_status pl_account_disable(pl_tx *tx, const pl_people_change *change, int64_t account, bool disabled);

/* Sets the hash of a new password and ends all tokens; the old one is kept among the last `history`. `first`: it was set by
 * somebody else. */
pl_status pl_account_set_password(pl_tx *tx, const pl_people_change *change, int64_t account, pl_str hash, int64_t now, bool first,
                                  size_t history);
/* The same password under another hash (password.h, PL_PASSWORD_RENEW); nothing happens where the password was changed meanwhile.
 */
pl_status pl_account_renew_hash(pl_tx *tx, const pl_account *account, pl_str hash);
/* Ends all tokens of the account. */
pl_status pl_account_log_out(pl_tx *tx, const pl_people_change *change, int64_t account);

/* PL_OK with number 0 where there is no such account. */
pl_status pl_account_by_login(pl_tx *tx, int64_t realm, pl_str login, pl_account *out);
pl_status pl_account_by_number(pl_tx *tx, int64_t realm, int64_t account, pl_account *out);
/* Hashes of earlier passwords, the last first: one column. */
pl_status pl_account_passwords(pl_tx *tx, int64_t realm, int64_t account, pl_rows *rows);

/* ---- roles ---- */

pl_status pl_role_give(pl_tx *tx, const pl_people_change *change, int64_t account, pl_role role, int64_t unit);
pl_status pl_role_take(pl_tx *tx, const pl_people_change *change, int64_t account, pl_role role, int64_t unit);
/* What pl_access_may is asked with. *out lives in the arena; a role that this program does not know counts for nothing. */
pl_status pl_roles_of(pl_tx *tx, int64_t realm, int64_t account, pl_arena *arena, pl_grant **out, size_t *count);

/* ---- tokens ---- */

/* Keeps a token that was made (token.h). `label`: what its owner calls it, or the browser. Its generation is the account's. */
pl_status pl_token_keep(pl_tx *tx, const pl_people_change *change, int64_t account, const pl_token_record *record, pl_str label);
/* What is kept under a digest, for pl_token_check; *account is 0 where nothing is. */
pl_status pl_token_find(pl_tx *tx, int64_t realm, const unsigned char digest[PL_DIGEST_SIZE], pl_token_record *out,
                        int64_t *account);
pl_status pl_token_touch(pl_tx *tx, const unsigned char digest[PL_DIGEST_SIZE], int64_t now);
/* By its owner or an administrator; one that is not there or was revoked before is no failure. */
pl_status pl_token_revoke(pl_tx *tx, const pl_people_change *change, const unsigned char digest[PL_DIGEST_SIZE]);
/* Deletes those whose time is over. */
pl_status pl_token_sweep(pl_tx *tx, int64_t now);

#endif
