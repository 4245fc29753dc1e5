#include "cli/change_text.h"
#include "cli/grid.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "cli/session.h"

#include <plumbline/base/number.h>
#include <plumbline/model/diff.h>
#include <plumbline/study/whatif.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const cli_option set_option = {
    "--set", "CHANGE", NULL, "what is another: UNIT.ELEMENT=VALUE, CODE.COLUMN=TEXT, settings.KEY=TEXT; may be given several times",
    "改什么：单位.数据项=值、指标.列=内容、settings.设置项=内容；可多次给出"};
static const cli_option without_option = {
    "--without", "UNIT|CODE", NULL, "a unit or an indicator leaves; may be given several times", "去掉一个单位或指标；可多次给出"};
static const cli_option scenarios_option = {"--scenarios", "FILE.csv", NULL,
                                            "many scenarios side by side: columns scenario, set and without, a change in each row",
                                            "多个情景并排比较：列为 情景、改动、去掉，每行一项改动"};
static const cli_option unit_option = {"--unit", "U", NULL, "reasons for this unit only; may be given several times",
                                       "只说明该单位的变化原因；可多次给出"};
static const cli_option format_option = {"--format", "text|json|csv", "text|json|csv", "form of the output (default text)",
                                         "输出格式（默认 text）"};

/* Units whose reasons are shown where nobody asks for certain ones. */
#define MOST_REASONED 10

typedef struct showing {
    const cli_call *call;
    const cli_session *s;
    const pl_whatif *w;
    pl_changes changes;    /* of the indicators */
    pl_whatif_cells cells; /* of other sheets */
    bool periods;          /* more than one is scored */
} showing;

static const pl_unit *unit_of(const showing *v, const pl_whatif_line *line) { return &v->s->dataset->units[line->before->unit]; }

static bool asked_for(const showing *v, const pl_whatif_line *line) {
    bool any = false;
    for (unsigned i = 0; i < v->call->given_count; i++) {
        if (v->call->given[i].option != &unit_option) continue;
        any = true;
        if (pl_dataset_find_unit(v->s->dataset, pl_str_of(v->call->given[i].value)) == line->before->unit) return true;
    }
    return !any && line->moved;
}

static double total_of(const pl_score_line *line) { return line && line->has_total ? line->total : NAN; }
static double place_of(const pl_score_line *line) { return line && line->rank > 0 ? line->rank : NAN; }

static void cell(cli_grid *grid, pl_buffer *text, bool right) {
    grid->failed |= text->failed;
    if (right)
        cli_grid_right(grid, pl_buffer_view(text));
    else
        cli_grid_text(grid, pl_buffer_view(text));
    pl_buffer_clear(text);
}

static void finish_text(pl_buffer *text, pl_output *output) {
    if (text->failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(text));
    pl_buffer_free(text);
}

/* ---- text ---- */

static const char *arrow(double before, double after) {
    if (isnan(before) || isnan(after) || before == after) return "";
    return after < before ? "↑" : "↓";
}

static void write_line(const showing *v, const pl_whatif_line *line, cli_grid *grid, pl_buffer *text) {
    double before = place_of(line->before), after = place_of(line->after);
    cli_grid_text(grid, unit_of(v, line)->code);
    cli_grid_text(grid, unit_of(v, line)->name);
    if (v->periods) cli_grid_text(grid, v->s->dataset->periods[line->before->period]);
    cli_add_number(text, before);
    cell(grid, text, true);
    if (line->after)
        cli_add_number(text, after);
    else
        pl_buffer_text(text, cli_text(v->call, "left", "去掉"));
    cell(grid, text, true);
    cli_grid_text(grid, pl_str_of(arrow(before, after)));
    cli_add_number(text, total_of(line->before));
    cell(grid, text, true);
    cli_add_number(text, total_of(line->after));
    cell(grid, text, true);
    cli_add_change(text, total_of(line->after) - total_of(line->before));
    cell(grid, text, true);
}

static void write_lines(const showing *v, pl_output *output) {
    static const char *const heads[][2] = {{"unit", "单位"},  {"name", "名称"},  {"period", "期间"},
                                           {"place", "名次"}, {"new", "新名次"}, {"", ""},
                                           {"total", "总分"}, {"new", "新总分"}, {"change", "变化"}};
    size_t same = 0;
    pl_buffer text;
    cli_grid grid;
    pl_buffer_init(&text, 0);
    cli_grid_init(&grid, 8 + v->periods);
    for (size_t i = 0; i < 9; i++) {
        if (i == 2 && !v->periods) continue;
        pl_str head = pl_str_of(heads[i][v->call->chinese]);
        if (i < 3 || i == 5)
            cli_grid_text(&grid, head);
        else
            cli_grid_right(&grid, head);
    }
    for (size_t i = 0; i < v->w->line_count; i++) {
        same += !v->w->lines[i].moved;
        if (v->w->lines[i].moved) write_line(v, &v->w->lines[i], &grid, &text);
    }
    if (same < v->w->line_count) cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_clear(&text);
    if (same) pl_buffer_print(&text, cli_text(v->call, "%zu unchanged\n", "%zu 个不变\n"), same);
    finish_text(&text, output);
}

static void write_cells(const showing *v, pl_buffer *text) {
    for (size_t i = 0; i < v->cells.count; i++) {
        const pl_whatif_cell *c = &v->cells.items[i];
        pl_buffer_print(text, cli_text(v->call, "%.*s.%.*s%s%.*s: \"%.*s\" -> \"%.*s\"\n", "%.*s.%.*s%s%.*s：“%.*s” -> “%.*s”\n"),
                        PL_ARG(c->sheet), PL_ARG(c->row), c->column.len ? "." : "", PL_ARG(c->column), PL_ARG(c->before),
                        PL_ARG(c->after));
    }
}

/* What the sheets say now and then. */
static void write_changes(const showing *v, pl_output *output) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    for (size_t i = 0; i < v->changes.count; i++) {
        const pl_change *c = &v->changes.items[i];
        if (c->kind == PL_CHANGE_SHARE) continue;
        const pl_indicator *node =
            c->before == PL_NO_INDEX ? &v->w->model->indicators[c->after] : &v->s->model->indicators[c->before];
        pl_buffer_print(&text, "%.*s %.*s", PL_ARG(node->code), PL_ARG(node->name));
        if (c->kind == PL_CHANGE_DROPPED)
            pl_buffer_text(&text, cli_text(v->call, ": left out\n", "：去掉\n"));
        else
            pl_buffer_print(&text, cli_text(v->call, ": %s \"%.*s\" -> \"%.*s\"\n", "：%s “%.*s” -> “%.*s”\n"),
                            c->field ? c->field : "", PL_ARG(c->old_text), PL_ARG(c->new_text));
    }
    write_cells(v, &text);
    if (text.len) pl_buffer_char(&text, '\n');
    finish_text(&text, output);
}

/* Who was behind the unit and is before it now, or the other way round. */
static void write_passing(const showing *v, const pl_whatif_line *line, bool by, pl_buffer *text) {
    size_t count = 0;
    for (size_t i = 0; i < v->w->line_count; i++) {
        const pl_whatif_line *o = &v->w->lines[i];
        if (o->before->period != line->before->period || !o->after || !line->after) continue;
        double was = place_of(o->before) - place_of(line->before), is = place_of(o->after) - place_of(line->after);
        bool passed = by ? was >= 0 && is < 0 : was <= 0 && is > 0;
        if (o == line || !passed) continue;
        if (!count++)
            pl_buffer_text(text, by ? cli_text(v->call, "  passed by ", "  被超过：") : cli_text(v->call, "  passes ", "  超过："));
        if (count <= 5) pl_buffer_print(text, "%s%.*s", count > 1 ? ", " : "", PL_ARG(unit_of(v, o)->name));
    }
    if (count > 5) pl_buffer_text(text, ", ...");
    if (count) pl_buffer_char(text, '\n');
}

static const char *rest_words(const showing *v) {
    return cli_text(v->call, "by weights and rules, and by what changes do together", "来自权重、规则，以及各项改动的共同作用");
}

static void write_reason_lines(const showing *v, const pl_whatif_reason *reasons, size_t count, double rest, pl_output *output) {
    static const char *const heads[][2] = {{"  points", "  总分变化"}, {"indicator", "指标"}, {"name", "名称"},
                                           {"value", "原值"},          {"new", "新值"},       {"score", "原得分"},
                                           {"new", "新得分"}};
    rest = isnan(rest) ? 0 : cli_shown(rest);
    pl_buffer text;
    pl_buffer_init(&text, 0);
    if (!count) {
        if (rest != 0) {
            pl_buffer_text(&text, "  ");
            cli_add_change(&text, rest);
            pl_buffer_print(&text, "  %s\n", rest_words(v));
        }
        finish_text(&text, output);
        return;
    }
    cli_grid grid;
    cli_grid_init(&grid, 7);
    for (size_t i = 0; i < 7; i++) {
        pl_str head = pl_str_of(heads[i][v->call->chinese]);
        if (i == 1 || i == 2)
            cli_grid_text(&grid, head);
        else
            cli_grid_right(&grid, head);
    }
    for (size_t i = 0; i < count; i++) {
        cli_add_change(&text, reasons[i].points);
        cell(&grid, &text, true);
        cli_grid_text(&grid, reasons[i].code);
        cli_grid_text(&grid, reasons[i].name);
        const double numbers[] = {reasons[i].x_before, reasons[i].x_after, reasons[i].score_before, reasons[i].score_after};
        for (size_t k = 0; k < 4; k++) {
            cli_add_number(&text, numbers[k]);
            cell(&grid, &text, true);
        }
    }
    if (rest != 0) {
        cli_add_change(&text, rest);
        cell(&grid, &text, true);
        cli_grid_text(&grid, (pl_str){0});
        cli_grid_text(&grid, pl_str_of(rest_words(v)));
        for (size_t k = 0; k < 4; k++) cli_grid_empty(&grid);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&text);
}

static pl_status write_reasons(const showing *v, const pl_whatif_line *line, pl_output *output) {
    pl_whatif_reason *reasons;
    size_t count;
    double rest;
    pl_status status = pl_whatif_reasons(&reasons, &count, &rest, v->w, line);
    if (status != PL_OK) return status;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_print(&text, cli_text(v->call, "\n%.*s: ", "\n%.*s："), PL_ARG(unit_of(v, line)->name));
    cli_add_number(&text, total_of(line->before));
    pl_buffer_text(&text, " -> ");
    cli_add_number(&text, total_of(line->after));
    pl_buffer_char(&text, '\n');
    write_passing(v, line, true, &text);
    write_passing(v, line, false, &text);
    finish_text(&text, output);
    write_reason_lines(v, reasons, count, rest, output);
    free(reasons);
    return PL_OK;
}

static pl_status write_text(const showing *v, pl_output *output) {
    write_changes(v, output);
    write_lines(v, output);
    size_t told = 0, wanted = 0;
    pl_status status = PL_OK;
    bool all = cli_value(v->call, &unit_option, NULL) != NULL;
    for (size_t i = 0; i < v->w->line_count && status == PL_OK; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        if (!line->after || !asked_for(v, line) || (!all && ++wanted > MOST_REASONED)) continue;
        status = write_reasons(v, line, output);
        told++;
    }
    pl_buffer text;
    pl_buffer_init(&text, 0);
    if (wanted > told)
        pl_buffer_print(&text,
                        cli_text(v->call, "\n%zu more moved; --unit U says why\n", "\n还有 %zu 个单位有变化；--unit U 说明原因\n"),
                        wanted - told);
    finish_text(&text, output);
    return status;
}

/* ---- csv and json ---- */

static void write_csv(const showing *v, pl_output *output) {
    static const char *const heads[] = {"unit", "name", "period", "rank", "new_rank", "total", "new_total"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < v->w->line_count; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        pl_csv_text(&w, unit_of(v, line)->code);
        pl_csv_text(&w, unit_of(v, line)->name);
        pl_csv_text(&w, v->s->dataset->periods[line->before->period]);
        pl_csv_number(&w, place_of(line->before));
        pl_csv_number(&w, place_of(line->after));
        pl_csv_number(&w, total_of(line->before));
        pl_csv_number(&w, total_of(line->after));
        pl_csv_end_row(&w);
    }
}

static void json_number(pl_json_writer *w, const char *key, double x) {
    pl_json_key(w, key);
    pl_json_number(w, x);
}

static void json_text(pl_json_writer *w, const char *key, pl_str text) {
    pl_json_key(w, key);
    pl_json_text(w, text);
}

static void json_changes(const showing *v, pl_json_writer *w) {
    pl_json_key(w, "changes");
    pl_json_array(w);
    for (size_t i = 0; i < v->changes.count; i++) {
        const pl_change *c = &v->changes.items[i];
        if (c->kind == PL_CHANGE_SHARE) continue;
        const pl_indicator *node =
            c->before == PL_NO_INDEX ? &v->w->model->indicators[c->after] : &v->s->model->indicators[c->before];
        pl_json_object(w);
        json_text(w, "indicator", node->code);
        pl_json_key(w, "column");
        pl_json_text_or_null(w, pl_str_of(c->field));
        json_text(w, "before", c->old_text);
        json_text(w, "after", c->new_text);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_cells(const showing *v, pl_json_writer *w) {
    pl_json_key(w, "cells");
    pl_json_array(w);
    for (size_t i = 0; i < v->cells.count; i++) {
        const pl_whatif_cell *c = &v->cells.items[i];
        pl_json_object(w);
        json_text(w, "sheet", c->sheet);
        json_text(w, "row", c->row);
        pl_json_key(w, "column");
        pl_json_text_or_null(w, c->column);
        json_text(w, "before", c->before);
        json_text(w, "after", c->after);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static pl_status json_reasons(const showing *v, const pl_whatif_line *line, pl_json_writer *w) {
    pl_whatif_reason *reasons = NULL;
    size_t count = 0;
    double rest = NAN;
    if (asked_for(v, line)) {
        pl_status status = pl_whatif_reasons(&reasons, &count, &rest, v->w, line);
        if (status != PL_OK) return status;
    }
    pl_json_key(w, "reasons");
    pl_json_array(w);
    for (size_t i = 0; i < count; i++) {
        const pl_whatif_reason *r = &reasons[i];
        pl_json_object(w);
        json_text(w, "indicator", r->code);
        json_number(w, "points", r->points);
        json_number(w, "x", r->x_before);
        json_number(w, "new_x", r->x_after);
        json_number(w, "score", r->score_before);
        json_number(w, "new_score", r->score_after);
        pl_json_end(w);
    }
    pl_json_end(w);
    json_number(w, "rest", rest);
    free(reasons);
    return PL_OK;
}

static pl_status write_json(const showing *v, pl_output *output) {
    pl_json_writer w;
    pl_status status = PL_OK;
    cli_json_begin(&w, output, "plumbline/whatif/1");
    json_changes(v, &w);
    json_cells(v, &w);
    pl_json_key(&w, "lines");
    pl_json_array(&w);
    for (size_t i = 0; i < v->w->line_count && status == PL_OK; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        pl_json_object(&w);
        json_text(&w, "unit", unit_of(v, line)->code);
        pl_json_key(&w, "period");
        pl_json_text_or_null(&w, v->s->dataset->periods[line->before->period]);
        json_number(&w, "rank", place_of(line->before));
        json_number(&w, "new_rank", place_of(line->after));
        json_number(&w, "total", total_of(line->before));
        json_number(&w, "new_total", total_of(line->after));
        pl_json_key(&w, "left");
        pl_json_bool(&w, !line->after);
        status = json_reasons(v, line, &w);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
    return status;
}

/* ---- the command ---- */

static int show(const showing *v) {
    cli_result result;
    int status = cli_result_open(&result, v->call);
    if (status != EXIT_DONE) return status;
    pl_status written = PL_OK;
    if (cli_is(v->call, &format_option, "json"))
        written = write_json(v, &result.output);
    else if (cli_is(v->call, &format_option, "csv"))
        write_csv(v, &result.output);
    else
        written = write_text(v, &result.output);
    if (written == PL_OK) return cli_result_close(&result);
    cli_result_drop(&result);
    return cli_no_memory();
}

static size_t read_lines(const cli_call *call, pl_scenario_line *lines) {
    size_t count = 0;
    for (unsigned i = 0; i < call->given_count; i++) {
        const cli_option *option = call->given[i].option;
        if (option != &set_option && option != &without_option) continue;
        lines[count++] = (pl_scenario_line){pl_str_of(call->given[i].value), option == &without_option, {.file = option->name}};
    }
    return count;
}

static pl_status run_scenario(const cli_call *call, cli_session *s, const pl_whatif_options *options, pl_whatif **out) {
    pl_scenario_line lines[CLI_MOST_OPTIONS];
    pl_scenario scenario;
    pl_status status = pl_scenario_read(&scenario, s->compiled, lines, read_lines(call, lines), &s->problems);
    if (status == PL_OK) status = pl_whatif_run(out, s->scores, &scenario, options, &s->problems);
    pl_scenario_free(&scenario);
    return status;
}

static int compute_one(const cli_call *call, cli_session *s, const pl_whatif_options *options) {
    showing v = {.call = call, .s = s};
    pl_whatif *w = NULL;
    pl_status status = run_scenario(call, s, options, &w);
    v.w = w;
    size_t scored = 0;
    for (size_t p = 0; p < s->dataset->period_count; p++) scored += s->compiled->scored[p];
    v.periods = scored > 1;
    if (status == PL_OK && w->model) status = pl_model_diff(&v.changes, s->model, w->model);
    if (status == PL_OK) status = pl_whatif_cells_find(&v.cells, w);
    int exit_status = cli_exit_status(status);
    if (status == PL_MEMORY) exit_status = cli_no_memory();
    if (status == PL_INPUT) cli_print_problems(&s->problems);
    if (status == PL_OK) exit_status = show(&v);
    pl_changes_free(&v.changes);
    pl_whatif_cells_free(&v.cells);
    pl_whatif_free(w);
    return exit_status;
}

static int compute(const cli_call *call, cli_session *s) {
    const char *files[CLI_MOST_OPTIONS], *scenarios = cli_value(call, &scenarios_option, NULL);
    pl_dataset_options data = {.files = files, .pool = s->pool};
    for (unsigned i = 0; i < call->given_count; i++)
        if (call->given[i].option == &cli_data) files[data.file_count++] = call->given[i].value;
    pl_whatif_options options = {.data = &data, .period = cli_value(call, &cli_period, NULL), .pool = s->pool};
    if (scenarios) return cli_scenarios_run(call, s, scenarios, &options, cli_value(call, &format_option, "text"));
    return compute_one(call, s, &options);
}

static int run(const cli_call *call) {
    bool own = cli_value(call, &set_option, NULL) || cli_value(call, &without_option, NULL);
    bool many = cli_value(call, &scenarios_option, NULL) != NULL;
    if (!own && !many) return cli_usage(call->command, "nothing is to be changed; say what with --set, --without or --scenarios");
    if (many && (own || cli_value(call, &unit_option, NULL)))
        return cli_usage(call->command, "--scenarios stands alone: what it compares is all in its file");
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_ERRORS);
    for (unsigned i = 0; i < call->given_count && status == EXIT_DONE; i++)
        if (call->given[i].option == &unit_option && !cli_session_line(&s, call->given[i].value)) status = EXIT_INPUT;
    if (status == EXIT_DONE) status = compute(call, &s);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&set_option, &scenarios_option, &without_option, &unit_option, &cli_data,
                                            &cli_period, &format_option,    &cli_out,        &cli_threads, &cli_lang,
                                            NULL};

const cli_command cli_whatif = {
    .name = "whatif",
    .arguments = "MODEL --set CHANGE... [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "what would be if values, weights, rules or units were others",
    .summary_zh = "假如数值、权重、规则或单位不同，结果会怎样",
    .details =
        "A change: UNIT.ELEMENT=5 (UNIT.ELEMENT@PERIOD=5 for another period; nothing behind = for a missing value), "
        "CODE.weight=3,\n"
        "CODE.combine=geomean, UNIT.group=A, settings.digits=1. A number also changes by a part (D03.gdp=+10%, =-5%) or by an\n"
        "operation (D03.gdp+=0.5, -=, *=, /=). D03.gdp=-5 is minus five. Where a name may be two things, write data.D03.gdp,\n"
        "units.D03.gdp or indicators.CODE.weight. Nothing on disk is touched.",
    .details_zh =
        "改动写法：单位.数据项=5（单位.数据项@期间=5 改其他期间；等号后留空为缺失）、指标.weight=3、指标.combine=geomean、\n"
        "单位.group=A、settings.digits=1。数字也可按比例改（D03.gdp=+10%、=-5%）或按运算改（D03.gdp+=0.5，以及 -=、*=、/=）；\n"
        "D03.gdp=-5 就是负五。名称有歧义时写 data.D03.gdp、units.D03.gdp 或 indicators.指标.weight。磁盘上的文件不会改动。",
    .options = options,
    .run = run,
};
