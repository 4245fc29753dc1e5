#include "cli/workbook.h"

#include <plumbline/report/template.h>

#include <stdio.h>
#include <unistd.h>

static const cli_option force_option = {"--force", NULL, NULL, "write over a file that is there", "覆盖已有的文件"};

static bool is_workbook(const char *path) {
    size_t length = strlen(path);
    return length > 5 && pl_str_is_fold((pl_str){path + length - 5, 5}, ".xlsx");
}

static int run(const cli_call *call) {
    const char *path = call->arguments[0];
    if (!is_workbook(path)) return cli_usage(call->command, "%s does not end in .xlsx", path);
    if (!cli_value(call, &force_option, NULL) && access(path, F_OK) == 0) {
        fprintf(stderr, "%s: is there already; --force writes over it\n", path);
        return EXIT_INPUT;
    }
    cli_result result;
    int status = cli_result_open_at(&result, path);
    if (status != EXIT_DONE) return status;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    return cli_result_end(&result, pl_report_template(&result.output, call->chinese, cli_scratch_folder(), &problems), &problems);
}

static const cli_option *const options[] = {&force_option, &cli_lang, NULL};

const cli_command cli_new = {
    .name = "new",
    .arguments = "FILE.xlsx [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "a workbook to begin a model with",
    .summary_zh = "新建一个指标体系的工作簿",
    .details =
        "Sheets of indicators, units, data, settings, events and grades with a comment on every column, lists to choose from,\n"
        "and a small model that works as it stands.",
    .details_zh = "含指标、单位、数据、设置、事件、等次各表，每列有批注，可选项有下拉列表，并有一个可以直接运行的小例子。",
    .options = options,
    .run = run,
};
