#include "table/cell.h"
#include "table/xlsx_sheet.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

#define FIRST_ROWS 64

/* ---- room ---- */

static bool grow_column(pl_column *column, size_t rows, size_t before) {
    if (column->kind == PL_COLUMN_TEXTS) {
        uint32_t *texts = realloc(column->texts, rows * sizeof *texts);
        if (!texts) return false;
        column->texts = texts;
        if (rows > before) memset(texts + before, 0, (rows - before) * sizeof *texts);
    } else if (column->kind == PL_COLUMN_NUMBERS) {
        double *numbers = realloc(column->numbers, rows * sizeof *numbers);
        if (!numbers) return false;
        column->numbers = numbers;
        size_t words = rows / 64 + 1, old_words = before ? before / 64 + 1 : 0;
        uint64_t *present = realloc(column->present, words * sizeof *present);
        if (!present) return false;
        column->present = present;
        if (rows > before) memset(numbers + before, 0, (rows - before) * sizeof *numbers);
        if (words > old_words) memset(present + old_words, 0, (words - old_words) * sizeof *present);
    }
    return true;
}

static pl_status set_rows(pl_sheet_reader *r, size_t rows) {
    for (size_t i = 0; i < r->table->column_count; i++)
        if (!grow_column(&r->table->columns[i], rows, r->row_capacity)) return PL_MEMORY;
    r->row_capacity = rows;
    return PL_OK;
}

/* Doubles; but a table that is almost empty, as a hostile one of all columns and all rows, is refused before it is made. */
static pl_status make_room(pl_sheet_reader *r) {
    size_t rows = r->row_capacity ? r->row_capacity * 2 : FIRST_ROWS;
    size_t most = (PL_FREELY_EMPTY + PL_EMPTY_PER_CELL * r->filled) / (r->kept_columns ? r->kept_columns : 1);
    if (rows > most && r->row_capacity) rows = most;
    if (rows > r->table->rows + 1) return set_rows(r, rows);
    return pl_problem_add(r->problems, PL_ERROR, "E112", pl_sheet_place(r),
                          "the sheet has %zu columns and over %zu rows, and hardly any cell is filled; delete what is not needed",
                          r->table->column_count, r->table->rows);
}

/* The current row gets its place in the table. */
static pl_status begin_row(pl_sheet_reader *r) {
    pl_table *table = r->table;
    if (r->row_begun) return PL_OK;
    if (table->rows == r->max_rows)
        return pl_problem_add(r->problems, PL_ERROR, "E102", pl_sheet_place(r),
                              "has more rows than %zu, which are the most that are read", r->max_rows);
    pl_status status = table->rows + 1 < r->row_capacity ? PL_OK : make_room(r);
    if (status != PL_OK) return status;
    if (pl_reserve((void **)&table->source_rows, &r->source_capacity, table->rows + 1, sizeof *table->source_rows, 0))
        return PL_MEMORY;
    table->source_rows[table->rows] = r->row;
    r->row_begun = true;
    return PL_OK;
}

/* ---- texts ---- */

static pl_status new_text(pl_sheet_reader *r, pl_str text, uint32_t *number) {
    size_t before = pl_intern_count(r->table->texts);
    if (pl_intern_add(r->table->texts, text, number) != PL_OK) return PL_MEMORY;
    if (*number > before) r->text_bytes += pl_text_cost(text.len);
    if (r->text_bytes <= PL_MOST_TEXT) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E112", pl_sheet_place(r), "the sheet has more text than is read");
}

/* The number of a text in the table's set. */
static pl_status body_text(pl_sheet_reader *r, const pl_value *value, uint32_t *number) {
    if (!value->shared) return new_text(r, value->text, number);
    if (!r->text_ids) r->text_ids = calloc(pl_intern_count(r->book->texts) + 1, sizeof *r->text_ids);
    if (!r->text_ids) return PL_MEMORY;
    uint32_t *id = &r->text_ids[value->shared];
    pl_status status = *id ? PL_OK : new_text(r, value->text, id);
    if (status == PL_OK) *number = *id;
    return status;
}

/* ---- cells ---- */

static pl_status fault(pl_sheet_reader *r, pl_place place, pl_str text) {
    int shown = text.len > 40 ? 40 : (int)text.len;
    pl_status status =
        pl_problem_add(r->problems, PL_ERROR, "E116", place, "the cell holds the error %.*s; correct its formula", shown, text.at);
    pl_sheet_keep(r, status);
    return status == PL_INPUT ? PL_OK : status;
}

static pl_status put_number(pl_sheet_reader *r, pl_column *column, const pl_value *value, pl_place place) {
    double number = value->number;
    if (value->kind == PL_VALUE_TEXT) {
        pl_cell_kind kind = pl_cell_number(value->text, &number);
        if (kind == PL_CELL_OTHER) {
            pl_status status = pl_cell_not_a_number(r->problems, place, value->text);
            pl_sheet_keep(r, status);
            if (status == PL_MEMORY) return status;
        }
        if (kind != PL_CELL_NUMBER) return PL_OK;
    }
    column->numbers[r->table->rows] = number;
    pl_set_present(column->present, r->table->rows);
    return PL_OK;
}

static pl_status put_text(pl_sheet_reader *r, pl_column *column, const pl_value *value) {
    if (value->kind == PL_VALUE_TEXT) return body_text(r, value, &column->texts[r->table->rows]);
    char number[PL_NUMBER_SIZE];
    pl_str text = {number, pl_number_print(number, value->number)};
    return new_text(r, text, &column->texts[r->table->rows]);
}

/* Puts a value into the current row; `index` counts from 0. */
static pl_status put(pl_sheet_reader *r, size_t index, const pl_value *value) {
    pl_column *column = &r->table->columns[index];
    if (column->kind == PL_COLUMN_SKIPPED || value->kind == PL_VALUE_NONE) return PL_OK;
    pl_place place = {r->table->name, r->row, column->name.at, index + 1};
    if (value->kind == PL_VALUE_FAULT) return fault(r, place, value->text);
    return column->kind == PL_COLUMN_NUMBERS ? put_number(r, column, value, place) : put_text(r, column, value);
}

/* The value of a merged range outlives the cell it was read from. */
static pl_status remember(pl_sheet_reader *r, pl_merge *merge, const pl_value *value) {
    merge->value = *value;
    if (value->kind == PL_VALUE_NUMBER) return PL_OK;
    uint32_t number;
    pl_status status = body_text(r, value, &number);
    if (status == PL_OK) merge->value.text = pl_intern_text(r->table->texts, number);
    return status;
}

static pl_status stray(pl_sheet_reader *r) {
    if (r->strays++ == 0) {
        r->stray_row = r->row;
        r->stray_column = r->column;
    }
    return PL_OK;
}

pl_status pl_body_cell(pl_sheet_reader *r, const pl_value *value) {
    if (r->column > r->table->column_count) return stray(r);
    const pl_column *column = &r->table->columns[r->column - 1];
    if (!column->name.len && column->kind == PL_COLUMN_SKIPPED) stray(r);
    pl_merge *merge = pl_merge_at(&r->merges, r->column);
    bool first = merge && merge->left == r->column && merge->top == r->row;
    if (merge && !first) return PL_OK; /* hidden behind the first cell's value */
    pl_status status = begin_row(r);
    if (status == PL_OK && first) status = remember(r, merge, value);
    r->filled++;
    return status == PL_OK ? put(r, r->column - 1, value) : status;
}

static pl_status spread(pl_sheet_reader *r, const pl_merge *merge) {
    pl_status status = PL_OK;
    if (merge->value.kind == PL_VALUE_NONE) return status;
    for (size_t column = merge->left; column <= merge->right && column <= r->table->column_count && status == PL_OK; column++)
        if (column != merge->left || r->row != merge->top) status = put(r, column - 1, &merge->value);
    return status;
}

pl_status pl_body_end_row(pl_sheet_reader *r) {
    pl_status status = PL_OK;
    if (!r->row_begun) return status;
    for (size_t i = 0; i < r->merges.active_count && status == PL_OK; i++)
        status = spread(r, &r->merges.items[r->merges.active[i]]);
    r->table->rows++;
    r->row_begun = false;
    return status;
}

pl_status pl_body_finish(pl_sheet_reader *r) {
    pl_table *table = r->table;
    table->rows += r->row_begun; /* where the reading broke off */
    bool in_order = true;
    for (size_t row = 0; row < table->rows && in_order; row++) in_order = table->source_rows[row] == row + 2;
    if (in_order) {
        free(table->source_rows);
        table->source_rows = NULL;
    }
    return set_rows(r, table->rows + 1);
}
