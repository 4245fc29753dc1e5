/* Stories of attacks: who is slowed down, and that it is never the owner of the account. */
#include "domain/lockout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t start = 1700000000;

static int64_t attempt(pl_lockout_count *pair, pl_lockout_count *device, pl_lockout_account *account, int64_t now, bool right) {
    pl_lockout lockout = {pair, device, account, false, false};
    int64_t wait = pl_lockout_begin(&lockout, now);
    if (!wait && right) pl_lockout_success(&lockout, now);
    return wait;
}

static void test_typing_errors_cost_nothing(void **state) {
    (void)state;
    pl_lockout_count pair = {0};
    pl_lockout_account account = {0};
    for (int i = 0; i < PL_LOCKOUT_FREE; i++) assert_int_equal(attempt(&pair, NULL, &account, start, false), 0);
    assert_int_equal(attempt(&pair, NULL, &account, start, true), 0);
    assert_true(pair.known && pair.failures == 0);
}

static void test_waits_double(void **state) {
    (void)state;
    pl_lockout_count pair = {.known = true};
    pl_lockout_account account = {0};
    static const int64_t waits[] = {0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    int64_t now = start;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        assert_int_equal(attempt(&pair, NULL, &account, now, false), 0);
        assert_int_equal(pair.until - now, waits[i]);
        if (waits[i]) {
            pl_lockout_count before = pair;
            assert_int_equal(attempt(&pair, NULL, &account, now + waits[i] - 1, true),
                             1); /* even the right one, and nothing moves */
            assert_memory_equal(&pair, &before, sizeof pair);
        }
        now += waits[i];
    }
    assert_int_equal(account.due, 0); /* a known network never touches the account's rate */
    /* A day without an attempt, and all is as on the first day. */
    assert_int_equal(attempt(&pair, NULL, &account, now + PL_LOCKOUT_FORGET, false), 0);
    assert_int_equal(pair.failures, 1);
}

/* A thousand machines with one attempt each: the account's rate holds them all together. */
static void test_many_networks_share_one_rate(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    size_t let_through = 0;
    for (int64_t second = 0; second < 3600; second++) {
        pl_lockout_count fresh = {0};
        let_through += attempt(&fresh, NULL, &account, start + second, false) == 0;
    }
    assert_int_equal(let_through, PL_LOCKOUT_ACCOUNT_BURST + 3599 / PL_LOCKOUT_ACCOUNT_SECONDS);
}

/* ASVS 2.2.1: no more than a hundred failures an hour for an account, from strangers and from one known network together. */
static void test_at_most_a_hundred_failures_an_hour(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count office = {.known = true};
    size_t failures = 0;
    for (int64_t second = 0; second < 3600; second++) {
        pl_lockout_count fresh = {0};
        failures += attempt(&fresh, NULL, &account, start + second, false) == 0;
        failures += attempt(&office, NULL, &account, start + second, false) == 0;
    }
    assert_in_range(failures, 80, 100);
}

/* Somebody wants a leader locked out and guesses all day from everywhere. The leader logs in from the office as if nothing were. */
static void test_the_owner_is_not_locked_out_where_known(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count office = {0};
    assert_int_equal(attempt(&office, NULL, &account, start, true), 0);
    for (int64_t second = 1; second < 20000; second++) {
        pl_lockout_count fresh = {0};
        attempt(&fresh, NULL, &account, start + second, false);
        if (second % 1000 == 0) assert_int_equal(attempt(&office, NULL, &account, start + second, true), 0);
    }
}

/* The attacker sits in the same office, behind the same address; the owner's own machine is told apart by its device token. */
static void test_the_owner_is_not_locked_out_by_a_colleague(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count office = {0}, own = {0};
    assert_int_equal(attempt(&office, &own, &account, start, true), 0);
    for (int64_t second = 1; second < 5000; second++) {
        attempt(&office, NULL, &account, start + second, false);
        if (second == 4000) assert_true(attempt(&office, NULL, &account, start + second, true) > 0); /* no device: waits */
    }
    assert_int_equal(attempt(&office, &own, &account, start + 5000, true), 0);
}

/* A stolen device token allows ten guesses, with waits, and then is worth nothing. */
static void test_a_stolen_device_token_wears_out(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count pair = {0}, stolen = {.known = true};
    int64_t now = start;
    for (int i = 0; i < PL_LOCKOUT_DEVICE; i++) {
        assert_int_equal(attempt(&pair, &stolen, &account, now, false), 0);
        now = stolen.until > now ? stolen.until : now;
    }
    assert_int_equal(stolen.failures, PL_LOCKOUT_DEVICE);
    assert_int_equal(pair.failures, 0);
    assert_int_equal(attempt(&pair, &stolen, &account, now, false), 0); /* as anybody's from now on */
    assert_int_equal(stolen.failures, PL_LOCKOUT_DEVICE);
    assert_int_equal(pair.failures, 1);
    assert_true(account.due > now);
}

/* A device token whose device never logged in to this account is nobody's. */
static void test_an_unknown_device_has_no_privilege(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count pair = {0}, device = {0};
    attempt(&pair, &device, &account, start, false);
    assert_int_equal(device.failures, 0);
    assert_int_equal(pair.failures, 1);
}

/* A thousand attempts at the same moment, none of which has failed yet: they are counted when they begin. */
static void test_attempts_at_once_are_all_counted(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count pair = {0};
    size_t let_through = 0;
    for (int i = 0; i < 1000; i++) {
        pl_lockout lockout = {&pair, NULL, &account, false, false};
        let_through += pl_lockout_begin(&lockout, start) == 0;
    }
    assert_int_equal(let_through, PL_LOCKOUT_FREE + 1);
}

/* One's own good login pays back what it cost, and no more: guessers do not get a new burst by it. */
static void test_a_success_does_not_help_the_guessers(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    for (int i = 0; i < PL_LOCKOUT_ACCOUNT_BURST - 1; i++) {
        pl_lockout_count fresh = {0};
        assert_int_equal(attempt(&fresh, NULL, &account, start, false), 0);
    }
    int64_t owed = account.due;
    pl_lockout_count hotel = {0};
    assert_int_equal(attempt(&hotel, NULL, &account, start, true), 0);
    assert_int_equal(account.due, owed);
    assert_true(hotel.known);
}

static void test_a_clock_set_back_holds_nobody_up(void **state) {
    (void)state;
    pl_lockout_account account = {0};
    pl_lockout_count pair = {0};
    for (int64_t second = 0; second < 40000; second++) {
        pl_lockout_account own = {0};
        pl_lockout_count fresh = {0};
        attempt(&pair, NULL, &own, start + second, false);
        attempt(&fresh, NULL, &account, start + second, false);
    }
    int64_t before = start - 10 * PL_LOCKOUT_FORGET;
    pl_lockout_count fresh = {0};
    assert_int_equal(attempt(&fresh, NULL, &account, before, false), 0);
    assert_int_equal(attempt(&pair, NULL, &account, before + PL_LOCKOUT_ACCOUNT_SECONDS, false), 0);
    /* and guessing goes on as slowly as before */
    assert_true(attempt(&pair, NULL, &account, before + 2 * PL_LOCKOUT_ACCOUNT_SECONDS, false) > 0);
    pl_lockout_count other = {0};
    assert_true(attempt(&other, NULL, &account, before + PL_LOCKOUT_ACCOUNT_SECONDS, false) > 0);
}

static void test_networks(void **state) {
    (void)state;
    static const struct {
        const char *address, *network;
    } cases[] = {{"192.0.2.7", "192.0.2.7"},
                 {"::ffff:192.0.2.7", "192.0.2.7"},
                 {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
                 {"2001:DB8:1:2::9", "2001:db8:1:2::/64"},
                 {"fe80::1%eth0", "fe80::/64"},
                 {"::1", "::/64"},
                 {"", NULL},
                 {"192.0.2", NULL},
                 {"192.0.2.7%eth0", NULL},
                 {"2001:db8::1/64", NULL},
                 {"unix:", NULL},
                 {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char network[PL_NETWORK_SIZE];
        assert_int_equal(pl_lockout_network(pl_str_of(cases[i].address), network), cases[i].network != NULL);
        if (cases[i].network) assert_string_equal(network, cases[i].network);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_errors_cost_nothing),
        cmocka_unit_test(test_waits_double),
        cmocka_unit_test(test_many_networks_share_one_rate),
        cmocka_unit_test(test_at_most_a_hundred_failures_an_hour),
        cmocka_unit_test(test_the_owner_is_not_locked_out_where_known),
        cmocka_unit_test(test_the_owner_is_not_locked_out_by_a_colleague),
        cmocka_unit_test(test_a_stolen_device_token_wears_out),
        cmocka_unit_test(test_an_unknown_device_has_no_privilege),
        cmocka_unit_test(test_attempts_at_once_are_all_counted),
        cmocka_unit_test(test_a_success_does_not_help_the_guessers),
        cmocka_unit_test(test_a_clock_set_back_holds_nobody_up),
        cmocka_unit_test(test_networks),
    };
    return cmocka_run_group_tests_name("lock-out", tests, NULL, NULL);
}
