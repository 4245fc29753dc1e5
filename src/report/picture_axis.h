/* An axis of numbers, with marks at round ones. */
#ifndef REPORT_PICTURE_AXIS_H
#define REPORT_PICTURE_AXIS_H

#include "report/picture.h"

typedef struct axis {
    double low, high, step; /* of the numbers; low and high are multiples of the step */
    double from, to;        /* where low and high are on the paper */
} axis;

/* Widens the range to what finite x is; begins with {INFINITY, -INFINITY}. */
void axis_reach(axis *a, double x);
/* Rounds the range outward so that at most `most` steps cover it. */
void axis_round(axis *a, size_t most);
double axis_at(const axis *a, double x);
/* Gridlines and numbers of an axis that lies below what is between top and bottom, or that stands left of what is between left and
 * right. */
void axis_draw_below(picture *p, const axis *a, double top, double bottom);
void axis_draw_left(picture *p, const axis *a, double left, double right);
/* The widest of its numbers. */
double axis_numbers_width(picture *p, const axis *a);

#endif
