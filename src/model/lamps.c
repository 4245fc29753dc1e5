#include "model/loading.h"

typedef struct lamp_reader {
    pl_model *model;
    const pl_table *table;
    pl_problems *problems;
    const char *file;
    size_t name, condition, note; /* columns; table->column_count: not there */
} lamp_reader;

static pl_str cell(const lamp_reader *r, size_t column, size_t row) {
    return column < r->table->column_count ? pl_table_text(r->table, column, row) : (pl_str){0};
}

static pl_status read_row(lamp_reader *r, size_t row) {
    pl_lamp *to = &r->model->lamps[r->model->lamp_count++];
    pl_arena *arena = &r->model->arena;
    bool has_condition = r->condition < r->table->column_count;
    to->place = pl_table_cell_place(r->table, has_condition ? r->condition : r->name, row);
    to->place.file = r->file; /* outlives the table */
    to->place.field = "condition";
    if (!pl_str_copy(&to->name, arena, cell(r, r->name, row)) || !pl_str_copy(&to->note, arena, cell(r, r->note, row)))
        return PL_MEMORY;
    pl_status status = PL_OK;
    if (!to->name.len)
        status =
            pl_problem_add(r->problems, PL_ERROR, "E319", pl_table_cell_place(r->table, r->name, row), "this lamp has no name");
    pl_str condition = cell(r, r->condition, row);
    if (!condition.len) return status;
    return pl_status_worse(status, pl_expression_parse(&to->condition, arena, condition, to->place, r->problems));
}

pl_status pl_lamps_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_table table;
    pl_status worst = pl_sheet_read(&table, sheet, NULL, problems);
    lamp_reader r = {model,
                     &table,
                     problems,
                     sheet->name,
                     pl_column_of(&table, pl_lamp_words, LAMP_NAME),
                     pl_column_of(&table, pl_lamp_words, LAMP_CONDITION),
                     pl_column_of(&table, pl_lamp_words, LAMP_NOTE)};
    if (worst == PL_OK && r.name == table.column_count)
        worst = pl_problem_add(problems, PL_ERROR, "E332", pl_table_header_place(&table), "needs a column name (灯)");
    if (worst == PL_OK) {
        model->lamps = pl_arena_array(&model->arena, table.rows + 1, sizeof *model->lamps);
        if (!model->lamps) worst = PL_MEMORY;
    }
    for (size_t row = 0; model->lamps && row < table.rows && worst != PL_MEMORY; row++)
        worst = pl_status_worse(worst, read_row(&r, row));
    pl_table_free(&table);
    return worst;
}
