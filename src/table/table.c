#include <plumbline/table/table.h>

#include "table/cell.h"

#include <stdlib.h>

static void free_data(pl_column *column) {
    free(column->numbers);
    free(column->scaled);
    free(column->present);
    free(column->texts);
    column->numbers = NULL;
    column->scaled = NULL;
    column->present = NULL;
    column->texts = NULL;
}

void pl_table_free(pl_table *table) {
    for (size_t i = 0; i < table->column_count; i++) free_data(&table->columns[i]);
    pl_intern_free(table->texts);
    free(table->source_rows);
    pl_arena_free(&table->arena);
    *table = (pl_table){0};
}

void pl_table_drop(pl_table *table, size_t column) {
    free_data(&table->columns[column]);
    table->columns[column].kind = PL_COLUMN_SKIPPED;
}

/* The rows kept move up; what lies behind the last is cleared, as a table promises. */
static void keep_in_column(pl_column *column, const uint64_t *keep, size_t rows) {
    size_t to = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!pl_present(keep, row)) continue;
        if (column->texts) column->texts[to] = column->texts[row];
        if (column->numbers) column->numbers[to] = column->numbers[row];
        if (column->scaled) column->scaled[to] = column->scaled[row];
        if (column->present) {
            if (pl_present(column->present, row))
                pl_set_present(column->present, to);
            else
                pl_set_missing(column->present, to);
        }
        to++;
    }
    for (; column->present && to < rows; to++) pl_set_missing(column->present, to);
}

pl_status pl_table_keep(pl_table *table, const uint64_t *keep) {
    size_t kept = 0;
    size_t *source_rows = malloc((table->rows + 1) * sizeof *source_rows);
    if (!source_rows) return PL_MEMORY;
    for (size_t row = 0; row < table->rows; row++)
        if (pl_present(keep, row)) source_rows[kept++] = pl_table_source_row(table, row);
    for (size_t i = 0; i < table->column_count; i++) keep_in_column(&table->columns[i], keep, table->rows);
    free(table->source_rows);
    table->source_rows = source_rows;
    table->rows = kept;
    return PL_OK;
}

size_t pl_table_find(const pl_table *table, pl_str name) {
    for (size_t i = 0; i < table->column_count; i++) {
        pl_str have = table->columns[i].name;
        if (have.len == name.len && pl_str_is_fold(name, have.at)) return i;
    }
    return table->column_count;
}

/* A column as a place counts it: only sheets of workbooks have them. */
static size_t place_column(const pl_table *table, size_t column) { return table->sheet_header ? column + 1 : 0; }

pl_place pl_table_cell_place(const pl_table *table, size_t column, size_t row) {
    return (pl_place){table->name, pl_table_source_row(table, row), table->columns[column].name.at, place_column(table, column)};
}

pl_place pl_table_header_place(const pl_table *table) {
    return (pl_place){table->name, table->sheet_header ? table->sheet_header : 1, NULL, place_column(table, 0)};
}

pl_place pl_table_column_place(const pl_table *table, size_t column) {
    pl_place place = pl_table_header_place(table);
    place.field = table->columns[column].name.at;
    place.column = place_column(table, column);
    return place;
}

pl_str pl_table_text(const pl_table *table, size_t column, size_t row) {
    const pl_column *c = &table->columns[column];
    return c->texts ? pl_intern_text(table->texts, c->texts[row]) : (pl_str){0};
}

bool pl_table_number(const pl_table *table, size_t column, size_t row, double *out, pl_problems *problems) {
    pl_str text = pl_table_text(table, column, row);
    pl_cell_kind kind = pl_cell_number(text, out);
    if (kind != PL_CELL_OTHER) return kind == PL_CELL_NUMBER;
    pl_cell_not_a_number(problems, pl_table_cell_place(table, column, row), text);
    return false;
}

/* Each distinct text is looked at once. */
static bool all_numbers(const pl_table *table, const pl_column *column, double *values, unsigned char *kinds) {
    for (size_t row = 0; row < table->rows; row++) {
        uint32_t id = column->texts[row];
        if (!id || kinds[id]) continue;
        pl_cell_kind kind = pl_cell_number(pl_intern_text(table->texts, id), &values[id]);
        if (kind == PL_CELL_OTHER) return false;
        kinds[id] = (unsigned char)(kind == PL_CELL_NUMBER ? 1 : 2);
    }
    return true;
}

pl_status pl_table_to_numbers(pl_table *table, size_t column, bool *converted) {
    *converted = false;
    pl_column *c = &table->columns[column];
    if (c->kind != PL_COLUMN_TEXTS) return PL_OK;
    size_t texts = pl_intern_count(table->texts) + 1;
    double *values = calloc(texts, sizeof *values);
    unsigned char *kinds = calloc(texts, 1);
    pl_status status = values && kinds ? PL_OK : PL_MEMORY;
    if (status == PL_OK && all_numbers(table, c, values, kinds)) {
        c->numbers = calloc(table->rows + 1, sizeof *c->numbers);
        c->present = calloc(table->rows / 64 + 1, sizeof *c->present);
        if (c->numbers && c->present) {
            for (size_t row = 0; row < table->rows; row++) {
                if (kinds[c->texts[row]] != 1) continue;
                c->numbers[row] = values[c->texts[row]];
                c->present[row / 64] |= UINT64_C(1) << (row % 64);
            }
            free(c->texts);
            c->texts = NULL;
            c->kind = PL_COLUMN_NUMBERS;
            *converted = true;
        } else {
            free(c->numbers);
            free(c->present);
            c->numbers = NULL;
            c->present = NULL;
            status = PL_MEMORY;
        }
    }
    free(values);
    free(kinds);
    return status;
}
