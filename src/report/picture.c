#include "report/picture.h"

#include "report/picture_fonts.h"
#include "report/picture_svg.h"

#include <cairo-svg.h>
#include <math.h>

/* A PNG has two pixels for each unit of length, unless it would become larger than this many. */
#define PNG_SCALE 2.0
#define PNG_PIXELS 50e6

void *picture_room(picture *p, size_t count, size_t size) {
    void *room = p->status == PL_OK ? pl_arena_array(&p->arena, count, size) : NULL;
    if (!room && p->status == PL_OK) p->status = PL_MEMORY;
    return room;
}

pl_str picture_format(picture *p, const char *format, ...) {
    va_list arguments;
    pl_str copy = {0};
    if (p->status != PL_OK) return copy;
    pl_buffer_clear(&p->text);
    va_start(arguments, format);
    pl_buffer_vprint(&p->text, format, arguments);
    va_end(arguments);
    if (p->text.failed || !pl_str_copy(&copy, &p->arena, pl_buffer_view(&p->text))) p->status = PL_MEMORY;
    return copy;
}

/* ---- beginning and end ---- */

/* Neither the screen's nor the user's taste in rendering has a say, and widths are those of the outlines, at any scale. */
static cairo_font_options_t *rendering(void) {
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    return options;
}

void picture_open(picture *p, pl_output *output, const pl_picture_options *options, pl_problems *problems) {
    *p = (picture){.options = options, .output = output};
    pl_arena_init(&p->arena, 0);
    pl_buffer_init(&p->text, 0);
    pl_buffer_init(&p->svg, 0);
    p->status = output->status;
    if (p->status == PL_OK) p->status = picture_fonts_find(problems);
    if (p->status != PL_OK) return;
    p->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    p->context = pango_font_map_create_context(p->fonts);
    pango_context_set_language(p->context, pango_language_from_string("zh-CN"));
    pango_context_set_base_dir(p->context, PANGO_DIRECTION_LTR);
    pango_context_set_round_glyph_positions(p->context, FALSE);
    cairo_font_options_t *font_options = rendering();
    pango_cairo_context_set_font_options(p->context, font_options);
    cairo_font_options_destroy(font_options);
    p->layout = pango_layout_new(p->context);
    pango_layout_set_auto_dir(p->layout, FALSE);
}

static void check(picture *p, cairo_status_t status) {
    if (status == CAIRO_STATUS_SUCCESS || p->status != PL_OK) return;
    if (status == CAIRO_STATUS_WRITE_ERROR && p->output->status != PL_OK)
        p->status = p->output->status;
    else
        p->status = status == CAIRO_STATUS_NO_MEMORY || p->svg.failed ? PL_MEMORY : PL_IO;
}

static cairo_status_t take_svg(void *context, const unsigned char *bytes, unsigned size) {
    pl_buffer *svg = context;
    pl_buffer_add(svg, bytes, size);
    return svg->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static cairo_status_t take_png(void *context, const unsigned char *bytes, unsigned size) {
    pl_output *output = context;
    pl_output_add(output, (pl_str){(const char *)bytes, size});
    return output->status == PL_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

void picture_begin(picture *p, double width, double height) {
    if (p->status != PL_OK) return;
    p->width = ceil(width);
    p->height = ceil(height);
    double scale = 1;
    if (p->options->format == PL_PICTURE_SVG) {
        p->surface = cairo_svg_surface_create_for_stream(take_svg, &p->svg, p->width, p->height);
        cairo_svg_surface_set_document_unit(p->surface, CAIRO_SVG_UNIT_PX);
    } else {
        scale = p->width * p->height * PNG_SCALE * PNG_SCALE > PNG_PIXELS ? 1 : PNG_SCALE;
        p->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(p->width * scale), (int)(p->height * scale));
    }
    p->cr = cairo_create(p->surface);
    check(p, cairo_status(p->cr));
    cairo_scale(p->cr, scale, scale);
    picture_rectangle(p, 0, 0, p->width, p->height, PAPER);
}

static void release(picture *p) {
    if (p->cr) cairo_destroy(p->cr);
    if (p->surface) cairo_surface_destroy(p->surface);
    if (p->layout) g_object_unref(p->layout);
    if (p->context) g_object_unref(p->context);
    if (p->fonts) g_object_unref(p->fonts);
    pl_buffer_free(&p->text);
    pl_buffer_free(&p->svg);
    pl_arena_free(&p->arena);
}

pl_status picture_finish(picture *p, const char *kind) {
    if (p->cr) check(p, cairo_status(p->cr));
    if (p->status == PL_OK && p->options->format == PL_PICTURE_PNG) {
        check(p, cairo_surface_write_to_png_stream(p->surface, take_png, p->output));
    } else if (p->status == PL_OK) {
        cairo_surface_finish(p->surface);
        check(p, cairo_surface_status(p->surface));
        pl_str title = picture_clean(p, p->options->title.len ? p->options->title : pl_str_of(kind));
        pl_str subtitle = picture_clean(p, p->options->subtitle);
        if (p->status == PL_OK) p->status = picture_svg_send(p->output, pl_buffer_view(&p->svg), title, subtitle);
    }
    pl_status status = p->status;
    release(p);
    return status;
}

/* ---- marks ---- */

bool picture_ink(picture *p, colour c) {
    if (p->status != PL_OK || !p->cr) return false;
    cairo_set_source_rgb(p->cr, (c >> 16 & 0xFF) / 255.0, (c >> 8 & 0xFF) / 255.0, (c & 0xFF) / 255.0);
    return true;
}

void picture_rectangle(picture *p, double x, double y, double width, double height, colour c) {
    if (!picture_ink(p, c)) return;
    cairo_rectangle(p->cr, x, y, width, height);
    cairo_fill(p->cr);
}

void picture_line(picture *p, double x1, double y1, double x2, double y2, double thickness, colour c) {
    if (!picture_ink(p, c)) return;
    cairo_set_line_width(p->cr, thickness);
    cairo_move_to(p->cr, x1, y1);
    cairo_line_to(p->cr, x2, y2);
    cairo_stroke(p->cr);
}

void picture_dashes(picture *p, double x1, double y1, double x2, double y2, double thickness, colour c) {
    static const double dashes[] = {6, 4};
    if (p->cr) cairo_set_dash(p->cr, dashes, 2, 0);
    picture_line(p, x1, y1, x2, y2, thickness, c);
    if (p->cr) cairo_set_dash(p->cr, NULL, 0, 0);
}

static void mark_path(cairo_t *cr, double x, double y, double r, mark_shape shape) {
    switch (shape) {
    case MARK_CIRCLE: cairo_arc(cr, x, y, r, 0, 2 * G_PI); break;
    case MARK_SQUARE: cairo_rectangle(cr, x - 0.89 * r, y - 0.89 * r, 1.78 * r, 1.78 * r); return;
    case MARK_TRIANGLE:
        cairo_move_to(cr, x, y - 1.2 * r);
        cairo_line_to(cr, x + 1.15 * r, y + 0.85 * r);
        cairo_line_to(cr, x - 1.15 * r, y + 0.85 * r);
        break;
    case MARK_DIAMOND:
    case MARK_SHAPES:
        cairo_move_to(cr, x, y - 1.25 * r);
        cairo_line_to(cr, x + 1.25 * r, y);
        cairo_line_to(cr, x, y + 1.25 * r);
        cairo_line_to(cr, x - 1.25 * r, y);
        break;
    }
    cairo_close_path(cr);
}

void picture_mark(picture *p, double x, double y, double radius, mark_shape shape, colour c) {
    if (picture_ink(p, PAPER)) mark_path(p->cr, x, y, radius + 1, shape), cairo_fill(p->cr);
    if (picture_ink(p, c)) mark_path(p->cr, x, y, radius, shape), cairo_fill(p->cr);
}
