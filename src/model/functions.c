#include "model/loading.h"

static pl_str cell(const pl_table *table, pl_function_field field, size_t row) {
    size_t column = pl_column_of(table, pl_function_words, field);
    return column < table->column_count ? pl_table_text(table, column, row) : (pl_str){0};
}

static pl_status read_rows(pl_model *model, const pl_table *table, pl_problems *problems) {
    pl_status worst = PL_OK;
    for (size_t row = 0; row < table->rows && worst != PL_MEMORY; row++) {
        pl_place place = {table->name, pl_table_source_row(table, row), NULL};
        pl_str formula = cell(table, FUNCTION_FORMULA, row);
        pl_status status =
            formula.len ? pl_library_add(model->library, cell(table, FUNCTION_NAME, row), cell(table, FUNCTION_PARAMETERS, row),
                                         formula, cell(table, FUNCTION_MEANING, row), place, problems)
                        : pl_problem_add(problems, PL_ERROR, "E216", place, "this function has no formula");
        worst = pl_status_worse(worst, status);
    }
    return worst == PL_MEMORY ? worst : pl_status_worse(worst, pl_library_check(model->library, problems));
}

pl_status pl_functions_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, problems);
    bool there = pl_column_of(&table, pl_function_words, FUNCTION_NAME) < table.column_count &&
                 pl_column_of(&table, pl_function_words, FUNCTION_FORMULA) < table.column_count;
    if (status == PL_OK && !there)
        status = pl_problem_add(problems, PL_ERROR, "E332", (pl_place){sheet->name, 1, NULL},
                                "needs the columns name, parameters and formula (名称, 参数, 公式)");
    if (status == PL_OK) status = read_rows(model, &table, problems);
    pl_table_free(&table);
    return status;
}
