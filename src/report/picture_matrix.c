#include "report/picture_matrix.h"

#include <math.h>

#define MOST_LABEL 180.0
#define GAP 8.0
#define SCALE_WIDTH 303.0 /* three units of length for each of the 101 colours */
#define SCALE_HEIGHT 12.0
#define CELLS_WITH_TEXT 25    /* up to so many rows */
#define NAMES_ON_TWO_SIDES 60 /* up to so many rows; above, on all four */

typedef struct chart {
    picture *p;
    const matrix_kind *kind;
    const pl_picture_matrix *data;
    picture_rows rows;
    double cell, gutter; /* size of a cell, and what of it stays white */
    text_style label, strong, value;
    double number_width, label_width;
    double left, top, size; /* of the square */
    bool four_sides;
} chart;

#define NO_CELL 127 /* in place of a step */

/* ---- sizes ---- */

static void choose_sizes(chart *c) {
    size_t count = c->rows.count;
    c->cell = count <= 12 ? 46 : count <= CELLS_WITH_TEXT ? 40 : count <= 60 ? 20 : count <= 120 ? 16 : 13;
    c->gutter = c->cell >= 16 ? 1 : 0;
    double size = count <= 60 ? 13 : count <= 120 ? 12 : 11;
    c->label = (text_style){size, false, INK};
    c->strong = (text_style){size, true, INK};
    c->value = (text_style){12, false, INK};
    c->four_sides = count > NAMES_ON_TWO_SIDES;
}

static void measure_labels(chart *c) {
    for (size_t i = 0; i < c->rows.count; i++) {
        size_t row = c->rows.rows[i];
        if (row == PL_PICTURE_NONE) continue;
        c->label_width = fmax(c->label_width, picture_text_width(c->p, c->data->labels[row], &c->strong));
    }
    c->label_width = fmin(ceil(c->label_width) + 1, MOST_LABEL);
    if (c->kind->places)
        c->number_width = ceil(picture_text_width(c->p, picture_format(c->p, "%zu", c->data->count), &c->strong)) + GAP;
}

/* ---- the scale ---- */

static double draw_scale(const chart *c, double y) {
    picture *p = c->p;
    double x = PICTURE_MARGIN, step = SCALE_WIDTH / (2 * SCALE_STEPS + 1);
    picture_text(p, x, y + 8, pl_str_of(c->kind->scale), &text_muted, TEXT_LEFT, 0);
    y += 20;
    for (int i = -SCALE_STEPS; i <= SCALE_STEPS; i++)
        picture_rectangle(p, x + (i + SCALE_STEPS) * step, y, step, SCALE_HEIGHT, colour_of_step(i));
    picture_line(p, x, y + SCALE_HEIGHT, x + SCALE_WIDTH, y + SCALE_HEIGHT, 1, RULE);
    static const text_side sides[] = {TEXT_LEFT, TEXT_CENTRE, TEXT_RIGHT};
    for (int i = 0; i < 3; i++)
        picture_text(p, x + SCALE_WIDTH * i / 2, y + SCALE_HEIGHT + 11, pl_str_of(c->kind->ends[i]), &text_muted, sides[i], 0);
    return y + SCALE_HEIGHT + 22;
}

/* ---- cells ---- */

static double value_of(const chart *c, size_t i, size_t j) {
    return c->data->cells[c->rows.rows[i] * c->data->count + c->rows.rows[j]];
}

static bool is_drawn(const chart *c, size_t i, size_t j) {
    if (c->rows.rows[i] == PL_PICTURE_NONE || c->rows.rows[j] == PL_PICTURE_NONE) return false;
    return (i != j || c->kind->diagonal) && isfinite(value_of(c, i, j));
}

/* The step of each cell's colour. */
static signed char *steps_of(const chart *c) {
    size_t count = c->rows.count;
    signed char *steps = picture_room(c->p, count * count, 1);
    for (size_t i = 0; steps && i < count; i++)
        for (size_t j = 0; j < count; j++)
            steps[i * count + j] = is_drawn(c, i, j) ? (signed char)colour_step(c->kind->at(value_of(c, i, j))) : NO_CELL;
    return steps;
}

/* Adds the cells of one row that have this colour; those that touch become one. */
static void add_cells(const chart *c, const signed char *steps, size_t i, int step) {
    size_t count = c->rows.count;
    double size = c->cell - c->gutter;
    for (size_t j = 0; j < count; j++) {
        if (steps[j] != step) continue;
        size_t from = j;
        while (c->gutter <= 0 && j + 1 < count && steps[j + 1] == step) j++;
        cairo_rectangle(c->p->cr, c->left + (double)from * c->cell, c->top + (double)i * c->cell,
                        size + (double)(j - from) * c->cell, size);
    }
}

/* Cells of one colour are one path: a matrix of 200 has 40,000 cells and 101 colours. */
static void draw_cells(const chart *c) {
    size_t count = c->rows.count;
    signed char *steps = steps_of(c);
    for (int step = -SCALE_STEPS; steps && step <= SCALE_STEPS; step++) {
        if (!picture_ink(c->p, colour_of_step(step))) return;
        for (size_t i = 0; i < count; i++) add_cells(c, steps + i * count, i, step);
        cairo_fill(c->p->cr);
    }
}

static void draw_diagonal(const chart *c) {
    double size = c->cell - c->gutter;
    for (size_t i = 0; !c->kind->diagonal && i < c->rows.count; i++)
        if (c->rows.rows[i] != PL_PICTURE_NONE)
            picture_rectangle(c->p, c->left + (double)i * c->cell, c->top + (double)i * c->cell, size, size, GRID);
}

static void draw_values(const chart *c) {
    size_t count = c->rows.count;
    if (count > CELLS_WITH_TEXT) return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            if (!is_drawn(c, i, j)) continue;
            double value = value_of(c, i, j);
            text_style style = c->value;
            style.colour = colour_of_text_on(colour_of_step(colour_step(c->kind->at(value))));
            picture_text(c->p, c->left + ((double)j + 0.5) * c->cell - c->gutter / 2,
                         c->top + ((double)i + 0.5) * c->cell - c->gutter / 2, c->kind->text(c->p, value), &style, TEXT_CENTRE, 0);
        }
}

/* ---- names ---- */

static bool is_chosen(const chart *c, size_t i) {
    return c->rows.rows[i] == c->p->options->chosen && c->rows.rows[i] != PL_PICTURE_NONE;
}

/* Behind the names and around the cells of the chosen row and column. */
static void draw_chosen(const chart *c, size_t i) {
    picture *p = c->p;
    double at = (double)i * c->cell - c->gutter / 2, names = c->number_width + c->label_width + GAP;
    double x = c->left + at, y = c->top + at, far = c->size + (c->four_sides ? c->label_width + GAP : 0);
    picture_rectangle(p, c->left - names, y, names + far, c->cell, CHOSEN);
    picture_rectangle(p, x, c->top - c->label_width - GAP, c->cell, c->label_width + GAP + far, CHOSEN);
}

static void frame_chosen(const chart *c, size_t i) {
    picture *p = c->p;
    double at = (double)i * c->cell - c->gutter / 2, x = c->left + at, y = c->top + at;
    for (int side = 0; side < 2; side++) {
        double across = side * c->cell;
        picture_line(p, c->left, y + across, c->left + c->size, y + across, 1.5, INK);
        picture_line(p, x + across, c->top, x + across, c->top + c->size, 1.5, INK);
    }
}

static void draw_name(const chart *c, size_t i) {
    picture *p = c->p;
    size_t row = c->rows.rows[i];
    double middle = ((double)i + 0.5) * c->cell - c->gutter / 2, end = c->size + GAP;
    const text_style *style = is_chosen(c, i) ? &c->strong : &c->label;
    pl_str name = row == PL_PICTURE_NONE ? pl_str_of("…") : c->data->labels[row];
    if (c->kind->places && row != PL_PICTURE_NONE)
        picture_text(p, c->left - GAP - c->label_width - GAP, c->top + middle, picture_format(p, "%zu", row + 1), style, TEXT_RIGHT,
                     0);
    picture_text(p, c->left - GAP - c->label_width, c->top + middle, name, style, TEXT_LEFT, c->label_width);
    picture_text_upward(p, c->left + middle, c->top - GAP, name, style, c->label_width);
    if (!c->four_sides) return;
    picture_text(p, c->left + end, c->top + middle, name, style, TEXT_LEFT, c->label_width);
    picture_text_downward(p, c->left + middle, c->top + end, name, style, c->label_width);
}

/* Lays out and, once there is paper, draws; returns the height. */
static double compose(chart *c, double width, pl_str left_out) {
    picture *p = c->p;
    double y = draw_scale(c, picture_head(p, pl_str_of(c->kind->name), width));
    c->top = ceil(y + 12 + c->label_width + GAP);
    size_t count = c->rows.count;
    if (p->cr) {
        for (size_t i = 0; i < count; i++)
            if (is_chosen(c, i)) draw_chosen(c, i);
        draw_diagonal(c);
        draw_cells(c);
        draw_values(c);
        for (size_t i = 0; i < count; i++)
            if (is_chosen(c, i)) frame_chosen(c, i);
        for (size_t i = 0; i < count; i++) draw_name(c, i);
    }
    return picture_foot(p, c->top + c->size + (c->four_sides ? c->label_width + GAP : 0) + 4, width, left_out);
}

pl_status picture_matrix_draw(picture *p, const matrix_kind *kind, const pl_picture_matrix *data) {
    chart c = {.p = p, .kind = kind, .data = data};
    picture_choose(p, &c.rows, data->count, PL_PICTURE_MATRIX, p->options->chosen);
    choose_sizes(&c);
    measure_labels(&c);
    pl_str left_out = picture_left_out(p, &c.rows, data->count);
    c.size = (double)c.rows.count * c.cell;
    c.left = ceil(PICTURE_MARGIN + c.number_width + c.label_width + GAP);
    double right = c.left + c.size + (c.four_sides ? GAP + c.label_width : 0);
    double width = fmax(right, PICTURE_MARGIN + SCALE_WIDTH + 120) + PICTURE_MARGIN;
    picture_begin(p, width, compose(&c, width, left_out));
    compose(&c, width, left_out);
    return picture_finish(p, kind->name);
}
