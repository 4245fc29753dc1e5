#include "report/picture_axis.h"

#include <math.h>

/* Beyond it a range has no width that is a number. */
#define LARGEST 1e300

void axis_reach(axis *a, double x) {
    if (!(fabs(x) <= LARGEST)) return;
    a->low = fmin(a->low, x);
    a->high = fmax(a->high, x);
}

void axis_round(axis *a, size_t most) {
    if (!(a->low <= a->high)) a->low = 0, a->high = 1;
    double size = fmax(fabs(a->low), fabs(a->high));
    if (!(a->high - a->low > fmax(size * 1e-12, 1 / LARGEST)))
        a->low -= fmax(fabs(a->low) * 0.05, 0.5), a->high += fmax(fabs(a->high) * 0.05, 0.5);
    a->step = picture_step(a->low, a->high, most > 2 ? most - 1 : 1);
    a->low = floor(a->low / a->step + 1e-9) * a->step;
    a->high = ceil(a->high / a->step - 1e-9) * a->step;
}

double axis_at(const axis *a, double x) { return a->from + (x - a->low) / (a->high - a->low) * (a->to - a->from); }

/* Numbers count in whole steps, so that none is a little beside its place. */
static int steps(const axis *a) { return (int)fmin(round((a->high - a->low) / a->step), 100); }

static double number(const axis *a, int i) { return (round(a->low / a->step) + i) * a->step; }

void axis_draw_below(picture *p, const axis *a, double top, double bottom) {
    for (int i = 0; p->cr && i <= steps(a); i++) {
        double x = axis_at(a, number(a, i));
        picture_line(p, x, top, x, bottom, 1, GRID);
        picture_text(p, x, bottom + 13, picture_number(p, number(a, i), a->step), &text_muted, TEXT_CENTRE, 0);
    }
}

void axis_draw_left(picture *p, const axis *a, double left, double right) {
    for (int i = 0; p->cr && i <= steps(a); i++) {
        double y = axis_at(a, number(a, i));
        picture_line(p, left, y, right, y, 1, GRID);
        picture_text(p, left - 8, y, picture_number(p, number(a, i), a->step), &text_muted, TEXT_RIGHT, 0);
    }
}

double axis_numbers_width(picture *p, const axis *a) {
    double wide = 0;
    for (int i = 0; i <= steps(a); i++)
        wide = fmax(wide, picture_text_width(p, picture_number(p, number(a, i), a->step), &text_muted));
    return wide;
}
