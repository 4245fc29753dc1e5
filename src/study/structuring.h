/* What the parts of the study of structure share. */
#ifndef PLUMBLINE_STUDY_STRUCTURING_H
#define PLUMBLINE_STUDY_STRUCTURING_H

#include <plumbline/study/structure.h>

typedef struct pl_structuring {
    const pl_scores *scores;
    const pl_model *model;
    pl_pool *pool;
    pl_aim aim;
    pl_structure *out;
    double *columns; /* per indicator, `units` scores; NAN: missing */
    double *scratch; /* per worker, scratch_size numbers */
    size_t scratch_size;
} pl_structuring;

static inline const double *pl_structuring_column(const pl_structuring *s, size_t indicator) {
    return s->columns + indicator * s->out->units;
}

/* Room for `count` numbers that lives as long as the result; NULL when memory is exhausted. */
static inline double *pl_structuring_numbers(const pl_structuring *s, size_t count) {
    return pl_arena_array(&s->out->arena, count, sizeof(double));
}

/* Correlation of the pairs of which neither is NAN, within -1 and 1; NAN where there are fewer than three or one side does not
 * vary. `room` holds 2 n numbers; the pairs are left there, and their number in *pairs. */
double pl_pairwise(const double *a, const double *b, size_t n, double *room, size_t *pairs);

/* The part of the variance of y that a smooth curve over x explains: variance of the curve's values over that of y. The curve is
 * the local regression of Cleveland (1979) without his robust rounds: at each x a straight line through the nearest half of the
 * units, weighted by (1 - (distance/largest distance)^3)^3. Beyond 1000 units, evenly spaced ones of them. y must vary. `room`
 * holds 3 * MOST_ON_CURVE numbers. */
double pl_curve_share(const double *x, const double *y, size_t n, double *room);

/* Alpha, components: of the units that have a score of every child. */
pl_status pl_structure_components(const pl_structuring *s, pl_structure_node *node);

/* Weights for the aim. The rest of the node is filled in already. */
pl_status pl_structure_weights(const pl_structuring *s, pl_structure_node *node);

#endif
