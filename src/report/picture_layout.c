#include "report/picture.h"

#include <plumbline/base/number.h>

#include <math.h>

/* ---- above and below the picture ---- */

double picture_head(picture *p, pl_str kind, double width) {
    pl_str title = p->options->title.len ? p->options->title : kind;
    double room = width - 2 * PICTURE_MARGIN, y = PICTURE_MARGIN - 4;
    y += picture_paragraph(p, PICTURE_MARGIN, y, title, &text_title, room);
    y += picture_paragraph(p, PICTURE_MARGIN, y, p->options->subtitle, &text_subtitle, room);
    return y + 10;
}

double picture_foot(picture *p, double y, double width, pl_str left_out) {
    double room = width - 2 * PICTURE_MARGIN;
    if (left_out.len || p->options->note.len) y += 10;
    y += picture_paragraph(p, PICTURE_MARGIN, y, left_out, &text_muted, room);
    y += picture_paragraph(p, PICTURE_MARGIN, y, p->options->note, &text_muted, room);
    return y + PICTURE_MARGIN - 6;
}

/* ---- which rows ---- */

static void take(picture_rows *out, size_t from, size_t to) {
    for (size_t row = from; row < to; row++) out->rows[out->count++] = row;
}

void picture_choose(picture *p, picture_rows *out, size_t count, size_t limit, size_t chosen) {
    if (p->options->most && p->options->most < limit) limit = p->options->most;
    *out = (picture_rows){.first = count < limit ? count : limit};
    out->rows = picture_room(p, out->first + 2, sizeof *out->rows);
    if (p->status != PL_OK || !count) return;
    out->left_out = count - out->first;
    if (!out->left_out || chosen >= count || chosen < out->first) {
        take(out, 0, out->first);
    } else {
        size_t around = limit / 5 | 1;
        size_t from = chosen < around / 2 ? 0 : chosen - around / 2;
        if (from + around > count) from = count - around;
        out->first = limit - around;
        if (from < out->first) from = out->first; /* the two meet */
        take(out, 0, out->first);
        if (from > out->first) {
            out->rows[out->count++] = PL_PICTURE_NONE;
            out->around_first = from + 1;
            out->around_last = from + around;
        } else {
            out->first = limit;
        }
        take(out, from, from + around);
    }
    if (out->rows[out->count - 1] != count - 1) out->rows[out->count++] = PL_PICTURE_NONE;
}

pl_str picture_left_out(picture *p, const picture_rows *rows, size_t count) {
    if (p->status != PL_OK || !rows->left_out) return (pl_str){0};
    if (!rows->around_first)
        return picture_format(p, picture_word(p, "The first %zu of %zu are drawn.", "图中为前 %zu 个，共 %zu 个。"), rows->first,
                              count);
    return picture_format(p,
                          picture_word(p, "The first %zu and numbers %zu to %zu are drawn, of %zu.",
                                       "图中为前 %zu 个和第 %zu 至 %zu 个，共 %zu 个。"),
                          rows->first, rows->around_first, rows->around_last, count);
}

/* ---- numbers on axes ---- */

double picture_step(double low, double high, size_t most) {
    double least = (high - low) / (double)(most ? most : 1);
    if (!(least > 0)) return 1;
    double power = pow(10, floor(log10(least)));
    for (;; power *= 10) {
        if (power >= least * (1 - 1e-9)) return power;
        if (2 * power >= least * (1 - 1e-9)) return 2 * power;
        if (5 * power >= least * (1 - 1e-9)) return 5 * power;
    }
}

pl_str picture_number(picture *p, double x, double step) {
    char text[PL_FIXED_SIZE];
    int digits = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    pl_number_fixed(text, x, digits < PL_DIGITS_MAX ? digits : PL_DIGITS_MAX);
    return picture_format(p, "%s", text);
}
