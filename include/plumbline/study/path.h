/* The cheapest way to a place: which values a unit would have to improve, how far, and at what cost. */
#ifndef PLUMBLINE_STUDY_PATH_H
#define PLUMBLINE_STUDY_PATH_H

#include <plumbline/score/score.h>

typedef struct pl_path_options {
    size_t place;     /* that is wanted; 0: one better than now, the first to stay the first */
    bool among_group; /* places among the units of the group */
    bool trend;       /* the other units move on as they did in the periods before; else they stand still */
    double seconds;   /* after which the best found so far is the answer; 0: no limit */
    size_t work;      /* steps after which it is likewise, the same on any machine: some 100 million a second; 0: no limit */
} pl_path_options;

/* One element that is moved. Steps are in the order in which they are counted up; `points` and `place` are those after this one
 * and all before it. */
typedef struct pl_path_step {
    size_t element; /* index into the dataset's elements */
    double from, to;
    double steps; /* of the costs sheet; may be a part of one where the cost is linear */
    double cost;
    double points; /* of the published total that it adds */
    double place;
} pl_path_step;

typedef struct pl_path_plan {
    pl_path_step *steps;
    size_t count;
    double cost, total, place;
    uint32_t *passed; /* units that were before it, or on its place, and are behind it then */
    size_t passed_count;
} pl_path_plan;

typedef enum pl_path_outcome {
    PL_PATH_REACHED,
    PL_PATH_NOTHING_TO_DO, /* the unit has the place as it is */
    PL_PATH_OUT_OF_REACH,  /* `best` leads to the best place that can be reached, where it is better than now */
    PL_PATH_NOT_FOUND,     /* neither a way was found nor that there is none */
} pl_path_outcome;

/* Why the answer is the best one, as far as it is. */
typedef enum pl_path_proof {
    PL_PATH_PROVEN,   /* no plan costs less than `bound`, and this one costs that */
    PL_PATH_SEARCHED, /* found by search; where has_bound, none costs less than `bound` */
} pl_path_proof;

/* Why a search was all that could be done. */
typedef enum pl_path_doubt {
    PL_PATH_NO_DOUBT,
    PL_PATH_TIME,  /* time ran out */
    PL_PATH_BENT,  /* a rule bends between the levels of a linear cost: it was looked at in parts */
    PL_PATH_MIXED, /* too many elements work together in one rule that is neither a sum, a product, a least nor a most */
} pl_path_doubt;

/* An element that would help if it had costs. */
typedef struct pl_path_missing {
    size_t indicator; /* leaf whose score is behind that of the first */
    double points;    /* of the total, with the first one's score there */
} pl_path_missing;

typedef struct pl_path {
    pl_arena arena;
    pl_path_outcome outcome;
    pl_path_proof proof;
    pl_path_doubt doubt;
    bool has_bound;
    double bound;
    size_t wanted;
    bool among_group;
    double total, place; /* of the unit as things stand, the others moved on where that was asked for */
    pl_path_plan best, runner_up;
    bool has_best, has_runner_up; /* the runner-up does without at least one of the elements of `best` */
    bool runner_up_proven;
    double best_place;        /* OUT_OF_REACH: that can be reached, */
    bool best_place_proven;   /* and that no better one can */
    pl_path_missing *missing; /* OUT_OF_REACH: the largest first */
    size_t missing_count;
    size_t moved_count;    /* elements with costs that the unit can move */
    size_t trended, still; /* values of others that move on, and that stay for want of periods before */
    pl_str trend_to;       /* which period the trend goes to; empty: none */
    size_t evaluations;    /* of the whole model */
} pl_path;

/* Finds the way for the unit of `line`. The program of `compiled`, which `scores` came from, is not changed. Problems: E745 the
 * place is none of the field's, E746 no costs for this unit. Free with pl_path_free. */
pl_status pl_path_find(pl_path **out, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                       const pl_path_options *options, pl_problems *problems);
void pl_path_free(pl_path *path); /* NULL is allowed */

#endif
