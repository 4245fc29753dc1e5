#include "cli/grid.h"
#include "cli/output.h"

#include <plumbline/model/diff.h>

#include <stdio.h>

static const char *const kinds[][3] = {
    [PL_CHANGE_ADDED] = {"added", "added", "新增"},
    [PL_CHANGE_DROPPED] = {"dropped", "dropped", "取消"},
    [PL_CHANGE_MOVED] = {"moved", "moved", "移动"},
    [PL_CHANGE_REWORDED] = {"reworded", "reworded", "改名"},
    [PL_CHANGE_REWEIGHTED] = {"reweighted", "reweighted", "调权"},
    [PL_CHANGE_RULE] = {"rule", "rule changed", "改规则"},
};

static const pl_indicator *node_of(const pl_change *change, const pl_model *before, const pl_model *after) {
    return change->after == PL_NO_INDEX ? &before->indicators[change->before] : &after->indicators[change->after];
}

static void write_text(const cli_call *call, const pl_changes *changes, const pl_model *before, const pl_model *after,
                       pl_output *output) {
    if (!changes->count) {
        pl_output_add(output, pl_str_of(cli_text(call, "no differences\n", "没有差别\n")));
        return;
    }
    cli_grid grid;
    cli_grid_init(&grid, 6);
    const char *heads[][2] = {{"change", "变化"}, {"indicator", "指标"}, {"name", "名称"},
                              {"column", "列"},   {"before", "原来"},    {"after", "现在"}};
    for (size_t i = 0; i < 6; i++) cli_grid_text(&grid, pl_str_of(heads[i][call->chinese]));
    for (size_t i = 0; i < changes->count; i++) {
        const pl_change *change = &changes->items[i];
        const pl_indicator *node = node_of(change, before, after);
        cli_grid_text(&grid, pl_str_of(kinds[change->kind][1 + call->chinese]));
        cli_grid_text(&grid, node->code);
        cli_grid_text(&grid, node->name);
        cli_grid_text(&grid, pl_str_of(change->field));
        cli_grid_text(&grid, change->old_text);
        cli_grid_text(&grid, change->new_text);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
}

static void write_json(const pl_changes *changes, const pl_model *before, const pl_model *after, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/diff/1");
    pl_json_key(&w, "changes");
    pl_json_array(&w);
    for (size_t i = 0; i < changes->count; i++) {
        const pl_change *change = &changes->items[i];
        pl_json_object(&w);
        pl_json_key(&w, "change");
        pl_json_text(&w, pl_str_of(kinds[change->kind][0]));
        pl_json_key(&w, "indicator");
        pl_json_text(&w, node_of(change, before, after)->code);
        if (change->field) {
            pl_json_key(&w, "column");
            pl_json_text(&w, pl_str_of(change->field));
            pl_json_key(&w, "before");
            pl_json_text(&w, change->old_text);
            pl_json_key(&w, "after");
            pl_json_text(&w, change->new_text);
        }
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
}

static int report(const cli_call *call, const pl_model *before, const pl_model *after) {
    pl_changes changes;
    pl_status status = pl_model_diff(&changes, before, after);
    int exit_status = cli_exit_status(status);
    cli_result result;
    if (status == PL_OK) exit_status = cli_result_open(&result, call);
    if (exit_status == EXIT_DONE) {
        if (cli_is(call, &cli_format_text, "json"))
            write_json(&changes, before, after, &result.output);
        else
            write_text(call, &changes, before, after, &result.output);
        exit_status = cli_result_close(&result);
    }
    pl_changes_free(&changes);
    return exit_status;
}

static int run(const cli_call *call) {
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_model *before = NULL, *after = NULL;
    pl_status first = pl_model_load(&before, call->arguments[0], &problems),
              second = pl_model_load(&after, call->arguments[1], &problems);
    cli_print_problems(&problems);
    int status = cli_exit_status(first != PL_OK ? first : second);
    if (status == EXIT_DONE) status = report(call, before, after);
    pl_model_free(before);
    pl_model_free(after);
    pl_problems_free(&problems);
    return status;
}

static const cli_option *const options[] = {&cli_format_text, &cli_out, &cli_lang, NULL};

const cli_command cli_diff = {
    .name = "diff",
    .arguments = "MODEL MODEL",
    .least = 2,
    .most = 2,
    .summary = "what changed from one indicator system to another",
    .summary_zh = "两套指标体系之间的变化",
    .details = "Indicators added, dropped, moved, reworded, reweighted, and rules that changed, found by code.",
    .details_zh = "按代码比较：新增、取消、移动、改名、调权和规则变化。",
    .options = options,
    .run = run,
};
