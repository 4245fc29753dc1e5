#include "model/loading.h"

static pl_status add_row(pl_model *model, const char *file, const pl_table *table, size_t row, size_t code, size_t reason,
                         pl_problems *problems) {
    pl_uncovered *to = &model->uncovered[model->uncovered_count];
    pl_str field;
    pl_place place = pl_table_cell_place(table, code, row);
    if (!pl_table_text(table, code, row).len)
        return pl_problem_add(problems, PL_ERROR, "E603", place, "the code of a superior indicator is missing");
    if (!pl_table_text(table, reason, row).len)
        return pl_problem_add(problems, PL_ERROR, "E603", pl_table_cell_place(table, reason, row),
                              "\"%.*s\" is left uncovered without a reason; write one", PL_ARG(pl_table_text(table, code, row)));
    if (!pl_str_copy(&to->code, &model->arena, pl_table_text(table, code, row)) ||
        !pl_str_copy(&to->reason, &model->arena, pl_table_text(table, reason, row)) ||
        !pl_str_copy(&field, &model->arena, pl_str_of(place.field)))
        return PL_MEMORY;
    to->place = (pl_place){file, place.row, field.at, place.column};
    model->uncovered_count++;
    return PL_OK;
}

static pl_status read_rows(pl_model *model, const char *file, const pl_table *table, pl_problems *problems) {
    size_t code = pl_column_of(table, pl_uncovered_words, 0), reason = pl_column_of(table, pl_uncovered_words, 1);
    pl_status worst = PL_OK;
    if (code == table->column_count || reason == table->column_count)
        return pl_problem_add(problems, PL_ERROR, "E603", pl_table_header_place(table), "needs the columns code and reason");
    model->uncovered = pl_arena_array(&model->arena, table->rows + 1, sizeof *model->uncovered);
    if (!model->uncovered) return PL_MEMORY;
    for (size_t row = 0; row < table->rows && worst != PL_MEMORY; row++)
        worst = pl_status_worse(worst, add_row(model, file, table, row, code, reason, problems));
    return worst;
}

pl_status pl_uncovered_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, problems);
    if (status == PL_OK) status = read_rows(model, sheet->name, &table, problems);
    pl_table_free(&table);
    return status;
}
