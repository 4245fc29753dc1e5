#include <plumbline/model/shares.h>

bool pl_indicator_weighs(const pl_indicator *node) {
    return !node->combine && (node->how == PL_COMBINE_MEAN || node->how == PL_COMBINE_GEOMEAN || node->how == PL_COMBINE_HARMEAN ||
                              node->how == PL_COMBINE_COPELAND);
}

/* How much a child counts beside its siblings; < 0 where the sheet does not say. */
static double measure(const pl_indicator *parent, const pl_indicator *child) {
    if (pl_indicator_weighs(parent)) return child->weight;
    bool adds = !parent->combine && parent->how == PL_COMBINE_SUM;
    return adds && child->full.given ? child->full.value : -1;
}

void pl_model_shares(const pl_model *model, double *shares, bool *said) {
    if (model->indicator_count) shares[0] = 1;
    if (model->indicator_count && said) said[0] = true;
    for (size_t i = 0; i < model->indicator_count; i++) {
        const pl_indicator *parent = &model->indicators[i];
        double sum = 0;
        for (size_t child = parent->first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling) {
            double own = measure(parent, &model->indicators[child]);
            sum = own < 0 || sum < 0 ? -1 : sum + own;
        }
        for (size_t child = parent->first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling) {
            double part = sum > 0 ? measure(parent, &model->indicators[child]) / sum : 1 / (double)parent->child_count;
            shares[child] = shares[i] * part;
            if (said) said[child] = sum > 0;
        }
    }
}
