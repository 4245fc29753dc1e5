/* The forecast as a picture: a unit's total or one of its values over the periods, or the totals of the first units. */
#include "cli/forecast.h"
#include "cli/output.h"
#include "cli/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const cli_option cli_forecast_pictures = {
    "--picture", "[CODE=]F", NULL,
    "also a picture into F.svg or F.png: the totals of all periods and the year's end with its band, of the unit or of the first "
    "units; CODE=F: the unit's values of an indicator; may be repeated",
    "另画一张图（.svg 或 .png）：给出单位则为其各期总分和带区间的年底预测，否则为名次靠前的单位；指标=F "
    "为该单位的指标值；可重复"};

#define MOST_LINES 6

/* What stands before the = of CODE=F; empty: it is F alone. */
static pl_str code_in(const char *value) {
    const char *equals = strchr(value, '=');
    return equals ? (pl_str){value, (size_t)(equals - value)} : (pl_str){0};
}

static bool read(const char *value, pl_str *code, cli_picture *picture) {
    *code = code_in(value);
    return cli_picture_read(picture, code->at ? code->at + code->len + 1 : value, NULL);
}

int cli_forecast_pictures_check(const cli_call *call) {
    for (unsigned i = 0; i < call->given_count; i++) {
        cli_picture picture;
        pl_str code;
        if (call->given[i].option != &cli_forecast_pictures) continue;
        if (!read(call->given[i].value, &code, &picture))
            return cli_usage(call->command, "--picture is F or CODE=F, where F ends in .svg or .png");
        if (code.at && call->argument_count < 2) return cli_usage(call->command, "--picture CODE=F is of one unit: name it");
    }
    return EXIT_DONE;
}

/* ---- points ---- */

/* One picture: what is to be drawn, and whose. */
typedef struct drawing {
    const cli_forecasting *c;
    const pl_forecast_leaf *leaf; /* NULL: totals */
    uint32_t units[MOST_LINES];
    size_t unit_count;
    pl_forecast_course course;
    pl_trend_point *points; /* per unit and period */
    pl_str measure;
} drawing;

static pl_forecast_band band_of(const drawing *d, size_t unit) {
    const pl_forecast *f = d->c->forecast;
    if (d->leaf) return d->leaf->value;
    for (size_t i = 0; i < f->line_count; i++)
        if (f->lines[i].unit == d->units[unit]) return f->lines[i].total;
    return (pl_forecast_band){NAN, NAN};
}

static size_t period_count(const drawing *d) { return d->course.count - d->course.first; }

static void make_points(drawing *d) {
    const pl_forecast_course *course = &d->course;
    size_t count = period_count(d);
    for (size_t unit = 0; unit < d->unit_count; unit++) {
        for (size_t p = 0; p < count; p++) {
            size_t at = unit * course->count + course->first + p;
            d->points[unit * count + p] =
                (pl_trend_point){course->periods[course->first + p], course->known[at], course->expected[at], NAN, NAN};
        }
        if (!count) continue;
        pl_forecast_band band = band_of(d, unit);
        if (band.low == band.high) continue; /* the forecast is all there is to draw */
        d->points[unit * count + count - 1].low = band.low;
        d->points[unit * count + count - 1].high = band.high;
    }
}

/* ---- drawing ---- */

static const pl_unit *unit_at(const drawing *d, size_t i) { return &d->c->session->dataset->units[d->units[i]]; }

static pl_status draw(const void *context, size_t kind, pl_output *output, const pl_picture_options *options,
                      pl_problems *problems) {
    const drawing *d = context;
    (void)kind;
    if (d->c->unit != PL_NO_INDEX) {
        const pl_indicator *node = d->leaf ? &d->c->session->model->indicators[d->leaf->indicator] : NULL;
        pl_trend trend = {d->points, period_count(d), node && node->target.given ? node->target.value : NAN, d->measure};
        return pl_picture_trend(output, &trend, options, problems);
    }
    pl_str labels[MOST_LINES];
    for (size_t i = 0; i < d->unit_count; i++) labels[i] = unit_at(d, i)->name;
    pl_trends trends = {labels, d->points, d->unit_count, period_count(d), d->measure};
    return pl_picture_trends(output, &trends, options, problems);
}

/* What the picture is of, below its title. */
static void write_subtitle(const drawing *d, pl_buffer *text) {
    const cli_forecasting *c = d->c;
    const pl_forecast *f = c->forecast;
    if (c->unit != PL_NO_INDEX)
        pl_buffer_print(text, cli_text(c->call, "%.*s (%.*s): ", "%.*s（%.*s）："), PL_ARG(unit_at(d, 0)->name),
                        PL_ARG(unit_at(d, 0)->code));
    else if (d->unit_count < f->line_count)
        pl_buffer_print(text, cli_text(c->call, "The first %zu of %zu units: ", "预测名次前 %zu 位（共 %zu 个单位）："),
                        d->unit_count, f->line_count);
    pl_buffer_print(text, cli_text(c->call, "data up to %.*s, forecast of %.*s", "数据截至 %.*s，预测到 %.*s"), PL_ARG(f->as_of),
                    PL_ARG(f->to));
}

static void write_measure(const drawing *d, pl_buffer *text) {
    const pl_model *model = d->c->session->model;
    const pl_indicator *node = &model->indicators[d->leaf ? d->leaf->indicator : 0];
    pl_str name = node->name.len ? node->name : node->code, unit = d->leaf ? node->unit_of_measure : (pl_str){0};
    pl_buffer_str(text, name);
    if (unit.len) pl_buffer_print(text, cli_text(d->c->call, " (%.*s)", "（%.*s）"), PL_ARG(unit));
}

static int draw_into(drawing *d, const cli_picture *picture) {
    const cli_forecasting *c = d->c;
    pl_buffer subtitle, note, measure;
    pl_buffer_init(&subtitle, 0);
    pl_buffer_init(&note, 0);
    pl_buffer_init(&measure, 0);
    write_subtitle(d, &subtitle);
    write_measure(d, &measure);
    cli_forecast_band_words(c, &note);
    d->measure = pl_buffer_view(&measure);
    pl_picture_options options = {.chinese = c->call->chinese,
                                  .title = c->session->model->settings.name,
                                  .subtitle = pl_buffer_view(&subtitle),
                                  .note = pl_str_trim(pl_buffer_view(&note)),
                                  .chosen = PL_PICTURE_NONE};
    bool failed = subtitle.failed || note.failed || measure.failed;
    int status = failed ? cli_no_memory() : cli_picture_make(picture, &options, draw, d);
    pl_buffer_free(&subtitle);
    pl_buffer_free(&note);
    pl_buffer_free(&measure);
    return status;
}

static int draw_course(drawing *d, const cli_picture *picture) {
    const pl_course_options options = {.units = d->units,
                                       .unit_count = d->unit_count,
                                       .indicator = d->leaf ? d->leaf->indicator : PL_NO_INDEX,
                                       .pool = d->c->session->pool};
    pl_status status = pl_forecast_course_find(&d->course, d->c->forecast, &options);
    if (status == PL_OK) {
        d->points = calloc(d->unit_count * period_count(d) + 1, sizeof *d->points);
        if (!d->points) status = PL_MEMORY;
    }
    int exit_status = EXIT_INPUT;
    if (status == PL_OK) make_points(d);
    if (status == PL_OK)
        exit_status = draw_into(d, picture);
    else if (status == PL_MEMORY)
        exit_status = cli_no_memory();
    else
        fprintf(stderr, "plumbline: %s: earlier periods cannot be scored, so there is nothing to draw\n", picture->path);
    free(d->points);
    pl_forecast_course_free(&d->course);
    return exit_status;
}

/* ---- whose ---- */

static void choose_units(drawing *d) {
    const cli_forecasting *c = d->c;
    if (c->unit != PL_NO_INDEX) d->units[d->unit_count++] = (uint32_t)c->unit;
    for (size_t i = 0; c->unit == PL_NO_INDEX && i < c->forecast->line_count && d->unit_count < MOST_LINES; i++)
        d->units[d->unit_count++] = c->forecast->lines[i].unit;
}

static int draw_one(const cli_forecasting *c, const char *value) {
    drawing d = {.c = c};
    cli_picture picture;
    pl_str code;
    read(value, &code, &picture);
    choose_units(&d);
    for (size_t i = 0; code.at && i < c->forecast->leaf_count; i++)
        if (pl_str_equal(c->session->model->indicators[c->forecast->leaves[i].indicator].code, code))
            d.leaf = &c->forecast->leaves[i];
    if (!code.at || d.leaf) return draw_course(&d, &picture);
    fprintf(stderr, "plumbline: --picture: there is no indicator \"%.*s\" that has values\n", PL_ARG(code));
    return EXIT_INPUT;
}

int cli_forecast_draw(const cli_forecasting *c) {
    int status = EXIT_DONE;
    for (unsigned i = 0; i < c->call->given_count && status == EXIT_DONE; i++)
        if (c->call->given[i].option == &cli_forecast_pictures) status = draw_one(c, c->call->given[i].value);
    return status;
}
