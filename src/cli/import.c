#include "cli/folder.h"

#include <plumbline/model/model.h>

#include <stdio.h>
#include <stdlib.h>

static const cli_option folder_option = {"--out", "FOLDER", NULL, "the folder to make (also -o)", "要建立的文件夹（也可写 -o）"};
static const cli_option force_option = {"--force", NULL, NULL, "replace the sheets of a folder that is not empty",
                                        "替换非空文件夹中的各表"};

/* A workbook on its way into a folder. */
typedef struct importing {
    const cli_call *call;
    pl_workbook *workbook;
    pl_sheet *sheets;
    size_t count;
    pl_problems problems;
    cli_folder folder;
} importing;

/* Every cell is kept as it is written, those below no header too. */
static void keep_all(void *context, pl_column *columns, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++) columns[i].kind = PL_COLUMN_TEXTS;
}

static pl_status write_table(const pl_table *table, int file) {
    pl_output output;
    pl_csv_writer w;
    pl_output_init(&output, pl_sink_descriptor, &file);
    pl_csv_begin(&w, &output, false);
    for (size_t i = 0; i < table->column_count; i++) pl_csv_text(&w, table->columns[i].name);
    pl_csv_end_row(&w);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->column_count; i++) pl_csv_text(&w, pl_table_text(table, i, row));
        pl_csv_end_row(&w);
    }
    return pl_output_finish(&output);
}

static int write_sheet(importing *m, const pl_sheet *sheet) {
    pl_table table;
    pl_csv_options options = {.choose = keep_all};
    pl_str name = pl_str_trim(pl_str_of(sheet->name));
    int status = cli_exit_status(pl_workbook_read(&table, m->workbook, sheet->index, &options, &m->problems));
    int file = -1;
    if (status == EXIT_DONE) status = cli_folder_add(&m->folder, name, &file);
    if (status == EXIT_DONE) status = cli_folder_close(&m->folder, file, write_table(&table, file));
    if (status == EXIT_DONE)
        fprintf(stderr, cli_text(m->call, "%s: taken, %zu rows, as %.*s.csv\n", "%s：已导入 %zu 行，存为 %.*s.csv\n"), sheet->name,
                table.rows, PL_ARG(name));
    pl_table_free(&table);
    return status;
}

static bool is_taken(const importing *m, size_t index) {
    for (size_t i = 0; i < m->count; i++)
        if (m->sheets[i].index == index) return true;
    return false;
}

static void tell_ignored(const importing *m) {
    size_t tabs;
    const pl_workbook_sheet *tab = pl_workbook_sheets(m->workbook, &tabs);
    for (size_t i = 0; i < tabs; i++) {
        if (is_taken(m, i)) continue;
        fprintf(stderr, "%s%s\n", tab[i].name,
                tab[i].hidden ? cli_text(m->call, ": hidden, ignored", "：隐藏的工作表，未导入")
                              : cli_text(m->call, ": no sheet of a model, ignored", "：不是模型的表，未导入"));
    }
}

static pl_status find_sheets(importing *m, const char *path) {
    pl_status status = pl_workbook_open(&m->workbook, path, path, &m->problems);
    if (status == PL_OK) status = pl_model_sheets(&m->sheets, &m->count, m->workbook, path, NULL);
    if (status == PL_OK && !m->count)
        status = pl_problem_add(&m->problems, PL_ERROR, "E307", (pl_place){.file = path},
                                "has no sheet of a model: indicators, units, data, settings, events, raters, functions, grades");
    return status == PL_OK ? pl_sheets_differ(m->sheets, m->count, &m->problems) : status;
}

/* Goes on after a sheet with errors, so that those of all are told. */
static int write_sheets(importing *m) {
    int status = EXIT_DONE;
    for (size_t i = 0; i < m->count && status != EXIT_MACHINE; i++) {
        int found = write_sheet(m, &m->sheets[i]);
        if (found > status) status = found;
    }
    return status;
}

static int import(importing *m, const char *path, const char *folder) {
    int status = cli_exit_status(find_sheets(m, path));
    if (status != EXIT_DONE) return status;
    status = cli_folder_open(&m->folder, folder, cli_value(m->call, &force_option, NULL) != NULL);
    if (status == EXIT_DONE) status = write_sheets(m);
    if (status == EXIT_DONE) tell_ignored(m);
    return cli_folder_finish(&m->folder, status);
}

static int run(const cli_call *call) {
    const char *folder = cli_value(call, &folder_option, NULL), *path = call->arguments[0];
    if (!folder) return cli_usage(call->command, "--out names the folder to make");
    if (!pl_is_workbook(path)) return cli_usage(call->command, "\"%s\" is no .xlsx workbook", path);
    importing m = {.call = call};
    pl_problems_init(&m.problems, 0);
    int status = import(&m, path, folder);
    cli_print_problems(&m.problems);
    free(m.sheets);
    pl_workbook_free(m.workbook);
    pl_problems_free(&m.problems);
    return status;
}

static const cli_option *const options[] = {&folder_option, &force_option, &cli_lang, NULL};

const cli_command cli_import = {
    .name = "import",
    .arguments = "BOOK.xlsx --out FOLDER",
    .least = 1,
    .most = 1,
    .summary = "the sheets of a workbook as a folder of CSV files",
    .summary_zh = "把工作簿的各表导出为 CSV 文件夹",
    .details =
        "Each sheet that a model knows becomes a CSV file of its name: words as written, numbers in their shortest form, dates\n"
        "as 2025-06-30. The folder appears when all is written, or not at all. It may be there only if it is empty; with\n"
        "--force its sheets are replaced and its other files stay. What was taken and what was not goes to standard error.",
    .details_zh =
        "模型认识的每张表存为同名 CSV 文件：文字照原样，数字取最短形式，日期写作 2025-06-30。全部写好后文件夹才出现，否则不留\n"
        "任何内容。已有的文件夹必须是空的；用 --force 时替换其中各表，其他文件保留。导入和未导入的表写到标准错误。",
    .options = options,
    .run = run,
};
