/* A picture in the making: a sheet of paper, texts and marks. Lengths are CSS pixels; x goes right, y down.
 *
 * Texts can be measured before the paper is cut, so a chart lays itself out first. The first failure is kept in `status`; after it
 * every call does nothing, so that a chart checks once, at the end. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "report/picture_colour.h"

#include <plumbline/report/picture.h>

#include <pango/pangocairo.h>

#define PICTURE_MARGIN 28.0

typedef struct picture {
    pl_status status;
    const pl_picture_options *options;
    pl_output *output;
    pl_arena arena; /* for what a chart lays out */
    pl_buffer text; /* the text at hand: valid UTF-8 in one line */
    pl_buffer svg;  /* what cairo wrote, until it is whole */
    double width, height;
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layout;
    cairo_surface_t *surface;
    cairo_t *cr;
} picture;

/* Finds the font. To be ended by picture_finish in any case. */
void picture_open(picture *p, pl_output *output, const pl_picture_options *options, pl_problems *problems);
/* Cuts the paper. */
void picture_begin(picture *p, double width, double height);
/* Writes the picture, with a title and a description for who cannot see it, unless something failed before. Frees everything.
 * Returns the first failure of all. */
pl_status picture_finish(picture *p, const char *kind);

/* The word in the picture's language; where it is a format, both are checked against the arguments. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *picture_word(const picture *p, const char *english,
                                                                                     const char *chinese) {
    return p->options->chinese ? chinese : english;
}
/* Room for what a chart lays out, until picture_finish; NULL after a failure. */
void *picture_room(picture *p, size_t count, size_t size);
/* A text that is composed, until picture_finish. */
__attribute__((format(printf, 2, 3))) pl_str picture_format(picture *p, const char *format, ...);

/* The text as valid UTF-8 in one line, until picture_finish. */
pl_str picture_clean(picture *p, pl_str text);
/* Sets the colour to draw with; false before picture_begin and after a failure. */
bool picture_ink(picture *p, colour c);

/* ---- texts ---- */

typedef struct text_style {
    double size;
    bool bold;
    colour colour;
} text_style;

extern const text_style text_title, text_subtitle, text_label, text_muted, text_small;

typedef enum text_side { TEXT_LEFT, TEXT_CENTRE, TEXT_RIGHT } text_side; /* where in the text `x` is */

double picture_text_width(picture *p, pl_str text, const text_style *style);
/* One line whose middle is at y; wider than `most` (0: any width) it ends in an ellipsis. */
void picture_text(picture *p, double x, double y, pl_str text, const text_style *style, text_side side, double most);
/* The same turned a quarter: it begins at y and reads upward or downward, and its middle is at x. */
void picture_text_upward(picture *p, double x, double y, pl_str text, const text_style *style, double most);
void picture_text_downward(picture *p, double x, double y, pl_str text, const text_style *style, double most);
/* Several lines of at most `width` from y on; returns their height. Before picture_begin it only measures. */
double picture_paragraph(picture *p, double x, double y, pl_str text, const text_style *style, double width);

/* ---- marks ---- */

typedef enum mark_shape { MARK_CIRCLE, MARK_SQUARE, MARK_TRIANGLE, MARK_DIAMOND, MARK_SHAPES } mark_shape;

void picture_rectangle(picture *p, double x, double y, double width, double height, colour c);
void picture_dashes(picture *p, double x1, double y1, double x2, double y2, double thickness, colour c);
void picture_line(picture *p, double x1, double y1, double x2, double y2, double thickness, colour c);
/* Filled, with a fine ring of paper around it so that it stays visible on anything. */
void picture_mark(picture *p, double x, double y, double radius, mark_shape shape, colour c);

/* ---- what pictures have in common ---- */

/* Title and subtitle at the top; returns the y below them. Before picture_begin it only measures. */
double picture_head(picture *p, pl_str kind, double width);
/* The notes at the bottom: how many rows were left out, and the caller's; returns the y below them. */
double picture_foot(picture *p, double y, double width, pl_str left_out);

typedef enum legend_kind { LEGEND_MARK, LEGEND_BAND, LEGEND_TICK, LEGEND_LINE, LEGEND_DASHES } legend_kind;

typedef struct legend_item {
    legend_kind kind;
    mark_shape shape;
    colour colour;
    pl_str text;
} legend_item;

/* One beside the other, in as many lines as they need; returns the y below them. Before picture_begin it only measures. */
double picture_legend(picture *p, double x, double y, double width, const legend_item *items, size_t count);

/* Which of `count` rows are drawn when at most `limit` are: the first and those around the chosen one. A row PL_PICTURE_NONE stands
 * for those left out there. */
typedef struct picture_rows {
    size_t *rows, count;
    size_t left_out;
    size_t first, around_first, around_last; /* the first so many; then from and to, counted from 1; 0: none apart */
} picture_rows;

void picture_choose(picture *p, picture_rows *out, size_t count, size_t limit, size_t chosen);
/* The sentence that says so, empty when all rows are drawn. */
pl_str picture_left_out(picture *p, const picture_rows *rows, size_t count);

/* Steps of 1, 2 or 5 times a power of ten, at most `most` of them from low to high. */
double picture_step(double low, double high, size_t most);
/* A number with as many decimals as the step needs. */
pl_str picture_number(picture *p, double x, double step);

#endif
