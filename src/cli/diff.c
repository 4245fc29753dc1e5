#include "cli/grid.h"
#include "cli/models.h"
#include "cli/output.h"

#include <plumbline/base/number.h>
#include <plumbline/model/diff.h>
#include <plumbline/study/cover.h>

#include <math.h>
#include <stdio.h>

static const cli_option own_option = {"--own", "MODEL", NULL,
                                      "the own indicator system: names those of its indicators that cover what changed",
                                      "本级指标体系：列出各项变化所影响的本级指标"};

static const char *const kinds[][3] = {
    [PL_CHANGE_ADDED] = {"added", "added", "新增"},
    [PL_CHANGE_DROPPED] = {"dropped", "dropped", "取消"},
    [PL_CHANGE_RECODED] = {"recoded", "recoded", "换代码"},
    [PL_CHANGE_MOVED] = {"moved", "moved", "移动"},
    [PL_CHANGE_REWORDED] = {"reworded", "reworded", "改名"},
    [PL_CHANGE_DETAILS] = {"details", "details", "改说明"},
    [PL_CHANGE_REWEIGHTED] = {"reweighted", "reweighted", "调权"},
    [PL_CHANGE_SHARE] = {"share", "share", "占比变化"},
    [PL_CHANGE_RULE] = {"rule", "rule changed", "改规则"},
};

typedef struct comparison {
    const cli_call *call;
    pl_model *before, *after;
    pl_model *own; /* NULL: not asked for */
    pl_changes changes;
} comparison;

static const pl_indicator *node_of(const comparison *c, const pl_change *change) {
    return change->after == PL_NO_INDEX ? &c->before->indicators[change->before] : &c->after->indicators[change->after];
}

/* What the column `covers` of an own indicator has to do with a change, under the old code or the new. */
static bool touches(const comparison *c, const pl_change *change, size_t own) {
    if (!c->own->indicators[own].covers.len) return false;
    return (change->before != PL_NO_INDEX && pl_covers_indicator(c->own, own, c->before, change->before)) ||
           (change->after != PL_NO_INDEX && pl_covers_indicator(c->own, own, c->after, change->after));
}

/* ---- text ---- */

/* "8 -> 7": the share of the whole, in per cent. */
static void write_shares(const pl_change *change, pl_buffer *out) {
    double before = pl_number_round(100 * (isnan(change->old_share) ? 0 : change->old_share), 2);
    double after = pl_number_round(100 * (isnan(change->new_share) ? 0 : change->new_share), 2);
    pl_buffer_number(out, before);
    if (before == after) return;
    pl_buffer_text(out, " -> ");
    pl_buffer_number(out, after);
}

/* "rd 市科技局, patents 市市场监管局" */
static void write_own(const comparison *c, const pl_change *change, pl_buffer *out) {
    for (size_t i = 0; i < c->own->indicator_count; i++) {
        if (!touches(c, change, i)) continue;
        pl_str owner = pl_indicator_owner(c->own, i);
        pl_buffer_print(out, "%s%.*s%s%.*s", out->len ? ", " : "", PL_ARG(c->own->indicators[i].code), owner.len ? " " : "",
                        PL_ARG(owner));
    }
}

static void grid_cell(cli_grid *grid, pl_buffer *cell) {
    grid->failed |= cell->failed;
    cli_grid_text(grid, pl_buffer_view(cell));
    pl_buffer_clear(cell);
}

static void write_change(const comparison *c, const pl_change *change, cli_grid *grid, pl_buffer *cell) {
    const pl_indicator *node = node_of(c, change);
    cli_grid_text(grid, pl_str_of(kinds[change->kind][1 + c->call->chinese]));
    cli_grid_text(grid, node->code);
    cli_grid_text(grid, node->name);
    cli_grid_text(grid, pl_str_of(change->field));
    cli_grid_text(grid, change->old_text);
    cli_grid_text(grid, change->new_text);
    write_shares(change, cell);
    grid_cell(grid, cell);
    if (!c->own) return;
    write_own(c, change, cell);
    grid_cell(grid, cell);
}

static void write_text(const comparison *c, pl_output *output) {
    static const char *const heads[][2] = {{"change", "变化"}, {"indicator", "指标"}, {"name", "名称"},        {"column", "列"},
                                           {"before", "原来"}, {"after", "现在"},     {"share %", "占总分 %"}, {"own", "本级指标"}};
    size_t columns = c->own ? 8 : 7;
    if (!c->changes.count) {
        pl_output_add(output, pl_str_of(cli_text(c->call, "no differences\n", "没有差别\n")));
        return;
    }
    pl_buffer cell;
    cli_grid grid;
    pl_buffer_init(&cell, 0);
    cli_grid_init(&grid, columns);
    for (size_t i = 0; i < columns; i++) cli_grid_text(&grid, pl_str_of(heads[i][c->call->chinese]));
    for (size_t i = 0; i < c->changes.count; i++) write_change(c, &c->changes.items[i], &grid, &cell);
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&cell);
}

/* ---- json ---- */

static void json_share(pl_json_writer *w, const char *key, double share) {
    pl_json_key(w, key);
    pl_json_number(w, isnan(share) ? share : pl_number_round(share, 12));
}

static void json_own(const comparison *c, pl_json_writer *w, const pl_change *change) {
    pl_json_key(w, "own");
    pl_json_array(w);
    for (size_t i = 0; i < c->own->indicator_count; i++) {
        if (!touches(c, change, i)) continue;
        pl_json_object(w);
        pl_json_key(w, "indicator");
        pl_json_text(w, c->own->indicators[i].code);
        pl_json_key(w, "name");
        pl_json_text_or_null(w, c->own->indicators[i].name);
        pl_json_key(w, "owner");
        pl_json_text_or_null(w, pl_indicator_owner(c->own, i));
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_change(const comparison *c, pl_json_writer *w, const pl_change *change) {
    pl_json_object(w);
    pl_json_key(w, "change");
    pl_json_text(w, pl_str_of(kinds[change->kind][0]));
    pl_json_key(w, "indicator");
    pl_json_text(w, node_of(c, change)->code);
    if (change->field) {
        pl_json_key(w, "column");
        pl_json_text(w, pl_str_of(change->field));
        pl_json_key(w, "before");
        pl_json_text(w, change->old_text);
        pl_json_key(w, "after");
        pl_json_text(w, change->new_text);
    }
    json_share(w, "share_before", change->old_share);
    json_share(w, "share_after", change->new_share);
    if (c->own) json_own(c, w, change);
    pl_json_end(w);
}

static void write_json(const comparison *c, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/diff/1");
    pl_json_key(&w, "changes");
    pl_json_array(&w);
    for (size_t i = 0; i < c->changes.count; i++) json_change(c, &w, &c->changes.items[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

/* ---- the command ---- */

static int report(comparison *c) {
    pl_status status = pl_model_diff(&c->changes, c->before, c->after);
    int exit_status = cli_exit_status(status);
    cli_result result;
    if (status == PL_OK) exit_status = cli_result_open(&result, c->call);
    if (status == PL_OK && exit_status == EXIT_DONE) {
        if (cli_is(c->call, &cli_format_text, "json"))
            write_json(c, &result.output);
        else
            write_text(c, &result.output);
        exit_status = cli_result_close(&result);
    }
    pl_changes_free(&c->changes);
    return exit_status;
}

static int run(const cli_call *call) {
    comparison c = {.call = call};
    const char *own = cli_value(call, &own_option, NULL);
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = cli_model_load(&c.before, call->arguments[0], &problems);
    status = pl_status_worse(status, cli_model_load(&c.after, call->arguments[1], &problems));
    if (own) status = pl_status_worse(status, cli_model_load(&c.own, own, &problems));
    cli_print_problems(&problems);
    int exit_status = status == PL_OK ? report(&c) : cli_exit_status(status);
    pl_model_free(c.before);
    pl_model_free(c.after);
    pl_model_free(c.own);
    pl_problems_free(&problems);
    return exit_status;
}

static const cli_option *const options[] = {&own_option, &cli_format_text, &cli_out, &cli_lang, NULL};

const cli_command cli_diff = {
    .name = "diff",
    .arguments = "MODEL MODEL",
    .least = 2,
    .most = 2,
    .summary = "what changed from one indicator system to another",
    .summary_zh = "两套指标体系之间的变化",
    .details =
        "Indicators added, dropped, moved, reworded, reweighted, and rules and details that changed, found by code. An indicator "
        "of the\n"
        "same or nearly the same name under another code is recoded. Each line has its share of the whole before and after;\n"
        "`share` is what siblings that changed did to it.",
    .details_zh = "按代码比较：新增、取消、移动、改名、调权以及规则、说明的变化；名称相同或几乎相同而代码不同的，作为换代码。\n"
                  "每行列出占总分的比例及其变化；“占比变化”指自身未动、因同级变化而引起的变化。",
    .options = options,
    .run = run,
};
