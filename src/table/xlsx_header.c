#include "table/header.h"
#include "table/xlsx_sheet.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

static bool prepare(pl_sheet_reader *r) {
    if (r->names) return true;
    r->header_row = calloc(PL_SHEET_COLUMNS + 1, sizeof *r->header_row);
    r->names = calloc(PL_SHEET_COLUMNS + 1, sizeof *r->names);
    return r->header_row && r->names && pl_intern_create(&r->header_texts, 0) == PL_OK;
}

void pl_header_free(pl_sheet_reader *r) {
    free(r->header_row);
    free(r->names);
    pl_intern_free(r->header_texts);
    r->header_row = r->names = NULL;
    r->header_texts = NULL;
}

static pl_status too_large(const pl_sheet_reader *r, const char *what, size_t most) {
    return pl_problem_add(r->problems, PL_ERROR, "E102", pl_sheet_place(r), "%s; at most %zu are read", what, most);
}

/* An error in a header is a name like any other, and one that nothing means. */
pl_status pl_header_cell(pl_sheet_reader *r, const pl_value *value) {
    char number[PL_NUMBER_SIZE];
    pl_str text = value->text;
    if (value->kind == PL_VALUE_NUMBER) text = (pl_str){number, pl_number_print(number, value->number)};
    if (r->row <= r->title_bottom) return PL_OK;
    if (text.len > PL_MOST_HEADER_BYTES) return too_large(r, "this header is too long in bytes", PL_MOST_HEADER_BYTES);
    if (r->column > r->max_columns) return too_large(r, "there are too many columns", r->max_columns);
    if (!prepare(r)) return PL_MEMORY;
    size_t before = pl_intern_count(r->header_texts);
    uint32_t *id = &r->header_row[r->column];
    if (pl_intern_add(r->header_texts, text, id) != PL_OK) return PL_MEMORY;
    if (*id > before) r->text_bytes += pl_text_cost(text.len);
    if (!r->row_cells++) r->row_first = r->column;
    if (r->text_bytes <= PL_MOST_HEADER_TEXT) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E112", pl_sheet_place(r), "the header has more text than is read");
}

static void clear_row(pl_sheet_reader *r, size_t last_column) {
    if (r->row_cells) memset(r->header_row, 0, (last_column + 1) * sizeof *r->header_row);
    r->row_cells = 0;
}

/* One text over several columns, and nothing beside it. */
static bool is_title(pl_sheet_reader *r) {
    const pl_merge *merge = pl_merge_at(&r->merges, r->row_first);
    if (r->row_cells != 1 || r->titles == PL_MOST_TITLES || !merge || merge->left != r->row_first || merge->right == merge->left)
        return false;
    r->titles++;
    r->title_bottom = merge->bottom;
    return true;
}

static pl_status skip_title(pl_sheet_reader *r) {
    pl_str title = pl_intern_text(r->header_texts, r->header_row[r->row_first]);
    int shown = title.len > 60 ? 60 : (int)title.len;
    while (shown < (int)title.len && shown > 0 && (title.at[shown] & 0xC0) == 0x80) shown--;
    pl_status status = pl_problem_add(r->problems, PL_NOTE, "N111", (pl_place){r->table->name, r->row, NULL, r->row_first},
                                      "\"%.*s\" was taken for a title; the header is looked for below it", shown, title.at);
    clear_row(r, r->row_first);
    return status;
}

/* The header begins here and goes as far down as the merged cells that begin with it. */
static void find_bottom(pl_sheet_reader *r) {
    r->header_top = r->header_bottom = r->row;
    for (size_t i = 0; i < r->merges.active_count; i++) {
        const pl_merge *merge = &r->merges.items[r->merges.active[i]];
        if (merge->top == r->row && merge->bottom > r->header_bottom) r->header_bottom = merge->bottom;
    }
    if (r->header_bottom > r->row + PL_MOST_HEADER_ROWS - 1) r->header_bottom = r->row + PL_MOST_HEADER_ROWS - 1;
}

/* The first cell of a merge stands for all in its row; further down the name is there already. */
static void spread(pl_sheet_reader *r) {
    size_t width = r->max_columns < PL_SHEET_COLUMNS ? r->max_columns : PL_SHEET_COLUMNS;
    for (size_t i = 0; i < r->merges.active_count; i++) {
        const pl_merge *merge = &r->merges.items[r->merges.active[i]];
        uint32_t first = merge->top == r->row ? r->header_row[merge->left] : 0;
        for (size_t column = merge->left; column <= merge->right && column <= width; column++) r->header_row[column] = first;
    }
}

pl_status pl_header_end_row(pl_sheet_reader *r) {
    if (!r->row_cells && !r->header_top) return PL_OK;
    if (!r->header_top && is_title(r)) return skip_title(r);
    if (!r->header_top) find_bottom(r);
    spread(r);
    for (size_t column = 1; column <= PL_SHEET_COLUMNS; column++)
        if (r->header_row[column]) r->names[column] = r->header_row[column];
    r->row_cells++; /* merged cells may have filled the row */
    clear_row(r, PL_SHEET_COLUMNS);
    return r->row >= r->header_bottom ? pl_header_finish(r) : PL_OK;
}

static pl_status make_columns(pl_sheet_reader *r) {
    pl_table *table = r->table;
    size_t count = PL_SHEET_COLUMNS;
    while (count && !(r->names && r->names[count])) count--;
    table->columns = pl_arena_array(&table->arena, count + 1, sizeof *table->columns);
    if (!table->columns) return PL_MEMORY;
    table->column_count = count;
    for (size_t i = 0; i < count; i++) {
        pl_str name = pl_intern_text(r->header_texts, r->names[i + 1]);
        if (!pl_str_copy(&table->columns[i].name, &table->arena, name)) return PL_MEMORY;
    }
    return PL_OK;
}

pl_status pl_header_finish(pl_sheet_reader *r) {
    r->has_header = true;
    r->table->sheet_header = r->header_bottom ? r->header_bottom : 1;
    pl_status status = make_columns(r);
    pl_header_free(r);
    r->text_bytes = 0;
    if (status != PL_OK) return status;
    pl_header_choose(r->table, r->options);
    status = pl_header_check(r->table, r->problems);
    for (size_t i = 0; i < r->table->column_count; i++) r->kept_columns += r->table->columns[i].kind != PL_COLUMN_SKIPPED;
    if (status == PL_INPUT && r->table->column_count) {
        pl_sheet_keep(r, status); /* the cells are worth a look */
        return PL_OK;
    }
    return status;
}
