/* Which passwords are taken, how they are kept, and what happens when many arrive at once. */
#include "domain/password.h"
#include "domain/obvious.h"
#include "domain/secret.h"

#include "support/allocations.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BIT(rule) (1u << PL_PASSWORD_##rule)

/* Hashing that is quick, for tests that need many. */
static const pl_password_cost quick = {1, 8192};

static unsigned broken(pl_password_profile profile, const char *password) {
    const pl_str names[] = {pl_str_of("wang.xiulan"), pl_str_of("王秀兰"), pl_str_of("Linhai"), pl_str_of("W")};
    return pl_password_broken(pl_password_policy_of(profile), pl_str_of(password), names, 4);
}

/* ---- rules ---- */

static void test_length_alone_decides_under_asvs(void **state) {
    (void)state;
    assert_int_equal(broken(PL_PASSWORD_ASVS, "kettle rabbit"), 0);
    assert_int_equal(broken(PL_PASSWORD_ASVS, "gvxmtqhwrkdb"), 0); /* one kind of characters, and no rule against it */
    assert_int_equal(broken(PL_PASSWORD_ASVS, "gvxmtqhwrkd"), BIT(SHORT));
    assert_int_equal(broken(PL_PASSWORD_ASVS, "雨后小巷里卖糖的老人走了"), 0); /* twelve code points, 36 bytes */
    assert_int_equal(broken(PL_PASSWORD_ASVS, "雨后小巷里卖糖的老人走"), BIT(SHORT));
}

static void test_the_longest_is_128_code_points(void **state) {
    (void)state;
    char text[3 * 129 + 1];
    for (size_t i = 0; i < 129; i++) memcpy(text + 3 * i, i % 2 ? "雨" : "巷", 3);
    text[3 * 128] = 0;
    assert_int_equal(broken(PL_PASSWORD_MLPS3, text) & BIT(LONG), 0);
    text[3 * 128] = "雨"[0];
    text[3 * 129] = 0;
    assert_int_equal(broken(PL_PASSWORD_ASVS, text), BIT(LONG));
}

static void test_composition_under_mlps3(void **state) {
    (void)state;
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "gVx7tqhw"), 0);
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "gvx7t_hw"), 0);
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "雨gVxtqhw"), 0); /* a Chinese character is of the fourth kind */
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "gvx7tqhw"), BIT(KINDS));
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "gVx7tqh"), BIT(SHORT));
    assert_int_equal(broken(PL_PASSWORD_MLPS3, "gvxtqhw"), BIT(SHORT) | BIT(KINDS)); /* all that is wrong, at once */
}

static void test_what_nobody_types_is_refused(void **state) {
    (void)state;
    assert_int_equal(broken(PL_PASSWORD_ASVS, "kettle\nrabbit"), BIT(TEXT));
    assert_int_equal(broken(PL_PASSWORD_ASVS, "kettle\xFFrabbit"), BIT(TEXT));
    assert_int_equal(broken(PL_PASSWORD_ASVS, "kettle\xC2\x85rabbit"), BIT(TEXT));
    assert_int_equal(pl_password_broken(pl_password_policy_of(PL_PASSWORD_ASVS), (pl_str){"kettle\0rabbit", 13}, NULL, 0),
                     BIT(TEXT));
    assert_int_equal(broken(PL_PASSWORD_ASVS, ""), BIT(SHORT) | BIT(COMMON));
}

static void test_what_is_tried_first_is_refused(void **state) {
    (void)state;
    static const char *const obvious[] = {"password1234",  "P@ssw0rd2024",     "Passw0rd!!!!",  "qwertyuiop12",
                                          "123456789012",  "aaaaaaaaaaaa",     "aB7aB7aB7aB7",  "admin@123456",
                                          "woaini5201314", "Zhongguo2025!",    "zxcvbnm,./12",  "letmein_2019",
                                          "1qaz2wsx3edc",  "passwordpassword", "9876543210987", "密码密码密码密码密码密码",
                                          "changeme!!!!"};
    for (size_t i = 0; i < sizeof obvious / sizeof *obvious; i++)
        if (broken(PL_PASSWORD_ASVS, obvious[i]) != BIT(COMMON))
            fail_msg("%s: %x", obvious[i], broken(PL_PASSWORD_ASVS, obvious[i]));
    static const char *const fine[] = {"kettle rabbit moss", "password of my cat", "seven old lamps", "tr7#qLm29xvB"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) assert_int_equal(broken(PL_PASSWORD_ASVS, fine[i]), 0);
}

/* The rule stands for a list: words with what people put before and behind them, some thousands of passwords, none let pass. */
static void test_the_rule_covers_thousands(void **state) {
    (void)state;
    static const char *const words[] = {"password", "Welcome", "DRAGON", "adm1n",  "guanliyuan",
                                        "beijing",  "summer",  "qwerty", "$ecret", "b4ngong"};
    static const char *const before[] = {"", "!", "my", "1", "#"}, *const signs[] = {"", "!", "@", "_", "**"};
    size_t count = 0;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        for (size_t b = 0; b < 3; b++)
            for (size_t s = 0; s < sizeof signs / sizeof *signs; s++)
                for (int year = 1980; year < 2030; year++, count++) {
                    char text[64];
                    snprintf(text, sizeof text, "%s%s%d%s", b == 2 ? "" : before[b], words[w], year, signs[s]);
                    if (pl_obvious_pieces(pl_str_of(text), NULL, 0) >= PL_OBVIOUS_PIECES) fail_msg("%s is let pass", text);
                }
    assert_int_equal(count, 10 * 3 * 5 * 50);
}

static void test_own_names_are_refused(void **state) {
    (void)state;
    assert_int_equal(broken(PL_PASSWORD_ASVS, "wang.xiulan2025"), BIT(PERSONAL));
    assert_int_equal(broken(PL_PASSWORD_ASVS, "L1nhai-Linhai"), BIT(PERSONAL));
    assert_int_equal(broken(PL_PASSWORD_ASVS, "王秀兰19980000!!"), BIT(PERSONAL));
    /* A name of one letter is worth no more than the letter. */
    assert_int_equal(broken(PL_PASSWORD_ASVS, "WrWtWqWmWkWz"), 0);
}

/* Random passwords are hardly ever obvious: none of 2,000. */
static void test_random_passwords_pass(void **state) {
    (void)state;
    uint64_t random = 88172645463325252;
    for (int i = 0; i < 2000; i++) {
        char text[13] = {0};
        for (int j = 0; j < 12; j++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            text[j] = (char)('!' + random % 94);
        }
        if (broken(PL_PASSWORD_ASVS, text)) fail_msg("%s is refused", text);
    }
}

static void test_pieces_are_bounded(void **state) {
    (void)state;
    char *text = malloc(513);
    memset(text, 'a', 513);
    assert_int_equal(pl_obvious_pieces((pl_str){text, 512}, NULL, 0), 1);
    assert_int_equal(pl_obvious_pieces((pl_str){text, 513}, NULL, 0), PL_OBVIOUS_PIECES);
    free(text);
}

static void test_every_rule_says_what_to_do(void **state) {
    (void)state;
    const pl_password_policy *policy = pl_password_policy_of(PL_PASSWORD_MLPS3);
    for (int rule = 0; rule < PL_PASSWORD_RULES; rule++)
        for (int chinese = 0; chinese < 2; chinese++) {
            pl_buffer text;
            pl_buffer_init(&text, 0);
            pl_password_explain(&text, policy, (pl_password_rule)rule, chinese);
            assert_true(text.len > 20 && !strchr(text.at, '%'));
            pl_buffer_free(&text);
        }
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_password_explain(&text, policy, PL_PASSWORD_SHORT, true);
    assert_string_equal(text.at, "口令太短：至少 8 个字符，可用一句自己想的话。");
    pl_buffer_free(&text);
    assert_string_equal(pl_password_rule_of(PL_PASSWORD_REUSED).code, "password-reused");
}

static void test_rotation(void **state) {
    (void)state;
    const pl_password_policy *asvs = pl_password_policy_of(PL_PASSWORD_ASVS), *mlps = pl_password_policy_of(PL_PASSWORD_MLPS3);
    int64_t day = 86400, now = 1700000000;
    assert_true(pl_password_expired(asvs, true, now, now)); /* the first one, whoever set it */
    assert_false(pl_password_expired(asvs, false, 0, now));
    assert_false(pl_password_expired(mlps, false, now - 90 * day + 1, now));
    assert_true(pl_password_expired(mlps, false, now - 90 * day, now));
    assert_false(pl_password_expired(mlps, false, now + day, now)); /* a clock set back */
    assert_int_equal(mlps->history, 5);
    assert_int_equal(mlps->digest, PL_SM3);
    assert_int_equal(asvs->digest, PL_SHA256);
}

/* ---- hashes ---- */

static pl_passwords *make(pl_password_cost cost, unsigned at_once, unsigned waiting) {
    pl_passwords *passwords;
    assert_int_equal(pl_passwords_create(&passwords, cost, at_once, waiting), PL_OK);
    return passwords;
}

static pl_password_answer ask(pl_passwords *passwords, const char *stored, const char *password) {
    pl_password_answer answer;
    assert_int_equal(pl_password_verify(passwords, 0, stored, pl_str_of(password), &answer), PL_OK);
    return answer;
}

static void keep(pl_passwords *passwords, const char *password, char out[PL_PASSWORD_HASH_SIZE]) {
    pl_password_answer answer;
    assert_int_equal(pl_password_hash(passwords, 0, pl_str_of(password), out, &answer), PL_OK);
    assert_int_equal(answer, PL_PASSWORD_RIGHT);
}

static void test_the_usual_cost(void **state) {
    (void)state;
    pl_passwords *passwords = make(pl_password_cost_usual, 1, 0);
    char hash[PL_PASSWORD_HASH_SIZE];
    keep(passwords, "kettle rabbit", hash);
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
    assert_int_equal(ask(passwords, hash, "kettle rabbit"), PL_PASSWORD_RIGHT);
    assert_int_equal(ask(passwords, hash, "kettle rabbiT"), PL_PASSWORD_WRONG);
    assert_int_equal(ask(passwords, NULL, "kettle rabbit"), PL_PASSWORD_WRONG); /* no such account */
    pl_passwords_free(passwords);
}

static void test_nothing_is_cut_and_salts_differ(void **state) {
    (void)state;
    pl_passwords *passwords = make(quick, 1, 0);
    char hash[PL_PASSWORD_HASH_SIZE], again[PL_PASSWORD_HASH_SIZE], text[129];
    memset(text, 'x', 128);
    text[128] = 0;
    keep(passwords, text, hash);
    keep(passwords, text, again);
    assert_string_not_equal(hash, again);
    assert_int_equal(ask(passwords, hash, text), PL_PASSWORD_RIGHT);
    text[127] = 'y';
    assert_int_equal(ask(passwords, hash, text), PL_PASSWORD_WRONG);
    /* The same sign in two encodings is two passwords: nothing is normalised. */
    keep(passwords, "caf\xC3\xA9 kettle", hash);
    assert_int_equal(ask(passwords, hash, "cafe\xCC\x81 kettle"), PL_PASSWORD_WRONG);
    pl_passwords_free(passwords);
}

static void test_hashes_of_another_cost_are_to_be_renewed(void **state) {
    (void)state;
    pl_passwords *cheap = make(quick, 1, 0), *dear = make((pl_password_cost){2, 16384}, 1, 0);
    char hash[PL_PASSWORD_HASH_SIZE];
    keep(cheap, "kettle rabbit", hash);
    assert_int_equal(ask(cheap, hash, "kettle rabbit"), PL_PASSWORD_RIGHT);
    assert_int_equal(ask(dear, hash, "kettle rabbit"), PL_PASSWORD_RENEW);
    assert_int_equal(ask(dear, hash, "kettle rabbis"), PL_PASSWORD_WRONG);
    pl_passwords_free(cheap);
    pl_passwords_free(dear);
}

static void test_what_is_no_hash_decides_nothing(void **state) {
    (void)state;
    pl_passwords *passwords = make(quick, 1, 0);
    static const char *const none[] = {
        "", "kettle rabbit", "$argon2i$v=19$m=8,t=3,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA", "$argon2id$v=19$m=8,t=1,p=1$",
        /* a good one with more behind it */
        "$argon2id$v=19$m=8,t=1,p=1$HahbE8QZ4FyH4GZ0tXUbVw$ogEhVOYmJmpBR4lVFhZoXrFiPcFVRcRxRWVOrYMTCqsA",
        "$argon2id$v=19$m=8,t=1,p=1$HahbE8QZ4FyH4GZ0tXUbVw$ogEhVOYmJmpBR4lVFhZoXrFiPcFVRcRxRWVOrYMTCqs$",
        /* what checking these would cost must not be paid */
        "$argon2id$v=19$m=4194304,t=1,p=1$HahbE8QZ4FyH4GZ0tXUbVw$ogEhVOYmJmpBR4lVFhZoXrFiPcFVRcRxRWVOrYMTCqs",
        "$argon2id$v=19$m=8,t=4000000,p=1$HahbE8QZ4FyH4GZ0tXUbVw$ogEhVOYmJmpBR4lVFhZoXrFiPcFVRcRxRWVOrYMTCqs"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        pl_password_answer answer;
        assert_int_equal(pl_password_verify(passwords, 0, none[i], pl_str_of("kettle rabbit"), &answer), PL_INPUT);
    }
    static const char one[] = "$argon2id$v=19$m=8,t=1,p=1$HahbE8QZ4FyH4GZ0tXUbVw$ogEhVOYmJmpBR4lVFhZoXrFiPcFVRcRxRWVOrYMTCqs";
    assert_int_equal(ask(passwords, one, "kettle rabbit"), PL_PASSWORD_WRONG);
    pl_passwords_free(passwords);
}

static void test_the_last_five_are_not_taken_again(void **state) {
    (void)state;
    pl_passwords *passwords = make(quick, 1, 0);
    static char hashes[5][PL_PASSWORD_HASH_SIZE];
    static const char *const old[] = {"one lamp", "two lamps", "three lamps", "four lamps", "five lamps"};
    const char *earlier[5];
    for (size_t i = 0; i < 5; i++) keep(passwords, old[i], hashes[i]), earlier[i] = hashes[i];
    pl_password_answer answer;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(pl_password_reused(passwords, 0, pl_str_of(old[i]), earlier, 5, &answer), PL_OK);
        assert_int_equal(answer, PL_PASSWORD_RIGHT);
    }
    assert_int_equal(pl_password_reused(passwords, 0, pl_str_of("six lamps"), earlier, 5, &answer), PL_OK);
    assert_int_equal(answer, PL_PASSWORD_WRONG);
    pl_passwords_free(passwords);
}

static void test_costs_that_are_none(void **state) {
    (void)state;
    pl_passwords *passwords;
    assert_int_equal(pl_passwords_create(&passwords, (pl_password_cost){0, 8192}, 1, 0), PL_INPUT);
    assert_int_equal(pl_passwords_create(&passwords, (pl_password_cost){1, 1}, 1, 0), PL_INPUT);
    assert_int_equal(pl_passwords_create(&passwords, (pl_password_cost){17, 8192}, 1, 0), PL_INPUT);
    assert_int_equal(pl_passwords_create(&passwords, (pl_password_cost){1, ((size_t)1 << 30) + 1}, 1, 0), PL_INPUT);
    assert_int_equal(pl_passwords_create(&passwords, quick, 0, 0), PL_INPUT);
    assert_null(passwords);
}

/* ---- the gate ---- */

static void test_who_does_not_get_in_is_told_so(void **state) {
    (void)state;
    pl_passwords *passwords = make(quick, 1, 0);
    char hash[PL_PASSWORD_HASH_SIZE], other[PL_PASSWORD_HASH_SIZE];
    keep(passwords, "kettle rabbit", hash);
    const char *earlier = hash;
    pl_password_answer answer;
    assert_true(pl_gate_enter(pl_passwords_gate(passwords), 0)); /* somebody is inside */
    assert_int_equal(ask(passwords, hash, "kettle rabbit"), PL_PASSWORD_BUSY);
    assert_int_equal(pl_password_hash(passwords, 1, pl_str_of("kettle"), other, &answer), PL_OK);
    assert_int_equal(answer, PL_PASSWORD_BUSY);
    assert_string_equal(other, "");
    assert_int_equal(pl_password_reused(passwords, 0, pl_str_of("kettle"), &earlier, 1, &answer), PL_OK);
    assert_int_equal(answer, PL_PASSWORD_BUSY);
    pl_gate_leave(pl_passwords_gate(passwords));
    assert_int_equal(ask(passwords, hash, "kettle rabbit"), PL_PASSWORD_RIGHT);
    pl_passwords_free(passwords);
}

typedef struct visit {
    pl_gate *gate;
    unsigned milliseconds;
    bool in;
} visit;

static void *go_in(void *context) {
    visit *v = context;
    v->in = pl_gate_enter(v->gate, v->milliseconds);
    return NULL;
}

static void until_waiting(pl_gate *gate, unsigned count) {
    unsigned inside, waiting;
    do {
        sched_yield();
        pl_gate_count(gate, &inside, &waiting);
    } while (waiting < count);
}

static void test_who_waits_gets_in_and_no_more_wait_than_may(void **state) {
    (void)state;
    pl_gate *gate;
    assert_int_equal(pl_gate_create(&gate, 1, 1), PL_OK);
    assert_true(pl_gate_enter(gate, 0));
    visit waits = {gate, 600000, false};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, go_in, &waits), 0);
    until_waiting(gate, 1);
    assert_false(pl_gate_enter(gate, 600000)); /* the queue is full: sent away at once, not after ten minutes */
    pl_gate_leave(gate);
    pthread_join(thread, NULL);
    assert_true(waits.in);
    assert_false(pl_gate_enter(gate, 1)); /* waits for its deadline and goes */
    pl_gate_leave(gate);
    assert_true(pl_gate_enter(gate, 0));
    pl_gate_leave(gate);
    pl_gate_free(gate);
}

typedef struct crowd {
    pl_gate *gate;
    pthread_mutex_t lock;
    unsigned inside, most;
} crowd;

static void *come_and_go(void *context) {
    crowd *c = context;
    for (int i = 0; i < 200; i++) {
        if (!pl_gate_enter(c->gate, 600000)) return c;
        pthread_mutex_lock(&c->lock);
        if (++c->inside > c->most) c->most = c->inside;
        pthread_mutex_unlock(&c->lock);
        sched_yield();
        pthread_mutex_lock(&c->lock);
        c->inside--;
        pthread_mutex_unlock(&c->lock);
        pl_gate_leave(c->gate);
    }
    return NULL;
}

static void test_no_more_than_so_many_are_inside(void **state) {
    (void)state;
    crowd c = {.lock = PTHREAD_MUTEX_INITIALIZER};
    assert_int_equal(pl_gate_create(&c.gate, 2, 8), PL_OK);
    pthread_t threads[6];
    for (int i = 0; i < 6; i++) assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &c), 0);
    for (int i = 0; i < 6; i++) {
        void *sent_away;
        pthread_join(threads[i], &sent_away);
        assert_null(sent_away);
    }
    assert_true(c.most <= 2 && c.inside == 0);
    pl_gate_free(c.gate);
}

/* ---- failures of the machine ---- */

/* A child that may have no more memory: the hash is not called wrong for it. Its exit status is the answer. */
static int without_memory(pl_passwords *passwords, const char *hash) {
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {1, 1};
        setrlimit(RLIMIT_AS, &none);
        pl_password_answer answer = PL_PASSWORD_BUSY;
        pl_status status = pl_password_verify(passwords, 0, hash, pl_str_of("kettle rabbit"), &answer);
        _exit(status == PL_MEMORY && answer == PL_PASSWORD_BUSY ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static void test_no_memory_is_not_a_wrong_password(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    pl_passwords *passwords = make(pl_password_cost_usual, 1, 0);
    char hash[PL_PASSWORD_HASH_SIZE];
    keep(passwords, "kettle rabbit", hash);
    assert_int_equal(without_memory(passwords, hash), 0);
    pl_passwords_free(passwords);
}

static bool make_and_free(void *context) {
    (void)context;
    pl_passwords *passwords;
    pl_status status = pl_passwords_create(&passwords, quick, 1, 0);
    pl_passwords_free(passwords);
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    return status == PL_OK;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    assert_int_equal(allocations_walk(make_and_free, NULL, 10), 2);
}

static void test_secrets_are_wiped(void **state) {
    (void)state;
    pl_buffer buffer;
    pl_secret_room(&buffer, 16);
    pl_buffer_text(&buffer, "kettle rabbit");
    const char *at = buffer.at;
    pl_buffer_text(&buffer, "kettle rabbit"); /* does not fit, and does not move either */
    assert_true(buffer.failed && buffer.at == at);
    pl_secret_free(&buffer);
    assert_null(buffer.at);
    char bytes[4] = "abc";
    pl_secret_wipe(bytes, sizeof bytes);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
    assert_true(pl_secret_equal(pl_str_of("ab"), pl_str_of("ab")) && pl_secret_equal(pl_str_of(""), pl_str_of("")));
    assert_false(pl_secret_equal(pl_str_of("ab"), pl_str_of("abc")) || pl_secret_equal(pl_str_of("ab"), pl_str_of("aB")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_alone_decides_under_asvs),
        cmocka_unit_test(test_the_longest_is_128_code_points),
        cmocka_unit_test(test_composition_under_mlps3),
        cmocka_unit_test(test_what_nobody_types_is_refused),
        cmocka_unit_test(test_what_is_tried_first_is_refused),
        cmocka_unit_test(test_the_rule_covers_thousands),
        cmocka_unit_test(test_own_names_are_refused),
        cmocka_unit_test(test_random_passwords_pass),
        cmocka_unit_test(test_pieces_are_bounded),
        cmocka_unit_test(test_every_rule_says_what_to_do),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_the_usual_cost),
        cmocka_unit_test(test_nothing_is_cut_and_salts_differ),
        cmocka_unit_test(test_hashes_of_another_cost_are_to_be_renewed),
        cmocka_unit_test(test_what_is_no_hash_decides_nothing),
        cmocka_unit_test(test_the_last_five_are_not_taken_again),
        cmocka_unit_test(test_costs_that_are_none),
        cmocka_unit_test(test_who_does_not_get_in_is_told_so),
        cmocka_unit_test(test_who_waits_gets_in_and_no_more_wait_than_may),
        cmocka_unit_test(test_no_more_than_so_many_are_inside),
        cmocka_unit_test(test_no_memory_is_not_a_wrong_password),
        cmocka_unit_test(test_memory_runs_out_cleanly),
        cmocka_unit_test(test_secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
