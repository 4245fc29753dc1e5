/* The order in which indicators can be compiled: each after those that its expressions name. */
#ifndef PLUMBLINE_MODEL_DEPENDENCIES_H
#define PLUMBLINE_MODEL_DEPENDENCIES_H

#include <plumbline/model/model.h>

/* Four steps for each indicator: its value (of an inner node: what its children combine to), what a leaf's value is after division
 * and imputing, whether it applies, and its score. One step for all: which units have values enough, where the settings ask. */
typedef size_t pl_step_id;
typedef enum pl_step_kind { STEP_VALUE, STEP_PREPARED, STEP_APPLIES, STEP_SCORE, STEP_KINDS } pl_step_kind;
static inline pl_step_id pl_step_of(size_t indicator, pl_step_kind kind) { return STEP_KINDS * indicator + kind; }
static inline size_t pl_step_indicator(pl_step_id step) { return step / STEP_KINDS; }
static inline pl_step_kind pl_step_kind_of(pl_step_id step) { return (pl_step_kind)(step % STEP_KINDS); }
static inline pl_step_id pl_screen_step(const pl_model *model) { return STEP_KINDS * model->indicator_count; }
/* Room that all steps need. */
static inline size_t pl_step_count(const pl_model *model) { return STEP_KINDS * model->indicator_count + 1; }

/* Writes the steps into `order`, each after the ones it depends on, and how many there are. Every cycle is reported (E343). */
pl_status pl_dependencies_order(const pl_model *model, pl_step_id *order, size_t *count, pl_problems *problems);

#endif
