/* Slowing down who guesses passwords, without giving anybody a way to lock others out.
 *
 * Three things are counted, and each attempt is held against one or two of them:
 *   - the pair of an account and the network that the attempt comes from: waits that double, from the fourth failure on;
 *   - the account as a whole, for networks where nobody has ever logged in to it: at most 20 attempts at once and one a minute
 * after that. A thousand machines that guess together share this rate;
 *   - a device that presents a device token of the account (token.h), which it got when it logged in before: only its own count.
 * Neither of the others can hold it up, so whoever guesses from elsewhere, even behind the same address, does not lock the owner
 * out. What remains: a device that was never used before waits along with the attackers when it comes from the network they use, or
 * from one never used before while many networks attack.
 *
 * An attempt is counted as failed when it begins and cleared when it succeeds, so that a thousand at the same moment do not all
 * find an empty count. Pure functions over what the caller keeps; the caller stores the counts before it checks the password. Times
 * are seconds; a clock that was set back lets the next attempt through and counts on from there, so that nobody waits for it to
 * catch up. */
#ifndef PLUMBLINE_DOMAIN_LOCKOUT_H
#define PLUMBLINE_DOMAIN_LOCKOUT_H

#include <plumbline/base/text.h>

/* Kept for each pair of account and network, and for each device of an account. All zero: new. */
typedef struct pl_lockout_count {
    uint32_t failures; /* in a row */
    int64_t last;      /* when the last attempt was let through */
    int64_t until;     /* before this none is */
    bool known;        /* an attempt has succeeded here */
} pl_lockout_count;

/* Kept for each account. All zero: new. */
typedef struct pl_lockout_account {
    int64_t due; /* when the attempts so far will have been paid off at the slow rate */
} pl_lockout_account;

typedef struct pl_lockout {
    pl_lockout_count *pair;
    pl_lockout_count *device; /* NULL: no good device token of this account was presented */
    pl_lockout_account *account;
    bool by_device, charged; /* for pl_lockout_success: against what pl_lockout_begin has held the attempt */
} pl_lockout;

#define PL_LOCKOUT_FREE 3       /* failures without a wait: typing errors */
#define PL_LOCKOUT_LONGEST 900  /* seconds; waits double from 1 up to this */
#define PL_LOCKOUT_FORGET 86400 /* seconds without an attempt, after which failures are forgotten */
#define PL_LOCKOUT_DEVICE                                                                                                          \
    10 /* failures in a row that cost a device its privilege, until they are forgotten or a login succeeds                         \
        */
#define PL_LOCKOUT_ACCOUNT_BURST 20   /* attempts from unknown networks at once */
#define PL_LOCKOUT_ACCOUNT_SECONDS 60 /* for each further one */

/* Asks to try a password now. 0: go on, and the attempt is counted; otherwise the seconds to wait, and nothing has changed. */
int64_t pl_lockout_begin(pl_lockout *lockout, int64_t now);

/* The attempt that began was right: its failures are forgotten and the place is known from now on. */
void pl_lockout_success(const pl_lockout *lockout, int64_t now);

/* Bytes that hold the name of any network and a terminating zero. */
#define PL_NETWORK_SIZE 64

/* The network of an address as text: an IPv4 address itself (also when written as IPv6, ::ffff:192.0.2.1), of IPv6 the first 64
 * bits, which is what one customer has. False when it is no address. */
bool pl_lockout_network(pl_str address, char out[PL_NETWORK_SIZE]);

#endif
