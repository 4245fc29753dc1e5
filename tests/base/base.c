#include <plumbline/base/date.h>
#include <plumbline/base/digest.h>
#include <plumbline/base/elementary.h>
#include <plumbline/base/intern.h>
#include <plumbline/base/number.h>
#include <plumbline/base/pool.h>
#include <plumbline/base/problems.h>

#include "support/allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t random_state = 88172645463325252;
static uint64_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* ---- numbers ---- */

static void test_rounding_is_of_the_number_that_is_seen(void **state) {
    (void)state;
    static const struct {
        double x;
        int digits;
        const char *fixed;
    } cases[] = {{1.005, 2, "1.01"},
                 {2.675, 2, "2.68"},
                 {-0.005, 2, "-0.01"},
                 {0.285, 2, "0.29"},
                 {1.115, 2, "1.12"},
                 {8.345, 2, "8.35"},
                 {0.125, 2, "0.13"},
                 {2.5, 0, "3"},
                 {-2.5, 0, "-3"},
                 {0.5, 0, "1"},
                 {-0.4, 0, "0"},
                 {1e22, 2, "10000000000000000000000.00"},
                 {5e-324, 2, "0.00"},
                 {-0.001, 2, "0.00"},
                 {999.995, 2, "1000.00"},
                 {1e15 / 3, 3, "333333333333333.300"},
                 {0.1, 20, "0.10000000000000000000"},
                 {123456.789, 1, "123456.8"},
                 {0.045, 2, "0.05"},
                 {1.4999999999999999, 0, "2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char fixed[PL_FIXED_SIZE], printed[PL_FIXED_SIZE];
        assert_int_equal(pl_number_fixed(fixed, cases[i].x, cases[i].digits), strlen(cases[i].fixed));
        assert_string_equal(fixed, cases[i].fixed);
        pl_number_fixed(printed, pl_number_round(cases[i].x, cases[i].digits), cases[i].digits);
        assert_string_equal(printed, cases[i].fixed);
    }
    assert_true(pl_number_round(1250, -2) == 1300);
    assert_true(pl_number_round(-1249, -2) == -1200);
    assert_true(pl_number_round(7, -20) == 0);
}

/* Rounding agrees with rounding the printed digits by hand. */
static void test_rounding_property(void **state) {
    (void)state;
    for (int i = 0; i < 200000; i++) {
        int64_t thousandths = (int64_t)(random_bits() % 2000001) - 1000000;
        double x = (double)thousandths / 1000;
        int64_t hundredths = thousandths / 10, rest = thousandths % 10;
        hundredths += rest >= 5 ? 1 : rest <= -5 ? -1 : 0;
        assert_true(pl_number_round(x, 2) == (double)hundredths / 100);
    }
}

static void test_printing_is_shortest_and_reads_back(void **state) {
    (void)state;
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "0"},
                 {1, "1"},
                 {0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {100, "100"},
                 {1e21, "1e+21"},
                 {1e20, "100000000000000000000"},
                 {1e-7, "0.0000001"},
                 {9.5e-8, "9.5e-8"},
                 {1.0 / 3, "0.3333333333333333"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {9007199254740993.0, "9007199254740992"},
                 {2251799813685249.5, "2251799813685249.5"},
                 {0.3, "0.3"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {123456789.125, "123456789.125"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[PL_NUMBER_SIZE];
        pl_number_print(text, cases[i].x);
        assert_string_equal(text, cases[i].text);
    }
    for (int i = 0; i < 300000; i++) {
        double x, back;
        uint64_t bits = random_bits();
        if (i % 2)
            memcpy(&x, &bits, sizeof x);
        else
            x = (double)(int64_t)(bits >> 20) / 1e6;
        if (!isfinite(x)) continue;
        char text[PL_NUMBER_SIZE], shorter[40];
        size_t length = pl_number_print(text, x);
        assert_true(pl_number_parse((pl_str){text, length}, &back));
        assert_true(back == x);
        assert_true(strtod(text, NULL) == x);
        snprintf(shorter, sizeof shorter, "%.15g", x); /* no longer than the C library's, where that reads back too */
        size_t digits = 0, theirs = 0;
        for (const char *c = text; *c && *c != 'e'; c++) digits += *c >= '1' && *c <= '9';
        for (const char *c = shorter; *c && *c != 'e'; c++) theirs += *c >= '1' && *c <= '9';
        if (strtod(shorter, NULL) == x) assert_true(digits <= theirs);
    }
}

static void test_parsing_is_exact(void **state) {
    (void)state;
    static const char *const good[] = {"0",
                                       "-0",
                                       "+5",
                                       "5.",
                                       ".5",
                                       "1e5",
                                       "1E-5",
                                       "1.7976931348623157e308",
                                       "4.9e-324",
                                       "1e-400",
                                       "9007199254740993",
                                       "123456789012345678901234567890.5",
                                       "0.000000000000000000000000000000123456789012345678901",
                                       "179769313486231580793728971405301e276",
                                       "2.2250738585072011e-308",
                                       "8.5",
                                       "1e23",
                                       "0.1e1",
                                       "9223372036854775807",
                                       "18446744073709551616",
                                       "3.14159265358979323846264338327950288"};
    static const char *const bad[] = {"",  " 1",  "1 ",   "1,5", "1e",  "e5",    ".",   "-",
                                      "+", "--1", "0x10", "inf", "nan", "1e400", "1_0", "１"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double x = NAN;
        assert_true(pl_number_parse(pl_str_of(good[i]), &x));
        assert_true(x == strtod(good[i], NULL));
        assert_false(signbit(x) && x == 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double x = 7;
        assert_false(pl_number_parse(pl_str_of(bad[i]), &x));
        assert_true(x == 7);
    }
    for (int i = 0; i < 300000; i++) { /* as the C library reads it, for any number of digits and any exponent */
        char text[64];
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(random_bits() >> (random_bits() % 60)),
                 (unsigned long long)(random_bits() >> (random_bits() % 60)), (int)(random_bits() % 640) - 330);
        double x, theirs = strtod(text, NULL);
        assert_int_equal(pl_number_parse(pl_str_of(text), &x), isfinite(theirs) != 0);
        if (isfinite(theirs)) assert_true(x == theirs);
    }
}

/* Each is within one unit in the last place of the C library's long double, rounded; nearly always the same. */
static void test_elementary_functions(void **state) {
    (void)state;
    size_t different = 0;
    for (int i = 0; i < 100000; i++) {
        double x = exp(((double)(random_bits() >> 11) / 0x1p53 - 0.5) * 1400),
               e = ((double)(random_bits() >> 11) / 0x1p53 - 0.5) * 1400;
        double ln = (double)logl(x), ex = (double)expl(e), y = (double)(random_bits() % 2000) / 100 - 10,
               base = 1 + (double)(random_bits() % 10000) / 100;
        assert_true(fabs(pl_ln(x) - ln) <= fabs(ln) * 0x1p-52);
        assert_true(fabs(pl_exp(e) - ex) <= ex * 0x1p-52);
        assert_true(fabs(pl_pow(base, y) - (double)powl(base, y)) <= (double)powl(base, y) * 0x1p-52);
        different += (pl_ln(x) != ln) + (pl_exp(e) != ex);
    }
    assert_true(different < 100);
    for (int n = -300; n <= 300; n++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", n);
        assert_true(pl_log10(strtod(text, NULL)) == n);
    }
    assert_true(pl_pow(2, 10) == 1024 && pl_pow(9, 0.5) == 3 && pl_pow(-2, 3) == -8 && pl_pow(0, 0) == 1 &&
                pl_pow(10, -3) == 0.001);
    assert_true(pl_pow(27, 1.0 / 3) == 3 && pl_pow(9, 1.5) == 27 && isnan(pl_pow(-8, 0.5)) && pl_pow(0, -1) == INFINITY);
    assert_true(pl_exp(0) == 1 && pl_exp(710) == INFINITY && pl_exp(-800) == 0 && pl_ln(1) == 0 && isnan(pl_ln(0)) &&
                isnan(pl_ln(-1)));
    assert_true(pl_pow(1e200, 2) == INFINITY && pl_pow(1e-200, 3) == 0 && pl_exp(-745) == 5e-324);
}

/* ---- text ---- */

static void test_utf8(void **state) {
    (void)state;
    assert_int_equal(pl_utf8_check(pl_str_of("准绳 plumbline")), strlen("准绳 plumbline"));
    static const char *const broken[] = {"a\xC0\x80", "a\xED\xA0\x80", "a\xF4\x90\x80\x80", "a\xE5\x87", "a\x80", "a\xFF"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) assert_int_equal(pl_utf8_check(pl_str_of(broken[i])), 1);
    uint32_t c;
    assert_int_equal(pl_utf8_decode(pl_str_of("准"), 0, &c), 3);
    assert_int_equal(c, 0x51C6);
    assert_int_equal(pl_text_width(pl_str_of("准绳 ab")), 7);
    assert_int_equal(pl_text_width(pl_str_of("e\xCC\x81")), 1);
    assert_true(pl_str_equal(pl_str_trim(pl_str_of(" \t　云溪市\r\n")), pl_str_of("云溪市")));
}

static void test_likeness(void **state) {
    (void)state;
    static const pl_str names[] = {{"target", 6}, {"full", 4}, {"high", 4}, {"地区生产总值", 18}};
    assert_int_equal(pl_text_nearest(pl_str_of("tagret"), names, 4), 0);
    assert_int_equal(pl_text_nearest(pl_str_of("FULL"), names, 4), 1);
    assert_int_equal(pl_text_nearest(pl_str_of("hihg"), names, 4), 2);
    assert_int_equal(pl_text_nearest(pl_str_of("地区生产总額"), names, 4), 3);
    assert_int_equal(pl_text_nearest(pl_str_of("nothing"), names, 4), 4);
    assert_int_equal(pl_text_distance(pl_str_of("abcd"), pl_str_of("acbd"), 5), 1);
    assert_int_equal(pl_text_distance(pl_str_of("abc"), pl_str_of("xyz"), 2), SIZE_MAX);
}

static void test_buffer_limit(void **state) {
    (void)state;
    pl_buffer buffer;
    pl_buffer_init(&buffer, 5);
    pl_buffer_text(&buffer, "12345");
    assert_false(buffer.failed);
    pl_buffer_char(&buffer, '6');
    assert_true(buffer.failed);
    assert_string_equal(buffer.at, "12345");
    pl_buffer_clear(&buffer);
    pl_buffer_number(&buffer, 0.5);
    assert_string_equal(buffer.at, "0.5");
    pl_buffer_free(&buffer);
}

/* ---- problems ---- */

static void test_lists_as_people_write_them(void **state) {
    (void)state;
    static const char *const wanted[] = {"a", "b", "丙", "d", "e"};
    pl_str rest = pl_str_of(" ,a, b；丙、d\xE3\x80\x80 ;e，"), item;
    for (size_t i = 0; i < 5; i++) {
        assert_true(pl_list_next(&rest, &item));
        assert_true(pl_str_is(item, wanted[i]));
    }
    assert_false(pl_list_next(&rest, &item));
    rest = (pl_str){0};
    assert_false(pl_list_next(&rest, &item));
}

static void test_problems_read_like_the_design_says(void **state) {
    (void)state;
    pl_problems problems;
    pl_buffer line;
    pl_problems_init(&problems, 2);
    pl_buffer_init(&line, 0);
    assert_int_equal(pl_problem_add(&problems, PL_ERROR, "E211", (pl_place){"indicators.csv", 7, "score"},
                                    "unknown name \"%s\" (did you mean \"%s\"?)", "tagret", "target"),
                     PL_INPUT);
    assert_int_equal(pl_problem_add(&problems, PL_WARNING, "W331", (pl_place){.file = "units.csv"}, "bad \x01\xFF byte"), PL_OK);
    assert_int_equal(pl_problem_add(&problems, PL_ERROR, "E211", (pl_place){0}, "one more"), PL_INPUT);
    assert_int_equal(problems.count, 2);
    assert_int_equal(problems.errors, 2);
    pl_problem_print(&problems.items[0], &line);
    assert_string_equal(line.at, "indicators.csv:7:score: unknown name \"tagret\" (did you mean \"target\"?)");
    pl_buffer_clear(&line);
    pl_problem_print(&problems.items[1], &line);
    assert_string_equal(line.at, "units.csv: warning: bad \\x01\\xFF byte [W331]");
    assert_int_equal(pl_problems_status(&problems), PL_INPUT);
    pl_buffer_free(&line);
    pl_problems_free(&problems);
}

/* ---- memory, interning, digests, threads ---- */

static void test_arena(void **state) {
    (void)state;
    pl_arena arena;
    pl_arena_init(&arena, 100000);
    unsigned char *last = NULL;
    for (size_t size = 0; size < 200; size++) {
        unsigned char *piece = pl_arena_alloc(&arena, size);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 16, 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(piece[i], 0);
        memset(piece, 0xAA, size);
        assert_ptr_not_equal(piece, last);
        if (size) last = piece;
    }
    assert_null(pl_arena_alloc(&arena, 200000));
    assert_null(pl_arena_array(&arena, SIZE_MAX / 2, 4));
    pl_arena_free(&arena);
    assert_non_null(pl_arena_alloc(&arena, 10));
    pl_arena_free(&arena);
}

static void test_intern(void **state) {
    (void)state;
    pl_intern *intern;
    assert_int_equal(pl_intern_create(&intern, 1000), PL_OK);
    for (uint32_t turn = 0; turn < 2; turn++) {
        for (uint32_t i = 1; i <= 1000; i++) {
            char text[16];
            uint32_t id;
            snprintf(text, sizeof text, "u%u", i);
            assert_int_equal(pl_intern_add(intern, pl_str_of(text), &id), PL_OK);
            assert_int_equal(id, i);
            assert_true(pl_str_is(pl_intern_text(intern, id), text));
        }
    }
    uint32_t id;
    assert_int_equal(pl_intern_add(intern, pl_str_of("over the limit"), &id), PL_MEMORY);
    assert_int_equal(pl_intern_find(intern, pl_str_of("u1000")), 1000);
    assert_int_equal(pl_intern_find(intern, pl_str_of("u1001")), 0);
    pl_intern_free(intern);
}

static void test_sets_of_texts_join_in_the_order_of_their_numbers(void **state) {
    (void)state;
    pl_intern *into, *from;
    uint32_t ids[101], id;
    assert_int_equal(pl_intern_create(&into, 0), PL_OK);
    assert_int_equal(pl_intern_create(&from, 0), PL_OK);
    assert_int_equal(pl_intern_add(into, pl_str_of("50"), &id), PL_OK);
    assert_int_equal(pl_intern_add(into, pl_str_of("other"), &id), PL_OK);
    for (int i = 1; i <= 100; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(pl_intern_add(from, pl_str_of(text), &id), PL_OK);
    }
    assert_int_equal(pl_intern_add_all(into, from, ids), PL_OK);
    assert_int_equal(ids[0], 0);
    for (uint32_t i = 1; i <= 100; i++) assert_int_equal(ids[i], i < 50 ? i + 2 : i == 50 ? 1 : i + 1);
    assert_int_equal(pl_intern_count(into), 101);
    assert_true(pl_str_is(pl_intern_text(into, ids[77]), "77"));
    pl_intern_free(into);
    pl_intern_free(from);
}

static void check_digest(pl_digest_kind kind, const char *text, const char *wanted) {
    unsigned char digest[PL_DIGEST_SIZE];
    char hex[PL_DIGEST_HEX];
    assert_int_equal(pl_digest_bytes(kind, text, strlen(text), digest), PL_OK);
    pl_digest_hex(digest, hex);
    assert_string_equal(hex, wanted);
}

/* FIPS 180-4 and GB/T 32905, appendix A. */
static void test_digests(void **state) {
    (void)state;
    check_digest(PL_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest(PL_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest(PL_SM3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    check_digest(PL_SM3, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
                 "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

typedef struct counting {
    atomic_size_t sum;
    atomic_uint busy[8];
} counting;

static void count_task(void *context, size_t index, unsigned worker) {
    counting *c = context;
    assert_true(worker < 8);
    assert_int_equal(atomic_fetch_add(&c->busy[worker], 1), 0);
    atomic_fetch_add(&c->sum, index + 1);
    atomic_fetch_sub(&c->busy[worker], 1);
}

static void test_pool_does_every_task_once(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        pl_pool *pool;
        assert_int_equal(pl_pool_create(&pool, threads), PL_OK);
        for (size_t count = 0; count < 300; count += 7) {
            counting c = {0};
            pl_pool_run(pool, count, count_task, &c);
            assert_int_equal(atomic_load(&c.sum), count * (count + 1) / 2);
        }
        pl_pool_free(pool);
    }
    counting c = {0};
    pl_pool_run(NULL, 4, count_task, &c);
    assert_int_equal(atomic_load(&c.sum), 10);
}

typedef struct queueing {
    size_t made[300]; /* per index: what was made */
    size_t taken;     /* so many, in order */
} queueing;

static void make_one(void *context, size_t index, unsigned worker) {
    (void)worker;
    ((queueing *)context)->made[index] = index + 1;
}

static void take_one(void *context, size_t index, unsigned worker) {
    (void)worker;
    queueing *q = context;
    assert_int_equal(index, q->taken);
    assert_int_equal(q->made[index], index + 1);
    q->taken++;
}

static void test_what_is_made_side_by_side_is_taken_in_order(void **state) {
    (void)state;
    for (unsigned threads = 0; threads <= 8; threads += 2) {
        pl_pool *pool = NULL;
        if (threads) assert_int_equal(pl_pool_create(&pool, threads), PL_OK);
        queueing q = {0};
        pl_pool_run_in_order(pool, 300, make_one, take_one, &q);
        assert_int_equal(q.taken, 300);
        pl_pool_free(pool);
    }
}

static bool use_everything(void *context) {
    (void)context;
    pl_problems problems;
    pl_intern *intern = NULL;
    pl_digest *digest = NULL;
    pl_pool *pool = NULL;
    uint32_t id;
    pl_problems_init(&problems, 0);
    bool good = pl_intern_create(&intern, 0) == PL_OK;
    for (int i = 0; good && i < 200; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        good = pl_intern_add(intern, pl_str_of(text), &id) == PL_OK;
    }
    good = good && pl_problem_add(&problems, PL_ERROR, "E101", (pl_place){"a file", 1, "a field"}, "a text") == PL_INPUT;
    good = good && pl_pool_create(&pool, 1) == PL_OK && pl_digest_create(&digest, PL_SM3) == PL_OK;
    double x;
    good = good && pl_number_parse(pl_str_of("3.14159265358979323846264338327950288"), &x);
    pl_digest_free(digest);
    pl_pool_free(pool);
    pl_intern_free(intern);
    pl_problems_free(&problems);
    return good;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    assert_true(allocations_walk(use_everything, NULL, 1000) > 10);
}

static void test_days(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t number;
    } days[] = {{"1900-03-01", 61},       {"1970-01-01", 25569}, {"2000-01-01", 36526},
                {"2000-02-29", 36585},    {"2000/3/1", 36586},   {"2025.12.31", 46022},
                {"2025年6月30日", 45838}, {"20250630", 45838},   {" 9999-12-31 ", 2958465}};
    static const char *const none[] = {"",           "2025",       "2025-06",    "2025-02-29", "1900-02-29",
                                       "2025-13-01", "2025-00-01", "2025-1-32",  "2025-06-3x", "2025-06/30",
                                       "2025年6-30", "0000-01-01", "06-30-2025", "2025063"};
    int32_t number, day;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_true(pl_date_parse(pl_str_of(days[i].text), &number));
        assert_int_equal(number, days[i].number);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(pl_date_parse(pl_str_of(none[i]), &number));
    assert_int_equal(pl_date_year(45838, &day), 2025);
    assert_int_equal(day, 181);
    /* Every day of eight centuries reads back as it is written, and follows the one before. */
    for (int32_t date = -200000; date < 100000; date++) {
        char text[PL_DATE_SIZE];
        pl_date_print(text, date);
        assert_true(pl_date_parse(pl_str_of(text), &number));
        assert_int_equal(number, date);
    }
}

static void test_shares(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value; /* -1: none */
    } cases[] = {{"90%", 0.9}, {"90 ％", 0.9}, {"0.9", 0.9}, {"0", 0},  {"100%", 1}, {"1", 1},
                 {"101%", -1}, {"1.1", -1},    {"-5%", -1},  {"%", -1}, {"", -1},    {"a%", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = -1;
        assert_int_equal(pl_share_parse(pl_str_of(cases[i].text), &value), cases[i].value >= 0);
        assert_true(value == cases[i].value);
    }
}

/* The vector that the authors publish: key 00 01 .. 0f, text 00 01 .. 0e; and, of a text of n bytes, others of their list. */
static void test_hash(void **state) {
    (void)state;
    static const uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    char text[64];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)i;
    assert_true(pl_str_hash((pl_str){text, 15}, key) == UINT64_C(0xa129ca6149be45e5));
    assert_true(pl_str_hash((pl_str){text, 0}, key) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(pl_str_hash((pl_str){text, 8}, key) == UINT64_C(0x93f5f5799a932462));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_rounding_is_of_the_number_that_is_seen),
        cmocka_unit_test(test_rounding_property),
        cmocka_unit_test(test_printing_is_shortest_and_reads_back),
        cmocka_unit_test(test_parsing_is_exact),
        cmocka_unit_test(test_elementary_functions),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_likeness),
        cmocka_unit_test(test_lists_as_people_write_them),
        cmocka_unit_test(test_buffer_limit),
        cmocka_unit_test(test_problems_read_like_the_design_says),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_intern),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_pool_does_every_task_once),
        cmocka_unit_test(test_what_is_made_side_by_side_is_taken_in_order),
        cmocka_unit_test(test_sets_of_texts_join_in_the_order_of_their_numbers),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
