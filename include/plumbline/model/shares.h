/* What part of the whole each indicator has, down the tree. */
#ifndef PLUMBLINE_MODEL_SHARES_H
#define PLUMBLINE_MODEL_SHARES_H

#include <plumbline/model/model.h>

/* Writes each indicator's share of the root, 1 for the root itself. A parent's share goes to its children by weight where it
 * combines by weights, by `full` where it adds up and all children have one, and alike to each where neither says how much a child
 * counts (min, max, median, an expression). `shares` holds indicator_count numbers; `said`, which may be NULL, as many truths:
 * whether the sheet says how much of its parent an indicator is. */
void pl_model_shares(const pl_model *model, double *shares, bool *said);

/* True where weights say how a node's children count: mean, geomean, harmean, copeland. */
bool pl_indicator_weighs(const pl_indicator *node);

#endif
