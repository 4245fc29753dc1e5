/* What changed from one indicator system to another. */
#ifndef PLUMBLINE_MODEL_DIFF_H
#define PLUMBLINE_MODEL_DIFF_H

#include <plumbline/model/model.h>

typedef enum pl_change_kind {
    PL_CHANGE_ADDED,
    PL_CHANGE_DROPPED,
    PL_CHANGE_RECODED,    /* the same indicator under another code */
    PL_CHANGE_MOVED,      /* another parent */
    PL_CHANGE_REWORDED,   /* name */
    PL_CHANGE_DETAILS,    /* unit_of_measure, owner, source, covers, note */
    PL_CHANGE_REWEIGHTED, /* weight, full */
    PL_CHANGE_SHARE,      /* neither of these, but its part of its parent, since its siblings changed */
    PL_CHANGE_RULE,       /* value, denominator, impute, treat, score, combine, missing, applies, direction, target, low, high */
} pl_change_kind;

typedef struct pl_change {
    pl_change_kind kind;
    size_t before, after; /* indexes of the indicator in the two models; PL_NO_INDEX where it is not */
    const char *field;    /* which column changed, or NULL */
    pl_str old_text, new_text;
    double old_share, new_share; /* of the whole (shares.h); NAN where the indicator is not */
} pl_change;

typedef struct pl_changes {
    pl_arena arena;
    pl_change *items; /* dropped and changed ones in the order of the old model, then those added in the order of the new */
    size_t count, capacity;
} pl_changes;

/* Compares by code; what is in one model only is held to be the same indicator under another code where the name is the same, or
 * nearly the same with the same parent, weight and full, and no other could be meant. PL_MEMORY on failure; free with
 * pl_changes_free in any case. */
pl_status pl_model_diff(pl_changes *out, const pl_model *before, const pl_model *after);
void pl_changes_free(pl_changes *changes);

#endif
