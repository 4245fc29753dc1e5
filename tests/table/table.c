#include <plumbline/table/csv.h>
#include <plumbline/table/write.h>

#include "support/allocations.h"

#include <iconv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Columns whose header begins with n are numbers. */
static void choose(void *context, pl_column *columns, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len && columns[i].name.at[0] == 'n') columns[i].kind = PL_COLUMN_NUMBERS;
}

/* What was read, written out again: cells with | between them, missing ones as ~, rows with / between them; then the problems. */
static void show(const pl_table *table, const pl_problems *problems, pl_buffer *out) {
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->column_count; i++) {
            const pl_column *c = &table->columns[i];
            pl_buffer_text(out, i ? "|" : row ? " / " : "");
            bool missing =
                c->kind == PL_COLUMN_NUMBERS ? !pl_present(c->present, row) : c->kind == PL_COLUMN_TEXTS && !c->texts[row];
            if (missing)
                pl_buffer_char(out, '~');
            else if (c->kind == PL_COLUMN_NUMBERS)
                pl_buffer_number(out, c->numbers[row]);
            else
                pl_buffer_str(out, pl_table_text(table, i, row));
        }
    }
    for (size_t i = 0; i < problems->count; i++) {
        pl_buffer_char(out, '\n');
        pl_problem_print(&problems->items[i], out);
    }
}

static void expect(const char *bytes, size_t size, const char *wanted) {
    pl_table table;
    pl_problems problems;
    pl_buffer found;
    pl_csv_options options = {.choose = choose};
    pl_problems_init(&problems, 0);
    pl_buffer_init(&found, 0);
    pl_status status = pl_csv_read_bytes(&table, "f.csv", (pl_str){bytes, size}, &options, &problems);
    assert_int_equal(status, pl_problems_status(&problems));
    show(&table, &problems, &found);
    assert_string_equal(found.at ? found.at : "", wanted);
    pl_buffer_free(&found);
    pl_table_free(&table);
    pl_problems_free(&problems);
}

static void reads(const char *text, const char *wanted) { expect(text, strlen(text), wanted); }

static void test_plain(void **state) {
    (void)state;
    reads("a,n\nx,1\ny,2.5\n", "x|1 / y|2.5");
    reads("a,n\r\nx,1\r\ny,2\r\n", "x|1 / y|2");
    reads("a,n\rx,1\ry,2\r", "x|1 / y|2");
    reads("a,n\nx,1", "x|1");
    reads("\xEF\xBB\xBF"
          "a,n\nx,1\n",
          "x|1");
    reads("a;n\nx;1\ny;2\n", "x|1 / y|2");
    reads("a\tn\nx\t1\n", "x|1");
    reads("a,n\n x y , 7 \n", "x y|7");
    reads("a,n\n", "");
    reads("a,n\nx,-1e3\ny,+.5\nz,1.\n", "x|-1000 / y|0.5 / z|1");
    reads("n\n1\n2\n", "1 / 2");
}

static void test_quotes(void **state) {
    (void)state;
    reads("a,n\n\"x\",\"1\"\n", "x|1");
    reads("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "x,y|say \"hi\"");
    reads("a,b\n\"two\nlines\",z\nq,r\n", "two\nlines|z / q|r");
    reads("a,b\r\n\"x\" , \"y\"\r\n", "x|y");
    reads("\"a\",\"n\"\nx,1\n", "x|1");
    reads("\"a\nb\",n\nx,1\n", "x|1");
    reads("a,b\nx,5\" pipe\ny,z\n", "x|5\" pipe / y|z");
    reads("a,b\nx,\"y\" z\n", "x|\"y\" z");
    reads("a,b\n\"\",x\n", "~|x");
    reads("a,b\nx,\"y\n", "x|y\nf.csv:2:b: the closing quote of this cell is missing");
}

static void test_missing(void **state) {
    (void)state;
    reads("a,n\nx,\ny,NA\nz,-\nu,..\nv, \n,1\n", "x|~ / y|~ / z|~ / u|~ / v|~ / ~|1");
    reads("a,b\nx,NA\ny,-\n", "x|NA / y|-");
    reads("a,n\n\nx,1\n,\n,,\ny,2\n\n", "x|1 / y|2");
}

static void test_wrong_numbers_are_named_as_what_they_are(void **state) {
    (void)state;
    reads("a,n\nx,１２．５\n", "x|~\nf.csv:2:n: \"１２．５\" is written in full-width digits; type 12.5");
    reads("a,n\nx,\"1,234.5\"\n", "x|~\nf.csv:2:n: \"1,234.5\" has separators between its digits; type 1234.5");
    reads("a,n\nx,12%\n", "x|~\nf.csv:2:n: \"12%\" is a percentage; type 12 where the indicator is in percent, or 0.12");
    reads("a,n\nx,12 km\n\ny,abc\n",
          "x|~ / y|~\nf.csv:2:n: \"12 km\" is not a number; leave the cell empty where there is no value\n"
          "f.csv:4:n: \"abc\" is not a number; leave the cell empty where there is no value");
    reads("a,n\nx,0x10\ny,1e999\n", "x|~ / y|~\nf.csv:2:n: \"0x10\" is not a number; leave the cell empty where there is no value\n"
                                    "f.csv:3:n: \"1e999\" is not a number; leave the cell empty where there is no value");
}

static void test_shape(void **state) {
    (void)state;
    reads("a,n\nx\ny,2\n", "x|~ / y|2\nf.csv:2: this row has 1 cells, the header has 2");
    reads("a,n\nx,1,3\ny,2,,\n", "x|1 / y|2\nf.csv:2: this row has 3 cells, the header has 2");
    reads("a,a\nx,1\n", "x|1\nf.csv:1:a: two columns have this header (the second is column 2)");
    reads("a,,n\nx,y,1\n", "x||1");
    reads("", "\nf.csv: has no header line that names its columns");
    reads("\n\n", "\nf.csv: has no header line that names its columns");
}

static void recode(const char *text, const char *to, const char *prefix, const char *wanted) {
    char out[256], *at = out + strlen(prefix), *in = (char *)(uintptr_t)text;
    memcpy(out, prefix, strlen(prefix));
    size_t left = strlen(text), room = sizeof out - strlen(prefix);
    iconv_t converter = iconv_open(to, "UTF-8");
    assert_true(converter != (iconv_t)-1);
    assert_int_equal(iconv(converter, &in, &left, &at, &room), 0);
    iconv_close(converter);
    expect(out, (size_t)(at - out), wanted);
}

static void test_encodings(void **state) {
    (void)state;
    recode("单位,n\n东湖区,1\n", "GB18030", "", "东湖区|1\nf.csv: note: is not UTF-8; it was read as GB18030 [N101]");
    recode("单位,n\n东湖区,1\n", "UTF-16LE", "\xFF\xFE", "东湖区|1");
    recode("单位,n\n东湖区,1\n", "UTF-16BE", "\xFE\xFF", "东湖区|1");
    reads("a,n\nx\xFF\xFF,1\n", "\nf.csv: is text in no encoding that is known here (UTF-8, UTF-16, GB18030); save it as UTF-8");
}

static void test_limits(void **state) {
    (void)state;
    pl_table table;
    pl_csv_options small = {.max_bytes = 10, .max_columns = 1, .max_rows = 2, .max_cell = 3};
    assert_int_equal(pl_csv_read_bytes(&table, "f", pl_str_of("a\nb\nc\nd\ne\n"), &small, NULL), PL_INPUT);
    pl_table_free(&table);
    assert_int_equal(pl_csv_read_bytes(&table, "f", pl_str_of("a,b\nc\n"), &small, NULL), PL_INPUT);
    pl_table_free(&table);
    assert_int_equal(pl_csv_read_bytes(&table, "f", pl_str_of("a\nbcdef\n"), &small, NULL), PL_INPUT);
    pl_table_free(&table);
    assert_int_equal(pl_csv_read_bytes(&table, "f", pl_str_of("a\nbcd\nefghi\n"), &small, NULL), PL_INPUT);
    pl_table_free(&table);
}

static void test_files_that_cannot_be_read(void **state) {
    (void)state;
    pl_table table;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_csv_read(&table, "/nowhere/at/all.csv", NULL, &problems), PL_INPUT);
    pl_table_free(&table);
    assert_int_equal(pl_csv_read(&table, "/", NULL, &problems), PL_INPUT);
    pl_table_free(&table);
    assert_int_equal(pl_csv_read(&table, "/proc/self/mem", NULL, &problems),
                     PL_IO); /* its first page is not there: a failing read */
    pl_table_free(&table);
    assert_int_equal(problems.count, 3);
    assert_string_equal(problems.items[0].code, "E101");
    pl_problems_free(&problems);
}

/* A file of several chunks, with quotes here and there, read on one thread and on four, is the same table. */
static void test_threads_make_no_difference(void **state) {
    (void)state;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_text(&text, "unit,n1,remark,n2\n");
    for (int i = 0; i < 200000; i++)
        pl_buffer_print(&text, i % 97 ? "u%d,%d.25,text %d,%s\n" : "u%d,%d.5,\"quoted\n%d\",%s\n", i, i, i % 1000,
                        i % 50 ? "7" : "");
    pl_buffer_text(&text, "bad,x,y,z\n");
    pl_pool *pool;
    assert_int_equal(pl_pool_create(&pool, 4), PL_OK);
    pl_table one, four;
    pl_problems problems[2];
    pl_problems_init(&problems[0], 0);
    pl_problems_init(&problems[1], 0);
    pl_csv_options options = {.choose = choose};
    assert_int_equal(pl_csv_read_bytes(&one, "f", pl_buffer_view(&text), &options, &problems[0]), PL_INPUT);
    options.pool = pool;
    assert_int_equal(pl_csv_read_bytes(&four, "f", pl_buffer_view(&text), &options, &problems[1]), PL_INPUT);
    assert_int_equal(one.rows, 200001);
    assert_int_equal(four.rows, one.rows);
    assert_memory_equal(one.columns[1].numbers, four.columns[1].numbers, one.rows * sizeof(double));
    assert_memory_equal(one.columns[3].present, four.columns[3].present, (one.rows + 63) / 64 * 8);
    assert_memory_equal(one.columns[0].texts, four.columns[0].texts, one.rows * sizeof(uint32_t));
    assert_memory_equal(one.columns[2].texts, four.columns[2].texts, one.rows * sizeof(uint32_t));
    assert_int_equal(pl_intern_count(one.texts), pl_intern_count(four.texts));
    assert_int_equal(problems[0].count, 2);
    assert_int_equal(problems[1].items[0].place.row, problems[0].items[0].place.row);
    assert_int_equal(problems[0].items[0].place.row, 200002);
    pl_table_free(&one);
    pl_table_free(&four);
    pl_problems_free(&problems[0]);
    pl_problems_free(&problems[1]);
    pl_pool_free(pool);
    pl_buffer_free(&text);
}

static void test_columns_become_numbers_where_all_are(void **state) {
    (void)state;
    pl_table table;
    bool converted;
    assert_int_equal(pl_csv_read_bytes(&table, "f", pl_str_of("a,b\n1,1\nNA,x\n2.5,\n"), NULL, NULL), PL_OK);
    assert_int_equal(pl_table_to_numbers(&table, 0, &converted), PL_OK);
    assert_true(converted && table.columns[0].numbers[2] == 2.5 && !pl_present(table.columns[0].present, 1));
    assert_int_equal(pl_table_to_numbers(&table, 1, &converted), PL_OK);
    assert_false(converted);
    assert_int_equal(pl_table_find(&table, pl_str_of("B")), 1);
    assert_int_equal(pl_table_find(&table, pl_str_of("c")), 2);
    pl_table_free(&table);
}

/* ---- writers ---- */

static void csv_of(bool for_people, const char *wanted) {
    pl_buffer out;
    pl_output output;
    pl_csv_writer w;
    pl_buffer_init(&out, 0);
    pl_output_init(&output, pl_sink_buffer, &out);
    pl_csv_begin(&w, &output, for_people);
    static const char *const texts[] = {"plain", "a,b", "say \"hi\"", "two\nlines", "=1+1", "-5", "@x", ""};
    for (size_t i = 0; i < 8; i++) pl_csv_text(&w, pl_str_of(texts[i]));
    pl_csv_number(&w, 0.1);
    pl_csv_fixed(&w, 2.675, 2);
    pl_csv_missing(&w);
    pl_csv_end_row(&w);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    assert_string_equal(out.at, wanted);
    pl_buffer_free(&out);
}

static void test_csv_for_programs_and_for_people(void **state) {
    (void)state;
    csv_of(false, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",=1+1,-5,@x,,0.1,2.68,\n");
    csv_of(true, "\xEF\xBB\xBFplain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",'=1+1,-5,'@x,,0.1,2.68,\r\n");
}

static void test_json(void **state) {
    (void)state;
    pl_buffer out;
    pl_output output;
    pl_json_writer w;
    pl_buffer_init(&out, 0);
    pl_output_init(&output, pl_sink_buffer, &out);
    pl_json_begin(&w, &output, false);
    pl_json_object(&w);
    pl_json_key(&w, "text");
    pl_json_text(&w, pl_str_of("a\"b\\c\nd\x01\xFF准"));
    pl_json_key(&w, "numbers");
    pl_json_array(&w);
    pl_json_number(&w, 0.5);
    pl_json_fixed(&w, 1, 2);
    pl_json_integer(&w, -3);
    pl_json_number(&w, NAN);
    pl_json_end(&w);
    pl_json_key(&w, "empty");
    pl_json_object(&w);
    pl_json_end(&w);
    pl_json_key(&w, "yes");
    pl_json_bool(&w, true);
    pl_json_end(&w);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    assert_string_equal(
        out.at, "{\"text\":\"a\\\"b\\\\c\\nd\\u0001\xEF\xBF\xBD准\",\"numbers\":[0.5,1.00,-3,null],\"empty\":{},\"yes\":true}");
    pl_buffer_free(&out);
}

static pl_status full_disk(void *context, const char *bytes, size_t size) {
    (void)bytes;
    (void)size;
    ++*(int *)context;
    return PL_IO;
}

static void test_a_failed_write_is_remembered(void **state) {
    (void)state;
    int calls = 0;
    pl_output output;
    pl_output_init(&output, full_disk, &calls);
    for (int i = 0; i < 100000; i++) pl_output_add(&output, pl_str_of("twelve bytes"));
    assert_int_equal(pl_output_finish(&output), PL_IO);
    assert_int_equal(calls, 1);
}

/* A text of rows of odd numbers, and the same again with quotes around the first header, which takes the reader another way. */
static void odd_numbers(pl_buffer *out, bool quotes, size_t rows, size_t columns, const char *line_end) {
    static const char letters[] = "0123456789012345678901234567890123456789....-+e ,;x";
    uint64_t state = 7;
    for (size_t i = 0; i < columns; i++) pl_buffer_print(out, quotes && !i ? "\"n%zu\"" : i ? ",n%zu" : "n%zu", i);
    pl_buffer_text(out, line_end);
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i++) {
            if (i) pl_buffer_char(out, ',');
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
            size_t length = state >> 60; /* plain numbers of all lengths, and cells of any of the letters */
            for (size_t k = 0; k < length; k++) {
                state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
                size_t most = state >> 40 & 15 ? 10 : sizeof letters - 1;
                pl_buffer_char(out, k == 3 && length % 2 ? '.' : letters[(state >> 33) % most]);
            }
        }
        if (row + 1 < rows) pl_buffer_text(out, line_end);
    }
}

static void check_same_tables(const pl_table *a, const pl_table *b) {
    assert_int_equal(a->rows, b->rows);
    for (size_t i = 0; i < a->column_count; i++) {
        assert_memory_equal(a->columns[i].numbers, b->columns[i].numbers, a->rows * sizeof(double));
        assert_memory_equal(a->columns[i].present, b->columns[i].present, (a->rows + 63) / 64 * 8);
    }
}

static void test_short_cuts_read_what_the_long_way_reads(void **state) {
    (void)state;
    static const char *const line_ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < 3; i++) {
        pl_table tables[2];
        pl_problems problems[2];
        pl_csv_options options = {.choose = choose};
        for (int quotes = 0; quotes < 2; quotes++) {
            pl_buffer text;
            pl_buffer_init(&text, 0);
            pl_problems_init(&problems[quotes], 5000);
            odd_numbers(&text, quotes, 3000, i == 1 ? 1 : 37, line_ends[i]);
            pl_csv_read_bytes(&tables[quotes], "odd.csv", pl_buffer_view(&text), &options, &problems[quotes]);
            pl_buffer_free(&text);
        }
        check_same_tables(&tables[0], &tables[1]);
        assert_int_equal(problems[0].errors, problems[1].errors);
        assert_true(problems[0].errors > 10);
        for (size_t k = 0; k < problems[0].count; k++) {
            assert_string_equal(problems[0].items[k].text, problems[1].items[k].text);
            assert_int_equal(problems[0].items[k].place.row, problems[1].items[k].place.row);
        }
        for (int quotes = 0; quotes < 2; quotes++) {
            pl_table_free(&tables[quotes]);
            pl_problems_free(&problems[quotes]);
        }
    }
}

/* ---- what turns out late ---- */

#define LATE_ROWS 200000

/* Rows "u7,7.5", of which the last is followed by `last`. */
static void read_late(const char *last, pl_table *table, pl_problems *problems) {
    pl_buffer text;
    pl_pool *pool;
    pl_csv_options options = {.choose = choose, .pool = NULL};
    assert_int_equal(pl_pool_create(&pool, 3), PL_OK);
    options.pool = pool;
    pl_buffer_init(&text, 0);
    pl_buffer_text(&text, "u,n\n");
    for (int row = 0; row < LATE_ROWS; row++) pl_buffer_print(&text, "u%d,%d.5\n", row, row);
    pl_buffer_text(&text, last);
    pl_problems_init(problems, 0);
    assert_int_equal(pl_csv_read_bytes(table, "late.csv", pl_buffer_view(&text), &options, problems), PL_OK);
    pl_buffer_free(&text);
    pl_pool_free(pool);
    for (size_t row = 0; row < LATE_ROWS; row += 1000) {
        char code[32];
        snprintf(code, sizeof code, "u%zu", row);
        assert_true(pl_str_is(pl_table_text(table, 0, row), code));
        assert_true(table->columns[1].numbers[row] == (double)row + 0.5);
    }
}

/* A quote, a blank record or another encoding may stand at the very end: then all is read again, as that asks for. */
static void test_what_turns_out_late_holds_for_the_whole_file(void **state) {
    (void)state;
    static const struct {
        const char *last, *text;
        size_t rows;
    } cases[] = {{"", "u199999", LATE_ROWS},
                 {"z,1", "z", LATE_ROWS + 1},
                 {"\"a,\nb\",1\n", "a,\nb", LATE_ROWS + 1},
                 {",\nz,1\n", "z", LATE_ROWS + 1},
                 {"\xD6\xD0,1\n", "\xE4\xB8\xAD", LATE_ROWS + 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_table table;
        pl_problems problems;
        read_late(cases[i].last, &table, &problems);
        assert_int_equal(table.rows, cases[i].rows);
        assert_true(pl_str_is(pl_table_text(&table, 0, table.rows - 1), cases[i].text));
        assert_int_equal(pl_intern_count(table.texts), cases[i].rows);
        pl_table_free(&table);
        pl_problems_free(&problems);
    }
}

/* The reader makes room for as many rows as some places of the file let it expect: here these have the long ones. */
static void test_there_may_be_more_rows_than_expected(void **state) {
    (void)state;
    enum { SIZE = 1 << 20, PLACE = 1 << 13, PLACES = 8 };
    pl_buffer text;
    pl_table table;
    pl_csv_options options = {.choose = choose};
    size_t rows = 0;
    pl_buffer_init(&text, 0);
    pl_buffer_text(&text, "n,t\n");
    while (text.len < SIZE) {
        size_t step = (SIZE - PLACE) / (PLACES - 1), from_place = text.len % step;
        bool near_place = from_place < 2 * PLACE || from_place > step - PLACE;
        pl_buffer_print(&text, "%zu,", rows++);
        for (int i = 0; near_place && i < 2000; i++) pl_buffer_char(&text, 'x');
        pl_buffer_char(&text, '\n');
    }
    assert_int_equal(pl_csv_read_bytes(&table, "f.csv", pl_buffer_view(&text), &options, NULL), PL_OK);
    assert_int_equal(table.rows, rows);
    for (size_t row = 0; row < rows; row++) assert_true(table.columns[0].numbers[row] == (double)row);
    pl_table_free(&table);
    pl_buffer_free(&text);
}

static void write_part(void *context, size_t part, pl_output *to) {
    (void)context;
    for (size_t i = 0; i < 3; i++) {
        char text[32];
        snprintf(text, sizeof text, "%zu\n", 3 * part + i);
        pl_output_add(to, pl_str_of(text));
    }
}

/* 0 to 2,999, one a line, whichever threads wrote them. */
static void test_parts_come_out_in_order(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        pl_pool *pool;
        pl_output output;
        pl_buffer out;
        pl_buffer_init(&out, 0);
        assert_int_equal(pl_pool_create(&pool, threads), PL_OK);
        pl_output_init(&output, pl_sink_buffer, &out);
        pl_output_parts(&output, pool, 1000, write_part, NULL);
        assert_int_equal(pl_output_finish(&output), PL_OK);
        char *at = out.at;
        for (long i = 0; i < 3000; i++) {
            assert_int_equal(strtol(at, &at, 10), i);
            assert_int_equal(*at++, '\n');
        }
        assert_int_equal(*at, 0);
        pl_buffer_free(&out);
        pl_pool_free(pool);
    }
}

static bool write_parts(void *context) {
    (void)context;
    pl_output output;
    pl_buffer out;
    pl_buffer_init(&out, 0);
    pl_output_init(&output, pl_sink_buffer, &out);
    pl_output_parts(&output, NULL, 10, write_part, NULL);
    bool good = pl_output_finish(&output) == PL_OK;
    pl_buffer_free(&out);
    return good;
}

static void test_parts_survive_a_lack_of_memory(void **state) {
    (void)state;
    assert_true(allocations_walk(write_parts, NULL, 1000) > 2);
}

/* A text without quotes takes the short cuts. */
static bool read_plainly(void *context) {
    (void)context;
    pl_table table;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_csv_options options = {.choose = choose};
    pl_status status = pl_csv_read_bytes(&table, "f.csv", pl_str_of("a,n,b\nx,1,y\nz,2.5,w\n"), &options, &problems);
    assert_true(status == PL_OK || status == PL_MEMORY);
    bool good = status == PL_OK && table.columns[1].numbers[1] == 2.5 && pl_str_is(pl_table_text(&table, 2, 1), "w");
    assert_true(good || status == PL_MEMORY);
    pl_table_free(&table);
    pl_problems_free(&problems);
    return good;
}

static void test_short_cuts_survive_a_lack_of_memory(void **state) {
    (void)state;
    assert_true(allocations_walk(read_plainly, NULL, 1000) > 10);
}

static bool read_and_write(void *context) {
    (void)context;
    pl_table table;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    bool converted, good = false;
    const char *text = "a,n,b\n\"x \"\"y\"\"\",1,2\nz,abc,3\n\nq,NA,4\n";
    pl_csv_options options = {.choose = choose};
    pl_status status = pl_csv_read_bytes(&table, "f.csv", pl_str_of(text), &options, &problems);
    assert_true(status == PL_INPUT || status == PL_MEMORY);
    if (status == PL_INPUT && !problems.failed && pl_table_to_numbers(&table, 2, &converted) == PL_OK) {
        pl_buffer out;
        pl_output output;
        pl_csv_writer w;
        pl_buffer_init(&out, 0);
        pl_output_init(&output, pl_sink_buffer, &out);
        pl_csv_begin(&w, &output, true);
        pl_csv_text(&w, pl_table_text(&table, 0, 0));
        good = pl_output_finish(&output) == PL_OK;
        pl_buffer_free(&out);
    }
    pl_table_free(&table);
    pl_problems_free(&problems);
    return good;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    assert_true(allocations_walk(read_and_write, NULL, 1000) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_wrong_numbers_are_named_as_what_they_are),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_threads_make_no_difference),
        cmocka_unit_test(test_columns_become_numbers_where_all_are),
        cmocka_unit_test(test_csv_for_programs_and_for_people),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_a_failed_write_is_remembered),
        cmocka_unit_test(test_what_turns_out_late_holds_for_the_whole_file),
        cmocka_unit_test(test_there_may_be_more_rows_than_expected),
        cmocka_unit_test(test_short_cuts_read_what_the_long_way_reads),
        cmocka_unit_test(test_parts_come_out_in_order),
        cmocka_unit_test(test_short_cuts_survive_a_lack_of_memory),
        cmocka_unit_test(test_parts_survive_a_lack_of_memory),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
