/* The second factor: codes by time, and recovery codes. */
#include "domain/totp.h"
#include "domain/secret.h"

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* RFC 6238, appendix B: the secret is 1234567890 over and over, as long as the digest. */
static void test_vectors_of_the_rfc(void **state) {
    (void)state;
    static const struct {
        int64_t seconds;
        pl_totp_hash hash;
        const char *code;
    } cases[] = {{59, PL_TOTP_SHA1, "94287082"},
                 {59, PL_TOTP_SHA256, "46119246"},
                 {59, PL_TOTP_SHA512, "90693936"},
                 {1111111109, PL_TOTP_SHA1, "07081804"},
                 {1111111109, PL_TOTP_SHA256, "68084774"},
                 {1111111109, PL_TOTP_SHA512, "25091201"},
                 {1111111111, PL_TOTP_SHA1, "14050471"},
                 {1111111111, PL_TOTP_SHA256, "67062674"},
                 {1111111111, PL_TOTP_SHA512, "99943326"},
                 {1234567890, PL_TOTP_SHA1, "89005924"},
                 {1234567890, PL_TOTP_SHA256, "91819424"},
                 {1234567890, PL_TOTP_SHA512, "93441116"},
                 {2000000000, PL_TOTP_SHA1, "69279037"},
                 {2000000000, PL_TOTP_SHA256, "90698825"},
                 {2000000000, PL_TOTP_SHA512, "38618901"},
                 {20000000000, PL_TOTP_SHA1, "65353130"},
                 {20000000000, PL_TOTP_SHA256, "77737706"},
                 {20000000000, PL_TOTP_SHA512, "47863826"}};
    static const size_t sizes[] = {20, 32, 64};
    unsigned char secret[64];
    for (size_t i = 0; i < sizeof secret; i++) secret[i] = (unsigned char)('0' + (i + 1) % 10);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[9];
        uint64_t step = (uint64_t)(cases[i].seconds / PL_TOTP_SECONDS);
        assert_int_equal(pl_totp_code(cases[i].hash, secret, sizes[cases[i].hash], step, 8, code), PL_OK);
        assert_string_equal(code, cases[i].code);
    }
}

static const unsigned char secret[] = "12345678901234567890";

static void code_at(int64_t seconds, char out[9]) {
    assert_int_equal(pl_totp_code(PL_TOTP_SHA1, secret, PL_TOTP_SECRET, (uint64_t)(seconds / 30), PL_TOTP_DIGITS, out), PL_OK);
}

static bool check(const char *typed, int64_t now, int64_t *last_step) {
    bool good;
    assert_int_equal(pl_totp_check(secret, pl_str_of(typed), now, last_step, &good), PL_OK);
    return good;
}

static void test_a_clock_may_be_a_step_off(void **state) {
    (void)state;
    int64_t now = 1111111109;
    for (int64_t off = -3; off <= 3; off++) {
        char code[9];
        int64_t last = -1;
        code_at(now + 30 * off, code);
        assert_int_equal(check(code, now, &last), off >= -1 && off <= 1);
        assert_int_equal(last, off >= -1 && off <= 1 ? now / 30 + off : -1);
    }
}

static void test_no_code_is_good_twice(void **state) {
    (void)state;
    int64_t now = 1111111109, last = -1;
    char code[9], before[9], after[9];
    code_at(now, code), code_at(now - 30, before), code_at(now + 30, after);
    assert_true(check(code, now, &last));
    assert_false(check(code, now, &last));      /* read over the shoulder and typed at once */
    assert_false(check(code, now + 30, &last)); /* and while the window still holds it */
    assert_false(check(before, now, &last));    /* nor an older one that was not used */
    assert_true(check(after, now + 30, &last));
    assert_int_equal(last, now / 30 + 1);
}

static void test_what_is_no_code(void **state) {
    (void)state;
    int64_t last = -1;
    /* RFC 6238 at 59 seconds, of eight digits 94287082. */
    assert_true(check("287 082", 59, &last));
    static const char *const none[] = {"", "28708", "2870822", "28708a", "２８７０８２", "94287082", "-87082", "287082\n"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        last = -1;
        assert_false(check(none[i], 59, &last));
        assert_int_equal(last, -1);
    }
    assert_false(check("287082", -59, &last));
    assert_true(check("287082", 0, &last)); /* one step ahead of the first step there is */
}

static void test_the_address(void **state) {
    (void)state;
    pl_buffer out;
    pl_secret_room(&out, PL_TOTP_URI_SIZE(64));
    assert_int_equal(pl_totp_uri(&out, pl_str_of("准绳 A:B"), pl_str_of("wang@x.cn"), secret), PL_OK);
    assert_string_equal(out.at, "otpauth://totp/%E5%87%86%E7%BB%B3%20A%3AB:wang%40x.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                                "&issuer=%E5%87%86%E7%BB%B3%20A%3AB&algorithm=SHA1&digits=6&period=30");
    pl_secret_free(&out);
    pl_buffer_init(&out, 0);
    assert_int_equal(pl_totp_uri(&out, pl_str_of(""), pl_str_of("wang"), secret), PL_INPUT);
    assert_int_equal(pl_totp_uri(&out, pl_str_of("x"), pl_str_of("\xFF"), secret), PL_INPUT);
    assert_int_equal(out.len, 0);
    pl_buffer_free(&out);
}

/* The room that the header promises is enough for the worst names: every byte written as three characters, the issuer twice. */
static void test_the_room_is_enough(void **state) {
    (void)state;
    for (size_t size = 3; size < 90; size += 3) {
        char name[91];
        for (size_t i = 0; i < size; i += 3) memcpy(name + i, "准", 3);
        pl_buffer out;
        pl_secret_room(&out, PL_TOTP_URI_SIZE(size + 3));
        assert_int_equal(pl_totp_uri(&out, (pl_str){name, size}, pl_str_of("绳"), secret), PL_OK);
        pl_secret_free(&out);
    }
}

static void test_secrets_differ(void **state) {
    (void)state;
    unsigned char a[PL_TOTP_SECRET] = {0}, b[PL_TOTP_SECRET] = {0};
    assert_int_equal(pl_totp_secret(a), PL_OK);
    assert_int_equal(pl_totp_secret(b), PL_OK);
    assert_memory_not_equal(a, b, sizeof a);
}

/* ---- recovery codes ---- */

static bool use(const char *typed, unsigned char hashes[][PL_DIGEST_SIZE]) {
    bool good;
    assert_int_equal(pl_recovery_use(pl_str_of(typed), hashes, PL_RECOVERY_CODES, &good), PL_OK);
    return good;
}

static void test_each_recovery_code_is_good_once(void **state) {
    (void)state;
    char texts[PL_RECOVERY_CODES][PL_RECOVERY_TEXT];
    unsigned char hashes[PL_RECOVERY_CODES][PL_DIGEST_SIZE];
    assert_int_equal(pl_recovery_make(texts, hashes), PL_OK);
    for (size_t i = 0; i < PL_RECOVERY_CODES; i++) {
        assert_int_equal(strlen(texts[i]), PL_RECOVERY_TEXT - 1);
        assert_int_equal(strspn(texts[i], "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), PL_RECOVERY_TEXT - 1);
        for (size_t j = 0; j < i; j++) assert_string_not_equal(texts[i], texts[j]);
    }
    for (size_t i = 0; i < PL_RECOVERY_CODES; i++) {
        assert_int_equal(pl_recovery_left(hashes, PL_RECOVERY_CODES), PL_RECOVERY_CODES - i);
        assert_true(use(texts[i], hashes));
        assert_false(use(texts[i], hashes));
    }
    assert_int_equal(pl_recovery_left(hashes, PL_RECOVERY_CODES), 0);
}

static void test_recovery_codes_as_people_type_them(void **state) {
    (void)state;
    unsigned char hashes[PL_RECOVERY_CODES][PL_DIGEST_SIZE] = {{0}};
    static const char *const ways[] = {"0123-ABCD-EFGH-JKMN-1101-WXYZ", "0123abcdefghjkmn1101wxyz",
                                       " oi23 abcd efgh jkmn l1oi wxyz "};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pl_digest_bytes(PL_SHA256, "0123ABCDEFGHJKMN1101WXYZ", 24, hashes[4]), PL_OK);
        assert_true(use(ways[i], hashes));
    }
    assert_int_equal(pl_digest_bytes(PL_SHA256, "0123ABCDEFGHJKMN1101WXYZ", 24, hashes[4]), PL_OK);
    static const char *const none[] = {"", "0123-ABCD-EFGH-JKMN-1101-WXY", "0123-ABCD-EFGH-JKMN-1101-WXYZ0",
                                       "0123-ABCD-EFGH-JKMN-1101-WXYU", "0123-ABCD-EFGH-JKMN-1101-WXYX"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(use(none[i], hashes));
    assert_int_equal(pl_recovery_left(hashes, PL_RECOVERY_CODES), 1);
}

static bool make_codes(void *context) {
    (void)context;
    char texts[PL_RECOVERY_CODES][PL_RECOVERY_TEXT];
    unsigned char hashes[PL_RECOVERY_CODES][PL_DIGEST_SIZE];
    bool good = false;
    pl_status status = pl_recovery_make(texts, hashes);
    if (status == PL_OK) status = pl_recovery_use(pl_str_of(texts[9]), hashes, PL_RECOVERY_CODES, &good);
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    assert_int_equal(good, status == PL_OK);
    return status == PL_OK;
}

static bool write_address(void *context) {
    (void)context;
    pl_buffer out;
    pl_secret_room(&out, PL_TOTP_URI_SIZE(8));
    pl_status status = pl_totp_uri(&out, pl_str_of("city"), pl_str_of("wang"), secret);
    pl_secret_free(&out);
    if (status != PL_OK) assert_int_equal(status, PL_MEMORY);
    return status == PL_OK;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    assert_true(allocations_walk(make_codes, NULL, 100) > 0);
    assert_true(allocations_walk(write_address, NULL, 10) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_of_the_rfc),
        cmocka_unit_test(test_a_clock_may_be_a_step_off),
        cmocka_unit_test(test_no_code_is_good_twice),
        cmocka_unit_test(test_what_is_no_code),
        cmocka_unit_test(test_the_address),
        cmocka_unit_test(test_the_room_is_enough),
        cmocka_unit_test(test_secrets_differ),
        cmocka_unit_test(test_each_recovery_code_is_good_once),
        cmocka_unit_test(test_recovery_codes_as_people_type_them),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("second factor", tests, NULL, NULL);
}
