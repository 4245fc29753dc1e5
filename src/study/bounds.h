/* What the total of a unit can come to where some choices are left, and what that costs at least. */
#ifndef PLUMBLINE_STUDY_BOUNDS_H
#define PLUMBLINE_STUDY_BOUNDS_H

#include "study/pathing.h"

#define PL_SLACK 1e-11 /* bounds are wider by this, so that no rounding of sums shuts out what the model would let pass */

/* Which of the options are left. */
typedef enum pl_left {
    PL_LEFT_NOT,
    PL_LEFT_BARE, /* the option, and nothing between it and the next */
    PL_LEFT_OPEN,
} pl_left;

/* How much can be had between an option that is left and the next. */
static inline pl_opening pl_opening_of(const pl_shape *s, const pl_left *left, size_t option) {
    return left[option] == PL_LEFT_OPEN ? s->options[option].opens : PL_OPENS_NOT;
}

/* ---- what a node is for one unit (path_form.c) ---- */

typedef enum pl_bend_kind {
    PL_BEND_PRODUCT,   /* of two parts */
    PL_BEND_LEAST,     /* of the parts */
    PL_BEND_MOST,      /* of the parts */
    PL_BEND_CONDITION, /* 1 where the only part is at least 0, else 0; at 0 both are let pass */
    PL_BEND_CHOICE,    /* the second part where the first, a condition, is 1; else the third */
} pl_bend_kind;

typedef struct pl_form pl_form;

/* What is no sum, times a factor. */
typedef struct pl_bend {
    pl_bend_kind kind;
    double factor;
    pl_form *parts;
    size_t count;
    double slack; /* of a condition */
    struct pl_bend *next;
} pl_bend;

/* A constant, something for each option, and bends. */
struct pl_form {
    double constant;
    double *gains;  /* per option */
    bool *involved; /* per cluster: it has gains */
    pl_bend *bends;
};

typedef struct pl_interval {
    double low, high;
} pl_interval;

/* The node for a unit; *sayable becomes false where a value comes and goes. Lives in the arena. */
pl_status pl_form_make(pl_form *out, const pl_shape *s, pl_arena *arena, size_t unit, pl_node node, bool *sayable);
/* True where the cluster moves the form. */
bool pl_form_involves(const pl_form *form, size_t cluster);
/* Between what the form lies, of the options that are left. */
pl_interval pl_form_within(const pl_shape *s, const pl_form *form, const pl_left *left);
/* effects += factor * what each option does to the form; a product counts with the most of its other part. */
void pl_form_effects(const pl_shape *s, const pl_form *form, double factor, const pl_left *left, double *effects);

/* ---- the cheapest ways (path_front.c) ---- */

/* A way to a value, and with a bit of one divisible option more, if it has a tail, to all values up to `value + tail_value`. */
typedef struct pl_way {
    double cost, value, tail_cost, tail_value;
    const struct pl_way *first, *second; /* what it is put together from; NULL: the option */
    const struct pl_pick *picks;         /* other ways that it takes */
    uint32_t option;
    bool reaches; /* it counts with what the next option brings */
} pl_way;

/* Ways that are taken together, with a part of their tails. */
typedef struct pl_pick {
    const pl_way *way;
    double part;
    const struct pl_pick *next;
} pl_pick;

/* The least cost at which something can be had; INFINITY: it cannot. */
typedef struct pl_reach {
    double cost;
    const pl_pick *picks;
} pl_reach;

/* The ways of those clusters of a form that no case divides before others, kept from case to case. */
typedef struct pl_standing {
    const pl_form *form;
    const pl_way *ways;
    size_t count;
    double most; /* that was set when they were listed */
    struct pl_standing *next;
} pl_standing;

typedef struct pl_bounder {
    const pl_shape *s;
    const pl_left *left; /* per option */
    double *floors;      /* per cluster: of the options that are left the least cost, which is not counted below */
    bool *counted;       /* per cluster: what it costs is counted already */
    double most;         /* ways that cost more do not matter */
    pl_arena arena;      /* ways, until the next pl_bounder_begin */
    bool *steady;        /* per cluster, of the caller: it moves no rival */
    bool *whole;         /* per cluster: all its options are left */
    size_t steps;        /* ways that were looked at: the work */
    pl_standing *standing;
    pl_arena standing_arena;
    pl_way *spare[2];
    size_t capacity[2];
    pl_status status; /* PL_MEMORY: nothing is true any more */
} pl_bounder;

pl_status pl_bounder_open(pl_bounder *b, const pl_shape *s);
void pl_bounder_close(pl_bounder *b);
/* From now on these options are left. Returns the cost of the cheapest. */
double pl_bounder_begin(pl_bounder *b, const pl_left *left, double most);
/* No choice of the options left with sign * form >= need costs less, beside the floors. */
pl_reach pl_bounder_reach(pl_bounder *b, const pl_form *form, double sign, double need);
/* The plan of a reach: an option for each cluster, and how much of the way to the next level. */
void pl_bounder_plan(const pl_bounder *b, const pl_reach *reach, size_t *options, double *parts);

#endif
