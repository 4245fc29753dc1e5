#include "domain/lockout.h"

#include <arpa/inet.h>
#include <stdio.h>

/* Failures of long ago do not count. */
static uint32_t failures_now(const pl_lockout_count *count, int64_t now) {
    return now - count->last >= PL_LOCKOUT_FORGET ? 0 : count->failures;
}

static int64_t wait_after(uint32_t failures) {
    if (failures <= PL_LOCKOUT_FREE) return 0;
    uint32_t doublings = failures - PL_LOCKOUT_FREE - 1;
    int64_t wait = doublings < 10 ? INT64_C(1) << doublings : PL_LOCKOUT_LONGEST;
    return wait < PL_LOCKOUT_LONGEST ? wait : PL_LOCKOUT_LONGEST;
}

/* Times in the future that no attempt can have made are those of a clock set back since; they count no more. */
static int64_t count_wait(const pl_lockout_count *count, int64_t now) {
    if (count->last > now || count->until <= now) return 0;
    return count->until - now;
}

/* The debt that no further attempt may pass, in seconds. */
#define ACCOUNT_MOST ((int64_t)PL_LOCKOUT_ACCOUNT_BURST * PL_LOCKOUT_ACCOUNT_SECONDS)

static int64_t owed(const pl_lockout_account *account, int64_t now) {
    int64_t debt = account->due - now;
    if (debt > ACCOUNT_MOST) return ACCOUNT_MOST - PL_LOCKOUT_ACCOUNT_SECONDS;
    return debt > 0 ? debt : 0;
}

static int64_t account_wait(const pl_lockout_account *account, int64_t now) {
    int64_t over = owed(account, now) + PL_LOCKOUT_ACCOUNT_SECONDS - ACCOUNT_MOST;
    return over > 0 ? over : 0;
}

static void charge(pl_lockout_account *account, int64_t now) {
    account->due = now + owed(account, now) + PL_LOCKOUT_ACCOUNT_SECONDS;
}

static void count_attempt(pl_lockout_count *count, int64_t now) {
    uint32_t failures = failures_now(count, now);
    count->failures = failures < UINT32_MAX ? failures + 1 : failures;
    count->last = now;
    count->until = now + wait_after(count->failures);
}

static bool trusted(const pl_lockout *lockout, int64_t now) {
    return lockout->device && lockout->device->known && failures_now(lockout->device, now) < PL_LOCKOUT_DEVICE;
}

int64_t pl_lockout_begin(pl_lockout *lockout, int64_t now) {
    lockout->by_device = trusted(lockout, now);
    lockout->charged = !lockout->by_device && !lockout->pair->known;
    pl_lockout_count *count = lockout->by_device ? lockout->device : lockout->pair;
    int64_t wait = count_wait(count, now), slow = lockout->charged ? account_wait(lockout->account, now) : 0;
    if (slow > wait) wait = slow;
    if (wait) return wait;
    count_attempt(count, now);
    if (lockout->charged) charge(lockout->account, now);
    return 0;
}

static void clear(pl_lockout_count *count, int64_t now) { *count = (pl_lockout_count){.last = now, .known = true}; }

/* The attempt itself is paid back; what others owe stays owed, or one good login would reset a guesser's rate. */
void pl_lockout_success(const pl_lockout *lockout, int64_t now) {
    if (lockout->charged) lockout->account->due -= PL_LOCKOUT_ACCOUNT_SECONDS;
    clear(lockout->pair, now);
    if (lockout->device) clear(lockout->device, now);
}

/* ---- networks ---- */

bool pl_lockout_network(pl_str address, char out[PL_NETWORK_SIZE]) {
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    char text[INET6_ADDRSTRLEN], *zone;
    unsigned char bytes[16];
    if (!address.len || address.len >= sizeof text || memchr(address.at, 0, address.len)) return false;
    memcpy(text, address.at, address.len);
    text[address.len] = 0;
    if ((zone = strchr(text, '%'))) *zone = 0;
    if (!zone && inet_pton(AF_INET, text, bytes) == 1) return inet_ntop(AF_INET, bytes, out, PL_NETWORK_SIZE);
    if (inet_pton(AF_INET6, text, bytes) != 1) return false;
    if (!memcmp(bytes, mapped, sizeof mapped)) return inet_ntop(AF_INET, bytes + 12, out, PL_NETWORK_SIZE);
    memset(bytes + 8, 0, 8);
    if (!inet_ntop(AF_INET6, bytes, out, PL_NETWORK_SIZE)) return false;
    size_t length = strlen(out);
    snprintf(out + length, PL_NETWORK_SIZE - length, "/64");
    return true;
}
