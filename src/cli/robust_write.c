#include "cli/grid.h"
#include "cli/output.h"
#include "cli/robust.h"

#include <plumbline/base/number.h>

#include <math.h>

/* Neighbours are told apart where one stands before the other in so many of the runs. */
#define CLEAR 0.95

/* A matrix of more units than this is nothing that anybody reads. */
#define MOST_DOMINANCE 200

static const pl_unit *unit_of(const cli_robustness *r, size_t i) { return &r->session->dataset->units[r->robust->units[i].unit]; }

void cli_robust_assumption(const cli_robustness *r, const pl_assumption *a, pl_buffer *out) {
    switch (a->kind) {
    case PL_ASSUMPTION_WEIGHTS: pl_buffer_text(out, cli_text(r->call, "weights", "权重")); break;
    case PL_ASSUMPTION_METHOD: pl_buffer_str(out, a->setting); break;
    case PL_ASSUMPTION_INDICATORS: pl_buffer_text(out, cli_text(r->call, "indicators", "指标取舍")); break;
    case PL_ASSUMPTION_DATA: pl_buffer_text(out, cli_text(r->call, "data", "数据误差")); break;
    }
}

static void write_weights(const cli_robustness *r, pl_buffer *out) {
    switch (r->options->weights) {
    case PL_WEIGHTS_UNIFORM: pl_buffer_print(out, " ±%g %%", r->options->spread * 100); break;
    case PL_WEIGHTS_DIRICHLET: pl_buffer_print(out, " Dirichlet(%g)", r->options->spread); break;
    case PL_WEIGHTS_ANY: pl_buffer_text(out, cli_text(r->call, " any", "任意")); break;
    case PL_WEIGHTS_FIXED: break;
    }
}

void cli_robust_design(const cli_robustness *r, pl_buffer *out) {
    pl_buffer_print(out, cli_text(r->call, "%zu runs, seed %llu: ", "%zu 次模拟，种子 %llu："), r->robust->runs,
                    (unsigned long long)r->options->seed);
    for (size_t i = 0; i < r->robust->assumption_count; i++) {
        const pl_assumption *a = &r->robust->assumptions[i];
        if (i) pl_buffer_text(out, cli_text(r->call, ", ", "、"));
        cli_robust_assumption(r, a, out);
        if (a->kind == PL_ASSUMPTION_WEIGHTS) write_weights(r, out);
        if (a->levels) pl_buffer_print(out, cli_text(r->call, " (%zu ways)", "（%zu 种）"), a->levels);
    }
}

/* ---- text ---- */

static void share(cli_grid *grid, double value) {
    char text[PL_NUMBER_SIZE + 2];
    if (isnan(value)) {
        cli_grid_right(grid, pl_str_of("-"));
        return;
    }
    size_t length = pl_number_print(text, pl_number_round(value * 100, 1));
    memcpy(text + length, " %", 3);
    cli_grid_right(grid, (pl_str){text, length + 2});
}

static void number(cli_grid *grid, double value, int digits) {
    if (isnan(value))
        cli_grid_right(grid, pl_str_of("-"));
    else
        cli_grid_number(grid, pl_number_round(value, digits), -1);
}

static void band(cli_grid *grid, double low, double high, int digits) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_buffer_number(&text, pl_number_round(isnan(low) ? 0 : low, digits));
    pl_buffer_text(&text, " – ");
    pl_buffer_number(&text, pl_number_round(isnan(high) ? 0 : high, digits));
    grid->failed |= text.failed;
    cli_grid_right(grid, isnan(low) ? pl_str_of("-") : pl_buffer_view(&text));
    pl_buffer_free(&text);
}

/* The group among whose units a place is counted; empty where it is among all. */
static pl_str group_of(const cli_robustness *r, size_t i) {
    uint32_t group = r->robust->units[i].group;
    return group == PL_NOBODY ? (pl_str){0} : r->session->dataset->groups[group];
}

static void write_units(const cli_robustness *r, pl_output *output) {
    static const char *const heads[][2] = {
        {"place", "名次"},    {"unit", "单位"},  {"name", "名称"},  {"median", "中位名次"},
        {"5–95 %", "5–95 %"}, {"first", "第一"}, {"top 3", "前三"}, {"before the next", "领先下一名"}};
    bool groups = r->options->within_groups;
    cli_grid grid;
    cli_grid_init(&grid, 8 + groups);
    if (groups) cli_grid_text(&grid, pl_str_of(cli_text(r->call, "group", "类别")));
    for (size_t i = 0; i < 8; i++) {
        pl_str text = pl_str_of(heads[i][r->call->chinese]);
        if (i == 1 || i == 2)
            cli_grid_text(&grid, text);
        else
            cli_grid_right(&grid, text);
    }
    for (size_t i = 0; i < r->robust->unit_count; i++) {
        const pl_robust_unit *u = &r->robust->units[i];
        if (groups) cli_grid_text(&grid, group_of(r, i));
        cli_grid_number(&grid, u->place, -1);
        cli_grid_text(&grid, unit_of(r, i)->code);
        cli_grid_text(&grid, unit_of(r, i)->name);
        number(&grid, u->median, 1);
        band(&grid, u->low, u->high, 1);
        share(&grid, u->first);
        share(&grid, u->top3);
        share(&grid, u->ahead);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
}

/* Indices go a little beyond 0 and 1 by the error of the sample; shown as they are. */
static void index_cells(cli_grid *grid, const pl_sensitivity *s) {
    number(grid, s->first, 3);
    band(grid, s->first_low, s->first_high, 3);
    number(grid, s->total, 3);
    band(grid, s->total_low, s->total_high, 3);
}

static void write_indices(const cli_robustness *r, size_t target, pl_output *output) {
    static const char *const heads[][2] = {
        {"assumption", "假设"}, {"first order", "一阶"}, {"95 %", "95 % 区间"}, {"total", "总效应"}, {"95 %", "95 % 区间"}};
    pl_buffer line;
    pl_buffer_init(&line, 0);
    if (target == 0)
        pl_buffer_text(&line, cli_text(r->call, "\nwhat the shift of the places owes to each assumption (Sobol indices)\n",
                                       "\n各假设对名次变动的影响（Sobol 指数）\n"));
    else
        pl_buffer_print(&line, cli_text(r->call, "\nwhat the total of %.*s owes to each\n", "\n各假设对“%.*s”总分的影响\n"),
                        PL_ARG(r->session->dataset->units[r->options->watched[target - 1]].name));
    cli_grid grid;
    cli_grid_init(&grid, 5);
    for (size_t i = 0; i < 5; i++) {
        pl_str text = pl_str_of(heads[i][r->call->chinese]);
        if (i)
            cli_grid_right(&grid, text);
        else
            cli_grid_text(&grid, text);
    }
    if (line.failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(&line));
    for (size_t i = 0; i < r->robust->assumption_count; i++) {
        const pl_assumption *a = &r->robust->assumptions[i];
        pl_buffer_clear(&line);
        cli_robust_assumption(r, a, &line);
        cli_grid_text(&grid, pl_buffer_view(&line));
        index_cells(&grid, target ? &a->watched[target - 1] : &a->shift);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&line);
}

/* The reading: how many neighbours can be told apart, who could be first. */
static void write_reading(const cli_robustness *r, pl_buffer *out) {
    size_t neighbours = 0, clear = 0, possible = 0;
    for (size_t i = 0; i < r->robust->unit_count; i++) {
        neighbours += !isnan(r->robust->units[i].ahead);
        clear += r->robust->units[i].ahead >= CLEAR;
        possible += r->robust->units[i].first >= 1 - CLEAR;
    }
    pl_buffer_text(out, cli_text(r->call, "A place moves by ", "名次平均变动 "));
    pl_buffer_number(out, pl_number_round(r->robust->mean_shift, 2));
    pl_buffer_print(out,
                    cli_text(r->call,
                             " on average. Of %zu neighbours %zu are clearly apart (95 %% of the runs); first in at least 5 %% of "
                             "them: %zu of %zu units.\n\n",
                             " 位。相邻的 %zu 对单位中，%zu 对的先后是确定的（95 %% 的模拟）；在至少 5 %% "
                             "的模拟中居首位的单位：%zu 个（共 %zu 个）。\n\n"),
                    neighbours, clear, possible, r->robust->unit_count);
}

void cli_robust_text(const cli_robustness *r, pl_output *output) {
    pl_buffer head;
    pl_buffer_init(&head, 0);
    cli_robust_design(r, &head);
    pl_buffer_text(&head, "\n");
    write_reading(r, &head);
    if (head.failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(&head));
    pl_buffer_free(&head);
    write_units(r, output);
    for (size_t t = 0; r->options->sensitivity && t <= r->options->watched_count; t++) write_indices(r, t, output);
}

/* ---- csv ---- */

void cli_robust_csv(const cli_robustness *r, pl_output *output) {
    static const char *const heads[] = {"unit", "name", "group", "place", "total",       "median", "p5",
                                        "p95",  "mean", "first", "top3",  "before_next", "runs"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < r->robust->unit_count; i++) {
        const pl_robust_unit *u = &r->robust->units[i];
        const double numbers[] = {u->place, u->total, u->median, u->low,   u->high,
                                  u->mean,  u->first, u->top3,   u->ahead, (double)u->placed};
        pl_csv_text(&w, unit_of(r, i)->code);
        pl_csv_text(&w, unit_of(r, i)->name);
        pl_csv_text(&w, group_of(r, i));
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) pl_csv_number(&w, numbers[k]);
        pl_csv_end_row(&w);
    }
}

/* ---- json ---- */

static void json_number(pl_json_writer *w, const char *key, double x) {
    pl_json_key(w, key);
    pl_json_number(w, x);
}

static void json_sensitivity(pl_json_writer *w, const pl_sensitivity *s) {
    pl_json_object(w);
    json_number(w, "first", s->first);
    json_number(w, "first_low", s->first_low);
    json_number(w, "first_high", s->first_high);
    json_number(w, "total", s->total);
    json_number(w, "total_low", s->total_low);
    json_number(w, "total_high", s->total_high);
    pl_json_end(w);
}

static void json_assumption(pl_json_writer *w, const cli_robustness *r, const pl_assumption *a) {
    static const char *const kinds[] = {"weights", "method", "indicators", "data"};
    pl_json_object(w);
    pl_json_key(w, "kind");
    pl_json_text(w, pl_str_of(kinds[a->kind]));
    pl_json_key(w, "setting");
    pl_json_text_or_null(w, a->setting);
    pl_json_key(w, "ways");
    if (a->levels)
        pl_json_integer(w, (long long)a->levels);
    else
        pl_json_null(w);
    pl_json_key(w, "shift");
    if (r->options->sensitivity)
        json_sensitivity(w, &a->shift);
    else
        pl_json_null(w);
    pl_json_key(w, "totals");
    pl_json_array(w);
    for (size_t t = 0; r->options->sensitivity && t < r->options->watched_count; t++) {
        pl_json_object(w);
        pl_json_key(w, "unit");
        pl_json_text(w, r->session->dataset->units[r->options->watched[t]].code);
        pl_json_key(w, "indices");
        json_sensitivity(w, &a->watched[t]);
        pl_json_end(w);
    }
    pl_json_end(w);
    pl_json_end(w);
}

static void json_unit(pl_json_writer *w, const cli_robustness *r, size_t i) {
    const pl_robust_unit *u = &r->robust->units[i];
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, unit_of(r, i)->code);
    pl_json_key(w, "name");
    pl_json_text(w, unit_of(r, i)->name);
    pl_json_key(w, "group");
    pl_json_text_or_null(w, group_of(r, i));
    json_number(w, "place", u->place);
    json_number(w, "total", u->total);
    json_number(w, "median", u->median);
    json_number(w, "p5", u->low);
    json_number(w, "p95", u->high);
    json_number(w, "mean", u->mean);
    json_number(w, "first", u->first);
    json_number(w, "top3", u->top3);
    json_number(w, "before_next", u->ahead);
    pl_json_key(w, "runs");
    pl_json_integer(w, (long long)u->placed);
    pl_json_end(w);
}

/* Row by row: how often the unit of the row stands before that of the column. */
static void json_dominance(pl_json_writer *w, const cli_robustness *r) {
    size_t count = r->robust->unit_count;
    pl_json_key(w, "dominance");
    if (count > MOST_DOMINANCE) {
        pl_json_null(w);
        return;
    }
    pl_json_array(w);
    for (size_t a = 0; a < count; a++) {
        pl_json_array(w);
        for (size_t b = 0; b < count; b++) pl_json_number(w, a == b ? NAN : pl_robust_ahead(r->robust, a, b));
        pl_json_end(w);
    }
    pl_json_end(w);
}

void cli_robust_json(const cli_robustness *r, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/robust/1");
    pl_json_key(&w, "period");
    pl_json_text_or_null(&w, r->session->dataset->periods[r->robust->period]);
    pl_json_key(&w, "seed");
    pl_json_integer(&w, (long long)r->options->seed);
    pl_json_key(&w, "runs");
    pl_json_integer(&w, (long long)r->robust->runs);
    pl_json_key(&w, "runs_asked");
    pl_json_integer(&w, (long long)r->robust->runs_asked);
    json_number(&w, "mean_shift", r->robust->mean_shift);
    pl_json_key(&w, "assumptions");
    pl_json_array(&w);
    for (size_t i = 0; i < r->robust->assumption_count; i++) json_assumption(&w, r, &r->robust->assumptions[i]);
    pl_json_end(&w);
    pl_json_key(&w, "units");
    pl_json_array(&w);
    for (size_t i = 0; i < r->robust->unit_count; i++) json_unit(&w, r, i);
    pl_json_end(&w);
    json_dominance(&w, r);
    pl_json_end(&w);
}
