/* CSV from anywhere: whatever the bytes, a table or a list of problems, the same numbers whether they may be scaled or not. The
 * first byte chooses the kinds of the columns. */
#include <plumbline/table/csv.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void choose(void *context, pl_column *columns, size_t count) {
    const uint8_t *kinds = context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len && (*kinds >> i % 8 & 1)) columns[i].kind = PL_COLUMN_NUMBERS;
}

static pl_status read_table(pl_table *table, uint8_t kinds, pl_str bytes, bool scaled) {
    pl_csv_options options = {.choose = choose, .context = &kinds, .max_cell = 1000, .scaled = scaled};
    pl_problems problems;
    pl_problems_init(&problems, 50);
    pl_status status = pl_csv_read_bytes(table, "fuzz", bytes, &options, &problems);
    pl_problems_free(&problems);
    return status;
}

static void compare(const pl_table *a, const pl_table *b) {
    if (a->rows != b->rows || a->column_count != b->column_count) abort();
    for (size_t i = 0; i < a->column_count; i++) {
        const pl_column *left = &a->columns[i], *right = &b->columns[i];
        for (size_t row = 0; left->kind == PL_COLUMN_NUMBERS && row < a->rows; row++)
            if (pl_present(left->present, row) != pl_present(right->present, row) ||
                pl_column_number(left, row) != pl_column_number(right, row))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    pl_table table, scaled;
    pl_str bytes = {(const char *)data + 1, size - 1};
    pl_status status = read_table(&table, data[0], bytes, false);
    if (read_table(&scaled, data[0], bytes, true) != status) abort();
    if (status == PL_OK) {
        compare(&table, &scaled);
        for (size_t i = 0; i < table.column_count; i++) {
            bool converted;
            for (size_t row = 0; row < table.rows; row++) (void)pl_table_text(&table, i, row);
            (void)pl_table_to_numbers(&table, i, &converted);
        }
    }
    pl_table_free(&table);
    pl_table_free(&scaled);
    return 0;
}
