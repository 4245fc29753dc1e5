/* Tokens: their shape, what is kept of them, how long they are good. */
#include "domain/token.h"

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool read(pl_str text, pl_token_kind *kind, unsigned char digest[PL_DIGEST_SIZE]) {
    bool good;
    assert_int_equal(pl_token_read(text, &good, kind, digest), PL_OK);
    return good;
}

static void test_a_token_reads_back(void **state) {
    (void)state;
    for (int kind = 0; kind < PL_TOKEN_KINDS; kind++)
        for (int round = 0; round < 200; round++) {
            char text[PL_TOKEN_SIZE];
            unsigned char kept[PL_DIGEST_SIZE], found[PL_DIGEST_SIZE];
            pl_token_kind found_kind;
            assert_int_equal(pl_token_make((pl_token_kind)kind, text, kept), PL_OK);
            assert_int_equal(strlen(text), PL_TOKEN_LENGTH);
            assert_memory_equal(text, "plb_", 4);
            assert_true(text[4] == "sad"[kind]);
            assert_true(read(pl_str_of(text), &found_kind, found));
            assert_int_equal(found_kind, kind);
            assert_memory_equal(found, kept, PL_DIGEST_SIZE);
            unsigned char expected[PL_DIGEST_SIZE];
            pl_digest_bytes(PL_SHA256, text, PL_TOKEN_LENGTH, expected);
            assert_memory_equal(kept, expected, PL_DIGEST_SIZE);
        }
}

static void test_no_two_are_the_same(void **state) {
    (void)state;
    char a[PL_TOKEN_SIZE], b[PL_TOKEN_SIZE];
    unsigned char digest[PL_DIGEST_SIZE];
    pl_token_make(PL_TOKEN_API, a, digest);
    pl_token_make(PL_TOKEN_API, b, digest);
    assert_string_not_equal(a, b);
}

/* What a scanner holds a finding against, worked by another program: CRC-32 of all before it, in base 62. */
static void test_known_tokens(void **state) {
    (void)state;
    unsigned char digest[PL_DIGEST_SIZE];
    pl_token_kind kind;
    assert_true(read(pl_str_of("plb_a000000000000000000000000000000000000000000012Vq4L"), &kind, digest));
    /* 2^256 - 1 is the greatest, 2^256 does not fit. */
    assert_true(read(pl_str_of("plb_ayhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp12hKCCj"), &kind, digest));
    assert_false(read(pl_str_of("plb_ayhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp20Bk2MJ"), &kind, digest));
}

/* Every change of one character is noticed: the checksum finds all of them before any store is asked. */
static void test_slips_are_found(void **state) {
    (void)state;
    char text[PL_TOKEN_SIZE];
    unsigned char digest[PL_DIGEST_SIZE];
    pl_token_kind kind;
    assert_int_equal(pl_token_make(PL_TOKEN_API, text, digest), PL_OK);
    for (size_t i = 0; i < PL_TOKEN_LENGTH; i++)
        for (int c = 0; c < 256; c++) {
            char was = text[i];
            if (was == (char)c) continue;
            text[i] = (char)c;
            assert_false(read((pl_str){text, PL_TOKEN_LENGTH}, &kind, digest));
            text[i] = was;
        }
    for (size_t length = 0; length < PL_TOKEN_LENGTH; length++) assert_false(read((pl_str){text, length}, &kind, digest));
    char longer[PL_TOKEN_SIZE + 1];
    snprintf(longer, sizeof longer, "%s0", text);
    assert_false(read(pl_str_of(longer), &kind, digest));
    assert_false(read((pl_str){NULL, 0}, &kind, digest));
}

static const int64_t now = 1700000000;

static pl_token_record session(void) {
    return (pl_token_record){.digest = {1, 2, 3},
                             .kind = PL_TOKEN_SESSION,
                             .scope = PL_RIGHTS_ALL,
                             .made = now - 100,
                             .seen = now - 10,
                             .expires = now - 100 + PL_SESSION_SECONDS,
                             .idle = PL_SESSION_IDLE_SECONDS};
}

static pl_token_state check(const pl_token_record *record, int64_t at) {
    static const unsigned char digest[PL_DIGEST_SIZE] = {1, 2, 3};
    return pl_token_check(record, PL_TOKEN_SESSION, digest, at);
}

static void test_sessions_end(void **state) {
    (void)state;
    pl_token_record record = session();
    assert_int_equal(check(&record, now), PL_TOKEN_GOOD);
    assert_int_equal(check(&record, record.seen + PL_SESSION_IDLE_SECONDS - 1), PL_TOKEN_GOOD);
    assert_int_equal(check(&record, record.seen + PL_SESSION_IDLE_SECONDS), PL_TOKEN_EXPIRED);
    record.seen = record.expires - 1; /* used all the time, and over all the same */
    assert_int_equal(check(&record, record.expires - 1), PL_TOKEN_GOOD);
    assert_int_equal(check(&record, record.expires), PL_TOKEN_EXPIRED);
    record = session();
    record.idle = 0;
    assert_int_equal(check(&record, record.expires - 1), PL_TOKEN_GOOD);
    assert_int_equal(check(&record, record.made - 60), PL_TOKEN_GOOD); /* two servers whose clocks differ */
    assert_int_equal(check(&record, record.made - 61), PL_TOKEN_EXPIRED);
}

static void test_tokens_are_taken_back(void **state) {
    (void)state;
    pl_token_record record = session();
    record.revoked = true;
    assert_int_equal(check(&record, now), PL_TOKEN_REVOKED);
    record = session();
    record.account_disabled = true;
    assert_int_equal(check(&record, now), PL_TOKEN_REVOKED);
    record = session();
    record.account_generation = 1; /* the password was changed */
    assert_int_equal(check(&record, now), PL_TOKEN_REVOKED);
}

static void test_a_token_of_another_kind_is_none(void **state) {
    (void)state;
    pl_token_record record = session();
    assert_int_equal(pl_token_check(&record, PL_TOKEN_DEVICE, record.digest, now), PL_TOKEN_UNKNOWN);
    record.digest[31] ^= 1;
    assert_int_equal(check(&record, now), PL_TOKEN_UNKNOWN);
}

static bool make_and_read(void *context) {
    (void)context;
    char text[PL_TOKEN_SIZE];
    unsigned char digest[PL_DIGEST_SIZE];
    bool good = false;
    pl_token_kind kind;
    pl_status status = pl_token_make(PL_TOKEN_API, text, digest);
    if (status != PL_OK) assert_int_equal(text[0], 0); /* no token without its digest */
    if (status == PL_OK) status = pl_token_read(pl_str_of(text), &good, &kind, digest);
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    assert_int_equal(good, status == PL_OK);
    return status == PL_OK;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    assert_int_equal(allocations_walk(make_and_read, NULL, 10), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_reads_back),
        cmocka_unit_test(test_no_two_are_the_same),
        cmocka_unit_test(test_known_tokens),
        cmocka_unit_test(test_slips_are_found),
        cmocka_unit_test(test_sessions_end),
        cmocka_unit_test(test_tokens_are_taken_back),
        cmocka_unit_test(test_a_token_of_another_kind_is_none),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
}
