#include "study/correlation.h"
#include "study/structuring.h"
#include "study/thresholds.h"

#include <plumbline/base/elementary.h>
#include <plumbline/model/shares.h>

#include <math.h>
#include <stdlib.h>

/* Weights under which the influences of a node's children are what they are meant to be. The influence of a child is its squared
 * correlation with the node, with the correlation's sign, over the sum of the squares.
 *
 * With complete scores x and a weighted arithmetic mean, the correlation of child i is (Cw)_i / (s_i sqrt(w'Cw)), C their
 * covariance matrix, s_i its standard deviation. It is proportional to given t_i where R v = t with v_i = w_i s_i, R the
 * correlation matrix: one system of linear equations, whose solution is the only one up to scale. Where one of its entries is
 * negative, no weights from 0 up meet the aim. Then, and where the node combines otherwise or scores are missing, the sum of
 * squared differences is made small by Levenberg's and Marquardt's method, with weights kept from falling below 0 by projection;
 * every trial recombines the scores. */

#define MOST_TRIALS 300
#define DIFFERENCE 1e-6 /* of a weight, for derivatives; weights add up to 1 */
/* A step that makes the rest smaller by less is the last: where the aim can be met, steps gain far more. */
#define LEAST_GAIN 1e-7
#define LEAST_DAMPING 1e-15
#define MOST_DAMPING 1e12

typedef struct search {
    const pl_structuring *s;
    const pl_structure_node *node;
    pl_arena memory;
    pl_combine how;
    size_t count, rows;
    bool exact;       /* scores are complete and averaged: correlations follow from those of the children */
    double *scores;   /* per child `rows`; NAN: missing */
    double *entering; /* what is averaged: the scores, their logarithms, or one over them */
    double *room;     /* per worker 3 * rows */
    double *aims;
    double *weights, *influences; /* the best so far, and */
    double *trial, *reached;      /* the next ones */
    double *derivatives;          /* row i: of all influences by weight i */
    double *deviations;           /* per child */
    double *correlations;         /* of the best weights, where they follow from the children's */
    double length;                /* sqrt(v'Rv) */
    double *normal, *step;        /* normal equations and their solution; `step` has room for as many numbers again */
    bool *fixed;                  /* weights that stay 0 */
} search;

/* ---- influences of given weights ---- */

/* A row's combination over the children present; NAN where they weigh nothing. */
static double combine_row(const search *q, const double *weights, size_t row) {
    double sum = 0, weight = 0;
    for (size_t i = 0; i < q->count; i++) {
        double x = q->entering[i * q->rows + row];
        if (isnan(x)) continue;
        sum += weights[i] * x;
        weight += weights[i];
    }
    if (!(weight > 0)) return NAN;
    if (q->how == PL_COMBINE_GEOMEAN) return pl_exp(sum / weight);
    return q->how == PL_COMBINE_HARMEAN ? weight / sum : sum / weight;
}

/* False where some correlation cannot be computed. */
static bool influence(const search *q, const double *weights, double *room, double *out) {
    double *combined = room + 2 * q->rows, sum = 0;
    size_t pairs;
    for (size_t row = 0; row < q->rows; row++) combined[row] = combine_row(q, weights, row);
    for (size_t i = 0; i < q->count; i++) {
        double r = pl_pairwise(q->scores + i * q->rows, combined, q->rows, room, &pairs);
        out[i] = r * fabs(r);
        sum += r * r;
    }
    if (!(sum > 0)) return false;
    for (size_t i = 0; i < q->count; i++) out[i] /= sum;
    return true;
}

/* The sum of squared differences from the aims. */
static double miss(const search *q, const double *weights, double *influences) {
    if (!influence(q, weights, q->room, influences)) return INFINITY;
    double sum = 0;
    for (size_t i = 0; i < q->count; i++) sum += (influences[i] - q->aims[i]) * (influences[i] - q->aims[i]);
    return sum;
}

static bool rescale(double *weights, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += weights[i];
    for (size_t i = 0; i < count && sum > 0; i++) weights[i] /= sum;
    return sum > 0;
}

/* ---- linear equations ---- */

/* Solves matrix x = right (which becomes x) for a positive definite matrix (destroyed) by Cholesky's method; false where it is not.
 */
static bool solve(double *matrix, double *right, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double diagonal = matrix[i * n + i];
        for (size_t k = 0; k <= i; k++) {
            double sum = matrix[i * n + k] - pl_product(matrix + i * n, matrix + k * n, k);
            if (k < i)
                matrix[i * n + k] = sum / matrix[k * n + k];
            else if (sum > 1e-12 * diagonal)
                matrix[i * n + i] = sqrt(sum);
            else
                return false;
        }
    }
    for (size_t i = 0; i < n; i++) right[i] = (right[i] - pl_product(matrix + i * n, right, i)) / matrix[i * n + i];
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) right[i] -= matrix[k * n + i] * right[k];
        right[i] /= matrix[i * n + i];
    }
    return true;
}

static double deviation(const double *scores, size_t n) {
    double mean = 0, squares = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        mean += isnan(scores[i]) ? 0 : scores[i];
        count += !isnan(scores[i]);
    }
    mean /= (double)count;
    for (size_t i = 0; i < n; i++) squares += isnan(scores[i]) ? 0 : (scores[i] - mean) * (scores[i] - mean);
    return sqrt(squares / (double)count);
}

/* Weights from `step`, which holds them times the deviations. */
static bool take_start(search *q) {
    for (size_t i = 0; i < q->count; i++) q->weights[i] = fmax(0, q->step[i]) / q->deviations[i];
    return rescale(q->weights, q->count);
}

/* Where one system of equations tells all, its solution becomes the weights. Otherwise weights that would be right if the children
 * had nothing to do with one another. True where the aim is out of reach for certain. */
static bool begin(search *q) {
    size_t n = q->count;
    bool negative = false;
    for (size_t i = 0; i < n; i++) q->step[i] = sqrt(q->aims[i]);
    if (q->exact) memcpy(q->normal, q->node->siblings, n * n * sizeof *q->normal);
    if (q->exact && solve(q->normal, q->step, n)) {
        for (size_t i = 0; i < n; i++) negative = negative || q->step[i] < -1e-9;
        if (take_start(q)) return negative;
    }
    for (size_t i = 0; i < n; i++) q->step[i] = sqrt(q->aims[i]);
    take_start(q);
    return false;
}

/* ---- the damped method ---- */

/* With v_i = w_i s_i the correlation of child i is r_i = (Rv)_i / sqrt(v'Rv). */
static void correlate(search *q) {
    size_t n = q->count;
    double squares = 0;
    for (size_t i = 0; i < n; i++) q->step[i] = q->weights[i] * q->deviations[i];
    for (size_t i = 0; i < n; i++) {
        q->correlations[i] = pl_product(q->node->siblings + i * n, q->step, n);
        squares += q->step[i] * q->correlations[i];
    }
    q->length = sqrt(squares);
    for (size_t i = 0; i < n; i++) q->correlations[i] /= q->length;
}

/* By weight k: of r_i it is s_k (R_ik - r_i r_k) / sqrt(v'Rv), and of r_i |r_i| / sum(r^2) what follows from that. */
static void derive_exactly(const search *q, size_t k, double *out) {
    const double *r = q->correlations;
    double squares = pl_product(r, r, q->count), drift = 0;
    for (size_t i = 0; i < q->count; i++) {
        out[i] = q->deviations[k] * (q->node->siblings[k * q->count + i] - r[i] * r[k]) / q->length;
        drift += 2 * r[i] * out[i] / squares;
    }
    for (size_t i = 0; i < q->count; i++) out[i] = 2 * fabs(r[i]) / squares * out[i] - r[i] * fabs(r[i]) / squares * drift;
}

static void derive_one(void *context, size_t index, unsigned worker) {
    const search *q = context;
    double *room = q->room + worker * (3 * q->rows + q->count), *weights = room + 3 * q->rows;
    double *out = q->derivatives + index * q->count;
    if (q->exact) {
        derive_exactly(q, index, out);
        return;
    }
    memcpy(weights, q->weights, q->count * sizeof *weights);
    weights[index] += DIFFERENCE;
    bool known = influence(q, weights, room, out);
    for (size_t i = 0; i < q->count; i++) out[i] = known ? (out[i] - q->influences[i]) / DIFFERENCE : 0;
}

/* Half the slope of the sum of squares by weight i. */
static double slope(const search *q, size_t i) {
    double sum = 0;
    for (size_t k = 0; k < q->count; k++) sum += q->derivatives[i * q->count + k] * (q->influences[k] - q->aims[k]);
    return sum;
}

/* Weights at 0 that would fall below stay there. Returns the steepest slope of the others. */
static double fix(search *q) {
    double steepest = 0;
    for (size_t i = 0; i < q->count; i++) {
        double own = slope(q, i);
        q->fixed[i] = q->weights[i] <= 0 && own >= 0;
        if (!q->fixed[i]) steepest = fmax(steepest, fabs(own));
    }
    return steepest;
}

static bool try_step(search *q, double damping) {
    size_t n = q->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            bool both = !q->fixed[i] && !q->fixed[k];
            q->normal[i * n + k] = both ? pl_product(q->derivatives + i * n, q->derivatives + k * n, n) : 0;
        }
        q->normal[i * n + i] += q->fixed[i] ? 1 : damping;
        q->step[i] = q->fixed[i] ? 0 : -slope(q, i);
    }
    if (!solve(q->normal, q->step, n)) return false;
    for (size_t i = 0; i < n; i++) q->trial[i] = fmax(0, q->weights[i] + q->step[i]);
    return rescale(q->trial, n);
}

static void swap(double **a, double **b) {
    double *c = *a;
    *a = *b;
    *b = c;
}

/* Ends where the aim is met to SAME_INFLUENCE and beyond, where the slope is flat, or where no step makes it better. */
static void approach(search *q) {
    double damping = 1e-3, best = miss(q, q->weights, q->influences);
    bool moved = true;
    for (int trial = 0; trial < MOST_TRIALS && best > 1e-26 && damping < MOST_DAMPING; trial++) {
        if (moved && q->exact) correlate(q);
        if (moved) pl_pool_run(q->s->pool, q->count, derive_one, q);
        if (moved && fix(q) < 1e-14) return;
        double next = try_step(q, damping) ? miss(q, q->trial, q->reached) : INFINITY;
        moved = next < best;
        damping = moved ? fmax(LEAST_DAMPING, damping / 10) : damping * 10;
        if (!moved) continue;
        swap(&q->weights, &q->trial);
        swap(&q->influences, &q->reached);
        bool stuck = best - next <= LEAST_GAIN * best;
        best = next;
        if (stuck) return;
    }
}

/* ---- the search ---- */

static double entering(pl_combine how, double x) {
    if (how == PL_COMBINE_GEOMEAN) return pl_ln(x);
    return how == PL_COMBINE_HARMEAN ? 1 / x : x;
}

static void load_scores(search *q) {
    for (size_t unit = 0, row = 0; unit < q->s->out->units && row < q->rows; unit++) {
        bool any = false;
        for (size_t i = 0; i < q->count; i++) {
            double x = pl_structuring_column(q->s, q->node->children[i].indicator)[unit];
            q->scores[i * q->rows + row] = x;
            q->entering[i * q->rows + row] = isnan(x) ? x : entering(q->how, x);
            any = any || !isnan(x);
        }
        row += any;
    }
}

static double *numbers(search *q, size_t count) { return pl_arena_array(&q->memory, count, sizeof(double)); }

static size_t units_with_any(const search *q) {
    size_t rows = 0;
    for (size_t unit = 0; unit < q->s->out->units; unit++) {
        bool any = false;
        for (size_t i = 0; i < q->count && !any; i++)
            any = !isnan(pl_structuring_column(q->s, q->node->children[i].indicator)[unit]);
        rows += any;
    }
    return rows;
}

static pl_status make_room(search *q) {
    size_t n = q->count, workers = pl_pool_threads(q->s->pool);
    q->rows = units_with_any(q);
    q->exact = q->how == PL_COMBINE_MEAN && q->rows == q->node->complete;
    q->scores = numbers(q, n * q->rows);
    q->entering = numbers(q, n * q->rows);
    q->room = numbers(q, workers * (3 * q->rows + n));
    q->trial = numbers(q, n);
    q->reached = numbers(q, n);
    q->derivatives = numbers(q, n * n);
    q->deviations = numbers(q, n);
    q->correlations = numbers(q, n);
    q->normal = numbers(q, n * n);
    q->step = numbers(q, n);
    q->fixed = pl_arena_array(&q->memory, n, sizeof *q->fixed);
    bool room = q->scores && q->entering && q->room && q->trial && q->reached && q->derivatives && q->deviations &&
                q->correlations && q->normal && q->step && q->fixed;
    return room ? PL_OK : PL_MEMORY;
}

/* The result's arrays are exchanged with the search's while it goes on, so all are copied at the end. */
static pl_status run(search *q, pl_found_weights *found) {
    size_t n = q->count;
    q->weights = numbers(q, n);
    q->influences = numbers(q, n);
    if (!q->weights || !q->influences) return PL_MEMORY;
    load_scores(q);
    for (size_t i = 0; i < n; i++) q->deviations[i] = deviation(q->scores + i * q->rows, q->rows);
    bool impossible = begin(q);
    approach(q);
    found->worst = 0;
    for (size_t i = 0; i < n; i++) {
        found->weights[i] = q->weights[i];
        found->influences[i] = q->influences[i];
        found->worst = fmax(found->worst, fabs(q->influences[i] - q->aims[i]));
    }
    if (found->worst <= SAME_INFLUENCE)
        found->state = PL_WEIGHTS_REACHED;
    else
        found->state = impossible ? PL_WEIGHTS_IMPOSSIBLE : PL_WEIGHTS_NEAREST;
    return PL_OK;
}

/* Whether there is something to look for, and what. */
static pl_weights_state set_aims(const pl_structuring *s, const pl_structure_node *node, double *aims) {
    const pl_indicator *own = &s->model->indicators[node->indicator];
    if (!pl_indicator_weighs(own) || own->how == PL_COMBINE_COPELAND) return PL_WEIGHTS_UNWEIGHTED;
    for (size_t i = 0; i < node->child_count; i++) {
        aims[i] = s->aim == PL_AIM_EQUAL ? 1 / (double)node->child_count : node->children[i].weight;
        if (isnan(aims[i])) return PL_WEIGHTS_UNSAID;
    }
    for (size_t i = 0; i < node->child_count; i++)
        if (isnan(node->children[i].correlation) || node->child_count > MOST_SIBLINGS) return PL_WEIGHTS_NO_DATA;
    return PL_WEIGHTS_NEAREST;
}

pl_status pl_structure_weights(const pl_structuring *s, pl_structure_node *node) {
    size_t n = node->child_count;
    double *aims = pl_structuring_numbers(s, n);
    if (!aims) return PL_MEMORY;
    node->found.state = set_aims(s, node, aims);
    if (node->found.state != PL_WEIGHTS_NEAREST) return PL_OK;
    search q = {.s = s, .node = node, .how = s->model->indicators[node->indicator].how, .count = n, .aims = aims};
    pl_arena_init(&q.memory, 0);
    node->found.aims = aims;
    node->found.weights = pl_structuring_numbers(s, n);
    node->found.influences = pl_structuring_numbers(s, n);
    pl_status status = node->found.weights && node->found.influences ? make_room(&q) : PL_MEMORY;
    if (status == PL_OK) status = run(&q, &node->found);
    pl_arena_free(&q.memory);
    return status;
}
