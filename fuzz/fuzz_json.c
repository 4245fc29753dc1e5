/* Data values as JSON: whatever the bytes, a table that holds what it promises, or a list of problems. The document is read piece
 * by piece; what is JSON must be so exactly where it is when read as a whole. */
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

static bool has_code(const pl_problems *problems, const char *from, const char *to) {
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->items[i].code, from) >= 0 && strcmp(problems->items[i].code, to) <= 0) return true;
    return false;
}

/* Depth is counted from the piece, a byte-order mark is no JSON, and a zero byte, which jansson overlooks, is none for us: only
 * otherwise are the two the same. */
static void compare(const uint8_t *data, size_t size, const pl_problems *problems) {
    if (size && (data[0] >= 0x80 || memchr(data, 0, size))) return;
    json_error_t error;
    json_t *whole = json_loadb(size ? (const char *)data : "", size,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    bool deep = has_code(problems, "E132", "E132") || (!whole && json_error_code(&error) == json_error_stack_overflow);
    if (!deep && has_code(problems, "E131", "E134") != !whole) abort();
    json_decref(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_problems problems;
    pl_table table;
    pl_problems_init(&problems, 5000);
    pl_status status = pl_values_read_bytes(&table, "fuzz", (pl_str){(const char *)data, size}, &problems);
    if (status != pl_problems_status(&problems)) abort();
    if (table.column_count) look_at(&table);
    compare(data, size, &problems);
    pl_table_free(&table);
    pl_problems_free(&problems);
    return 0;
}
