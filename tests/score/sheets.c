/* Every word of the sheets has a description, and nothing else has one. */
#include "model/sheets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool described(const pl_sheet_column *columns, size_t count, int meaning) {
    for (size_t i = 0; i < count; i++)
        if (columns[i].meaning == meaning) return true;
    return false;
}

/* `words` names each meaning that has a description, and each of its meanings is described, once, in both languages. */
static void compare(const pl_word *words, const pl_sheet_column *columns, size_t count) {
    for (const pl_word *word = words; word->words[0]; word++)
        if (!described(columns, count, word->meaning)) fail_msg("\"%s\" has no description in src/model/sheets.c", word->words[0]);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(pl_word_for(words, columns[i].meaning, false));
        assert_true(columns[i].english[0] && columns[i].chinese[0]);
        assert_false(described(columns + i + 1, count - i - 1, columns[i].meaning));
    }
}

static void test_every_column_is_described(void **state) {
    (void)state;
    static const pl_sheet_kind kinds[] = {SHEET_INDICATORS, SHEET_UNITS,     SHEET_DATA,    SHEET_EVENTS,
                                          SHEET_RATERS,     SHEET_FUNCTIONS, SHEET_GRADES,  SHEET_UNCOVERED,
                                          SHEET_LAMPS,      SHEET_COSTS,     SHEET_SETTINGS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const pl_sheet_description *sheet = pl_sheet_described(kinds[i]);
        assert_non_null(sheet);
        compare(sheet->words, sheet->columns, sheet->column_count);
    }
}

static void test_every_setting_is_described(void **state) {
    (void)state;
    size_t count;
    const pl_sheet_column *keys = pl_setting_descriptions(&count);
    compare(pl_setting_words, keys, count);
}

static void test_columns_are_found_by_any_of_their_words(void **state) {
    (void)state;
    const pl_sheet_description *indicators = pl_sheet_described(SHEET_INDICATORS);
    assert_int_equal(pl_sheet_column_find(indicators, pl_str_of("权重"))->meaning, FIELD_WEIGHT);
    assert_int_equal(pl_sheet_column_find(indicators, pl_str_of("iCode"))->meaning, FIELD_CODE);
    assert_null(pl_sheet_column_find(indicators, pl_str_of("colour")));
    assert_null(pl_sheet_column_find(NULL, pl_str_of("code")));
    assert_string_equal(pl_word_chinese(pl_field_words, FIELD_WEIGHT), "权重");
    assert_null(pl_word_chinese(pl_data_words, DATA_DELETED));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_column_is_described),
                                       cmocka_unit_test(test_every_setting_is_described),
                                       cmocka_unit_test(test_columns_are_found_by_any_of_their_words)};
    return cmocka_run_group_tests_name("sheets", tests, NULL, NULL);
}
