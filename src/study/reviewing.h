/* What the parts of the review share. */
#ifndef PLUMBLINE_STUDY_REVIEWING_H
#define PLUMBLINE_STUDY_REVIEWING_H

#include <plumbline/lang/inspect.h>
#include <plumbline/study/review.h>

/* A part of an expression of an indicator, and how its rows go. */
typedef struct pl_reviewed_part {
    pl_inspected part;
    size_t indicator;
    pl_place place;
    size_t same_as;   /* the first of the parts that one rule of the settings makes in many indicators; else itself */
    bool shared;      /* others are the same as this one: what is counted are values of several indicators */
    double yes, no;   /* rows of the scored periods, */
    double yes_other; /* and of the others */
} pl_reviewed_part;

/* What the review looks at of an indicator: only where it and all above it apply. */
typedef struct pl_reviewed_nodes {
    pl_node applies; /* boolean; 0: always */
    pl_node value;   /* x */
    pl_node score;   /* of a leaf before `missing` fills in, of an inner node as its parent takes it */
} pl_reviewed_nodes;

typedef struct pl_reviewing {
    pl_compiled *compiled;
    const pl_model *model;
    pl_problems *problems;
    pl_status worst;
    bool *said;               /* per indicator: the sheet says how much of its parent it is */
    double *shares;           /* per indicator */
    pl_reviewed_nodes *nodes; /* likewise */
    /* Of what there are not too many values: */
    pl_evaluation *evaluation;
    size_t *rows; /* reported units of the scored periods */
    size_t row_count;
    size_t *leaves;
    size_t leaf_count;
    pl_reviewed_part *parts;
    size_t part_count, part_capacity;
    double *scratch; /* 4 * row_count numbers */
} pl_reviewing;

/* A column of the evaluation over all rows of the frame. */
typedef struct pl_reviewed_column {
    const double *values;
    const uint64_t *present;
} pl_reviewed_column;

pl_reviewed_column pl_reviewing_column(const pl_reviewing *r, pl_node node);

/* Copies the values present at the review's rows, in their order; returns how many there are. */
size_t pl_reviewing_gather(const pl_reviewing *r, pl_node node, double *values);

static inline bool pl_reviewed_present(pl_reviewed_column column, size_t row) {
    return column.values && (!column.present || pl_present(column.present, row));
}

/* True where nobody wants to hear this finding about this indicator. */
bool pl_reviewing_silenced(const pl_reviewing *r, const char *code, size_t indicator);

/* Where an indicator's row is; `field` is the column as the design spells it. */
pl_place pl_reviewing_place(const pl_reviewing *r, size_t indicator, const char *field);

/* Records a finding about an indicator (PL_NO_INDEX: none) at a place, unless it is silenced. */
__attribute__((format(printf, 6, 7))) void pl_reviewing_tell(pl_reviewing *r, pl_level level, const char *code, size_t indicator,
                                                             pl_place place, const char *format, ...);

/* "1.5" in the shortest form, rounded to `digits` decimals where there are more. */
typedef struct pl_reviewed_number {
    char text[32];
} pl_reviewed_number;
pl_reviewed_number pl_reviewing_number(double x, int digits);

/* The code of the unit in a row of the frame. */
pl_str pl_reviewing_unit(const pl_reviewing *r, size_t row);

/* The parts, in the order they run. */
void pl_review_weights(pl_reviewing *r);
pl_status pl_review_collect_parts(pl_reviewing *r); /* before the evaluation */
void pl_review_parts(pl_reviewing *r);
void pl_review_texts(pl_reviewing *r);
void pl_review_peers(pl_reviewing *r);
void pl_review_values(pl_reviewing *r);
void pl_review_relations(pl_reviewing *r);

#endif
