/* The order in which indicators can be compiled: each after those that its expressions name. */
#ifndef PLUMBLINE_MODEL_DEPENDENCIES_H
#define PLUMBLINE_MODEL_DEPENDENCIES_H

#include <plumbline/model/model.h>

/* Two steps for each indicator: its value (of an inner node: what its children combine to), and its score. */
typedef size_t pl_step_id;
static inline pl_step_id pl_value_step(size_t indicator) { return 2 * indicator; }
static inline pl_step_id pl_score_step(size_t indicator) { return 2 * indicator + 1; }

/* Writes all 2 * indicator_count steps into `order`, each after the ones it depends on. Every cycle is reported (E343). */
pl_status pl_dependencies_order(const pl_model *model, pl_step_id *order, pl_problems *problems);

#endif
