#include "study/correlation.h"
#include "study/eigen.h"
#include "study/structuring.h"
#include "study/thresholds.h"

#include <math.h>
#include <stdlib.h>

/* The children's scores in the units that have all of them, less their means. */
typedef struct block {
    const pl_structure_node *node;
    size_t count, rows;
    double *scores;     /* per child, `rows` */
    double *covariance; /* count x count, of n - 1 */
} block;

static bool is_complete(const pl_structuring *s, const pl_structure_node *node, size_t unit) {
    for (size_t i = 0; i < node->child_count; i++)
        if (isnan(pl_structuring_column(s, node->children[i].indicator)[unit])) return false;
    return true;
}

static void gather(const pl_structuring *s, block *b) {
    for (size_t unit = 0, at = 0; unit < s->out->units; unit++) {
        if (!is_complete(s, b->node, unit)) continue;
        for (size_t i = 0; i < b->count; i++)
            b->scores[i * b->rows + at] = pl_structuring_column(s, b->node->children[i].indicator)[unit];
        at++;
    }
}

/* Scores that differ in nothing but the rounding of their mean do not vary. */
static void centre(double *scores, size_t n) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += scores[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        scores[i] -= mean;
        squares += scores[i] * scores[i];
    }
    if (squares > 1e-24 * (double)n * mean * mean) return;
    for (size_t i = 0; i < n; i++) scores[i] = 0;
}

static void make_covariance(block *b) {
    for (size_t i = 0; i < b->count; i++) centre(b->scores + i * b->rows, b->rows);
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; k <= i; k++)
            b->covariance[i * b->count + k] = b->covariance[k * b->count + i] =
                pl_product(b->scores + i * b->rows, b->scores + k * b->rows, b->rows) / (double)(b->rows - 1);
}

/* ---- Cronbach's alpha ---- */

/* Of the children without one of them (PL_NO_INDEX: of all): k/(k-1) (1 - sum of variances / variance of the sum). */
static double alpha_without(const block *b, size_t left_out) {
    double own = 0, all = 0, k = (double)b->count - (left_out != PL_NO_INDEX);
    for (size_t i = 0; i < b->count; i++) {
        for (size_t j = 0; j < b->count && i != left_out; j++)
            if (j != left_out) all += b->covariance[i * b->count + j];
        if (i != left_out) own += b->covariance[i * b->count + i];
    }
    return k >= 2 && all > 1e-12 * own ? k / (k - 1) * (1 - own / all) : NAN;
}

/* ---- components ---- */

/* The correlation matrix of the children that vary; `which` are their places. */
static size_t make_correlations(const block *b, size_t *which, double *matrix) {
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++)
        if (b->covariance[i * b->count + i] > 0) which[count++] = i;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            const double *c = b->covariance;
            double scale = sqrt(c[which[i] * b->count + which[i]]) * sqrt(c[which[k] * b->count + which[k]]);
            matrix[i * count + k] = i == k ? 1 : c[which[i] * b->count + which[k]] / scale;
        }
    return count;
}

/* Loadings, vectors times the root of their value, of the components above 1 are turned in `compact`; size_t dimension_of says
 * where each child belongs. */
static void turn_dimensions(pl_structure_node *node, const size_t *which, size_t count, double *compact) {
    for (size_t c = 0; c < node->dimensions; c++)
        for (size_t i = 0; i < count; i++) compact[c * count + i] = node->loadings[c * node->child_count + which[i]];
    pl_varimax(compact, node->dimensions, count);
    for (size_t i = 0; i < count; i++) {
        size_t most = 0;
        for (size_t c = 0; c < node->dimensions; c++) {
            double own = compact[c * count + i];
            node->turned[c * node->child_count + which[i]] = own;
            if (fabs(own) > fabs(compact[most * count + i])) most = c;
        }
        node->dimension_of[which[i]] = most;
    }
}

static void find_components(const block *b, pl_structure_node *node, size_t *which, double *matrix, double *vectors) {
    size_t count = make_correlations(b, which, matrix), children = node->child_count;
    pl_eigen_symmetric(matrix, count, node->eigenvalues, vectors);
    node->component_count = count;
    for (size_t c = 0; c < count; c++) {
        double value = fmax(0, node->eigenvalues[c]);
        node->eigenvalues[c] = value;
        node->dimensions += value > ABOVE_ONE;
        for (size_t i = 0; i < children; i++) node->loadings[c * children + i] = NAN;
        for (size_t i = 0; i < count; i++) node->loadings[c * children + which[i]] = sqrt(value) * vectors[c * count + i];
    }
    if (node->dimensions) turn_dimensions(node, which, count, vectors);
}

static pl_status add_components(const pl_structuring *s, const block *b, pl_structure_node *node) {
    size_t count = node->child_count;
    node->eigenvalues = pl_structuring_numbers(s, count);
    node->loadings = pl_structuring_numbers(s, count * count);
    node->turned = pl_structuring_numbers(s, count * count);
    size_t *which = malloc((count + 1) * sizeof *which);
    double *matrix = malloc((count * count + 1) * sizeof *matrix);
    double *vectors = malloc((count * count + 2 * count + 1) * sizeof *vectors); /* and what turning them needs */
    pl_status status = node->eigenvalues && node->loadings && node->turned && which && matrix && vectors ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < count * count && status == PL_OK; i++) node->turned[i] = NAN;
    if (status == PL_OK) find_components(b, node, which, matrix, vectors);
    free(which);
    free(matrix);
    free(vectors);
    return status;
}

static pl_status study_block(const pl_structuring *s, pl_structure_node *node) {
    block b = {.node = node, .count = node->child_count, .rows = node->complete};
    b.scores = malloc((b.count * b.rows + 1) * sizeof *b.scores);
    b.covariance = malloc((b.count * b.count + 1) * sizeof *b.covariance);
    pl_status status = b.scores && b.covariance ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        gather(s, &b);
        make_covariance(&b);
        node->alpha = alpha_without(&b, PL_NO_INDEX);
        for (size_t i = 0; i < b.count; i++) node->alpha_without[i] = alpha_without(&b, i);
        status = add_components(s, &b, node);
        if (node->component_count < 2) node->alpha = NAN; /* what does not vary cannot hang together */
    }
    free(b.scores);
    free(b.covariance);
    return status;
}

pl_status pl_structure_components(const pl_structuring *s, pl_structure_node *node) {
    node->alpha = NAN;
    node->alpha_without = pl_structuring_numbers(s, node->child_count);
    node->dimension_of = pl_arena_array(&s->out->arena, node->child_count, sizeof *node->dimension_of);
    if (!node->alpha_without || !node->dimension_of) return PL_MEMORY;
    for (size_t i = 0; i < node->child_count; i++) {
        node->alpha_without[i] = NAN;
        node->dimension_of[i] = PL_NO_INDEX;
    }
    for (size_t unit = 0; unit < s->out->units; unit++) node->complete += is_complete(s, node, unit);
    bool fit = node->child_count >= 2 && node->child_count <= MOST_SIBLINGS && node->complete >= FEW_TO_CORRELATE;
    return fit ? study_block(s, node) : PL_OK;
}
