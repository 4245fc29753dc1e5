/* The forecast for people: ranking, one unit, methods. */
#include "cli/forecast.h"
#include "cli/grid.h"

#include <plumbline/base/number.h>

#include <math.h>

static pl_str say(const cli_forecasting *c, const char *english, const char *chinese) {
    return pl_str_of(cli_text(c->call, english, chinese));
}

static void add(pl_output *output, pl_buffer *text) {
    if (text->failed && output->status == PL_OK) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(text));
    pl_buffer_free(text);
}

/* Four digits that say something, whatever the size. */
static double tidy(double x) {
    double size = fabs(x);
    return pl_number_round(x, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4);
}

static void number(cli_grid *grid, double x) {
    if (isnan(x))
        cli_grid_right(grid, pl_str_of("-"));
    else
        cli_grid_number(grid, tidy(x), -1);
}

static void put(pl_buffer *text, double x) {
    if (isnan(x))
        pl_buffer_char(text, '-');
    else
        pl_buffer_number(text, tidy(x));
}

/* Digits as published, else two. */
static void total(const cli_forecasting *c, cli_grid *grid, bool has, double x) {
    int digits = c->session->model->settings.digits;
    if (!has || isnan(x))
        cli_grid_right(grid, pl_str_of("-"));
    else
        cli_grid_number(grid, x, digits >= 0 ? digits : 2);
}

static void band(cli_grid *grid, pl_forecast_band of) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    put(&text, of.low);
    if (!isnan(of.low) && tidy(of.high) != tidy(of.low)) {
        pl_buffer_text(&text, "~");
        put(&text, of.high);
    }
    cli_grid_right(grid, pl_buffer_view(&text));
    grid->failed |= text.failed;
    pl_buffer_free(&text);
}

static void percent(cli_grid *grid, double share) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    if (!isnan(share)) {
        pl_buffer_number(&text, pl_number_round(share * 100, 0));
        pl_buffer_text(&text, " %");
    }
    cli_grid_right(grid, text.len ? pl_buffer_view(&text) : pl_str_of("-"));
    grid->failed |= text.failed;
    pl_buffer_free(&text);
}

static void finish(cli_grid *grid, pl_output *output) {
    cli_grid_write(grid, output);
    cli_grid_free(grid);
}

/* ---- what all pages say ---- */

/* Whether something that is shown has no band although there was a simulation. */
static bool any_unknown(const cli_forecasting *c) {
    const pl_forecast *f = c->forecast;
    bool any = false;
    for (size_t i = 0; i < f->line_count; i++)
        any |= f->lines[i].has_then && isnan(f->lines[i].total.low) && (c->unit == PL_NO_INDEX || f->lines[i].unit == c->unit);
    for (size_t i = 0; i < f->leaf_count; i++)
        any |= (!isnan(f->leaves[i].then) && isnan(f->leaves[i].value.low)) ||
               (!isnan(f->leaves[i].points) && isnan(f->leaves[i].score.low));
    return any;
}

void cli_forecast_band_words(const cli_forecasting *c, pl_buffer *out) {
    const pl_forecast *f = c->forecast;
    if (f->trust == PL_FORECAST_NO_BAND && f->too_large)
        pl_buffer_text(out, cli_text(c->call, "No band: too much data to simulate.\n", "无区间：数据量太大，未作模拟。\n"));
    else if (f->trust == PL_FORECAST_NO_BAND)
        pl_buffer_text(out, cli_text(c->call, "No band: no errors of earlier years are known, or no runs were asked for.\n",
                                     "无区间：没有往年误差可用，或未要求模拟。\n"));
    else
        pl_buffer_print(out,
                        cli_text(c->call, "Bands: 5 to 95 %% of %zu runs with the errors of earlier years (seed %llu).\n",
                                 "区间：按往年误差模拟 %zu 次的 5%%～95%%（种子 %llu）。\n"),
                        f->runs, (unsigned long long)c->seed);
    if (f->trust == PL_FORECAST_GUESS)
        pl_buffer_print(out,
                        cli_text(c->call, "The band is a guess: some data items have fewer than %d errors to go by (--methods).\n",
                                 "区间仅供参考：有的数据项往年误差不足 %d 个（见 --methods）。\n"),
                        PL_FORECAST_ERRORS);
    if (f->trust != PL_FORECAST_NO_BAND && any_unknown(c))
        pl_buffer_text(out, cli_text(c->call, "-: the band is not known, since there are no earlier years to learn errors from.\n",
                                     "区间为 - 的：没有往年可以比较，误差未知，区间不详。\n"));
}

static void write_band_line(const cli_forecasting *c, pl_output *output) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    cli_forecast_band_words(c, &text);
    add(output, &text);
}

static void write_head(const cli_forecasting *c, pl_output *output) {
    const pl_forecast *f = c->forecast;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_print(&text,
                    cli_text(c->call, "Forecast of %.*s from data up to %.*s; today is %.*s.\n",
                             "预测期 %.*s，数据截至 %.*s；“目前”为 %.*s。\n"),
                    PL_ARG(f->to), PL_ARG(f->as_of), PL_ARG(f->now));
    add(output, &text);
}

static pl_str note_of(const cli_forecasting *c, size_t lamp) {
    static const char *const usual[] = {"达到满分（无满分则为同类最高得分）的 90%", "达到 60%", "不足 60%"};
    const pl_forecast *f = c->forecast;
    return c->call->chinese && !f->own_lamps ? pl_str_of(usual[lamp]) : f->lamps[lamp].note;
}

static void write_lamps(const cli_forecasting *c, pl_output *output) {
    const pl_forecast *f = c->forecast;
    pl_output_add(output, f->own_lamps
                              ? say(c, "\nLamps (sheet lamps), the first whose condition holds:\n",
                                    "\n亮灯规则（亮灯表），自上而下取第一个成立的：\n")
                              : say(c, "\nLamps (the usual ones; a sheet lamps replaces them), the first whose condition holds:\n",
                                    "\n亮灯规则（默认；可用“亮灯”表代替），自上而下取第一个成立的：\n"));
    cli_grid grid;
    cli_grid_init(&grid, 4);
    for (size_t i = 0; i < f->lamp_count; i++) {
        cli_grid_empty(&grid);
        cli_grid_text(&grid, cli_forecast_lamp(c, (uint32_t)i, c->call->chinese));
        cli_grid_text(&grid, f->lamps[i].condition ? pl_expression_source(f->lamps[i].condition) : say(c, "otherwise", "其余"));
        cli_grid_text(&grid, note_of(c, i));
    }
    finish(&grid, output);
}

/* ---- the ranking ---- */

static void ranking_line(const cli_forecasting *c, cli_grid *grid, size_t index) {
    const pl_forecast *f = c->forecast;
    const pl_forecast_line *line = &f->lines[index];
    const pl_unit *unit = &c->session->dataset->units[line->unit];
    number(grid, line->has_then ? line->rank_then : NAN);
    cli_grid_text(grid, unit->code);
    cli_grid_text(grid, unit->name);
    total(c, grid, line->has_then, line->then);
    band(grid, line->total);
    band(grid, line->rank);
    total(c, grid, line->has_now, line->now);
    number(grid, line->has_now ? line->rank_now : NAN);
    percent(grid, line->keeps);
    percent(grid, line->first);
    for (size_t i = 0; i <= f->lamp_count; i++) cli_grid_number(grid, (double)f->lit[index * (f->lamp_count + 1) + i], -1);
}

static void write_ranking(const cli_forecasting *c, pl_output *output) {
    static const char *const heads[][2] = {{"place", "名次"},  {"unit", "单位"},       {"name", "名称"}, {"total", "总分"},
                                           {"5~95 %", "区间"}, {"places", "名次区间"}, {"now", "目前"},  {"place now", "目前名次"},
                                           {"keeps", "保位"},  {"first", "第一"}};
    const pl_forecast *f = c->forecast;
    cli_grid grid;
    cli_grid_init(&grid, 11 + f->lamp_count);
    for (size_t i = 0; i < 10; i++) {
        pl_str head = pl_str_of(heads[i][c->call->chinese]);
        if (i == 1 || i == 2)
            cli_grid_text(&grid, head);
        else
            cli_grid_right(&grid, head);
    }
    for (size_t i = 0; i < f->lamp_count; i++) cli_grid_right(&grid, cli_forecast_lamp(c, (uint32_t)i, c->call->chinese));
    cli_grid_right(&grid, say(c, "none", "无灯"));
    for (size_t i = 0; i < f->line_count; i++) ranking_line(c, &grid, i);
    finish(&grid, output);
    pl_output_add(
        output,
        say(c, "\nkeeps: share of the runs in which the unit keeps today's place or betters it; first: in which it is the first.\n",
            "\n保位：保持或超过目前名次的模拟所占比例；第一：位居第一的比例。\n"));
}

/* ---- one unit ---- */

/* Behind the forecast itself, where it has a width. */
static void put_band(const cli_forecasting *c, pl_buffer *text, pl_forecast_band of) {
    if (isnan(of.low) || tidy(of.low) == tidy(of.high)) return;
    pl_buffer_text(text, cli_text(c->call, " (", "（"));
    put(text, of.low);
    pl_buffer_char(text, '~');
    put(text, of.high);
    pl_buffer_text(text, cli_text(c->call, ")", "）"));
}

static void write_unit_head(const cli_forecasting *c, const pl_forecast_line *line, pl_output *output) {
    const pl_unit *unit = &c->session->dataset->units[line->unit];
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_print(&text, cli_text(c->call, "\n%.*s (%.*s): place ", "\n%.*s（%.*s）：名次 "), PL_ARG(unit->name),
                    PL_ARG(unit->code));
    put(&text, line->has_then ? line->rank_then : NAN);
    put_band(c, &text, line->rank);
    pl_buffer_text(&text, cli_text(c->call, ", total ", "，总分 "));
    put(&text, line->has_then ? line->then : NAN);
    put_band(c, &text, line->total);
    pl_buffer_text(&text, cli_text(c->call, "; today place ", "；目前名次 "));
    put(&text, line->has_now ? line->rank_now : NAN);
    pl_buffer_text(&text, cli_text(c->call, ", total ", "，总分 "));
    put(&text, line->has_now ? line->now : NAN);
    pl_buffer_text(&text, "\n\n");
    add(output, &text);
}

static void leaf_line(const cli_forecasting *c, cli_grid *grid, const pl_forecast_leaf *leaf) {
    const pl_indicator *node = &c->session->model->indicators[leaf->indicator];
    cli_grid_text(grid, node->code);
    cli_grid_text(grid, node->name);
    number(grid, leaf->now);
    number(grid, leaf->then);
    band(grid, leaf->value);
    number(grid, node->target.given ? node->target.value : NAN);
    number(grid, node->full.given ? node->full.value : NAN);
    number(grid, leaf->points_now);
    number(grid, leaf->points);
    band(grid, leaf->score);
    cli_grid_text(grid, leaf->lamp == PL_LAMP_DOES_NOT_APPLY ? say(c, "does not apply", "不适用")
                                                             : cli_forecast_lamp(c, leaf->lamp, c->call->chinese));
}

static void write_leaves(const cli_forecasting *c, pl_output *output) {
    static const char *const heads[][2] = {
        {"indicator", "指标"}, {"name", "名称"},       {"now", "目前值"}, {"then", "预测值"},
        {"5~95 %", "区间"},    {"target", "目标"},     {"full", "满分"},  {"score now", "目前得分"},
        {"score", "预测得分"}, {"5~95 %", "得分区间"}, {"lamp", "灯"}};
    cli_grid grid;
    cli_grid_init(&grid, 11);
    for (size_t i = 0; i < 11; i++) {
        pl_str head = pl_str_of(heads[i][c->call->chinese]);
        if (i < 2 || i == 10)
            cli_grid_text(&grid, head);
        else
            cli_grid_right(&grid, head);
    }
    for (size_t i = 0; i < c->forecast->leaf_count; i++) leaf_line(c, &grid, &c->forecast->leaves[i]);
    finish(&grid, output);
}

/* ---- methods ---- */

static pl_str figure(const cli_forecasting *c, const pl_forecast_series *s) {
    return s->cumulative ? say(c, "cumulative", "累计") : say(c, "by period", "当期");
}

static void method_line(const cli_forecasting *c, cli_grid *grid, const pl_forecast_series *s) {
    static const char *const names[][2] = {
        {"last", "末值"}, {"seasonal", "去年同期"}, {"growth", "同期增长"}, {"share", "年内进度"}, {"trend", "趋势"}};
    cli_grid_text(grid, c->session->dataset->elements[s->element].name);
    cli_grid_text(grid, pl_str_of(cli_forecast_kind(c, s->kind)));
    cli_grid_text(grid, s->last);
    cli_grid_text(grid, figure(c, s));
    cli_grid_text(grid, pl_str_of(names[s->method][c->call->chinese]));
    cli_grid_number(grid, (double)s->with_own, -1);
    cli_grid_number(grid, (double)s->cases, -1);
    number(grid, s->error.mae);
    percent(grid, s->error.percent);
    number(grid, s->error.scaled);
    for (int m = 0; m < PL_FORECAST_METHODS; m++) number(grid, s->errors[m].scaled);
}

static void write_untested(const cli_forecasting *c, pl_output *output) {
    const pl_forecast *f = c->forecast;
    pl_buffer text;
    size_t count = 0;
    pl_buffer_init(&text, 0);
    for (size_t i = 0; i < f->series_count; i++) {
        if (f->series[i].cases >= 3) continue;
        pl_buffer_text(&text, count++ ? cli_text(c->call, ", ", "、")
                                      : cli_text(c->call, "Too little history to choose by: ", "历史太短，无从比较方法："));
        pl_buffer_str(&text, c->session->dataset->elements[f->series[i].element].name);
    }
    if (count) pl_buffer_text(&text, cli_text(c->call, ".\n", "。\n"));
    add(output, &text);
}

static void write_methods(const cli_forecasting *c, pl_output *output) {
    static const char *const heads[][2] = {
        {"element", "数据项"}, {"kind", "周期"},       {"last", "最后一期"}, {"figure", "口径"},   {"method", "方法"},
        {"own", "自选"},       {"errors", "误差个数"}, {"MAE", "平均误差"},  {"MAPE", "相对误差"}, {"scaled", "标度误差"},
        {"last", "末值"},      {"seasonal", "同期"},   {"growth", "增长"},   {"share", "进度"},    {"trend", "趋势"}};
    cli_grid grid;
    cli_grid_init(&grid, 15);
    for (size_t i = 0; i < 15; i++) {
        pl_str head = pl_str_of(heads[i][c->call->chinese]);
        if (i < 5)
            cli_grid_text(&grid, head);
        else
            cli_grid_right(&grid, head);
    }
    for (size_t i = 0; i < c->forecast->series_count; i++) method_line(c, &grid, &c->forecast->series[i]);
    finish(&grid, output);
    write_untested(c, output);
    pl_output_add(output,
                  say(c,
                      "own: units with a method of their own; MAE, MAPE, scaled: errors of the methods used, at this point of "
                      "earlier years;\n"
                      "scaled: over the mean step from one period to the next. On the right: scaled errors of each method.\n",
                      "自选：历史够长、单独选方法的单位数；平均误差、相对误差、标度误差：所用方法在往年同一时点的误差；\n"
                      "标度误差以相邻两期的平均变动为 1。右侧为各方法的标度误差。\n"));
}

void cli_forecast_text(const cli_forecasting *c, pl_output *output) {
    const pl_forecast_line *line = c->unit == PL_NO_INDEX ? NULL : cli_forecast_line(c);
    write_head(c, output);
    if (c->methods) {
        pl_output_add(output, pl_str_of("\n"));
        write_methods(c, output);
        return;
    }
    write_band_line(c, output);
    if (line) {
        write_unit_head(c, line, output);
        write_leaves(c, output);
    } else {
        pl_output_add(output, pl_str_of("\n"));
        write_ranking(c, output);
    }
    write_lamps(c, output);
    if (!line) return;
    pl_output_add(output, pl_str_of("\n"));
    write_methods(c, output);
}
