/* Lists of ways in which who costs more brings more. */
#ifndef PLUMBLINE_STUDY_WAYS_H
#define PLUMBLINE_STUDY_WAYS_H

#include "study/bounds.h"

typedef struct pl_way_list {
    const pl_way *at;
    size_t count;
} pl_way_list;

/* How the value of two ways together comes about. `sign` -1: both are of the form with its sign turned. */
typedef enum pl_joint_kind { PL_JOINT_SUM, PL_JOINT_PRODUCT, PL_JOINT_LEAST, PL_JOINT_MOST } pl_joint_kind;

typedef struct pl_joint {
    pl_joint_kind kind;
    double sign, factor; /* factor: of the second, in a sum */
} pl_joint;

static inline double pl_way_end(const pl_way *way) { return way->value + way->tail_value; }

typedef struct pl_growing_ways {
    pl_way *at;
    size_t count;
    double best; /* what the ways so far bring without their tails, and a little more: sums of the same in another order */
} pl_growing_ways;

/* Puts a way to the others, which cost no more, where it brings more than they do. */
void pl_ways_append(pl_growing_ways *to, const pl_way *way);
/* Room for so many ways in a spare list. */
bool pl_ways_reserve(pl_bounder *b, size_t which, size_t count);
/* A copy that lives until the next pl_bounder_begin. */
pl_way_list pl_ways_keep(pl_bounder *b, const pl_way *ways, size_t count);
/* All ways of the one list together with all of the other, of which those are kept that bring most for their cost. */
pl_way_list pl_ways_join(pl_bounder *b, const pl_joint *how, pl_way_list x, pl_way_list y);

#endif
