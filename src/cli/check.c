#include "cli/output.h"
#include "cli/session.h"

#include <plumbline/model/interchange.h>
#include <plumbline/study/review.h>

static void write_text(const cli_call *call, const cli_session *s, pl_output *output) {
    size_t leaves = 0;
    for (size_t i = 0; i < s->model->indicator_count; i++) leaves += !s->model->indicators[i].child_count;
    pl_buffer line;
    pl_buffer_init(&line, 0);
    pl_buffer_print(&line,
                    cli_text(call,
                             "indicators: %zu (leaves: %zu), units: %zu, groups: %zu, periods: %zu; no errors, warnings: %zu\n",
                             "指标 %zu 个（末级 %zu 个），单位 %zu 个，类别 %zu 个，期间 %zu 个：没有错误，警告 %zu 条\n"),
                    s->model->indicator_count, leaves, s->dataset->unit_count, s->dataset->group_count, s->dataset->period_count,
                    s->problems.warnings);
    if (line.failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(&line));
    pl_buffer_free(&line);
}

static void write_count(pl_json_writer *w, const char *key, bool given, size_t count) {
    pl_json_key(w, key);
    if (given)
        pl_json_integer(w, (long long)count);
    else
        pl_json_null(w);
}

/* In a workbook, where "file" is the sheet; NULL elsewhere. */
static const char *cell_of(const pl_place *place, char name[PL_CELL_NAME_SIZE]) {
    if (!place->row || !place->column) return NULL;
    pl_cell_name(name, place->column, place->row);
    return name;
}

static void write_problem(pl_json_writer *w, const pl_problem *problem) {
    char cell[PL_CELL_NAME_SIZE];
    static const char *const levels[] = {"error", "warning", "note"};
    pl_json_object(w);
    pl_json_key(w, "level");
    pl_json_text(w, pl_str_of(levels[problem->level]));
    pl_json_key(w, "code");
    pl_json_text(w, pl_str_of(problem->code));
    pl_json_key(w, "file");
    pl_json_text_or_null(w, pl_str_of(problem->place.file));
    size_t row = problem->place.row;
    write_count(w, "row", row && !(row & PL_ENTRY), row);
    write_count(w, "entry", row & PL_ENTRY, row & ~PL_ENTRY);
    pl_json_key(w, "field");
    pl_json_text_or_null(w, pl_str_of(problem->place.field));
    pl_json_key(w, "cell");
    pl_json_text_or_null(w, pl_str_of(cell_of(&problem->place, cell)));
    pl_json_key(w, "text");
    pl_json_text(w, pl_str_of(problem->text));
    pl_json_end(w);
}

static void write_json(const cli_session *s, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/check/1");
    pl_json_key(&w, "errors");
    pl_json_number(&w, (double)s->problems.errors);
    pl_json_key(&w, "warnings");
    pl_json_number(&w, (double)s->problems.warnings);
    pl_json_key(&w, "notes");
    pl_json_number(&w, (double)s->problems.notes);
    pl_json_key(&w, "problems");
    pl_json_array(&w);
    for (size_t i = 0; i < s->problems.count; i++) write_problem(&w, &s->problems.items[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

static int run(const cli_call *call) {
    cli_session s;
    bool json = cli_is(call, &cli_format_text, "json");
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_NOTHING);
    if (status == EXIT_DONE || status == EXIT_INPUT) {
        pl_status described = pl_datapackage_check(call->arguments[0], &s.problems);
        if (described != PL_OK) status = cli_exit_status(described);
    }
    if (status == EXIT_DONE) status = cli_exit_status(pl_review(s.compiled, s.pool, &s.problems));
    if (!json || status > EXIT_INPUT) cli_print_problems(&s.problems);
    cli_result result;
    if (status == EXIT_DONE || (json && status == EXIT_INPUT)) {
        int opened = cli_result_open(&result, call);
        if (opened == EXIT_DONE) {
            if (json)
                write_json(&s, &result.output);
            else
                write_text(call, &s, &result.output);
            opened = cli_result_close(&result);
        }
        if (opened != EXIT_DONE) status = opened;
    }
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&cli_data, &cli_period, &cli_format_text, &cli_out, &cli_threads, &cli_lang, NULL};

const cli_command cli_check = {
    .name = "check",
    .arguments = "MODEL",
    .least = 1,
    .most = 1,
    .summary = "every problem of a model and its data",
    .summary_zh = "检查模型和数据的全部问题",
    .details =
        "Loads and scores the model without writing scores. Errors, warnings and notes go to standard error, each with\n"
        "file, row and column, or sheet and cell of a workbook; --format json gives them to programs, each with its code, which\n"
        "`plumbline help CODE` explains. Where there is no error, the model is reviewed as well: weights that look like a\n"
        "slip, indicators that tell nobody apart or repeat one another, parts of rules that do nothing (W5xx, N5xx). The\n"
        "setting `silence` leaves findings out: W506 everywhere, W506:CODE for one indicator.",
    .details_zh = "装载并计算模型但不输出得分。错误、警告和提示写到标准错误，带文件、行和列；--format json "
                  "供程序读取，并带代码，\n`plumbline help 代码` 查看解释。没有错误时还会审阅模型：疑似写错的权重、不起区分作用或\n"
                  "相互重复的指标、不起作用的规则（W5xx、N5xx）。设置项“忽略”可不再提示：W506 为全部，W506:代码 为某一指标。",
    .options = options,
    .run = run,
};
