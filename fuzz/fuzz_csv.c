/* CSV from anywhere: whatever the bytes, a table or a list of problems. The first byte chooses the kinds of the columns. */
#include <plumbline/table/csv.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void choose(void *context, pl_column *columns, size_t count) {
    const uint8_t *kinds = context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len && (*kinds >> i % 8 & 1)) columns[i].kind = PL_COLUMN_NUMBERS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    uint8_t kinds = data[0];
    pl_csv_options options = {.choose = choose, .context = &kinds, .max_cell = 1000};
    pl_problems problems;
    pl_table table;
    pl_problems_init(&problems, 50);
    pl_status status = pl_csv_read_bytes(&table, "fuzz", (pl_str){(const char *)data + 1, size - 1}, &options, &problems);
    if (status == PL_OK)
        for (size_t i = 0; i < table.column_count; i++) {
            bool converted;
            for (size_t row = 0; row < table.rows; row++) (void)pl_table_text(&table, i, row);
            (void)pl_table_to_numbers(&table, i, &converted);
        }
    pl_table_free(&table);
    pl_problems_free(&problems);
    return 0;
}
