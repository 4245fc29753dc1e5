/* A model that a test writes down sheet by sheet, with its data and its scores. */
#ifndef PLUMBLINE_TESTS_AT_HAND_H
#define PLUMBLINE_TESTS_AT_HAND_H

#include <plumbline/score/score.h>

typedef struct model_at_hand {
    pl_problems problems; /* of all that is done with it */
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
} model_at_hand;

/* A sheet with this text. */
pl_sheet sheet_at_hand(const char *name, pl_str text);

/* Nothing yet; to be closed in any case. */
model_at_hand model_begin(void);
void model_close(model_at_hand *m);

/* Loads the model and its data. */
pl_status model_load(model_at_hand *m, const pl_sheet *sheets, size_t count);

/* Compiles and scores a model with data, its own or others that outlive it; only the totals have columns. */
pl_status model_score(model_at_hand *m, const pl_model *model, const pl_dataset *dataset);

/* Both of these, one after the other. */
pl_status model_load_and_score(model_at_hand *m, const pl_sheet *sheets, size_t count);

#endif
