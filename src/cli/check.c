#include "cli/session.h"

#include <stdio.h>

static int run(const cli_call *call) {
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_ALL);
    if (status == EXIT_DONE) {
        size_t leaves = 0;
        for (size_t i = 0; i < s.model->indicator_count; i++) leaves += !s.model->indicators[i].child_count;
        printf(cli_text(call, "%zu indicators (%zu leaves), %zu units, %zu groups, %zu periods: no errors, %zu warnings\n",
                        "指标 %zu 个（末级 %zu 个），单位 %zu 个，类别 %zu 个，期间 %zu 个：没有错误，警告 %zu 条\n"),
               s.model->indicator_count, leaves, s.dataset->unit_count, s.dataset->group_count, s.dataset->period_count,
               s.problems.warnings);
        if (fflush(stdout)) status = EXIT_MACHINE;
    }
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&cli_data, &cli_period, &cli_threads, &cli_lang, NULL};

const cli_command cli_check = {
    .name = "check",
    .arguments = "MODEL",
    .least = 1,
    .most = 1,
    .summary = "every problem of a model and its data",
    .summary_zh = "检查模型和数据的全部问题",
    .details = "Loads and scores the model without writing scores. Errors, warnings and notes go to standard error, each with\n"
               "file, row and column; `plumbline help CODE` explains a code.",
    .details_zh = "装载并计算模型但不输出得分。错误、警告和提示写到标准错误，带文件、行和列；`plumbline help 代码` 查看解释。",
    .options = options,
    .run = run,
};
