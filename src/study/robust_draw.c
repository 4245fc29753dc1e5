#include "study/robusting.h"

#include <plumbline/model/shares.h>

#include <math.h>

/* How much a child counts beside its siblings when nothing varies; 0: weights have nothing to say about it. */
static double nominal(const pl_indicator *parent, const pl_indicator *child) {
    if (pl_indicator_weighs(parent)) return child->weight;
    bool adds = !parent->combine && parent->how == PL_COMBINE_SUM;
    return adds && child->full.given && child->full.value > 0 ? child->full.value : 0;
}

static double draw_weight(const pl_robust_options *o, double weight, double sum, pl_random *random) {
    switch (o->weights) {
    case PL_WEIGHTS_UNIFORM: return weight * (1 + o->spread * (2 * pl_random_unit(random) - 1));
    case PL_WEIGHTS_DIRICHLET: return pl_random_gamma(random, o->spread * weight / sum);
    case PL_WEIGHTS_ANY: return pl_random_gamma(random, 1);
    case PL_WEIGHTS_FIXED: break;
    }
    return weight;
}

/* Draws the weights of one node's children and rescales them to the sum that they had. */
static void draw_siblings(const robusting *r, size_t index, double *parameters, pl_random *random) {
    const pl_model *model = r->model;
    const pl_indicator *parent = &model->indicators[index];
    bool weighs = pl_indicator_weighs(parent);
    double *to = parameters + (weighs ? 0 : 2 * model->indicator_count);
    double before = 0, after = 0;
    for (size_t i = parent->first_child; i != PL_NO_INDEX; i = model->indicators[i].next_sibling)
        before += nominal(parent, &model->indicators[i]);
    for (size_t i = parent->first_child; i != PL_NO_INDEX; i = model->indicators[i].next_sibling) {
        double own = nominal(parent, &model->indicators[i]);
        double drawn = own > 0 ? draw_weight(r->options, own, before, random) : 0;
        to[i] = weighs ? drawn : own > 0 ? drawn / own : 1;
        after += drawn;
    }
    if (after <= 0) return;
    for (size_t i = parent->first_child; i != PL_NO_INDEX; i = model->indicators[i].next_sibling)
        if (nominal(parent, &model->indicators[i]) > 0) to[i] *= before / after;
}

static void draw_weights(const robusting *r, double *parameters, pl_random *random) {
    for (size_t i = 0; i < r->model->indicator_count; i++)
        if (r->model->indicators[i].child_count > 1) draw_siblings(r, i, parameters, random);
}

static double disturbed(const pl_indicator *leaf, double value, pl_random *random) {
    double result = value;
    if (leaf->error.given) result += (leaf->error_is_share ? fabs(value) : 1) * leaf->error.value * pl_random_normal(random);
    if (leaf->rounding.given) result += leaf->rounding.value * (pl_random_unit(random) - 0.5);
    /* What is impossible stays so, except where the report itself was beyond it. */
    if (leaf->low.given && result < leaf->low.value) result = fmin(value, leaf->low.value);
    if (leaf->high.given && result > leaf->high.value) result = fmax(value, leaf->high.value);
    return isfinite(result) ? result : value;
}

static void draw_data(const robusting *r, robust_worker *w, pl_random *random) {
    size_t rows = r->dataset->unit_count * r->dataset->period_count;
    for (size_t n = 0; n < r->noise_count; n++) {
        const pl_element *element = &r->dataset->elements[r->noise[n].column];
        for (size_t row = 0; row < rows; row++)
            w->values[n][row] =
                pl_present(element->present, row) ? disturbed(r->noise[n].leaf, pl_element_number(element, row), random) : 0;
    }
}

const robust_variant *robust_draw(const robusting *r, robust_worker *w, pl_random *streams) {
    size_t variant = 0, indicators = r->model->indicator_count;
    memcpy(w->parameters, r->variants[0].compiled->parameters, 3 * indicators * sizeof *w->parameters);
    for (size_t i = 0; i < r->out->assumption_count; i++) {
        const pl_assumption *a = &r->out->assumptions[i];
        switch (a->kind) {
        case PL_ASSUMPTION_WEIGHTS: draw_weights(r, w->parameters, &streams[i]); break;
        case PL_ASSUMPTION_METHOD: variant = variant * a->levels + pl_random_below(&streams[i], a->levels); break;
        case PL_ASSUMPTION_INDICATORS: {
            size_t level = pl_random_below(&streams[i], a->levels);
            if (level) w->parameters[indicators + r->leaves[level - 1]] = 0;
            break;
        }
        case PL_ASSUMPTION_DATA: draw_data(r, w, &streams[i]); break;
        }
    }
    return &r->variants[variant];
}
