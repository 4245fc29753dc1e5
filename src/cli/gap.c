#include "cli/grid.h"
#include "cli/output.h"
#include "cli/session.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const cli_option to_option = {"--to", "next|best|UNIT", NULL,
                                     "with whom to compare: the next better one (default), the first, or a unit",
                                     "与谁比较：前一名（默认）、第一名，或指定单位"};

/* The line just ahead, or NULL for the first. */
static const pl_score_line *next_better(const cli_session *s, const pl_score_line *own) {
    const pl_score_line *best = NULL;
    for (const pl_score_line *line = s->scores->lines; line < own; line++)
        if (line->period == own->period && line->rank < own->rank) best = line;
    return best;
}

static const pl_score_line *first_of(const cli_session *s, const pl_score_line *own) {
    const pl_score_line *line = s->scores->lines;
    while (line->period != own->period) line++;
    return line;
}

static const pl_score_line *find_other(cli_session *s, const pl_score_line *own, const char *to) {
    if (strcmp(to, "next") == 0) return next_better(s, own) ? next_better(s, own) : own;
    if (strcmp(to, "best") == 0) return first_of(s, own);
    return cli_session_line(s, to);
}

static void grid_value(cli_grid *grid, double x) {
    if (isnan(x))
        cli_grid_right(grid, pl_str_of("-"));
    else
        cli_grid_number(grid, fabs(x) < 1e9 ? pl_number_round(x, 4) : x, -1);
}

static void finish_head(pl_buffer *head, pl_output *output) {
    if (head->failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(head));
    pl_buffer_free(head);
}

static void write_head(const cli_call *call, const cli_session *s, const pl_score_line *own, const pl_score_line *other,
                       pl_output *output) {
    const pl_unit *units = s->dataset->units;
    pl_buffer head;
    pl_buffer_init(&head, 0);
    pl_buffer_print(&head, cli_text(call, "%.*s (place ", "%.*s（第 "), PL_ARG(units[own->unit].name));
    pl_buffer_number(&head, own->rank);
    pl_buffer_text(&head, cli_text(call, ", ", " 名，"));
    pl_buffer_number(&head, pl_number_round(own->total, 4));
    if (own == other) {
        pl_buffer_text(&head, cli_text(call, "): none is before it\n", "）：前面没有其他单位\n"));
        finish_head(&head, output);
        return;
    }
    pl_buffer_print(&head, cli_text(call, ") against %.*s (place ", "）与 %.*s（第 "), PL_ARG(units[other->unit].name));
    pl_buffer_number(&head, other->rank);
    pl_buffer_text(&head, cli_text(call, ", ", " 名，"));
    pl_buffer_number(&head, pl_number_round(other->total, 4));
    pl_buffer_text(&head,
                   cli_text(call, "): points of the total that each indicator would bring\n\n", "）：各指标追平可带来的总分\n\n"));
    finish_head(&head, output);
}

static void write_text(const cli_call *call, const cli_session *s, const pl_score_line *own, const pl_score_line *other,
                       const pl_gap *gaps, size_t count, pl_output *output) {
    write_head(call, s, own, other, output);
    if (own == other) return;
    cli_grid grid;
    cli_grid_init(&grid, 7);
    const char *heads[][2] = {{"points", "分差"},   {"indicator", "指标"}, {"name", "名称"},         {"value", "本单位值"},
                              {"theirs", "对方值"}, {"score", "本单位分"}, {"their score", "对方分"}};
    for (size_t i = 0; i < 7; i++) {
        pl_str text = pl_str_of(heads[i][call->chinese]);
        if (i == 1 || i == 2)
            cli_grid_text(&grid, text);
        else
            cli_grid_right(&grid, text);
    }
    for (size_t i = 0; i < count; i++) {
        const pl_indicator *node = &s->model->indicators[gaps[i].indicator];
        cli_grid_number(&grid, gaps[i].points, 4);
        cli_grid_text(&grid, node->code);
        cli_grid_text(&grid, node->name);
        grid_value(&grid, gaps[i].own_x);
        grid_value(&grid, gaps[i].other_x);
        grid_value(&grid, gaps[i].has_own ? gaps[i].own_score : NAN);
        grid_value(&grid, gaps[i].has_other ? gaps[i].other_score : NAN);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
}

static void json_side(pl_json_writer *w, const char *key, const cli_session *s, const pl_score_line *line) {
    pl_json_key(w, key);
    if (!line) {
        pl_json_null(w);
        return;
    }
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, s->dataset->units[line->unit].code);
    pl_json_key(w, "total");
    pl_json_number(w, line->total);
    pl_json_key(w, "rank");
    pl_json_number(w, line->rank);
    pl_json_end(w);
}

static void write_json(const cli_session *s, const pl_score_line *own, const pl_score_line *other, const pl_gap *gaps, size_t count,
                       pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/gap/1");
    json_side(&w, "own", s, own);
    json_side(&w, "other", s, own == other ? NULL : other);
    pl_json_key(&w, "gaps");
    pl_json_array(&w);
    for (size_t i = 0; i < count; i++) {
        const pl_gap *gap = &gaps[i];
        const struct {
            const char *key;
            double value;
        } numbers[] = {{"points", gap->points},
                       {"x", gap->own_x},
                       {"other_x", gap->other_x},
                       {"score", gap->has_own ? gap->own_score : NAN},
                       {"other_score", gap->has_other ? gap->other_score : NAN}};
        pl_json_object(&w);
        pl_json_key(&w, "indicator");
        pl_json_text(&w, s->model->indicators[gap->indicator].code);
        for (size_t k = 0; k < 5; k++) {
            pl_json_key(&w, numbers[k].key);
            pl_json_number(&w, numbers[k].value);
        }
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
}

static int compare(const cli_call *call, cli_session *s) {
    const pl_score_line *own = cli_session_line(s, call->arguments[1]);
    const pl_score_line *other = own ? find_other(s, own, cli_value(call, &to_option, "next")) : NULL;
    if (!own || !other) return EXIT_INPUT;
    if (!own->has_total || !other->has_total) {
        const pl_score_line *without = own->has_total ? other : own;
        fprintf(stderr, "plumbline: %.*s has no total; plumbline explain shows what is missing\n",
                PL_ARG(s->dataset->units[without->unit].code));
        return EXIT_INPUT;
    }
    pl_gap *gaps;
    size_t count;
    pl_status status = pl_gaps(&gaps, &count, s->scores, s->compiled, own, other);
    if (status != PL_OK) return cli_exit_status(status);
    if (own == other) count = 0;
    cli_result result;
    int exit_status = cli_result_open(&result, call);
    if (exit_status == EXIT_DONE) {
        if (cli_is(call, &cli_format_text, "json"))
            write_json(s, own, other, gaps, count, &result.output);
        else
            write_text(call, s, own, other, gaps, count, &result.output);
        exit_status = cli_result_close(&result);
    }
    free(gaps);
    return exit_status;
}

static int run(const cli_call *call) {
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_ERRORS);
    if (status == EXIT_DONE) status = compare(call, &s);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&to_option, &cli_data,    &cli_period, &cli_format_text,
                                            &cli_out,   &cli_threads, &cli_lang,   NULL};

const cli_command cli_gap = {
    .name = "gap",
    .arguments = "MODEL UNIT [OPTIONS]",
    .least = 2,
    .most = 2,
    .summary = "which indicators separate a unit from the next, the best, or another",
    .summary_zh = "哪些指标拉开了与前一名、第一名或指定单位的差距",
    .details =
        "Each line: the points that the total would gain if the unit had the other's score on this one indicator. Where the tree\n"
        "is not made of means and sums they need not add up to the difference.",
    .details_zh =
        "每行为：若本单位在该指标上取得对方的得分，总分会增加多少。合成方式不全是平均与求和时，各行之和不一定等于总差距。",
    .options = options,
    .run = run,
};
