/* The forecast for programs: JSON and CSV. */
#include "cli/forecast.h"

#include "cli/output.h"

#include <math.h>

typedef struct named_number {
    const char *key;
    double value; /* NAN: null */
} named_number;

static void json_numbers(pl_json_writer *w, const named_number *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pl_json_key(w, numbers[i].key);
        pl_json_number(w, numbers[i].value);
    }
}

static void json_band(pl_json_writer *w, const char *key, pl_forecast_band band) {
    pl_json_key(w, key);
    if (isnan(band.low)) {
        pl_json_null(w);
        return;
    }
    pl_json_array(w);
    pl_json_number(w, band.low);
    pl_json_number(w, band.high);
    pl_json_end(w);
}

static void json_lamps(const cli_forecasting *c, pl_json_writer *w) {
    const pl_forecast *f = c->forecast;
    pl_json_key(w, "lamps");
    pl_json_array(w);
    for (size_t i = 0; i < f->lamp_count; i++) {
        const pl_expression *condition = f->lamps[i].condition;
        pl_json_object(w);
        pl_json_key(w, "name");
        pl_json_text(w, f->lamps[i].name);
        pl_json_key(w, "condition");
        pl_json_text_or_null(w, condition ? pl_expression_source(condition) : (pl_str){0});
        pl_json_key(w, "note");
        pl_json_text_or_null(w, f->lamps[i].note);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_error(pl_json_writer *w, const char *key, const pl_forecast_error *e) {
    const named_number numbers[] = {{"mae", e->mae}, {"mape", e->percent}, {"scaled", e->scaled}};
    pl_json_key(w, key);
    pl_json_object(w);
    json_numbers(w, numbers, 3);
    pl_json_end(w);
}

static void json_series(const cli_forecasting *c, pl_json_writer *w, const pl_forecast_series *s) {
    static const char *const kinds[] = {
        [PL_PERIOD_YEAR] = "year", [PL_PERIOD_HALF] = "half", [PL_PERIOD_QUARTER] = "quarter", [PL_PERIOD_MONTH] = "month"};
    pl_json_object(w);
    pl_json_key(w, "element");
    pl_json_text(w, c->session->dataset->elements[s->element].name);
    pl_json_key(w, "kind");
    pl_json_text(w, pl_str_of(kinds[s->kind]));
    pl_json_key(w, "last");
    pl_json_text(w, s->last);
    pl_json_key(w, "cumulative");
    pl_json_bool(w, s->cumulative);
    pl_json_key(w, "method");
    pl_json_text(w, pl_str_of(pl_forecast_method_name(s->method)));
    pl_json_key(w, "chosen");
    pl_json_bool(w, s->tested);
    pl_json_key(w, "units_with_own");
    pl_json_integer(w, (long long)s->with_own);
    pl_json_key(w, "cases");
    pl_json_integer(w, (long long)s->cases);
    json_error(w, "error", &s->error);
    pl_json_key(w, "errors");
    pl_json_object(w);
    for (int m = 0; m < PL_FORECAST_METHODS; m++) json_error(w, pl_forecast_method_name((pl_forecast_method)m), &s->errors[m]);
    pl_json_end(w);
    pl_json_end(w);
}

static double place_or_nan(bool has, double place) { return has && place > 0 ? place : NAN; }

static void json_line(const cli_forecasting *c, pl_json_writer *w, size_t index) {
    const pl_forecast *f = c->forecast;
    const pl_forecast_line *line = &f->lines[index];
    const pl_unit *unit = &c->session->dataset->units[line->unit];
    const named_number numbers[] = {{"total", line->has_then ? line->then : NAN},
                                    {"rank", place_or_nan(line->has_then, line->rank_then)},
                                    {"total_now", line->has_now ? line->now : NAN},
                                    {"rank_now", place_or_nan(line->has_now, line->rank_now)},
                                    {"keeps_place", line->keeps},
                                    {"first", line->first}};
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, unit->code);
    pl_json_key(w, "name");
    pl_json_text(w, unit->name);
    json_numbers(w, numbers, 6);
    json_band(w, "total_band", line->total);
    json_band(w, "rank_band", line->rank);
    pl_json_key(w, "lit");
    pl_json_array(w);
    for (size_t i = 0; i < f->lamp_count; i++) pl_json_integer(w, (long long)f->lit[index * (f->lamp_count + 1) + i]);
    pl_json_end(w);
    pl_json_key(w, "unlit");
    pl_json_integer(w, (long long)f->lit[index * (f->lamp_count + 1) + f->lamp_count]);
    pl_json_end(w);
}

static void json_leaf(const cli_forecasting *c, pl_json_writer *w, const pl_forecast_leaf *leaf) {
    const pl_indicator *node = &c->session->model->indicators[leaf->indicator];
    const named_number numbers[] = {{"x_now", leaf->now},
                                    {"x", leaf->then},
                                    {"target", node->target.given ? node->target.value : NAN},
                                    {"full", node->full.given ? node->full.value : NAN},
                                    {"score_now", leaf->points_now},
                                    {"score", leaf->points}};
    pl_json_object(w);
    pl_json_key(w, "indicator");
    pl_json_text(w, node->code);
    json_numbers(w, numbers, 6);
    json_band(w, "x_band", leaf->value);
    json_band(w, "score_band", leaf->score);
    pl_json_key(w, "applies");
    pl_json_bool(w, leaf->lamp != PL_LAMP_DOES_NOT_APPLY);
    pl_json_key(w, "lamp");
    pl_json_text_or_null(w, leaf->lamp < c->forecast->lamp_count ? cli_forecast_lamp(c, leaf->lamp, false) : (pl_str){0});
    pl_json_end(w);
}

void cli_forecast_json(const cli_forecasting *c, pl_output *output) {
    static const char *const trust[] = {
        [PL_FORECAST_NO_BAND] = "none", [PL_FORECAST_GUESS] = "guess", [PL_FORECAST_BAND] = "errors"};
    const pl_forecast *f = c->forecast;
    const struct {
        const char *key;
        pl_str label;
    } labels[] = {{"as_of", f->as_of}, {"now", f->now}, {"to", f->to}};
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/forecast/1");
    for (size_t i = 0; i < 3; i++) {
        pl_json_key(&w, labels[i].key);
        pl_json_text(&w, labels[i].label);
    }
    pl_json_key(&w, "band");
    pl_json_text(&w, pl_str_of(trust[f->trust]));
    pl_json_key(&w, "runs");
    pl_json_integer(&w, (long long)f->runs);
    pl_json_key(&w, "seed");
    pl_json_integer(&w, (long long)c->seed);
    json_lamps(c, &w);
    pl_json_key(&w, "elements");
    pl_json_array(&w);
    for (size_t i = 0; i < f->series_count; i++) json_series(c, &w, &f->series[i]);
    pl_json_end(&w);
    pl_json_key(&w, "lines");
    pl_json_array(&w);
    for (size_t i = 0; i < f->line_count; i++)
        if (c->unit == PL_NO_INDEX || f->lines[i].unit == c->unit) json_line(c, &w, i);
    pl_json_end(&w);
    pl_json_key(&w, "indicators");
    pl_json_array(&w);
    for (size_t i = 0; i < f->leaf_count; i++) json_leaf(c, &w, &f->leaves[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

/* ---- csv ---- */

static void csv_heads(pl_csv_writer *w, const char *const *heads) {
    for (; *heads; heads++) pl_csv_text(w, pl_str_of(*heads));
}

static void csv_ranking(const cli_forecasting *c, pl_csv_writer *w) {
    static const char *const heads[] = {"unit",      "name",      "total",    "total_low",   "total_high", "rank", "rank_low",
                                        "rank_high", "total_now", "rank_now", "keeps_place", "first",      NULL};
    const pl_forecast *f = c->forecast;
    csv_heads(w, heads);
    for (size_t i = 0; i < f->lamp_count; i++) pl_csv_text(w, f->lamps[i].name);
    pl_csv_text(w, pl_str_of("unlit"));
    pl_csv_end_row(w);
    for (size_t i = 0; i < f->line_count; i++) {
        const pl_forecast_line *line = &f->lines[i];
        const pl_unit *unit = &c->session->dataset->units[line->unit];
        const double numbers[] = {line->has_then ? line->then : NAN,
                                  line->total.low,
                                  line->total.high,
                                  place_or_nan(line->has_then, line->rank_then),
                                  line->rank.low,
                                  line->rank.high,
                                  line->has_now ? line->now : NAN,
                                  place_or_nan(line->has_now, line->rank_now),
                                  line->keeps,
                                  line->first};
        pl_csv_text(w, unit->code);
        pl_csv_text(w, unit->name);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) pl_csv_number(w, numbers[k]);
        for (size_t k = 0; k <= f->lamp_count; k++) pl_csv_number(w, (double)f->lit[i * (f->lamp_count + 1) + k]);
        pl_csv_end_row(w);
    }
}

static void csv_leaves(const cli_forecasting *c, pl_csv_writer *w) {
    static const char *const heads[] = {"indicator", "name",      "x_now", "x",         "x_low",      "x_high", "target",
                                        "full",      "score_now", "score", "score_low", "score_high", "lamp",   NULL};
    csv_heads(w, heads);
    pl_csv_end_row(w);
    for (size_t i = 0; i < c->forecast->leaf_count; i++) {
        const pl_forecast_leaf *leaf = &c->forecast->leaves[i];
        const pl_indicator *node = &c->session->model->indicators[leaf->indicator];
        const double numbers[] = {leaf->now,
                                  leaf->then,
                                  leaf->value.low,
                                  leaf->value.high,
                                  node->target.given ? node->target.value : NAN,
                                  node->full.given ? node->full.value : NAN,
                                  leaf->points_now,
                                  leaf->points,
                                  leaf->score.low,
                                  leaf->score.high};
        pl_csv_text(w, node->code);
        pl_csv_text(w, node->name);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) pl_csv_number(w, numbers[k]);
        pl_csv_text(w, leaf->lamp < c->forecast->lamp_count ? cli_forecast_lamp(c, leaf->lamp, false) : (pl_str){0});
        pl_csv_end_row(w);
    }
}

static void csv_methods(const cli_forecasting *c, pl_csv_writer *w) {
    static const char *const heads[] = {"element", "last", "cumulative", "method", "cases", "mae", "mape", "scaled", NULL};
    csv_heads(w, heads);
    pl_csv_end_row(w);
    for (size_t i = 0; i < c->forecast->series_count; i++) {
        const pl_forecast_series *s = &c->forecast->series[i];
        pl_csv_text(w, c->session->dataset->elements[s->element].name);
        pl_csv_text(w, s->last);
        pl_csv_text(w, pl_str_of(s->cumulative ? "yes" : "no"));
        pl_csv_text(w, pl_str_of(pl_forecast_method_name(s->method)));
        pl_csv_number(w, (double)s->cases);
        pl_csv_number(w, s->error.mae);
        pl_csv_number(w, s->error.percent);
        pl_csv_number(w, s->error.scaled);
        pl_csv_end_row(w);
    }
}

void cli_forecast_csv(const cli_forecasting *c, pl_output *output) {
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    if (c->methods)
        csv_methods(c, &w);
    else if (c->unit == PL_NO_INDEX)
        csv_ranking(c, &w);
    else
        csv_leaves(c, &w);
}
