#include "report/picture.h"
#include "report/picture_fonts.h"

const text_style text_title = {20, true, INK};
const text_style text_subtitle = {13, false, MUTED};
const text_style text_label = {13, false, INK};
const text_style text_muted = {12, false, MUTED};
const text_style text_small = {11, false, MUTED};

static bool breaks_line(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 || point == 0xFFFE ||
           point == 0xFFFF;
}

/* Puts the text into p->text as valid UTF-8 in one line: what is neither becomes U+FFFD or a space. */
static bool clean(picture *p, pl_str text) {
    if (p->status != PL_OK) return false;
    pl_buffer_clear(&p->text);
    for (size_t at = 0, length; at < text.len; at += length ? length : 1) {
        uint32_t point;
        length = pl_utf8_decode(text, at, &point);
        if (!length)
            pl_buffer_text(&p->text, "\uFFFD");
        else if (breaks_line(point))
            pl_buffer_char(&p->text, ' ');
        else
            pl_buffer_add(&p->text, text.at + at, length);
    }
    if (p->text.failed) p->status = PL_MEMORY;
    return p->status == PL_OK;
}

pl_str picture_clean(picture *p, pl_str text) {
    pl_str copy = {0};
    if (clean(p, text) && !pl_str_copy(&copy, &p->arena, pl_buffer_view(&p->text))) p->status = PL_MEMORY;
    return copy;
}

/* Puts the text into the layout, `width` wide at most (0: any). */
static bool set_text(picture *p, pl_str text, const text_style *style, double width, bool wrap) {
    if (!clean(p, text)) return false;
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, PICTURE_FONT);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_layout_set_font_description(p->layout, font);
    pango_font_description_free(font);
    pango_layout_set_ellipsize(p->layout, width > 0 && !wrap ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(p->layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
    pango_layout_set_text(p->layout, p->text.at, (int)p->text.len);
    return true;
}

static double layout_width(picture *p) {
    PangoRectangle extent;
    pango_layout_get_extents(p->layout, NULL, &extent);
    return (double)extent.width / PANGO_SCALE;
}

double picture_text_width(picture *p, pl_str text, const text_style *style) {
    return set_text(p, text, style, 0, false) ? layout_width(p) : 0;
}

/* Shows a line with its middle at y: that of a Chinese character, which stands 0.38 of its size above the baseline. */
static void show_line(picture *p, int line, double x, double y, const text_style *style, text_side side) {
    double width = side == TEXT_LEFT ? 0 : layout_width(p);
    double left = side == TEXT_LEFT ? x : side == TEXT_CENTRE ? x - width / 2 : x - width;
    if (!picture_ink(p, style->colour)) return;
    cairo_move_to(p->cr, left, y + 0.38 * style->size);
    pango_cairo_show_layout_line(p->cr, pango_layout_get_line_readonly(p->layout, line));
    cairo_new_path(p->cr);
}

void picture_text(picture *p, double x, double y, pl_str text, const text_style *style, text_side side, double most) {
    if (!p->cr || !text.len || !set_text(p, text, style, most, false)) return;
    show_line(p, 0, x, y, style, side);
}

static void turned(picture *p, double x, double y, pl_str text, const text_style *style, double most, double angle) {
    if (!p->cr || !text.len || !set_text(p, text, style, most, false)) return;
    cairo_save(p->cr);
    cairo_translate(p->cr, x, y);
    cairo_rotate(p->cr, angle);
    show_line(p, 0, 0, 0, style, TEXT_LEFT);
    cairo_restore(p->cr);
}

void picture_text_upward(picture *p, double x, double y, pl_str text, const text_style *style, double most) {
    turned(p, x, y, text, style, most, -G_PI_2);
}

void picture_text_downward(picture *p, double x, double y, pl_str text, const text_style *style, double most) {
    turned(p, x, y, text, style, most, G_PI_2);
}

double picture_paragraph(picture *p, double x, double y, pl_str text, const text_style *style, double width) {
    if (!text.len || !set_text(p, text, style, width, true)) return 0;
    double leading = style->size * 1.5;
    int lines = pango_layout_get_line_count(p->layout);
    for (int i = 0; i < lines; i++) show_line(p, i, x, y + (i + 0.5) * leading, style, TEXT_LEFT);
    return lines * leading;
}
