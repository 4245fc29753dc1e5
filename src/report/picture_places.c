#include "report/picture.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

#define MOST_LABEL 220.0 /* a longer name is cut */
#define PLOT_WIDTH 640.0
#define WIDE_PLOT 800.0 /* for more than 60 rows */
#define PLOT_PAD 12.0   /* from the frame to place 1 and to the last place */
#define GAP 12.0
#define AXIS_HEIGHT 24.0

typedef struct ordered {
    double nominal;
    size_t index;
} ordered;

typedef struct places_chart {
    picture *p;
    const pl_place_bands *data;
    ordered *order;
    size_t chosen; /* in `order` */
    picture_rows rows;
    double last; /* place on the axis */
    double row_height;
    text_style label, strong, range;
    double number_width, label_width, range_width; /* columns of text */
    double left, right, top, bottom;               /* of the plot */
    legend_item *legend;
    size_t legend_count;
} places_chart;

/* ---- order and columns ---- */

static int by_place(const void *a, const void *b) {
    const ordered *x = a, *y = b;
    if (isnan(x->nominal) != isnan(y->nominal)) return isnan(x->nominal) ? 1 : -1;
    if (x->nominal < y->nominal) return -1;
    if (x->nominal > y->nominal) return 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static double largest_place(const pl_place_bands *data) {
    double last = (double)data->places;
    if (data->places) return last;
    for (size_t i = 0; i < data->count; i++) {
        if (isfinite(data->bands[i].nominal)) last = fmax(last, data->bands[i].nominal);
        if (isfinite(data->bands[i].high)) last = fmax(last, data->bands[i].high);
    }
    return last;
}

static void order_rows(places_chart *c) {
    picture *p = c->p;
    size_t count = c->data->count;
    c->order = picture_room(p, count, sizeof *c->order);
    if (p->status != PL_OK) return;
    for (size_t i = 0; i < count; i++) c->order[i] = (ordered){c->data->bands[i].nominal, i};
    qsort(c->order, count, sizeof *c->order, by_place);
    c->chosen = PL_PICTURE_NONE;
    for (size_t i = 0; i < count; i++)
        if (c->order[i].index == p->options->chosen) c->chosen = i;
    picture_choose(p, &c->rows, count, PL_PICTURE_ROWS, c->chosen);
}

static const pl_place_band *band_of(const places_chart *c, size_t row) { return &c->data->bands[c->order[row].index]; }

/* The more rows, the closer they stand, but never so close that they cannot be read. */
static void choose_sizes(places_chart *c) {
    size_t count = c->rows.count;
    c->row_height = count <= 40 ? 24 : count <= 120 ? 20 : 18;
    double size = count <= 40 ? 13 : 12;
    c->label = (text_style){size, false, INK};
    c->strong = (text_style){size, true, INK};
    c->range = (text_style){size - 1, false, MUTED};
}

static pl_str place_text(picture *p, double place) {
    char text[PL_NUMBER_SIZE];
    if (!isfinite(place)) return (pl_str){0};
    pl_number_print(text, pl_number_round(place, 1));
    return picture_format(p, "%s", text);
}

static pl_str range_text(picture *p, const pl_place_band *band) {
    if (!isfinite(band->low) || !isfinite(band->high)) return (pl_str){0};
    return picture_format(p, "%.*s – %.*s", PL_ARG(place_text(p, band->low)), PL_ARG(place_text(p, band->high)));
}

static void measure_columns(places_chart *c) {
    picture *p = c->p;
    for (size_t i = 0; i < c->rows.count; i++) {
        if (c->rows.rows[i] == PL_PICTURE_NONE) continue;
        const pl_place_band *band = band_of(c, c->rows.rows[i]);
        c->number_width = fmax(c->number_width, picture_text_width(p, place_text(p, band->nominal), &c->strong));
        c->label_width = fmax(c->label_width, picture_text_width(p, band->label, &c->strong));
        c->range_width = fmax(c->range_width, picture_text_width(p, range_text(p, band), &c->range));
    }
    c->label_width = fmin(ceil(c->label_width) + 1, MOST_LABEL);
}

/* ---- legend ---- */

static colour colour_of(const places_chart *c, const pl_place_band *band) {
    return colour_of_group(c->data->group_count ? band->group : 0);
}

/* Where colours come again, shapes tell groups apart. */
static mark_shape shape_of(const places_chart *c, const pl_place_band *band) {
    return c->data->group_count ? (mark_shape)(band->group % MARK_SHAPES) : MARK_CIRCLE;
}

static colour tint(colour c) { return colour_mix(c, PAPER, 0.42); }

static void make_legend(places_chart *c) {
    picture *p = c->p;
    size_t groups = c->data->group_count;
    c->legend = picture_room(p, groups + 3, sizeof *c->legend);
    if (p->status != PL_OK) return;
    colour shown = groups ? RULE : colour_of_group(0);
    c->legend[0] = (legend_item){LEGEND_BAND, MARK_CIRCLE, tint(shown),
                                 pl_str_of(picture_word(p, "places in 90 % of the runs", "90% 的模拟中所处名次"))};
    c->legend[1] = (legend_item){LEGEND_TICK, MARK_CIRCLE, INK, pl_str_of(picture_word(p, "median place", "名次中位数"))};
    c->legend[2] = (legend_item){LEGEND_MARK, MARK_CIRCLE, shown, pl_str_of(picture_word(p, "place as scored", "实际得分名次"))};
    c->legend_count = 3;
    for (size_t i = 0; i < groups; i++)
        c->legend[c->legend_count++] =
            (legend_item){LEGEND_MARK, (mark_shape)(i % MARK_SHAPES), colour_of_group(i), c->data->groups[i]};
}

/* ---- drawing ---- */

static double x_of(const places_chart *c, double place) {
    double span = c->right - c->left - 2 * PLOT_PAD;
    if (c->last <= 1) return c->left + PLOT_PAD + span / 2;
    return c->left + PLOT_PAD + fmin(fmax((place - 1) / (c->last - 1), 0), 1) * span;
}

static void draw_tick(const places_chart *c, double place) {
    picture *p = c->p;
    double x = x_of(c, place);
    pl_str text = place_text(p, place);
    picture_line(p, x, c->top, x, c->bottom, 1, GRID);
    picture_text(p, x, c->top - 12, text, &text_muted, TEXT_CENTRE, 0);
    picture_text(p, x, c->bottom + 13, text, &text_muted, TEXT_CENTRE, 0);
}

/* The first and the last place are always named, those between where they do not touch them. */
static void draw_axis(const places_chart *c) {
    double step = fmax(picture_step(0, c->last, 13), 1);
    for (double place = step; place < c->last; place += step)
        if (place - 1 >= 0.6 * step && c->last - place >= 0.6 * step) draw_tick(c, place);
    if (c->last > 1) draw_tick(c, 1);
    draw_tick(c, fmax(c->last, 1));
}

static void draw_stripes(const places_chart *c) {
    for (size_t i = 0; i < c->rows.count; i++) {
        double y = c->top + (double)i * c->row_height;
        bool chosen = c->rows.rows[i] == c->chosen && c->chosen != PL_PICTURE_NONE;
        double left = PICTURE_MARGIN - 8, width = c->p->width - 2 * left;
        if (chosen)
            picture_rectangle(c->p, left, y, width, c->row_height, CHOSEN);
        else if (i % 2 == 0)
            picture_rectangle(c->p, left, y, width, c->row_height, STRIPE);
    }
}

static void draw_band(const places_chart *c, const pl_place_band *band, double y) {
    picture *p = c->p;
    double half = floor(c->row_height * 0.24);
    if (isfinite(band->low) && isfinite(band->high)) {
        double from = x_of(c, band->low), to = x_of(c, band->high);
        if (to - from < 4) from = (from + to) / 2 - 2, to = from + 4;
        picture_rectangle(p, from, y - half, to - from, 2 * half, tint(colour_of(c, band)));
    }
    if (isfinite(band->median)) {
        double x = x_of(c, band->median);
        picture_line(p, x, y - half - 3, x, y + half + 3, 2, INK);
    }
    if (isfinite(band->nominal))
        picture_mark(p, x_of(c, band->nominal), y, c->row_height * 0.18, shape_of(c, band), colour_of(c, band));
}

static void draw_row(const places_chart *c, size_t i) {
    picture *p = c->p;
    double y = c->top + ((double)i + 0.5) * c->row_height, x = PICTURE_MARGIN;
    if (c->rows.rows[i] == PL_PICTURE_NONE) {
        picture_text(p, x + c->number_width + GAP, y, pl_str_of("…"), &c->range, TEXT_LEFT, 0);
        return;
    }
    const pl_place_band *band = band_of(c, c->rows.rows[i]);
    const text_style *style = c->rows.rows[i] == c->chosen ? &c->strong : &c->label;
    picture_text(p, x + c->number_width, y, place_text(p, band->nominal), style, TEXT_RIGHT, 0);
    picture_text(p, x + c->number_width + GAP, y, band->label, style, TEXT_LEFT, c->label_width);
    picture_text(p, c->right + GAP + c->range_width, y, range_text(p, band), &c->range, TEXT_RIGHT, 0);
    draw_band(c, band, y);
}

/* Lays out and, once there is paper, draws; returns the height. */
static double compose(places_chart *c, double width, pl_str kind, pl_str left_out) {
    picture *p = c->p;
    double y = picture_head(p, kind, width);
    y = picture_legend(p, PICTURE_MARGIN, y, width - 2 * PICTURE_MARGIN, c->legend, c->legend_count);
    c->top = y + 10 + AXIS_HEIGHT;
    c->bottom = c->top + c->row_height * (double)c->rows.count;
    if (p->cr) {
        draw_stripes(c);
        draw_axis(c);
        picture_line(p, c->left, c->top, c->right, c->top, 1, RULE);
        picture_line(p, c->left, c->bottom, c->right, c->bottom, 1, RULE);
        for (size_t i = 0; i < c->rows.count; i++) draw_row(c, i);
        picture_text(p, c->right + GAP + c->range_width, c->top - 12, pl_str_of("5–95 %"), &text_muted, TEXT_RIGHT, 0);
        picture_text(p, (c->left + c->right) / 2, c->bottom + 33, pl_str_of(picture_word(p, "place", "名次")), &text_muted,
                     TEXT_CENTRE, 0);
    }
    return picture_foot(p, c->bottom + AXIS_HEIGHT + 18, width, left_out);
}

pl_status pl_picture_places(pl_output *output, const pl_place_bands *data, const pl_picture_options *options,
                            pl_problems *problems) {
    picture p;
    places_chart c = {.p = &p, .data = data, .last = largest_place(data)};
    picture_open(&p, output, options, problems);
    const char *kind = picture_word(&p, "Places and how sure they are", "名次区间图");
    order_rows(&c);
    choose_sizes(&c);
    measure_columns(&c);
    c.range_width = fmax(c.range_width, picture_text_width(&p, pl_str_of("5–95 %"), &text_muted));
    make_legend(&c);
    pl_str left_out = picture_left_out(&p, &c.rows, data->count);
    c.left = ceil(PICTURE_MARGIN + c.number_width + GAP + c.label_width + GAP);
    c.right = c.left + (c.rows.count > 60 ? WIDE_PLOT : PLOT_WIDTH);
    double width = c.right + GAP + c.range_width + PICTURE_MARGIN;
    picture_begin(&p, width, compose(&c, width, pl_str_of(kind), left_out));
    compose(&c, width, pl_str_of(kind), left_out);
    return picture_finish(&p, kind);
}
