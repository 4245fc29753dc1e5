/* Sums over the columns of the programme, and the equations that say the model's rules with them. */
#ifndef PLUMBLINE_STUDY_EQUATION_H
#define PLUMBLINE_STUDY_EQUATION_H

#include "study/pathing.h"

/* What a node is for one unit: a constant and a sum of columns. */
typedef struct pl_sum_of {
    bool present;
    double constant, low, high;
    double *coefficients; /* per slot */
} pl_sum_of;

/* Slots are the columns of the choices, then those that help to say the rules: of the unit itself, then of the one it is compared
 * with, whose slots are used again for the next. */
typedef struct pl_equations {
    pl_shape *s;
    pl_programme p;
    size_t choice_columns, helpers, slots; /* helpers: per unit */
    size_t *column_of;                     /* per slot */
    double *slot_low, *slot_high;
    pl_sum_of *own, *other; /* per needed node: see `index` */
    double *own_block, *other_block;
    uint32_t *index;         /* per node: 1 + its place in the two */
    size_t node_count, used; /* helper slots of the side that is built */
    bool dry;                /* bounds only: nothing enters the programme */
    bool unsayable;          /* something comes and goes */
    double cost_scale;
} pl_equations;

/* A side of a comparison. */
typedef struct pl_side {
    pl_equations *q;
    size_t unit, first_slot;
    pl_sum_of *sums;
} pl_side;

pl_status pl_equations_begin(pl_equations *q, pl_shape *s, bool least_ahead);
void pl_equations_end(pl_equations *q);
/* Works out every needed node for a unit; the helpers enter the programme unless `dry`. */
pl_status pl_side_build(pl_side *side);
/* to += factor * the node. */
void pl_side_add(const pl_side *side, pl_node node, double factor, pl_sum_of *to);
pl_status pl_sum_make(const pl_equations *q, pl_sum_of *out);
void pl_sum_clear(const pl_equations *q, pl_sum_of *sum);
void pl_sum_add(const pl_equations *q, const pl_sum_of *from, double factor, pl_sum_of *to);
/* Works out `low` and `high`. */
void pl_sum_bound(const pl_equations *q, pl_sum_of *sum);
/* low <= sum + factor * column <= high; column SIZE_MAX: none. */
pl_status pl_sum_row(pl_equations *q, const pl_sum_of *sum, size_t column, double factor, double low, double high);

#endif
