#include "report/picture_axis.h"

#include <plumbline/base/number.h>

#include <math.h>

#define PLOT_WIDTH 620.0
#define PLOT_HEIGHT 420.0
#define PAD 14.0

typedef struct growth_chart {
    picture *p;
    const pl_growth *data;
    axis x, y; /* of the decimal logarithms; a step is a power of ten */
    double left, right, top, bottom;
    legend_item *legend;
} growth_chart;

/* Only positive numbers have a place, and not the very largest. */
static bool is_positive(double x) { return x >= 1e-300 && x <= 1e300; }

static bool is_placed(const pl_growth_series *series, size_t i) { return is_positive(series->x[i]) && is_positive(series->y[i]); }

static void whole_powers(axis *a) {
    if (!(a->low <= a->high)) a->low = 0, a->high = 1;
    a->low = floor(a->low + 1e-9);
    a->high = fmax(ceil(a->high - 1e-9), a->low + 1);
    a->step = fmax(ceil((a->high - a->low) / 12), 1);
}

/* A power of ten, its digits in groups of three. */
static pl_str power_text(picture *p, double power) {
    char digits[PL_NUMBER_SIZE];
    if (power < 3 || power > 15) {
        pl_number_print(digits, pow(10, power));
        return picture_format(p, "%s", digits);
    }
    static const char groups[] = ",000,000,000,000,000";
    static const char *const first[] = {"1", "10", "100"};
    return picture_format(p, "%s%.*s", first[(int)power % 3], (int)power / 3 * 4, groups);
}

static void lay_out(growth_chart *c) {
    picture *p = c->p;
    c->x = c->y = (axis){.low = INFINITY, .high = -INFINITY};
    c->legend = picture_room(p, c->data->count, sizeof *c->legend);
    for (size_t s = 0; s < c->data->count; s++) {
        const pl_growth_series *series = &c->data->series[s];
        if (c->legend) c->legend[s] = (legend_item){LEGEND_MARK, (mark_shape)(s % MARK_SHAPES), colour_of_group(s), series->label};
        for (size_t i = 0; i < series->count; i++) {
            if (!is_placed(series, i)) continue;
            axis_reach(&c->x, log10(series->x[i]));
            axis_reach(&c->y, log10(series->y[i]));
        }
    }
    whole_powers(&c->x);
    whole_powers(&c->y);
    double numbers = 0;
    for (double power = c->y.low; power <= c->y.high; power += c->y.step)
        numbers = fmax(numbers, picture_text_width(p, power_text(p, power), &text_muted));
    c->left = ceil(PICTURE_MARGIN + numbers + 8);
    c->right = c->left + PLOT_WIDTH;
    c->x.from = c->left + PAD;
    c->x.to = c->right - PAD;
}

static void draw_series(const growth_chart *c, size_t s) {
    const pl_growth_series *series = &c->data->series[s];
    double x = 0, y = 0;
    for (size_t i = 0, before = 0; i < series->count; i++) {
        if (!is_placed(series, i)) continue;
        double x_now = axis_at(&c->x, log10(series->x[i])), y_now = axis_at(&c->y, log10(series->y[i]));
        if (before++) picture_line(c->p, x, y, x_now, y_now, 2, colour_of_group(s));
        x = x_now;
        y = y_now;
    }
    for (size_t i = 0; i < series->count; i++)
        if (is_placed(series, i))
            picture_mark(c->p, axis_at(&c->x, log10(series->x[i])), axis_at(&c->y, log10(series->y[i])), 4,
                         (mark_shape)(s % MARK_SHAPES), colour_of_group(s));
}

static void draw_all(const growth_chart *c) {
    picture *p = c->p;
    for (double power = c->y.low; power <= c->y.high; power += c->y.step) {
        double y = axis_at(&c->y, power);
        picture_line(p, c->left, y, c->right, y, 1, GRID);
        picture_text(p, c->left - 8, y, power_text(p, power), &text_muted, TEXT_RIGHT, 0);
    }
    for (double power = c->x.low; power <= c->x.high; power += c->x.step) {
        double x = axis_at(&c->x, power);
        picture_line(p, x, c->top, x, c->bottom, 1, GRID);
        picture_text(p, x, c->bottom + 16, power_text(p, power), &text_muted, TEXT_CENTRE, 0);
    }
    picture_line(p, c->left, c->bottom, c->right, c->bottom, 1, RULE);
    for (size_t s = 0; s < c->data->count; s++) draw_series(c, s);
    picture_text(p, PICTURE_MARGIN, c->top - 18, c->data->y_measure, &text_muted, TEXT_LEFT, c->right - PICTURE_MARGIN);
    picture_text(p, (c->left + c->right) / 2, c->bottom + 38, c->data->x_measure, &text_muted, TEXT_CENTRE, PLOT_WIDTH);
}

/* Lays out and, once there is paper, draws; returns the height. */
static double compose(growth_chart *c, double width, const char *kind) {
    picture *p = c->p;
    double y = picture_head(p, pl_str_of(kind), width);
    c->top = picture_legend(p, PICTURE_MARGIN, y, width - 2 * PICTURE_MARGIN, c->legend, c->legend ? c->data->count : 0) + 40;
    c->bottom = c->top + PLOT_HEIGHT;
    c->y.from = c->bottom;
    c->y.to = c->top;
    if (p->cr) draw_all(c);
    return picture_foot(p, c->bottom + 46, width, (pl_str){0});
}

pl_status pl_picture_growth(pl_output *output, const pl_growth *data, const pl_picture_options *options, pl_problems *problems) {
    picture p;
    growth_chart c = {.p = &p, .data = data};
    picture_open(&p, output, options, problems);
    const char *kind = picture_word(&p, "Growth", "增长图");
    lay_out(&c);
    double width = c.right + PICTURE_MARGIN;
    picture_begin(&p, width, compose(&c, width, kind));
    compose(&c, width, kind);
    return picture_finish(&p, kind);
}
