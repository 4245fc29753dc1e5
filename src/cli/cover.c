#include "cli/grid.h"
#include "cli/models.h"
#include "cli/output.h"

#include <plumbline/base/number.h>
#include <plumbline/study/cover.h>

#include <math.h>
#include <stdio.h>

static const cli_option superior_option = {"--superior", "MODEL", NULL, "the indicator system that has to be answered to",
                                           "要对照的上级指标体系"};
static const cli_option format_option = {"--format", "text|json|csv", "text|json|csv", "form of the output (default text)",
                                         "输出格式（默认 text）"};

typedef struct comparison {
    const cli_call *call;
    pl_model *own, *superior;
    pl_cover *cover;
} comparison;

/* For programs, English and Chinese, in the order of pl_cover_state. */
static const char *const states[][3] = {
    {"open", "not covered", "未覆盖"},
    {"partly", "partly", "部分覆盖"},
    {"explained", "explained", "已说明"},
    {"fully", "covered", "已覆盖"},
};

/* Shares for programs: what is left after twelve decimals is the rounding of their product. */
static double tidy(double share) { return pl_number_round(share, 12); }

static void write_percent(pl_buffer *out, double share) { pl_buffer_number(out, pl_number_round(100 * share, 2)); }

/* "gdp, revenue 50 %": the own indicators that cover a leaf. */
static void write_links(const comparison *c, const pl_cover_node *node, pl_buffer *out) {
    for (size_t i = 0; i < node->link_count; i++) {
        const pl_cover_link *link = &c->cover->links[node->first_link + i];
        pl_buffer_print(out, "%s%.*s", i ? ", " : "", PL_ARG(c->own->indicators[link->own].code));
        if (link->share == 0) pl_buffer_text(out, cli_text(c->call, " (partly)", "（部分）"));
        if (link->share <= 0 || link->share >= 1) continue;
        pl_buffer_char(out, ' ');
        write_percent(out, link->share);
        pl_buffer_char(out, '%');
    }
}

/* Their owners, each once. */
static void write_owners(const comparison *c, const pl_cover_node *node, pl_buffer *out) {
    for (size_t i = 0; i < node->link_count; i++) {
        pl_str owner = pl_indicator_owner(c->own, c->cover->links[node->first_link + i].own);
        bool told = !owner.len;
        for (size_t k = 0; k < i && !told; k++)
            told = pl_str_equal(owner, pl_indicator_owner(c->own, c->cover->links[node->first_link + k].own));
        if (!told) pl_buffer_print(out, "%s%.*s", out->len ? ", " : "", PL_ARG(owner));
    }
}

static void grid_cell(cli_grid *grid, pl_buffer *cell) {
    grid->failed |= cell->failed;
    cli_grid_text(grid, pl_buffer_view(cell));
    pl_buffer_clear(cell);
}

/* ---- text ---- */

static void write_node(const comparison *c, cli_grid *grid, size_t index, pl_buffer *cell) {
    const pl_indicator *node = &c->superior->indicators[index];
    const pl_cover_node *found = &c->cover->nodes[index];
    cli_grid_text(grid, pl_str_of(states[found->state][1 + c->call->chinese]));
    for (unsigned i = 0; i < node->depth; i++) pl_buffer_text(cell, "  ");
    pl_buffer_str(cell, node->code);
    grid_cell(grid, cell);
    cli_grid_text(grid, node->name);
    cli_grid_number(grid, pl_number_round(100 * found->weight, 2), -1);
    cli_grid_number(grid, pl_number_round(100 * found->covered, 2), -1);
    write_links(c, found, cell);
    grid_cell(grid, cell);
    write_owners(c, found, cell);
    grid_cell(grid, cell);
    cli_grid_text(grid, found->reason);
}

static void write_nodes(const comparison *c, pl_output *output) {
    static const char *const heads[][2] = {{"state", "状态"},     {"indicator", "上级指标"}, {"name", "名称"},
                                           {"weight %", "权重%"}, {"covered %", "覆盖%"},    {"covered by", "由本级指标"},
                                           {"owner", "责任单位"}, {"reason", "理由"}};
    pl_buffer cell;
    cli_grid grid;
    pl_buffer_init(&cell, 0);
    cli_grid_init(&grid, 8);
    for (size_t i = 0; i < 8; i++) cli_grid_text(&grid, pl_str_of(heads[i][c->call->chinese]));
    for (size_t i = 0; i < c->superior->indicator_count; i++) write_node(c, &grid, i, &cell);
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&cell);
}

static void write_local(const comparison *c, pl_output *output) {
    if (!c->cover->local_count) return;
    cli_grid grid;
    cli_grid_init(&grid, 3);
    cli_grid_text(&grid, pl_str_of(cli_text(c->call, "local", "本级自设")));
    cli_grid_text(&grid, pl_str_of(cli_text(c->call, "name", "名称")));
    cli_grid_text(&grid, pl_str_of(cli_text(c->call, "owner", "责任单位")));
    for (size_t i = 0; i < c->cover->local_count; i++) {
        size_t index = c->cover->local[i];
        cli_grid_text(&grid, c->own->indicators[index].code);
        cli_grid_text(&grid, c->own->indicators[index].name);
        cli_grid_text(&grid, pl_indicator_owner(c->own, index));
    }
    pl_output_add(output, pl_str_of("\n"));
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
}

static void write_summary(const comparison *c, pl_output *output) {
    const size_t *n = c->cover->counts;
    pl_buffer line;
    pl_buffer_init(&line, 0);
    pl_buffer_print(
        &line,
        cli_text(c->call,
                 "\nindicators of the superior: %zu; covered: %zu, partly: %zu, explained: %zu, not covered: %zu; weight covered: ",
                 "\n上级末级指标 %zu 个：已覆盖 %zu，部分覆盖 %zu，已说明 %zu，未覆盖 %zu；覆盖的权重 "),
        n[PL_COVER_FULLY] + n[PL_COVER_PARTLY] + n[PL_COVER_EXPLAINED] + n[PL_COVER_OPEN], n[PL_COVER_FULLY], n[PL_COVER_PARTLY],
        n[PL_COVER_EXPLAINED], n[PL_COVER_OPEN]);
    write_percent(&line, c->cover->nodes[0].covered);
    pl_buffer_text(&line, " %\n");
    if (line.failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(&line));
    pl_buffer_free(&line);
}

/* ---- json ---- */

static void json_own(const comparison *c, pl_json_writer *w, size_t index) {
    pl_json_key(w, "indicator");
    pl_json_text(w, c->own->indicators[index].code);
    pl_json_key(w, "name");
    pl_json_text_or_null(w, c->own->indicators[index].name);
    pl_json_key(w, "owner");
    pl_json_text_or_null(w, pl_indicator_owner(c->own, index));
}

static void json_links(const comparison *c, pl_json_writer *w, const pl_cover_node *node) {
    pl_json_array(w);
    for (size_t i = 0; i < node->link_count; i++) {
        const pl_cover_link *link = &c->cover->links[node->first_link + i];
        pl_json_object(w);
        json_own(c, w, link->own);
        pl_json_key(w, "share");
        pl_json_number(w, link->share > 0 ? tidy(link->share) : NAN);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_node(const comparison *c, pl_json_writer *w, size_t index) {
    const pl_indicator *node = &c->superior->indicators[index];
    const pl_cover_node *found = &c->cover->nodes[index];
    pl_json_object(w);
    pl_json_key(w, "indicator");
    pl_json_text(w, node->code);
    pl_json_key(w, "name");
    pl_json_text_or_null(w, node->name);
    pl_json_key(w, "leaf");
    pl_json_bool(w, !node->child_count);
    pl_json_key(w, "state");
    pl_json_text(w, pl_str_of(states[found->state][0]));
    pl_json_key(w, "weight");
    pl_json_number(w, tidy(found->weight));
    pl_json_key(w, "covered");
    pl_json_number(w, tidy(found->covered));
    pl_json_key(w, "reason");
    pl_json_text_or_null(w, found->reason);
    if (!node->child_count) {
        pl_json_key(w, "by");
        json_links(c, w, found);
    }
    pl_json_end(w);
}

static void write_json(const comparison *c, pl_output *output) {
    pl_json_writer w;
    pl_json_begin(&w, output, true);
    pl_json_object(&w);
    for (int state = PL_COVER_FULLY; state >= PL_COVER_OPEN; state--) {
        pl_json_key(&w, states[state][0]);
        pl_json_number(&w, (double)c->cover->counts[state]);
    }
    pl_json_key(&w, "weight_covered");
    pl_json_number(&w, tidy(c->cover->nodes[0].covered));
    pl_json_key(&w, "superior");
    pl_json_array(&w);
    for (size_t i = 0; i < c->superior->indicator_count; i++) json_node(c, &w, i);
    pl_json_end(&w);
    pl_json_key(&w, "local");
    pl_json_array(&w);
    for (size_t i = 0; i < c->cover->local_count; i++) {
        pl_json_object(&w);
        json_own(c, &w, c->cover->local[i]);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
}

/* ---- csv ---- */

/* A line for each own indicator of a leaf of the superior's, one without where there is none, and one for each local indicator. */
static void csv_line(const comparison *c, pl_csv_writer *w, size_t leaf, const pl_cover_link *link, size_t own) {
    const pl_cover_node *found = leaf == PL_NO_INDEX ? NULL : &c->cover->nodes[leaf];
    pl_csv_text(w, found ? c->superior->indicators[leaf].code : (pl_str){0});
    pl_csv_text(w, found ? c->superior->indicators[leaf].name : (pl_str){0});
    if (found)
        pl_csv_number(w, tidy(found->weight));
    else
        pl_csv_missing(w);
    pl_csv_text(w, found ? pl_str_of(states[found->state][0]) : pl_str_of("local"));
    if (found)
        pl_csv_number(w, tidy(found->covered));
    else
        pl_csv_missing(w);
    pl_csv_text(w, own == PL_NO_INDEX ? (pl_str){0} : c->own->indicators[own].code);
    pl_csv_text(w, own == PL_NO_INDEX ? (pl_str){0} : c->own->indicators[own].name);
    pl_csv_text(w, own == PL_NO_INDEX ? (pl_str){0} : pl_indicator_owner(c->own, own));
    if (link && link->share > 0)
        pl_csv_number(w, tidy(link->share));
    else
        pl_csv_missing(w);
    pl_csv_text(w, found ? found->reason : (pl_str){0});
    pl_csv_end_row(w);
}

static void write_csv(const comparison *c, pl_output *output) {
    static const char *const heads[] = {"superior", "superior_name", "weight", "state", "covered",
                                        "own",      "own_name",      "owner",  "share", "reason"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t leaf = 0; leaf < c->superior->indicator_count; leaf++) {
        const pl_cover_node *found = &c->cover->nodes[leaf];
        if (c->superior->indicators[leaf].child_count) continue;
        if (!found->link_count) csv_line(c, &w, leaf, NULL, PL_NO_INDEX);
        for (size_t i = 0; i < found->link_count; i++) {
            const pl_cover_link *link = &c->cover->links[found->first_link + i];
            csv_line(c, &w, leaf, link, link->own);
        }
    }
    for (size_t i = 0; i < c->cover->local_count; i++) csv_line(c, &w, PL_NO_INDEX, NULL, c->cover->local[i]);
}

/* ---- the command ---- */

static int report(const comparison *c) {
    cli_result result;
    int status = cli_result_open(&result, c->call);
    if (status != EXIT_DONE) return status;
    if (cli_is(c->call, &format_option, "json")) {
        write_json(c, &result.output);
    } else if (cli_is(c->call, &format_option, "csv")) {
        write_csv(c, &result.output);
    } else {
        write_nodes(c, &result.output);
        write_local(c, &result.output);
        write_summary(c, &result.output);
    }
    status = cli_result_close(&result);
    bool open = c->cover->counts[PL_COVER_OPEN] || c->cover->counts[PL_COVER_PARTLY];
    return status == EXIT_DONE && open ? EXIT_INPUT : status;
}

static int run(const cli_call *call) {
    const char *path = cli_value(call, &superior_option, NULL);
    if (!path) return cli_usage(call->command, "--superior MODEL is missing");
    comparison c = {.call = call};
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = pl_model_load(&c.own, call->arguments[0], &problems);
    status = pl_status_worse(status, cli_model_load(&c.superior, path, &problems));
    if (c.own && c.superior && !c.superior->flawed)
        status = pl_status_worse(status, pl_cover_models(&c.cover, c.own, c.superior, &problems));
    cli_print_problems(&problems);
    if (status == PL_MEMORY && !problems.failed) fprintf(stderr, "plumbline: memory is exhausted\n");
    int exit_status = status == PL_OK ? report(&c) : cli_exit_status(status);
    pl_cover_free(c.cover);
    pl_model_free(c.superior);
    pl_model_free(c.own);
    pl_problems_free(&problems);
    return exit_status;
}

static const cli_option *const options[] = {&superior_option, &format_option, &cli_out, &cli_lang, NULL};

const cli_command cli_cover = {
    .name = "cover",
    .arguments = "MODEL --superior MODEL",
    .least = 1,
    .most = 1,
    .summary = "whether every indicator of the superior's system is answered to",
    .summary_zh = "上级指标是否都有本级指标承接",
    .details =
        "Own indicators name in the column `covers` the codes that they answer to: `G1, G2 50%, G3 (partly)`. Shares add up;\n"
        "`partly` counts as nothing. What is left open on purpose stands with its reason in the sheet uncovered\n"
        "(code,reason). Exit status 1 when an indicator of the superior's is not covered fully and nobody says why.",
    .details_zh = "本级指标在“覆盖”列写所承接的上级指标代码：`G1、G2 50%、G3（部分）`。份额相加，“部分”不计份额。\n"
                  "有意不承接的，写在“不覆盖”表（代码、理由）。有上级指标未完全覆盖又没有说明时，退出状态为 1。",
    .options = options,
    .run = run,
};
