#include "table/header.h"

void pl_header_choose(pl_table *table, const pl_csv_options *options) {
    for (size_t i = 0; i < table->column_count; i++)
        table->columns[i].kind = table->columns[i].name.len ? PL_COLUMN_TEXTS : PL_COLUMN_SKIPPED;
    if (options->choose) options->choose(options->context, table->columns, table->column_count);
}

pl_status pl_header_check(const pl_table *table, pl_problems *problems) {
    if (table->column_count == 0 || (table->column_count == 1 && table->columns[0].name.len == 0))
        return pl_problem_add(problems, PL_ERROR, "E108", (pl_place){.file = table->name},
                              "has no header line that names its columns");
    pl_intern *names;
    if (pl_intern_create(&names, 0) != PL_OK) return PL_MEMORY;
    pl_status status = PL_OK;
    for (size_t i = 0; i < table->column_count && status != PL_MEMORY; i++) {
        const pl_column *column = &table->columns[i];
        if (column->kind == PL_COLUMN_SKIPPED || !column->name.len) continue;
        uint32_t id;
        size_t before = pl_intern_count(names);
        if (pl_intern_add(names, column->name, &id) != PL_OK)
            status = PL_MEMORY;
        else if (pl_intern_count(names) == before)
            status = pl_problem_add(problems, PL_ERROR, "E104", pl_table_column_place(table, i),
                                    "two columns have this header (the second is column %zu)", i + 1);
    }
    pl_intern_free(names);
    return status;
}
