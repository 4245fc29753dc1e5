#include "table/glance.h"
#include "table/fresh.h"

#include <plumbline/base/random.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONGEST 9000 /* more than the lanes count before they are added up */

static pl_glance one_by_one(pl_str text, pl_dialect dialect) {
    pl_glance glance = {0};
    bool begins = true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        glance.blank |= begins && (byte <= ' ' || text.at[i] == dialect.separator);
        begins = text.at[i] == dialect.line_end;
        glance.line_ends += begins;
        glance.quotes |= byte == '"';
        glance.beyond_ascii |= byte > 0x7F;
    }
    return glance;
}

static void agrees(pl_str text, pl_dialect dialect) {
    char *exact = malloc(text.len + 1); /* ends with the text, so that the sanitizer finds a look behind it */
    assert_non_null(exact);
    pl_str copy = {exact + 1, text.len};
    memcpy(exact + 1, text.at, text.len);
    pl_glance found = pl_glance_at(copy, dialect), expected = one_by_one(copy, dialect);
    assert_int_equal(found.line_ends, expected.line_ends);
    assert_int_equal(found.quotes, expected.quotes);
    assert_int_equal(found.beyond_ascii, expected.beyond_ascii);
    assert_int_equal(found.blank, expected.blank);
    free(exact);
}

/* One odd byte in every place of a text of each length: at its ends, within sixteen bytes and across them. */
static void test_each_place_is_looked_at(void **state) {
    (void)state;
    const char odd[] = {'"', '\n', ',', ' ', '\t', '\r', (char)0x80, (char)0xFF, '\0'};
    char text[70];
    for (size_t length = 0; length <= 50; length++)
        for (size_t at = 0; at < length; at++)
            for (size_t k = 0; k < sizeof odd; k++)
                for (size_t line_end = 0; line_end < 2; line_end++) {
                    memset(text, 'x', length);
                    if (at && line_end) text[at - 1] = '\n';
                    text[at] = odd[k];
                    agrees((pl_str){text, length}, (pl_dialect){',', '\n'});
                }
    agrees((pl_str){text, 0}, (pl_dialect){',', '\n'});
}

static void test_long_texts(void **state) {
    (void)state;
    static char text[LONGEST];
    pl_random random = pl_random_stream(7, 1, 1);
    for (size_t round = 0; round < 40; round++) {
        size_t length = LONGEST - pl_random_below(&random, 40);
        for (size_t i = 0; i < length; i++) text[i] = round % 2 ? "01\r;"[pl_random_below(&random, 4)] : '\r';
        agrees((pl_str){text, length}, (pl_dialect){';', '\r'});
    }
}

/* Wherever the memory begins and ends in its pages, what is in it stays. */
static void test_fresh_memory_keeps_what_it_holds(void **state) {
    (void)state;
    size_t size = (size_t)300 << 10;
    unsigned char *room = malloc(size);
    assert_non_null(room);
    memset(room, 5, size);
    pl_fresh_bring_in(room + 7, size - 100);
    pl_fresh_bring_in(room + 1, 0);
    for (size_t i = 0; i < size; i++) assert_int_equal(room[i], 5);
    free(room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_place_is_looked_at),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_fresh_memory_keeps_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
