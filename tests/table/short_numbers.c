/* Columns of short decimals that are kept as whole numbers give the doubles that columns of doubles hold. */
#include "table/short_numbers.h"

#include "support/allocations.h"

#include <plumbline/base/number.h>
#include <plumbline/base/random.h>
#include <plumbline/table/csv.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- cells ---- */

#define CELLS 24

/* Bytes of numbers and some that make none, in lengths on both sides of what counts as short. */
static void add_cell(pl_buffer *text, pl_random *random) {
    static const char letters[] = "01234567890123456789012345678901234567899999999.-+e x";
    size_t length = pl_random_below(random, 11);
    bool plain = pl_random_below(random, 4) > 0;
    for (size_t k = 0; k < length; k++) pl_buffer_char(text, letters[pl_random_below(random, plain ? 48 : sizeof letters - 1)]);
}

typedef struct line {
    pl_buffer text;
    uint32_t stops[CELLS + 1], decimals[CELLS];
} line;

static void make_line(line *l, pl_random *random) {
    pl_buffer_init(&l->text, 0);
    pl_buffer_text(&l->text, "before\n\n"); /* eight bytes that may be looked at */
    l->stops[0] = (uint32_t)l->text.len - 1;
    for (size_t i = 0; i < CELLS; i++) {
        add_cell(&l->text, random);
        l->decimals[i] = (uint32_t)pl_random_below(random, PL_MOST_DECIMALS + 1);
        l->stops[i + 1] = (uint32_t)l->text.len;
        pl_buffer_char(&l->text, ',');
    }
}

/* Reads from cell `first` on, `count` of them; returns how many could be. */
static size_t read_cells(const line *l, size_t first, size_t count, int32_t *out, uint64_t *missing) {
    pl_short_cells cells = {.from = l->text.at,
                            .stops = l->stops + 1 + first,
                            .decimals = l->decimals + first,
                            .count = count,
                            .out = out + first,
                            .missing = missing + first,
                            .row = 4};
    return pl_short_numbers(&cells);
}

/* What cells mean by the long way: a number by its decimal digits, times the power. */
static void check_cell(const line *l, size_t i, int32_t out, uint64_t missing) {
    pl_str cell = {l->text.at + l->stops[i] + 1, l->stops[i + 1] - l->stops[i] - 1};
    double value = 0;
    assert_int_equal(missing, cell.len ? 0 : 4);
    if (cell.len) assert_true(pl_number_parse(cell, &value));
    assert_true(out / pl_power_of_ten(l->decimals[i]) == value);
}

static void test_four_at_a_time_read_what_one_by_one_reads(void **state) {
    (void)state;
    pl_random random = pl_random_stream(5, 1, 0);
    size_t good = 0, bad = 0;
    for (int turn = 0; turn < 20000; turn++) {
        line l;
        make_line(&l, &random);
        int32_t together[CELLS] = {0}, single[CELLS] = {0};
        uint64_t missing[CELLS] = {0}, missing_single[CELLS] = {0};
        size_t count = read_cells(&l, 0, CELLS, together, missing), i = 0;
        while (i < CELLS && read_cells(&l, i, 1, single, missing_single) == 1) i++;
        assert_int_equal(count, i);
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(together[k], single[k]);
            assert_int_equal(missing[k], missing_single[k]);
            check_cell(&l, k, together[k], missing[k]);
        }
        good += count;
        bad += count < CELLS;
        pl_buffer_free(&l.text);
    }
    assert_true(good > 20000 && bad > 1000);
}

static void test_what_does_not_fit_is_refused(void **state) {
    (void)state;
    int32_t out;
    assert_true(pl_scale(257.5683, 1e4, &out) && out == 2575683);
    assert_true(pl_scale(-0.1, 1e1, &out) && out == -1);
    assert_true(pl_scale(INT32_MAX, 1, &out) && out == INT32_MAX);
    assert_false(pl_scale(INT32_MAX + 1.0, 1, &out));
    assert_false(pl_scale(0.25, 1e1, &out));
    assert_false(pl_scale(1e300, 1e7, &out));
    assert_false(pl_scale(0.1 + 0.2, 1e7, &out)); /* 0.30000000000000004 is no short decimal */
}

/* ---- columns ---- */

static void choose(void *context, pl_column *columns, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.at[0] == 'n') columns[i].kind = PL_COLUMN_NUMBERS;
}

#define ROWS 5000
#define ODD_ROW 3333 /* where the sample of the reader does not look: n2 and n4 are longer there, n6 is no number */

/* Columns n0 to n7 of 0 to 7 decimals, a text among them; n7 is long throughout. */
static void add_row(pl_buffer *text, size_t row, pl_random *random) {
    bool odd = row == ODD_ROW;
    pl_buffer_print(text, "u%zu", row);
    for (int i = 0; i < 8; i++) {
        if (i == 6) pl_buffer_print(text, ",t%zu", row % 7);
        int whole = (int)pl_random_below(random, i < 6 ? 200 : 20) - 100;
        if (pl_random_below(random, 30) == 0 && !odd) {
            pl_buffer_text(text, i % 2 ? "," : ",NA");
            continue;
        }
        if (i == 7)
            pl_buffer_print(text, ",%.17g", whole / 3.0);
        else
            pl_buffer_print(text, i ? ",%d." : ",%d", whole);
        for (int k = 0; k < i && i < 7; k++) pl_buffer_char(text, (char)('0' + pl_random_below(random, 10)));
        if (odd && i == 2) pl_buffer_text(text, "99999999");
        if (odd && i == 4) pl_buffer_text(text, "00001");
        if (odd && i == 6) pl_buffer_text(text, "x");
    }
}

typedef struct kind_of_text {
    const char *header, *line_end;
    bool blank_line; /* one within */
} kind_of_text;

static void make_text(pl_buffer *text, const kind_of_text *kind) {
    pl_random random = pl_random_stream(9, 1, 0);
    pl_buffer_init(text, 0);
    pl_buffer_print(text, "%s%s", kind->header, kind->line_end);
    for (size_t row = 0; row < ROWS; row++) {
        add_row(text, row, &random);
        pl_buffer_text(text, kind->line_end);
        if (kind->blank_line && row == 50) pl_buffer_print(text, ",,%s", kind->line_end);
    }
}

static void check_column(const pl_column *scaled, const pl_column *wide) {
    for (size_t row = 0; row < ROWS; row++) {
        assert_int_equal(pl_present(scaled->present, row), pl_present(wide->present, row));
        assert_true(pl_column_number(scaled, row) == wide->numbers[row]);
    }
}

static void check_kinds(const pl_table *table) {
    for (size_t i = 0; i < table->column_count; i++) {
        const pl_column *column = &table->columns[i];
        bool misfit = pl_str_is(column->name, "n2") || pl_str_is(column->name, "n4") || pl_str_is(column->name, "n7");
        assert_int_equal(column->scaled != NULL, column->kind == PL_COLUMN_NUMBERS && !misfit);
        assert_int_equal(column->numbers != NULL, column->kind == PL_COLUMN_NUMBERS && misfit);
    }
}

static void test_columns_are_the_same_numbers(void **state) {
    (void)state;
    static const kind_of_text kinds[] = {{"u,n0,n1,n2,n3,n4,n5,t,n6,n7", "\n", false},
                                         {"u,n0,n1,n2,n3,n4,n5,t,n6,n7", "\r\n", false},
                                         {"\"u\",n0,n1,n2,n3,n4,n5,t,n6,n7", "\n", false},
                                         {"u,n0,n1,n2,n3,n4,n5,t,n6,n7", "\n", true}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        pl_buffer text;
        make_text(&text, &kinds[k]);
        pl_table tables[2];
        pl_problems problems[2];
        pl_pool *pool;
        assert_int_equal(pl_pool_create(&pool, 3), PL_OK);
        for (int scaled = 0; scaled < 2; scaled++) {
            pl_csv_options options = {.choose = choose, .scaled = scaled, .pool = pool};
            pl_problems_init(&problems[scaled], 0);
            assert_int_equal(pl_csv_read_bytes(&tables[scaled], "f.csv", pl_buffer_view(&text), &options, &problems[scaled]),
                             PL_INPUT);
            assert_int_equal(tables[scaled].rows, ROWS);
            assert_int_equal(problems[scaled].errors, 1); /* said once, though columns were read twice */
        }
        check_kinds(&tables[1]);
        for (size_t i = 0; i < tables[1].column_count; i++) {
            if (tables[1].columns[i].kind == PL_COLUMN_NUMBERS) check_column(&tables[1].columns[i], &tables[0].columns[i]);
            if (tables[1].columns[i].texts)
                assert_memory_equal(tables[1].columns[i].texts, tables[0].columns[i].texts, ROWS * sizeof(uint32_t));
        }
        for (int scaled = 0; scaled < 2; scaled++) {
            pl_table_free(&tables[scaled]);
            pl_problems_free(&problems[scaled]);
        }
        pl_pool_free(pool);
        pl_buffer_free(&text);
    }
}

static void test_rows_that_are_kept_take_their_numbers_along(void **state) {
    (void)state;
    pl_table table;
    pl_csv_options options = {.choose = choose, .scaled = true};
    assert_int_equal(pl_csv_read_bytes(&table, "f.csv", pl_str_of("a,n\nx,1.5\ny,2\nz,\nw,-3.25\n"), &options, NULL), PL_OK);
    uint64_t keep = 0xD; /* all but the second */
    assert_int_equal(pl_table_keep(&table, &keep), PL_OK);
    const pl_column *n = &table.columns[1];
    assert_non_null(n->scaled);
    assert_true(pl_column_number(n, 0) == 1.5 && !pl_present(n->present, 1) && pl_column_number(n, 2) == -3.25);
    pl_table_free(&table);
}

static bool read_misfit(void *context) {
    pl_table table;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_csv_options options = {.choose = choose, .scaled = true};
    pl_status status = pl_csv_read_bytes(&table, "f.csv", pl_buffer_view(context), &options, &problems);
    assert_true(status == PL_INPUT || status == PL_MEMORY);
    bool good = status == PL_INPUT && !problems.failed;
    if (good) check_kinds(&table);
    pl_table_free(&table);
    pl_problems_free(&problems);
    return good;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    pl_buffer text;
    make_text(&text, &(kind_of_text){"u,n0,n1,n2,n3,n4,n5,t,n6,n7", "\n", false});
    assert_true(allocations_walk(read_misfit, &text, 2000) > 20);
    pl_buffer_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_at_a_time_read_what_one_by_one_reads),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
        cmocka_unit_test(test_columns_are_the_same_numbers),
        cmocka_unit_test(test_rows_that_are_kept_take_their_numbers_along),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
