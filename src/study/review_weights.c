#include "study/reviewing.h"
#include "study/thresholds.h"

#include <plumbline/model/shares.h>

#include <math.h>
#include <stdlib.h>

/* What the sheet of indicators shows by itself. */

static const double wholes[] = {1, 10, 100};
#define WHOLES (sizeof wholes / sizeof *wholes)

typedef struct weight_sum {
    double sum;
    bool varied; /* they are not all the same: equal weights need not sum to anything */
} weight_sum;

static weight_sum weights_below(const pl_model *model, size_t parent) {
    weight_sum out = {0};
    size_t first = model->indicators[parent].first_child;
    for (size_t child = first; child != PL_NO_INDEX; child = model->indicators[child].next_sibling) {
        out.sum += model->indicators[child].weight;
        out.varied |= model->indicators[child].weight != model->indicators[first].weight;
    }
    return out;
}

static bool is_exactly(double sum, double whole) { return fabs(sum - whole) <= WEIGHT_EXACT * whole; }

static bool sums_to_a_whole(double sum) {
    for (size_t i = 0; i < WHOLES; i++)
        if (is_exactly(sum, wholes[i])) return true;
    return false;
}

/* The round number that a sum just misses, or 0. */
static double missed_whole(double sum) {
    for (size_t i = 0; i < WHOLES; i++)
        if (fabs(sum - wholes[i]) <= WEIGHT_SLIP * wholes[i] * (1 + WEIGHT_EXACT) && !is_exactly(sum, wholes[i])) return wholes[i];
    return 0;
}

/* Weights that are meant to sum to a round number do so elsewhere in the model: where another set does not, none need to. */
static void review_sums(pl_reviewing *r) {
    const pl_model *model = r->model;
    size_t slips = 0, slip = 0, others = 0;
    double whole = 0;
    for (size_t i = 0; i < model->indicator_count; i++) {
        const pl_indicator *node = &model->indicators[i];
        weight_sum weights = {0};
        if (node->child_count > 1 && pl_indicator_weighs(node)) weights = weights_below(model, i);
        if (!weights.varied || sums_to_a_whole(weights.sum)) continue;
        if (missed_whole(weights.sum) == 0) {
            others++;
            continue;
        }
        slips++;
        slip = i;
        whole = missed_whole(weights.sum);
    }
    if (slips != 1 || others) return;
    pl_reviewing_tell(r, PL_WARNING, "W501", slip, pl_reviewing_place(r, slip, "weight"),
                      "the weights below \"%.*s\" sum to %s, not to %s", PL_ARG(model->indicators[slip].code),
                      pl_reviewing_number(weights_below(model, slip).sum, 9).text, pl_reviewing_number(whole, 0).text);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *values, size_t count) {
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* The median of all siblings stands for that of the others: of many it is the same, and the odd one cannot move it far. */
static void review_siblings(pl_reviewing *r, size_t parent, double *weights) {
    const pl_model *model = r->model;
    size_t count = 0;
    for (size_t child = model->indicators[parent].first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling)
        if (model->indicators[child].weight > 0) weights[count++] = model->indicators[child].weight;
    if (count < 3) return;
    double median = median_of(weights, count);
    for (size_t child = model->indicators[parent].first_child; child != PL_NO_INDEX;
         child = model->indicators[child].next_sibling) {
        double weight = model->indicators[child].weight;
        if (weight <= 0 || (weight < WEIGHT_LARGE * median && weight * WEIGHT_SMALL > median)) continue;
        pl_reviewing_tell(r, PL_WARNING, "W502", child, pl_reviewing_place(r, child, "weight"),
                          "the weight %s is %s times the median of its siblings, %s", pl_reviewing_number(weight, 9).text,
                          pl_reviewing_number(weight / median, 4).text, pl_reviewing_number(median, 9).text);
    }
}

static void review_points(pl_reviewing *r, size_t parent) {
    const pl_model *model = r->model;
    const pl_indicator *node = &model->indicators[parent];
    if (node->combine || node->how != PL_COMBINE_SUM || !node->full.given || node->score) return;
    double sum = 0;
    for (size_t child = node->first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling) {
        if (!model->indicators[child].full.given) return;
        sum += model->indicators[child].full.value;
    }
    if (fabs(sum - node->full.value) <= WEIGHT_EXACT * fabs(node->full.value)) return;
    pl_reviewing_tell(r, PL_WARNING, "W503", parent, pl_reviewing_place(r, parent, "full"),
                      "the points below \"%.*s\" add up to %s, not to its own %s", PL_ARG(node->code),
                      pl_reviewing_number(sum, 9).text, pl_reviewing_number(node->full.value, 9).text);
}

void pl_review_weights(pl_reviewing *r) {
    const pl_model *model = r->model;
    double *weights = malloc((model->indicator_count + 1) * sizeof *weights);
    if (!weights) {
        r->worst = PL_MEMORY;
        return;
    }
    review_sums(r);
    for (size_t i = 0; i < model->indicator_count; i++) {
        if (!model->indicators[i].child_count) continue;
        if (pl_indicator_weighs(&model->indicators[i])) review_siblings(r, i, weights);
        review_points(r, i);
    }
    free(weights);
}
