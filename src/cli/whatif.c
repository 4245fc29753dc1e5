#include "cli/whatif.h"
#include "cli/change_text.h"
#include "cli/grid.h"
#include "cli/output.h"
#include "cli/scenarios.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const cli_option set_option = {
    "--set", "CHANGE", NULL, "what is another: UNIT.ELEMENT=VALUE, CODE.COLUMN=TEXT, settings.KEY=TEXT; may be given several times",
    "改什么：单位.数据项=值、指标.列=内容、settings.设置项=内容；可多次给出"};
static const cli_option without_option = {
    "--without", "UNIT|CODE", NULL, "a unit or an indicator leaves; may be given several times", "去掉一个单位或指标；可多次给出"};
static const cli_option copy_option = {"--copy", "UNIT=NEW", NULL,
                                       "a unit enters, with the code NEW and everything that UNIT has; may be given several times",
                                       "新增一个单位，代码为 NEW，其余全部照 UNIT；可多次给出"};
static const cli_option scenarios_option = {
    "--scenarios", "FILE.csv", NULL, "many scenarios side by side: columns scenario, set, without and copy, a change in each row",
    "多个情景并排比较：列为 情景、改动、去掉、复制，每行一项改动"};
static const cli_option unit_option = {"--unit", "U", NULL, "reasons for this unit only; may be given several times",
                                       "只说明该单位的变化原因；可多次给出"};
static const cli_option format_option = {"--format", "text|json|csv", "text|json|csv", "form of the output (default text)",
                                         "输出格式（默认 text）"};

/* Units whose reasons are shown where nobody asks for certain ones. */
#define MOST_REASONED 10

bool cli_whatif_asked_for(const cli_whatif_showing *v, const pl_whatif_line *line) {
    bool any = false;
    if (!line->before) return false; /* there is nothing that it moved from */
    for (unsigned i = 0; i < v->call->given_count; i++) {
        if (v->call->given[i].option != &unit_option) continue;
        any = true;
        if (pl_dataset_find_unit(v->s->dataset, pl_str_of(v->call->given[i].value)) == line->before->unit) return true;
    }
    return !any && line->moved;
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

static void write_line(const cli_whatif_showing *v, const pl_whatif_line *line, cli_grid *grid, pl_buffer *text) {
    double before = cli_place_of(line->before), after = cli_place_of(line->after);
    cli_grid_text(grid, pl_whatif_unit(v->w, line)->code);
    cli_grid_text(grid, pl_whatif_unit(v->w, line)->name);
    if (v->periods) cli_grid_text(grid, v->s->dataset->periods[line->period]);
    if (line->before)
        cli_add_number(text, before);
    else
        pl_buffer_text(text, cli_text(v->call, "new", "新增"));
    cli_grid_take(grid, text, true);
    if (line->after)
        cli_add_number(text, after);
    else
        pl_buffer_text(text, cli_text(v->call, "left", "去掉"));
    cli_grid_take(grid, text, true);
    cli_grid_text(grid, pl_str_of(arrow(before, after)));
    cli_add_number(text, cli_total_of(line->before));
    cli_grid_take(grid, text, true);
    cli_add_number(text, cli_total_of(line->after));
    cli_grid_take(grid, text, true);
    cli_add_change(text, cli_total_of(line->after) - cli_total_of(line->before));
    cli_grid_take(grid, text, true);
}

static void write_lines(const cli_whatif_showing *v, pl_output *output) {
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

/* The units that enter. */
static void write_copies(const cli_whatif_showing *v, pl_buffer *text) {
    for (size_t i = 0; v->w->model && i < v->w->model->change_count; i++) {
        const pl_sheet_change *change = &v->w->model->changes[i];
        if (change->act == PL_ACT_COPY)
            pl_buffer_print(text, cli_text(v->call, "units.%.*s: a copy of %.*s\n", "units.%.*s：复制自 %.*s\n"),
                            PL_ARG(change->row), PL_ARG(change->text));
    }
}

static void write_cells(const cli_whatif_showing *v, pl_buffer *text) {
    for (size_t i = 0; i < v->cells.count; i++) {
        const pl_whatif_cell *c = &v->cells.items[i];
        pl_buffer_print(text, cli_text(v->call, "%.*s.%.*s%s%.*s: \"%.*s\" -> \"%.*s\"\n", "%.*s.%.*s%s%.*s：“%.*s” -> “%.*s”\n"),
                        PL_ARG(c->sheet), PL_ARG(c->row), c->column.len ? "." : "", PL_ARG(c->column), PL_ARG(c->before),
                        PL_ARG(c->after));
    }
}

/* What the sheets say now and then. */
static void write_changes(const cli_whatif_showing *v, pl_output *output) {
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
    write_copies(v, &text);
    write_cells(v, &text);
    if (text.len) pl_buffer_char(&text, '\n');
    finish_text(&text, output);
}

/* Who was behind the unit and is before it now, or the other way round. */
static void write_passing(const cli_whatif_showing *v, const pl_whatif_line *line, bool by, pl_buffer *text) {
    size_t count = 0;
    for (size_t i = 0; i < v->w->line_count; i++) {
        const pl_whatif_line *o = &v->w->lines[i];
        if (o->period != line->period || !o->after || !line->after) continue;
        double was = cli_place_of(o->before) - cli_place_of(line->before), is = cli_place_of(o->after) - cli_place_of(line->after);
        bool passed = by ? was >= 0 && is < 0 : was <= 0 && is > 0;
        if (o == line || !passed) continue;
        if (!count++)
            pl_buffer_text(text, by ? cli_text(v->call, "  passed by ", "  被超过：") : cli_text(v->call, "  passes ", "  超过："));
        if (count <= 5) pl_buffer_print(text, "%s%.*s", count > 1 ? ", " : "", PL_ARG(pl_whatif_unit(v->w, o)->name));
    }
    if (count > 5) pl_buffer_text(text, ", ...");
    if (count) pl_buffer_char(text, '\n');
}

/* New units on places before the one that the unit has now: who was not there cannot have passed it. */
static void write_entered(const cli_whatif_showing *v, const pl_whatif_line *line, pl_buffer *text) {
    size_t count = 0;
    for (size_t i = 0; i < v->w->line_count; i++) {
        const pl_whatif_line *o = &v->w->lines[i];
        if (o->before || o->period != line->period || !(cli_place_of(o->after) < cli_place_of(line->after))) continue;
        if (!count++) pl_buffer_text(text, cli_text(v->call, "  behind the new ", "  排在新增单位之后："));
        if (count <= 5) pl_buffer_print(text, "%s%.*s", count > 1 ? ", " : "", PL_ARG(pl_whatif_unit(v->w, o)->name));
    }
    if (count > 5) pl_buffer_text(text, ", ...");
    if (count) pl_buffer_char(text, '\n');
}

static const char *rest_words(const cli_whatif_showing *v) {
    return cli_text(v->call, "by weights and rules, and by what changes do together", "来自权重、规则，以及各项改动的共同作用");
}

static void write_reason_lines(const cli_whatif_showing *v, const pl_whatif_reason *reasons, size_t count, double rest,
                               pl_output *output) {
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
        cli_grid_take(&grid, &text, true);
        cli_grid_text(&grid, reasons[i].code);
        cli_grid_text(&grid, reasons[i].name);
        const double numbers[] = {reasons[i].x_before, reasons[i].x_after, reasons[i].score_before, reasons[i].score_after};
        for (size_t k = 0; k < 4; k++) {
            cli_add_number(&text, numbers[k]);
            cli_grid_take(&grid, &text, true);
        }
    }
    if (rest != 0) {
        cli_add_change(&text, rest);
        cli_grid_take(&grid, &text, true);
        cli_grid_text(&grid, (pl_str){0});
        cli_grid_text(&grid, pl_str_of(rest_words(v)));
        for (size_t k = 0; k < 4; k++) cli_grid_empty(&grid);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&text);
}

static pl_status write_reasons(const cli_whatif_showing *v, const pl_whatif_line *line, pl_output *output) {
    pl_whatif_reason *reasons;
    size_t count;
    double rest;
    pl_status status = pl_whatif_reasons(&reasons, &count, &rest, v->w, line);
    if (status != PL_OK) return status;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_print(&text, cli_text(v->call, "\n%.*s: ", "\n%.*s："), PL_ARG(pl_whatif_unit(v->w, line)->name));
    cli_add_number(&text, cli_total_of(line->before));
    pl_buffer_text(&text, " -> ");
    cli_add_number(&text, cli_total_of(line->after));
    pl_buffer_char(&text, '\n');
    write_passing(v, line, true, &text);
    write_passing(v, line, false, &text);
    write_entered(v, line, &text);
    finish_text(&text, output);
    write_reason_lines(v, reasons, count, rest, output);
    free(reasons);
    return PL_OK;
}

static pl_status write_text(const cli_whatif_showing *v, pl_output *output) {
    write_changes(v, output);
    write_lines(v, output);
    size_t told = 0, wanted = 0;
    pl_status status = PL_OK;
    bool all = cli_value(v->call, &unit_option, NULL) != NULL;
    for (size_t i = 0; i < v->w->line_count && status == PL_OK; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        if (!line->after || !cli_whatif_asked_for(v, line) || (!all && ++wanted > MOST_REASONED)) continue;
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

/* ---- the command ---- */

static int show(const cli_whatif_showing *v) {
    cli_result result;
    int status = cli_result_open(&result, v->call);
    if (status != EXIT_DONE) return status;
    pl_status written = PL_OK;
    if (cli_is(v->call, &format_option, "json"))
        written = cli_whatif_write_json(v, &result.output);
    else if (cli_is(v->call, &format_option, "csv"))
        cli_whatif_write_csv(v, &result.output);
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
        if (option != &set_option && option != &without_option && option != &copy_option) continue;
        pl_scenario_kind kind = option == &without_option ? PL_SCENARIO_WITHOUT
                                : option == &copy_option  ? PL_SCENARIO_COPY
                                                          : PL_SCENARIO_SET;
        lines[count++] = (pl_scenario_line){pl_str_of(call->given[i].value), kind, {.file = option->name}};
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
    cli_whatif_showing v = {.call = call, .s = s};
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
    bool own = cli_value(call, &set_option, NULL) || cli_value(call, &without_option, NULL) || cli_value(call, &copy_option, NULL);
    bool many = cli_value(call, &scenarios_option, NULL) != NULL;
    if (!own && !many)
        return cli_usage(call->command, "nothing is to be changed; say what with --set, --without, --copy or --scenarios");
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

static const cli_option *const options[] = {&set_option, &scenarios_option, &without_option, &copy_option, &unit_option, &cli_data,
                                            &cli_period, &format_option,    &cli_out,        &cli_threads, &cli_lang,    NULL};

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
        "units.D03.gdp or indicators.CODE.weight. A copy (--copy D03=N1) is of the unit as it is in the sheets, wherever the "
        "option\n"
        "stands; --set N1.gdp=9 changes the copy. Nothing on disk is touched.",
    .details_zh =
        "改动写法：单位.数据项=5（单位.数据项@期间=5 改其他期间；等号后留空为缺失）、指标.weight=3、指标.combine=geomean、\n"
        "单位.group=A、settings.digits=1。数字也可按比例改（D03.gdp=+10%、=-5%）或按运算改（D03.gdp+=0.5，以及 -=、*=、/=）；\n"
        "D03.gdp=-5 就是负五。名称有歧义时写 data.D03.gdp、units.D03.gdp 或 indicators.指标.weight。新增单位（--copy D03=N1）照\n"
        "表中原样复制，与选项先后无关；--set N1.gdp=9 再改它。磁盘上的文件不会改动。",
    .options = options,
    .run = run,
};
