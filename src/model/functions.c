#include "model/loading.h"

/* A cell of the functions sheet, and where it stands: under the column's English word, as problems call it. */
static pl_str cell(const pl_table *table, pl_function_field field, size_t row, pl_place *place) {
    static const char *const names[] = {[FUNCTION_NAME] = "name",
                                        [FUNCTION_PARAMETERS] = "parameters",
                                        [FUNCTION_FORMULA] = "formula",
                                        [FUNCTION_MEANING] = "meaning"};
    size_t column = pl_column_of(table, pl_function_words, field);
    bool there = column < table->column_count;
    *place = pl_table_cell_place(table, there ? column : pl_column_of(table, pl_function_words, FUNCTION_NAME), row);
    place->field = names[field];
    return there ? pl_table_text(table, column, row) : (pl_str){0};
}

static pl_status read_row(pl_model *model, const pl_table *table, size_t row, pl_problems *problems) {
    pl_library_entry entry;
    pl_place unused;
    entry.name = cell(table, FUNCTION_NAME, row, &entry.name_place);
    entry.parameters = cell(table, FUNCTION_PARAMETERS, row, &entry.parameters_place);
    entry.formula = cell(table, FUNCTION_FORMULA, row, &entry.formula_place);
    entry.meaning = cell(table, FUNCTION_MEANING, row, &unused);
    if (entry.formula.len) return pl_library_add(model->library, &entry, problems);
    return pl_problem_add(problems, PL_ERROR, "E216", entry.formula_place, "this function has no formula");
}

pl_status pl_functions_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, problems);
    bool there = pl_column_of(&table, pl_function_words, FUNCTION_NAME) < table.column_count &&
                 pl_column_of(&table, pl_function_words, FUNCTION_FORMULA) < table.column_count;
    if (status == PL_OK && !there)
        status = pl_problem_add(problems, PL_ERROR, "E332", pl_table_header_place(&table),
                                "needs the columns name, parameters and formula (名称, 参数, 公式)");
    for (size_t row = 0; there && row < table.rows && status >= PL_INPUT; row++)
        status = pl_status_worse(status, read_row(model, &table, row, problems));
    if (status >= PL_INPUT) status = pl_status_worse(status, pl_library_check(model->library, problems));
    pl_table_free(&table);
    return status;
}
