#include "report/picture_axis.h"

#include <plumbline/base/number.h>

#include <math.h>

#define MOST_LABEL 240.0
#define PLOT_WIDTH 560.0
#define GAP 12.0
#define ROW 40.0
#define BAR 11.0
#define FIRST_COLOUR 0x0072B2u
#define TOTAL_COLOUR 0xE69F00u

typedef struct sensitivity_chart {
    picture *p;
    const pl_sensitivity_bar *bars;
    picture_rows rows;
    axis scale;
    text_style strong;
    double label_width, value_width, top, bottom;
    legend_item legend[3];
    pl_str left_out;
} sensitivity_chart;

static pl_str values_text(picture *p, const pl_sensitivity_bar *bar) {
    char first[PL_FIXED_SIZE] = "–", total[PL_FIXED_SIZE] = "–";
    if (isfinite(bar->first)) pl_number_fixed(first, bar->first, 2);
    if (isfinite(bar->total)) pl_number_fixed(total, bar->total, 2);
    return picture_format(p, "%s  /  %s", first, total);
}

static pl_str value_heading(picture *p) { return pl_str_of(picture_word(p, "alone / total", "一阶 / 总")); }

static void lay_out(sensitivity_chart *c) {
    picture *p = c->p;
    c->scale = (axis){.low = 0, .high = 0.1};
    c->value_width = picture_text_width(p, value_heading(p), &text_muted);
    for (size_t i = 0; i < c->rows.count; i++) {
        if (c->rows.rows[i] == PL_PICTURE_NONE) continue;
        const pl_sensitivity_bar *bar = &c->bars[c->rows.rows[i]];
        const double reached[] = {bar->first, bar->first_low, bar->first_high, bar->total, bar->total_low, bar->total_high};
        for (size_t k = 0; k < 6; k++) axis_reach(&c->scale, reached[k]);
        c->label_width = fmax(c->label_width, picture_text_width(p, bar->label, &c->strong));
        c->value_width = fmax(c->value_width, picture_text_width(p, values_text(p, bar), &text_muted));
    }
    c->label_width = fmin(ceil(c->label_width) + 1, MOST_LABEL);
    axis_round(&c->scale, 10);
    c->scale.from = ceil(PICTURE_MARGIN + c->label_width + GAP);
    c->scale.to = c->scale.from + PLOT_WIDTH;
}

static void make_legend(sensitivity_chart *c) {
    picture *p = c->p;
    c->legend[0] = (legend_item){LEGEND_BAND, MARK_CIRCLE, FIRST_COLOUR,
                                 pl_str_of(picture_word(p, "alone (first order)", "单独影响（一阶指数）"))};
    c->legend[1] = (legend_item){LEGEND_BAND, MARK_CIRCLE, TOTAL_COLOUR,
                                 pl_str_of(picture_word(p, "with all it acts together with (total)", "含交互影响（总指数）"))};
    c->legend[2] = (legend_item){LEGEND_LINE, MARK_CIRCLE, INK, pl_str_of(picture_word(p, "confidence interval", "置信区间"))};
}

/* A bar from 0 with its whisker. */
static void draw_bar(const sensitivity_chart *c, double y, double value, double low, double high, colour fill) {
    picture *p = c->p;
    double zero = axis_at(&c->scale, 0), x = axis_at(&c->scale, value);
    if (!isfinite(value)) return;
    picture_rectangle(p, fmin(zero, x), y - BAR / 2, fmax(fabs(x - zero), 1), BAR, fill);
    if (!isfinite(low) || !isfinite(high)) return;
    double from = axis_at(&c->scale, low), to = axis_at(&c->scale, high);
    picture_line(p, from, y, to, y, 1.5, INK);
    picture_line(p, from, y - 3.5, from, y + 3.5, 1.5, INK);
    picture_line(p, to, y - 3.5, to, y + 3.5, 1.5, INK);
}

static void draw_row(const sensitivity_chart *c, size_t i) {
    picture *p = c->p;
    double y = c->top + ((double)i + 0.5) * ROW;
    size_t row = c->rows.rows[i];
    if (row == PL_PICTURE_NONE) {
        picture_text(p, PICTURE_MARGIN, y, pl_str_of("…"), &text_label, TEXT_LEFT, 0);
        return;
    }
    const pl_sensitivity_bar *bar = &c->bars[row];
    bool chosen = row == p->options->chosen;
    picture_text(p, PICTURE_MARGIN, y, bar->label, chosen ? &c->strong : &text_label, TEXT_LEFT, c->label_width);
    picture_text(p, c->scale.to + GAP + c->value_width, y, values_text(p, bar), &text_muted, TEXT_RIGHT, 0);
    draw_bar(c, y - 7, bar->first, bar->first_low, bar->first_high, FIRST_COLOUR);
    draw_bar(c, y + 7, bar->total, bar->total_low, bar->total_high, TOTAL_COLOUR);
}

static void draw_rows(const sensitivity_chart *c) {
    picture *p = c->p;
    double zero = axis_at(&c->scale, 0), left = PICTURE_MARGIN - 8;
    for (size_t i = 0; i < c->rows.count; i++) {
        bool chosen = c->rows.rows[i] == p->options->chosen && c->rows.rows[i] != PL_PICTURE_NONE;
        if (chosen || i % 2 == 0)
            picture_rectangle(p, left, c->top + (double)i * ROW, p->width - 2 * left, ROW, chosen ? CHOSEN : STRIPE);
    }
    axis_draw_below(p, &c->scale, c->top, c->bottom);
    picture_text(p, c->scale.to + GAP + c->value_width, c->top - 12, value_heading(p), &text_muted, TEXT_RIGHT, 0);
    for (size_t i = 0; i < c->rows.count; i++) draw_row(c, i);
    picture_line(p, zero, c->top, zero, c->bottom, 1, RULE);
    picture_line(p, c->scale.from, c->bottom, c->scale.to, c->bottom, 1, RULE);
    picture_text(p, (c->scale.from + c->scale.to) / 2, c->bottom + 33,
                 pl_str_of(picture_word(p, "share of the variance", "方差占比")), &text_muted, TEXT_CENTRE, 0);
}

/* Lays out and, once there is paper, draws; returns the height. */
static double compose(sensitivity_chart *c, double width, const char *kind) {
    picture *p = c->p;
    double y = picture_head(p, pl_str_of(kind), width);
    c->top = picture_legend(p, PICTURE_MARGIN, y, width - 2 * PICTURE_MARGIN, c->legend, 3) + 30;
    c->bottom = c->top + ROW * (double)c->rows.count;
    if (p->cr) draw_rows(c);
    return picture_foot(p, c->bottom + 42, width, c->left_out);
}

pl_status pl_picture_sensitivity(pl_output *output, const pl_sensitivity_bar *bars, size_t count, const pl_picture_options *options,
                                 pl_problems *problems) {
    picture p;
    sensitivity_chart c = {.p = &p, .bars = bars, .strong = text_label};
    c.strong.bold = true;
    picture_open(&p, output, options, problems);
    const char *kind = picture_word(&p, "What moves the result", "敏感性条形图");
    picture_choose(&p, &c.rows, count, PL_PICTURE_ROWS, options->chosen);
    c.left_out = picture_left_out(&p, &c.rows, count);
    lay_out(&c);
    make_legend(&c);
    double width = c.scale.to + GAP + c.value_width + PICTURE_MARGIN;
    picture_begin(&p, width, compose(&c, width, kind));
    compose(&c, width, kind);
    return picture_finish(&p, kind);
}
