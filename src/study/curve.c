#include "study/structuring.h"
#include "study/thresholds.h"

#include <math.h>
#include <stdlib.h>

typedef struct point {
    double x, y;
} point;

static int by_x(const void *a, const void *b) {
    const point *p = a, *q = b;
    if (p->x != q->x) return p->x > q->x ? 1 : -1;
    return (p->y > q->y) - (p->y < q->y);
}

/* The mean of y over points[from .. to - 1]. */
static double level(const point *points, size_t from, size_t to) {
    double sum = 0;
    for (size_t i = from; i < to; i++) sum += points[i].y;
    return sum / (double)(to - from);
}

/* The value at x0 of the line through points[from .. to - 1], weighted by their distance; `reach` is the largest. */
static double line_at(const point *points, size_t from, size_t to, double x0, double reach) {
    double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0;
    for (size_t i = from; i < to; i++) {
        double d = (points[i].x - x0) / reach, inside = 1 - fabs(d) * d * d;
        double w = inside > 0 ? inside * inside * inside : 0;
        s0 += w;
        s1 += w * d;
        s2 += w * d * d;
        t0 += w * points[i].y;
        t1 += w * d * points[i].y;
    }
    double bottom = s0 * s2 - s1 * s1;
    return bottom > 1e-12 * s0 * s2 ? (s2 * t0 - s1 * t1) / bottom : t0 / s0;
}

/* Equal x have equal values: `to` is where they end. */
static void fit(const point *points, size_t n, double *fitted) {
    size_t near = n / 2, from = 0;
    for (size_t i = 0, to; i < n; i = to) {
        double x0 = points[i].x;
        for (to = i + 1; to < n && points[to].x == x0; to++) {}
        while (from + near < n && points[from + near].x - x0 < x0 - points[from].x) from++;
        double reach = fmax(x0 - points[from].x, points[from + near - 1].x - x0);
        double value = reach > 0 ? line_at(points, from, from + near, x0, reach) : level(points, i, to);
        for (size_t k = i; k < to; k++) fitted[k] = value;
    }
}

double pl_curve_share(const double *x, const double *y, size_t n, double *room) {
    point *points = (point *)room;
    double *fitted = room + 2 * MOST_ON_CURVE, mean = 0, mean_fitted = 0, all = 0, explained = 0;
    size_t step = (n + MOST_ON_CURVE - 1) / MOST_ON_CURVE, count = 0;
    for (size_t i = 0; i < n; i += step) points[count++] = (point){x[i], y[i]};
    qsort(points, count, sizeof *points, by_x);
    fit(points, count, fitted);
    for (size_t i = 0; i < count; i++) {
        mean += points[i].y / (double)count;
        mean_fitted += fitted[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        all += (points[i].y - mean) * (points[i].y - mean);
        explained += (fitted[i] - mean_fitted) * (fitted[i] - mean_fitted);
    }
    return all > 0 ? fmin(1, explained / all) : NAN;
}
