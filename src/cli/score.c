#include "cli/grid.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/stage.h"
#include "cli/workbook.h"

#include <plumbline/base/number.h>

#include <stdio.h>
#include <stdlib.h>

static const cli_option nodes_option = {"--nodes", "root|groups|all", "root|groups|all",
                                        "which scores to show: the total, every inner node, every node (default root)",
                                        "显示哪些得分：总分、各级汇总、全部（默认总分）"};
static const cli_option format_option = {"--format", "table|csv|json|xlsx", "table|csv|json|xlsx",
                                         "form of the output (default table, csv with --out)",
                                         "输出格式（默认 table；有 --out 时默认 csv）"};
static const cli_option people_option = {"--for-people", NULL, NULL,
                                         "CSV that a spreadsheet opens well: byte-order mark, CRLF, no text taken for a formula",
                                         "便于电子表格打开的 CSV：带 BOM、CRLF，文本不会被当成公式"};
static const cli_option top_option = {"--top", "N", NULL, "only the first N lines of a table", "表格只显示前 N 行"};

static const cli_option stage_option = {"--stage", CLI_STAGE_WORDS, CLI_STAGE_WORDS,
                                        "instead of scores the values of every leaf at this stage (aggregated: of every node)",
                                        "不输出得分，而输出各末级指标在该阶段的值（aggregated 为全部节点）"};

static bool has_periods(const cli_session *s) {
    size_t scored = 0;
    for (size_t p = 0; p < s->dataset->period_count; p++) scored += s->compiled->scored[p];
    return scored > 1;
}

static pl_str group_of(const cli_session *s, const pl_score_line *line) {
    uint32_t group = s->dataset->units[line->unit].group;
    return group == PL_NOBODY ? (pl_str){0} : s->dataset->groups[group];
}

static pl_str grade_of(const cli_session *s, const pl_score_line *line) {
    return line->grade == PL_NOBODY ? (pl_str){0} : s->model->grades[line->grade].name;
}

static pl_str code_of(const cli_session *s, size_t column) { return s->model->indicators[s->scores->nodes[column]].code; }

/* ---- csv ---- */

static void csv_place(pl_csv_writer *w, double place) {
    if (place > 0)
        pl_csv_number(w, place);
    else
        pl_csv_missing(w);
}

static void csv_line(pl_csv_writer *w, const cli_session *s, const pl_score_line *line, bool periods) {
    const pl_unit *unit = &s->dataset->units[line->unit];
    int digits = s->model->settings.digits;
    pl_csv_text(w, unit->code);
    pl_csv_text(w, unit->name);
    pl_csv_text(w, group_of(s, line));
    if (periods) pl_csv_text(w, s->dataset->periods[line->period]);
    for (size_t k = 0; k < s->scores->node_count; k++) {
        double value;
        if (!pl_scores_value(s->scores, k, line, &value))
            pl_csv_missing(w);
        else if (digits >= 0)
            pl_csv_fixed(w, value, digits);
        else
            pl_csv_number(w, value);
    }
    csv_place(w, line->rank);
    csv_place(w, line->group_rank);
    if (s->model->grade_count) pl_csv_text(w, grade_of(s, line));
    pl_csv_end_row(w);
}

/* Lines come in the order of their places, so each touches units and values anywhere in memory: they are asked for in advance. */
#define LINES_AHEAD 8

static void fetch_ahead(const cli_session *s, const pl_score_line *line) {
    __builtin_prefetch(&s->dataset->units[line[2 * LINES_AHEAD].unit]);
    __builtin_prefetch(s->dataset->units[line[LINES_AHEAD].unit].code.at);
}

/* What the threads that write the lines share. */
typedef struct csv_lines {
    const cli_session *s;
    bool for_people, periods;
} csv_lines;

#define LINES_PER_PART 1024

static void csv_part(void *context, size_t part, pl_output *to) {
    const csv_lines *c = context;
    size_t from = part * LINES_PER_PART, end = from + LINES_PER_PART, count = c->s->scores->line_count;
    pl_csv_writer w = {.output = to, .for_people = c->for_people};
    for (size_t i = from; i < end && i < count; i++) {
        const pl_score_line *line = &c->s->scores->lines[i];
        if (count - i > 2 * LINES_AHEAD) fetch_ahead(c->s, line);
        csv_line(&w, c->s, line, c->periods);
    }
}

static void write_csv(const cli_session *s, bool for_people, pl_output *output) {
    pl_csv_writer w;
    bool periods = has_periods(s);
    pl_csv_begin(&w, output, for_people);
    static const char *const heads[] = {"unit", "name", "group"};
    for (size_t i = 0; i < 3; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    if (periods) pl_csv_text(&w, pl_str_of("period"));
    for (size_t k = 0; k < s->scores->node_count; k++) pl_csv_text(&w, code_of(s, k));
    pl_csv_text(&w, pl_str_of("rank"));
    pl_csv_text(&w, pl_str_of("group_rank"));
    if (s->model->grade_count) pl_csv_text(&w, pl_str_of("grade"));
    pl_csv_end_row(&w);
    csv_lines lines = {s, for_people, periods};
    pl_output_parts(output, s->pool, (s->scores->line_count + LINES_PER_PART - 1) / LINES_PER_PART, csv_part, &lines);
}

/* ---- json ---- */

static void json_digest(pl_json_writer *w, const char *key, const unsigned char digest[PL_DIGEST_SIZE]) {
    char hex[PL_DIGEST_HEX];
    pl_digest_hex(digest, hex);
    pl_json_key(w, key);
    pl_json_text(w, pl_str_of(hex));
}

static void json_place(pl_json_writer *w, const char *key, double place) {
    pl_json_key(w, key);
    if (place > 0)
        pl_json_number(w, place);
    else
        pl_json_null(w);
}

static void json_line(pl_json_writer *w, const cli_session *s, const pl_score_line *line) {
    const pl_unit *unit = &s->dataset->units[line->unit];
    int digits = s->model->settings.digits;
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, unit->code);
    pl_json_key(w, "name");
    pl_json_text(w, unit->name);
    pl_json_key(w, "group");
    pl_json_text_or_null(w, group_of(s, line));
    pl_json_key(w, "period");
    pl_json_text_or_null(w, s->dataset->periods[line->period]);
    pl_json_key(w, "scores");
    pl_json_object(w);
    for (size_t k = 0; k < s->scores->node_count; k++) {
        double value;
        pl_json_key_str(w, code_of(s, k));
        if (!pl_scores_value(s->scores, k, line, &value))
            pl_json_null(w);
        else if (digits >= 0)
            pl_json_fixed(w, value, digits);
        else
            pl_json_number(w, value);
    }
    pl_json_end(w);
    json_place(w, "rank", line->rank);
    json_place(w, "group_rank", line->group_rank);
    if (s->model->grade_count) {
        pl_json_key(w, "grade");
        pl_json_text_or_null(w, grade_of(s, line));
    }
    pl_json_end(w);
}

static void write_json(const cli_session *s, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/scores/1");
    pl_json_key(&w, "name");
    pl_json_text(&w, s->model->settings.name);
    json_digest(&w, "model_sha256", s->model->digest);
    json_digest(&w, "data_sha256", s->dataset->digest);
    pl_json_key(&w, "root");
    pl_json_text(&w, s->model->indicators[0].code);
    pl_json_key(&w, "lines");
    pl_json_array(&w);
    for (size_t i = 0; i < s->scores->line_count; i++) json_line(&w, s, &s->scores->lines[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

/* ---- table ---- */

static pl_str node_title(const cli_session *s, size_t column) {
    const pl_indicator *node = &s->model->indicators[s->scores->nodes[column]];
    return node->name.len && pl_text_width(node->name) <= 24 ? node->name : node->code;
}

static void table_place(cli_grid *grid, double place) {
    if (place > 0)
        cli_grid_number(grid, place, -1);
    else
        cli_grid_empty(grid);
}

/* Numbers of one column show the same decimals, so that they can be compared by eye. */
static int shown_digits(const cli_session *s) {
    int digits = s->model->settings.digits;
    return digits >= 0 ? digits : 3;
}

static void table_line(cli_grid *grid, const cli_session *s, const pl_score_line *line, bool periods, bool groups) {
    const pl_unit *unit = &s->dataset->units[line->unit];
    if (periods) cli_grid_text(grid, s->dataset->periods[line->period]);
    table_place(grid, line->rank);
    cli_grid_text(grid, unit->code);
    if (!pl_str_equal(unit->name, unit->code))
        cli_grid_text(grid, unit->name);
    else
        cli_grid_text(grid, (pl_str){0});
    if (groups) cli_grid_text(grid, group_of(s, line));
    for (size_t k = 0; k < s->scores->node_count; k++) {
        double value;
        if (pl_scores_value(s->scores, k, line, &value))
            cli_grid_number(grid, value, shown_digits(s));
        else
            cli_grid_right(grid, pl_str_of("-"));
    }
    if (groups) table_place(grid, line->group_rank);
    if (s->model->grade_count) cli_grid_text(grid, grade_of(s, line));
}

static void write_table(const cli_session *s, const cli_call *call, size_t top, pl_output *output) {
    bool periods = has_periods(s), groups = s->dataset->group_count > 0;
    cli_grid grid;
    cli_grid_init(&grid, 3 + periods + 2 * groups + s->scores->node_count + (s->model->grade_count > 0));
    if (periods) cli_grid_text(&grid, pl_str_of(cli_text(call, "period", "期间")));
    cli_grid_right(&grid, pl_str_of(cli_text(call, "place", "名次")));
    cli_grid_text(&grid, pl_str_of(cli_text(call, "unit", "单位")));
    cli_grid_text(&grid, pl_str_of(cli_text(call, "name", "名称")));
    if (groups) cli_grid_text(&grid, pl_str_of(cli_text(call, "group", "类别")));
    for (size_t k = 0; k < s->scores->node_count; k++) cli_grid_right(&grid, node_title(s, k));
    if (groups) cli_grid_right(&grid, pl_str_of(cli_text(call, "in group", "类内名次")));
    if (s->model->grade_count) cli_grid_text(&grid, pl_str_of(cli_text(call, "grade", "等次")));
    size_t count = s->scores->line_count < top ? s->scores->line_count : top;
    for (size_t i = 0; i < count; i++) table_line(&grid, s, &s->scores->lines[i], periods, groups);
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    if (count == s->scores->line_count) return;
    char more[64];
    snprintf(more, sizeof more, cli_text(call, "... and %zu more\n", "……另有 %zu 行\n"), s->scores->line_count - count);
    pl_output_add(output, pl_str_of(more));
}

static pl_score_nodes asked_nodes(const cli_call *call) {
    if (cli_is(call, &format_option, "xlsx")) return PL_NODES_ALL;
    if (cli_is(call, &nodes_option, "all")) return PL_NODES_ALL;
    return cli_is(call, &nodes_option, "groups") ? PL_NODES_GROUPS : PL_NODES_ROOT;
}

static int run(const cli_call *call) {
    double top = 0;
    const char *top_text = cli_value(call, &top_option, NULL);
    if (top_text && (!pl_number_parse(pl_str_of(top_text), &top) || top < 1 || top > 1e15))
        return cli_usage(call->command, "--top is a number of lines");
    const char *format = cli_value(call, &format_option, cli_value(call, &cli_out, NULL) ? "csv" : "table");
    const char *stage = cli_value(call, &stage_option, NULL);
    if (stage && cli_value(call, &nodes_option, NULL))
        return cli_usage(call->command, "--stage shows every leaf, so --nodes does not go with it");
    bool for_people = cli_value(call, &people_option, NULL) != NULL;
    if (stage && strcmp(format, "xlsx") == 0) return cli_usage(call->command, "--stage comes as table, csv or json");
    if (stage) return cli_stage_run(call, cli_stage_named(stage), format, for_people, top_text ? (size_t)top : SIZE_MAX);
    bool json = strcmp(format, "json") == 0, xlsx = strcmp(format, "xlsx") == 0;
    if (xlsx && !cli_value(call, &cli_out, NULL)) return cli_usage(call->command, "--format xlsx needs --out F");
    if (!xlsx && (cli_value(call, &cli_units, NULL) || cli_value(call, &cli_formulas, NULL)))
        return cli_usage(call->command, "--units and --formulas go with --format xlsx");
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], asked_nodes(call), json || xlsx, CLI_TELL_ALL);
    cli_result result;
    if (status == EXIT_DONE && xlsx) {
        status = cli_write_results(call, &s);
    } else if (status == EXIT_DONE) {
        status = cli_result_open(&result, call);
        if (status == EXIT_DONE) {
            if (json)
                write_json(&s, &result.output);
            else if (strcmp(format, "csv") == 0)
                write_csv(&s, for_people, &result.output);
            else
                write_table(&s, call, top_text ? (size_t)top : SIZE_MAX, &result.output);
            status = cli_result_close(&result);
        }
    }
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&cli_data,    &cli_period,   &nodes_option, &format_option, &people_option,
                                            &top_option,  &stage_option, &cli_units,    &cli_formulas,  &cli_out,
                                            &cli_threads, &cli_lang,     NULL};

const cli_command cli_score = {
    .name = "score",
    .arguments = "MODEL [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "scores and places of all units",
    .summary_zh = "全部单位的得分和名次",
    .details =
        "Lines come by place, then by code; units without a total last. CSV has unit, name, group, a period where there are\n"
        "several, the nodes asked for, rank and group_rank. A workbook (xlsx) has the ranking with a chart, a sheet for each "
        "group\n"
        "and, up to 200 units, a sheet for each unit with its reasons.\n"
        "--stage shows what a value becomes on its way: value (as reported), denominated, imputed, screened, treated, normalised\n"
        "(the points), aggregated; lines come in the order of the units.",
    .details_zh =
        "按名次、代码排列，没有总分的单位在最后。CSV 各列为 unit、name、group、（多期时）period、所求各节点、rank、group_rank。"
        "工作簿（xlsx）含名次表和图、每类一张表；单位不超过 200 个时，每个单位另有一张说明得分理由的表。\n"
        "--stage "
        "显示一个值在各阶段的样子：value（填报值）、denominated（除以分母）、imputed（插补）、screened（筛选）、treated（处理）、\n"
        "normalised（标准化得分）、aggregated（合成）；按单位顺序排列。",
    .options = options,
    .run = run,
};
