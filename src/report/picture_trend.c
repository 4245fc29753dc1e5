#include "report/picture_axis.h"

#include <plumbline/base/number.h>

#include <math.h>

#define LEAST_WIDTH 640.0
#define MOST_WIDTH 1200.0
#define FOR_EACH 56.0 /* width for one period, where there is room */
#define HEIGHT 320.0
#define PAD 20.0
#define BAR_FROM 10.0 /* of several lines: where the bars begin beside a point, and how far each is from the one before */
#define BAR_STEP 7.0
#define MOST_LABEL 94.0 /* the last period's name reaches into the margin */
#define ACTUAL_COLOUR 0x0072B2u
#define FORECAST_COLOUR 0xD55E00u

/* A line of its own has one colour for what was and another for what may come; of several each has its own. */
typedef struct trend_chart {
    picture *p;
    pl_trends data;
    bool many;
    double target;
    size_t from; /* the first period that is drawn */
    axis scale;
    double left, right, top, bottom, pad;
    legend_item *legend;
    size_t legend_count;
    pl_str left_out;
} trend_chart;

static const pl_trend_point *line_at(const trend_chart *c, size_t line) { return c->data.points + line * c->data.count; }

/* Of very many periods the last are drawn. */
static void choose_periods(trend_chart *c) {
    picture *p = c->p;
    size_t count = c->data.count, limit = PL_PICTURE_ROWS;
    if (p->options->most && p->options->most < limit) limit = p->options->most;
    if (count <= limit) return;
    c->from = count - limit;
    c->left_out = picture_format(p, picture_word(p, "The last %zu of %zu periods are drawn.", "图中为最近 %zu 期，共 %zu 期。"),
                                 limit, count);
}

static void reach_line(trend_chart *c, size_t line) {
    for (size_t i = c->from; i < c->data.count; i++) {
        const pl_trend_point *point = &line_at(c, line)[i];
        const double reached[] = {point->actual, point->forecast, point->low, point->high};
        for (size_t k = 0; k < 4; k++) axis_reach(&c->scale, reached[k]);
    }
}

static void lay_out(trend_chart *c) {
    c->scale = (axis){.low = INFINITY, .high = -INFINITY};
    axis_reach(&c->scale, c->target);
    for (size_t line = 0; line < c->data.lines; line++) reach_line(c, line);
    axis_round(&c->scale, 8);
    c->pad = c->many ? fmax(PAD, BAR_FROM + (double)c->data.lines * BAR_STEP) : PAD;
    c->left = ceil(PICTURE_MARGIN + axis_numbers_width(c->p, &c->scale) + 8);
    c->right = c->left + fmin(fmax((double)(c->data.count - c->from) * FOR_EACH, LEAST_WIDTH), MOST_WIDTH);
}

static bool has_band(const pl_trend_point *point) { return isfinite(point->low) && isfinite(point->high); }

static void add_legend(trend_chart *c, legend_kind kind, mark_shape shape, colour ink, pl_str text) {
    if (c->legend) c->legend[c->legend_count++] = (legend_item){kind, shape, ink, text};
}

static mark_shape shape_of(size_t line) { return (mark_shape)(line % MARK_SHAPES); }

static colour band_colour(const trend_chart *c, size_t line) {
    return c->many ? colour_mix(colour_of_group(line), PAPER, 0.55) : colour_mix(FORECAST_COLOUR, PAPER, 0.25);
}

static void make_legend(trend_chart *c) {
    picture *p = c->p;
    bool forecast = false, band = false;
    for (size_t line = 0; line < c->data.lines; line++) {
        for (size_t i = c->from; i < c->data.count; i++) {
            forecast = forecast || isfinite(line_at(c, line)[i].forecast);
            band = band || has_band(&line_at(c, line)[i]);
        }
    }
    c->legend = picture_room(p, c->data.lines + 4, sizeof *c->legend);
    for (size_t line = 0; c->many && line < c->data.lines; line++)
        add_legend(c, LEGEND_MARK, shape_of(line), colour_of_group(line), c->data.labels[line]);
    if (!c->many) add_legend(c, LEGEND_LINE, MARK_CIRCLE, ACTUAL_COLOUR, pl_str_of(picture_word(p, "actual", "实际值")));
    if (forecast)
        add_legend(c, LEGEND_DASHES, MARK_CIRCLE, c->many ? MUTED : FORECAST_COLOUR,
                   pl_str_of(picture_word(p, "forecast", "预测值")));
    if (band)
        add_legend(c, LEGEND_BAND, MARK_CIRCLE, c->many ? colour_mix(MUTED, PAPER, 0.45) : band_colour(c, 0),
                   pl_str_of(picture_word(p, "5 to 95 % of what may come", "预测区间（5%–95%）")));
    if (!isfinite(c->target)) return;
    char target[PL_NUMBER_SIZE];
    pl_number_print(target, c->target);
    add_legend(c, LEGEND_DASHES, MARK_CIRCLE, INK, picture_format(p, picture_word(p, "target %s", "目标值 %s"), target));
}

/* ---- drawing ---- */

static double x_of(const trend_chart *c, size_t i) {
    size_t count = c->data.count - c->from;
    if (count < 2) return (c->left + c->right) / 2;
    return c->left + PAD + (double)(i - c->from) / (double)(count - 1) * (c->right - c->left - PAD - c->pad);
}

/* Names of periods, only every second, fifth, ... where they would touch. */
static void draw_periods(const trend_chart *c) {
    picture *p = c->p;
    double wide = 0;
    size_t count = c->data.count;
    for (size_t i = c->from; i < count; i++) wide = fmax(wide, picture_text_width(p, c->data.points[i].period, &text_muted));
    wide = fmin(wide, MOST_LABEL);
    double each = count - c->from > 1 ? x_of(c, c->from + 1) - x_of(c, c->from) : wide + 12;
    size_t every = (size_t)fmax(picture_step(0, (wide + 12) / each, 1), 1);
    for (size_t i = c->from; i < count; i++) /* counted back from the last, which is always named */
        if ((count - 1 - i) % every == 0)
            picture_text(p, x_of(c, i), c->bottom + 18, c->data.points[i].period, &text_muted, TEXT_CENTRE, MOST_LABEL);
}

/* One run of periods that have a band; returns where it ends. */
static size_t draw_band_from(const trend_chart *c, size_t first) {
    const pl_trend_point *points = c->data.points;
    size_t end = first;
    while (end < c->data.count && has_band(&points[end])) end++;
    cairo_t *cr = c->p->cr;
    double half = end - first == 1 ? 9 : 0; /* one alone shows on both sides of its mark */
    for (size_t i = first; i < end; i++) cairo_line_to(cr, x_of(c, i) - half, axis_at(&c->scale, points[i].high));
    if (half > 0) cairo_line_to(cr, x_of(c, first) + half, axis_at(&c->scale, points[first].high));
    for (size_t i = end; i-- > first;) cairo_line_to(cr, x_of(c, i) + half, axis_at(&c->scale, points[i].low));
    if (half > 0) cairo_line_to(cr, x_of(c, first) - half, axis_at(&c->scale, points[first].low));
    cairo_close_path(cr);
    return end;
}

static void draw_band(const trend_chart *c) {
    if (!c->data.lines || !picture_ink(c->p, band_colour(c, 0))) return;
    for (size_t i = c->from; i < c->data.count; i++)
        if (has_band(&c->data.points[i])) i = draw_band_from(c, i) - 1;
    cairo_fill(c->p->cr);
}

/* The bands of several lines stand side by side, none over another. */
static void draw_bars(const trend_chart *c, size_t line) {
    for (size_t i = c->from; i < c->data.count; i++) {
        const pl_trend_point *point = &line_at(c, line)[i];
        if (!has_band(point)) continue;
        double top = axis_at(&c->scale, point->high), bottom = axis_at(&c->scale, point->low);
        picture_rectangle(c->p, x_of(c, i) + BAR_FROM + (double)line * BAR_STEP - 2.5, top, 5, fmax(bottom - top, 1),
                          band_colour(c, line));
    }
}

static double value_of(const pl_trend_point *point, bool forecast) { return forecast ? point->forecast : point->actual; }

/* A line through what is there, interrupted where a value is missing, and a mark on each. */
static void draw_line(const trend_chart *c, size_t line, bool forecast) {
    picture *p = c->p;
    const pl_trend_point *points = line_at(c, line);
    colour ink = c->many ? colour_of_group(line) : forecast ? FORECAST_COLOUR : ACTUAL_COLOUR;
    mark_shape shape = c->many ? shape_of(line) : forecast ? MARK_DIAMOND : MARK_CIRCLE;
    for (size_t i = c->from + 1; i < c->data.count; i++) {
        double before = value_of(&points[i - 1], forecast), y = value_of(&points[i], forecast);
        if (forecast && !isfinite(before)) before = points[i - 1].actual; /* it goes on from the last actual value */
        if (!isfinite(before) || !isfinite(y)) continue;
        (forecast ? picture_dashes : picture_line)(p, x_of(c, i - 1), axis_at(&c->scale, before), x_of(c, i), axis_at(&c->scale, y),
                                                   2, ink);
    }
    for (size_t i = c->from; i < c->data.count; i++) {
        double y = value_of(&points[i], forecast);
        if (isfinite(y)) picture_mark(p, x_of(c, i), axis_at(&c->scale, y), 3.5, shape, ink);
    }
}

static void draw_all(const trend_chart *c) {
    picture *p = c->p;
    if (!c->many) draw_band(c);
    axis_draw_left(p, &c->scale, c->left, c->right);
    picture_line(p, c->left, c->bottom, c->right, c->bottom, 1, RULE);
    if (isfinite(c->target)) {
        double y = axis_at(&c->scale, c->target);
        picture_dashes(p, c->left, y, c->right, y, 1.5, INK);
    }
    for (size_t line = 0; c->many && line < c->data.lines; line++) draw_bars(c, line);
    for (size_t line = c->data.lines; line-- > 0;) { /* the first lies over the others */
        draw_line(c, line, true);
        draw_line(c, line, false);
    }
    if (c->data.lines) draw_periods(c);
    picture_text(p, PICTURE_MARGIN, c->top - 22, c->data.measure, &text_muted, TEXT_LEFT, c->right - PICTURE_MARGIN);
}

/* Lays out and, once there is paper, draws; returns the height. */
static double compose(trend_chart *c, double width, const char *kind) {
    picture *p = c->p;
    double y = picture_head(p, pl_str_of(kind), width);
    y = picture_legend(p, PICTURE_MARGIN, y, width - 2 * PICTURE_MARGIN, c->legend, c->legend_count);
    c->top = y + (c->data.measure.len ? 42 : 16);
    c->bottom = c->top + HEIGHT;
    c->scale.from = c->bottom;
    c->scale.to = c->top;
    if (p->cr) draw_all(c);
    return picture_foot(p, c->bottom + 30, width, c->left_out);
}

static pl_status draw_chart(trend_chart *c, const char *kind) {
    choose_periods(c);
    lay_out(c);
    make_legend(c);
    double width = c->right + PICTURE_MARGIN;
    picture_begin(c->p, width, compose(c, width, kind));
    compose(c, width, kind);
    return picture_finish(c->p, kind);
}

pl_status pl_picture_trend(pl_output *output, const pl_trend *data, const pl_picture_options *options, pl_problems *problems) {
    picture p;
    trend_chart c = {.p = &p, .target = data->target};
    c.data = (pl_trends){.points = data->points, .lines = 1, .count = data->count, .measure = data->measure};
    picture_open(&p, output, options, problems);
    return draw_chart(&c, picture_word(&p, "Course and forecast", "趋势带图"));
}

pl_status pl_picture_trends(pl_output *output, const pl_trends *data, const pl_picture_options *options, pl_problems *problems) {
    picture p;
    trend_chart c = {.p = &p, .data = *data, .many = true, .target = NAN};
    picture_open(&p, output, options, problems);
    return draw_chart(&c, picture_word(&p, "Courses and forecasts", "走势对比图"));
}
