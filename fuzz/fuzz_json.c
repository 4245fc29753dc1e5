/* Data values as JSON: whatever the bytes, a table that holds what it promises, or a list of problems. */
#include <plumbline/table/json.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every row kept has an element and a unit, and numbers are 0 where there is none. */
static void look_at(const pl_table *table) {
    const pl_column *value = &table->columns[pl_table_find(table, pl_str_of("value"))];
    for (size_t row = 0; row < table->rows; row++) {
        if (!(pl_table_source_row(table, row) & PL_ENTRY)) abort();
        if (!pl_table_text(table, 0, row).len || !pl_table_text(table, 1, row).len) abort();
        if (!pl_present(value->present, row) && value->numbers[row] != 0) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_problems problems;
    pl_table table;
    pl_problems_init(&problems, 50);
    pl_status status = pl_values_read_bytes(&table, "fuzz", (pl_str){(const char *)data, size}, &problems);
    if (status != pl_problems_status(&problems)) abort();
    if (table.column_count) look_at(&table);
    pl_table_free(&table);
    pl_problems_free(&problems);
    return 0;
}
