/* Data values as JSON: what DHIS2 exchanges becomes a long table; whatever else comes costs an error that says where. */
#include <plumbline/table/json.h>

#include "support/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The table, written as `element unit period value` with ~ for what is missing and / between rows; then the problems. */
static void show(const pl_table *table, const pl_problems *problems, pl_buffer *out) {
    static const char *const names[] = {"dataElement", "orgUnit", "period"};
    for (size_t row = 0; row < table->rows; row++) {
        pl_buffer_text(out, row ? " / " : "");
        for (size_t i = 0; i < 3; i++) {
            size_t column = pl_table_find(table, pl_str_of(names[i]));
            pl_str text = column < table->column_count ? pl_table_text(table, column, row) : (pl_str){0};
            pl_buffer_print(out, "%.*s ", text.len ? (int)text.len : 1, text.len ? text.at : "~");
        }
        const pl_column *value = &table->columns[pl_table_find(table, pl_str_of("value"))];
        if (pl_present(value->present, row))
            pl_buffer_number(out, value->numbers[row]);
        else
            pl_buffer_text(out, "~");
    }
    for (size_t i = 0; i < problems->count; i++) {
        pl_buffer_char(out, '\n');
        pl_problem_print(&problems->items[i], out);
        pl_buffer_print(out, " [%s]", problems->items[i].code);
    }
}

static void expect_bytes(pl_str json, const char *wanted) {
    pl_table table;
    pl_problems problems;
    pl_buffer found;
    pl_problems_init(&problems, 0);
    pl_buffer_init(&found, 0);
    pl_status status = pl_values_read_bytes(&table, "v.json", json, &problems);
    assert_int_equal(status, pl_problems_status(&problems));
    show(&table, &problems, &found);
    assert_string_equal(found.at ? found.at : "", wanted);
    pl_buffer_free(&found);
    pl_table_free(&table);
    pl_problems_free(&problems);
}

static void expect(const char *json, const char *wanted) { expect_bytes(pl_str_of(json), wanted); }

static void test_values(void **state) {
    (void)state;
    expect("{\"dataValues\":[]}", "");
    expect("{\"dataValues\":[{\"dataElement\":\"gdp\",\"period\":\"202501\",\"orgUnit\":\"D01\",\"value\":\"92.55\"}]}",
           "gdp D01 202501 92.55");
    expect("\xEF\xBB\xBF{\"dataValues\":[{\"dataElement\":\" 生产总值 \",\"orgUnit\":\"D\",\"value\":1}]}", "生产总值 D ~ 1");
}

static void test_the_whole_stands_in_for_what_entries_leave_out(void **state) {
    (void)state;
    expect("{\"dataSet\":\"s\",\"period\":\"2025\",\"orgUnit\":\"D\",\"dataValues\":[{\"dataElement\":\"a\",\"value\":1},"
           "{\"dataElement\":\"a\",\"period\":\"2024\",\"value\":2},{\"dataElement\":\"a\",\"orgUnit\":\"E\",\"value\":3}]}",
           "a D 2025 1 / a D 2024 2 / a E 2025 3");
    expect("{\"dataValues\":[{\"dataElement\":\"a\",\"value\":1}],\"orgUnit\":\"D\",\"period\":2025}", "a D 2025 1");
    expect("{\"orgUnit\":[],\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":1}]}",
           "a u ~ 1\nv.json:orgUnit: must be a text [E136]");
}

/* Numbers are the doubles nearest to their texts, as JSON numbers and as texts; whole ones of any length too. */
static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } numbers[] = {{"92.55", 92.55},
                   {"0.1", 0.1},
                   {"-0.30000000000000004", -0.30000000000000004},
                   {"1e-7", 1e-7},
                   {"9007199254740993", 9007199254740992.0},
                   {"9223372036854775808", 9223372036854775808.0},
                   {"123456789012345678901234567890", 123456789012345678901234567890.0},
                   {"1.7976931348623157e308", 1.7976931348623157e308}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (int quoted = 0; quoted < 2; quoted++) {
            char json[200];
            const char *quote = quoted ? "\"" : "";
            snprintf(json, sizeof json, "{\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":%s%s%s}]}", quote,
                     numbers[i].text, quote);
            pl_table table;
            assert_int_equal(pl_values_read_bytes(&table, "v", pl_str_of(json), NULL), PL_OK);
            assert_int_equal(table.rows, 1);
            assert_true(table.columns[pl_table_find(&table, pl_str_of("value"))].numbers[0] == numbers[i].value);
            pl_table_free(&table);
        }
    }
}

static void test_missing_and_deleted(void **state) {
    (void)state;
    expect("{\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\"},{\"dataElement\":\"a\",\"orgUnit\":\"v\",\"value\":null},"
           "{\"dataElement\":\"a\",\"orgUnit\":\"w\",\"value\":\"..\"},{\"dataElement\":\"a\",\"orgUnit\":\"x\",\"value\":\"\"}]}",
           "a u ~ ~ / a v ~ ~ / a w ~ ~ / a x ~ ~");
    expect("{\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":1,\"deleted\":true},{\"dataElement\":\"a\","
           "\"orgUnit\":\"v\",\"value\":\"?\",\"deleted\":\"TRUE\"},{\"dataElement\":\"a\",\"orgUnit\":\"w\",\"value\":3,"
           "\"deleted\":false,\"comment\":\"late\",\"followUp\":true}]}",
           "a w ~ 3");
}

/* A period may come as a number; one entry with a period is enough for a column of them. */
static void test_texts_written_as_numbers(void **state) {
    (void)state;
    expect("{\"dataValues\":[{\"dataElement\":7,\"orgUnit\":330100,\"period\":202501,\"value\":1},"
           "{\"dataElement\":\"b\",\"orgUnit\":\"u\",\"value\":2}]}",
           "7 330100 202501 1 / b u ~ 2");
    expect("{\"dataValues\":[{\"dataElement\":1.5,\"orgUnit\":90071992547409930,\"value\":1}]}",
           "\nv.json:dataValues[0]:dataElement: must be a text [E136]\nv.json:dataValues[0]:orgUnit: must be a text [E136]");
}

/* Every problem at once, each with entry and field; what is wrong is left out and the rest is read. */
static void test_problems_name_the_entry(void **state) {
    (void)state;
    expect("{\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":\"７\"},5,{\"value\":1},"
           "{\"dataElement\":\"a\",\"orgUnit\":[],\"value\":{}},{\"dataElement\":\"a\",\"orgUnit\":\"v\",\"value\":2}]}",
           "a u ~ ~ / a v ~ 2\n"
           "v.json:dataValues[0]:value: \"７\" is written in full-width digits; type 7 [E106]\n"
           "v.json:dataValues[1]: must be an object with dataElement, period, orgUnit and value [E136]\n"
           "v.json:dataValues[3]:orgUnit: must be a text [E136]\n"
           "v.json:dataValues[3]:value: must be a number or a text [E136]\n"
           "v.json:dataValues[2]:dataElement: this entry has no dataElement [E137]\n"
           "v.json:dataValues[2]:orgUnit: this entry has no orgUnit [E137]");
}

static void test_what_is_no_set_of_values(void **state) {
    (void)state;
    static const char *const others[] = {"[]", "{}", "3", "null", "{\"dataValues\":{}}", "{\"datavalues\":[]}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect(others[i], "\nv.json: is no set of data values: an object with a list \"dataValues\" [E135]");
}

static void test_hostile_documents(void **state) {
    (void)state;
    expect("", "\nv.json:1:0: is no JSON from here on: unexpected token near end of file [E131]");
    expect("{\"dataValues\":[\n  {\"dataElement\":\"a\", ",
           "\nv.json:2:22: is no JSON from here on: string or '}' expected near end of file [E131]");
    expect("{\"dataValues\":[]} {", "\nv.json:1:19: is no JSON from here on: end of file expected [E131]");
    expect("{\"dataValues\":[],\"dataValues\":[]}", "\nv.json:1:30: a key is given twice in one object [E133]");
    expect("{\"period\":1,\n \"period\":2,\"dataValues\":[]}", "\nv.json:2:10: a key is given twice in one object [E133]");
    expect("{\"dataValues\":[{\"a\":1,\n\"生\":2,\"生\":3}]}",
           "\nv.json:2:9: a key is given twice in one object (duplicate object key near '\"生\"') [E133]");
    static const struct {
        const char *json, *wanted;
    } broken[] = {{"{", "1:1: is no JSON from here on: a key in quotes expected"},
                  {"{5}", "1:2: is no JSON from here on: a key in quotes expected"},
                  {"{\"a\"}", "1:5: is no JSON from here on: ':' expected"},
                  {"{\"a\":}", "1:6: is no JSON from here on: unexpected token near '}'"},
                  {"{\"a\":1,}", "1:8: is no JSON from here on: a key in quotes expected"},
                  {"{\"a\":1 \"b\":2}", "1:8: is no JSON from here on: ',' or '}' expected"},
                  {"{\"dataValues\":[{}", "1:17: is no JSON from here on: ',' or ']' expected"},
                  {"{\"dataValues\":[{},]}", "1:19: is no JSON from here on: unexpected token near ']'"},
                  {"{\"dataValues\":[\n{},\n{]\n]}", "3:2: is no JSON from here on: string or '}' expected near ']'"},
                  {"[1", "1:2: is no JSON from here on: ']' expected near end of file"},
                  {"[] 1", "1:4: is no JSON from here on: end of file expected"},
                  {"tru", "1:3: is no JSON from here on: invalid token near 'tru'"}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char wanted[160];
        snprintf(wanted, sizeof wanted, "\nv.json:%s [E131]", broken[i].wanted);
        expect(broken[i].json, wanted);
    }
    expect("{\"a\":1e400}", "\nv.json:1:10: this number is too large (real number overflow near '1e400') [E134]");
    expect("{\"a\":\"\xC0\xAF\"}", "\nv.json:1:6: is not UTF-8; save it as UTF-8 [E131]");
    expect("{\"a\":\"\\u0000\"}", "\nv.json:1:13: a text has the character U+0000 in it, which none may have [E131]");
    expect("{\"\\u0000\":1}", "\nv.json:1:9: a text has the character U+0000 in it, which none may have [E131]");
    expect_bytes((pl_str){"{\0}", 3}, "\nv.json:1:2: has a zero byte here, which no JSON has [E131]");
    expect_bytes((pl_str){"{\"a\":1\0}", 8}, "\nv.json:1:7: has a zero byte here, which no JSON has [E131]");
}

static void test_deep_nesting(void **state) {
    (void)state;
    pl_buffer deep;
    pl_buffer_init(&deep, 0);
    for (size_t i = 0; i < 1000000; i++) pl_buffer_text(&deep, i % 2 ? "[" : "{\"a\":");
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_table table;
    assert_int_equal(pl_values_read_bytes(&table, "v.json", pl_buffer_view(&deep), &problems), PL_INPUT);
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.items[0].code, "E132");
    pl_table_free(&table);
    pl_problems_free(&problems);
    pl_buffer_free(&deep);
}

static void test_files(void **state) {
    (void)state;
    pl_problems problems;
    pl_table table;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_values_read(&table, "/nowhere/v.json", NULL, &problems), PL_INPUT);
    assert_string_equal(problems.items[0].code, "E101");
    assert_string_equal(problems.items[0].place.file, "/nowhere/v.json");
    pl_table_free(&table);
    pl_problems_free(&problems);
    char path[] = "/tmp/plumbline-json-XXXXXX";
    int file = mkstemp(path);
    static const char json[] = "{\"dataValues\":[{\"dataElement\":\"a\",\"orgUnit\":\"u\",\"value\":1}]}";
    assert_int_equal(write(file, json, sizeof json - 1), sizeof json - 1);
    close(file);
    assert_int_equal(pl_values_read(&table, path, "data.json", NULL), PL_OK);
    assert_string_equal(table.name, "data.json:dataValues");
    assert_int_equal(table.rows, 1);
    pl_table_free(&table);
    unlink(path);
}

static void test_rows_can_be_left_out(void **state) {
    (void)state;
    pl_buffer json;
    pl_buffer_init(&json, 0);
    pl_buffer_text(&json, "{\"dataValues\":[");
    for (int i = 0; i < 130; i++)
        pl_buffer_print(&json, "%s{\"dataElement\":\"a\",\"orgUnit\":\"u%d\",\"value\":%s}", i ? "," : "", i, i % 3 ? "1" : "null");
    pl_buffer_text(&json, "]}");
    pl_table table;
    assert_int_equal(pl_values_read_bytes(&table, "v", pl_buffer_view(&json), NULL), PL_OK);
    uint64_t keep[3] = {0};
    for (size_t i = 0; i < 130; i += 2) pl_set_present(keep, i);
    assert_int_equal(pl_table_keep(&table, keep), PL_OK);
    assert_int_equal(table.rows, 65);
    const pl_column *value = &table.columns[pl_table_find(&table, pl_str_of("value"))];
    for (size_t row = 0; row < 65; row++) {
        assert_int_equal(pl_table_source_row(&table, row), PL_ENTRY | 2 * row);
        assert_int_equal(pl_present(value->present, row), 2 * row % 3 != 0);
        assert_true(value->numbers[row] == (2 * row % 3 ? 1 : 0));
    }
    for (size_t row = 65; row < 130; row++) assert_false(pl_present(value->present, row));
    pl_table_free(&table);
    pl_buffer_free(&json);
}

static bool read_some(void *context) {
    (void)context;
    pl_table table;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = pl_values_read_bytes(
        &table, "v.json", pl_str_of("{\"dataValues\":[{\"dataElement\":\"a\",\"period\":2025,\"orgUnit\":\"u\",\"value\":\"7\"}]}"),
        &problems);
    uint64_t all = 1;
    if (status == PL_OK) status = pl_table_keep(&table, &all);
    bool good = status == PL_OK && table.rows == 1 && pl_str_is(pl_table_text(&table, 3, 0), "2025");
    pl_table_free(&table);
    pl_problems_free(&problems);
    return good;
}

/* The parser's allocations fail here too. Tokens are short: in longer ones it may lose a byte without a word
 * (docs/architecture.md). */
static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    json_set_alloc_funcs(malloc, free);
    assert_true(allocations_walk(read_some, NULL, 1000) > 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_the_whole_stands_in_for_what_entries_leave_out),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_missing_and_deleted),
        cmocka_unit_test(test_texts_written_as_numbers),
        cmocka_unit_test(test_problems_name_the_entry),
        cmocka_unit_test(test_what_is_no_set_of_values),
        cmocka_unit_test(test_hostile_documents),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_rows_can_be_left_out),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
