/* How the nodes that one element decides go between two of its values. */
#ifndef PLUMBLINE_STUDY_COURSING_H
#define PLUMBLINE_STUDY_COURSING_H

#include "study/pathing.h"

/* From the best known to the least known. */
typedef enum pl_course { PL_COURSE_STILL, PL_COURSE_STRAIGHT, PL_COURSE_ONE_WAY, PL_COURSE_UNKNOWN } pl_course;

/* A node's columns at both values. */
typedef struct pl_ends {
    const double *from, *to;
    const uint64_t *from_present, *to_present;
} pl_ends;

typedef struct pl_courses {
    const pl_shape *s;
    size_t move;
    pl_node *nodes, *asked; /* those that the move alone decides; and what they are made of */
    size_t count, asked_count;
    uint32_t *index;    /* per node of the program: 1 + which of `nodes` */
    bool *is_asked;     /* per node of the program */
    bool *across;       /* per node of the program: it looks at other periods */
    pl_course *courses; /* [which * units + unit], of the last pair of values */
    pl_ends *ends;      /* per node of the program, of those asked */
    bool kink;          /* between the last pair a node turns, or jumps */
    double hint;        /* where the first of them may lie, as a part of the way; INFINITY: no idea */
} pl_courses;

/* For a cluster of one move. */
pl_status pl_courses_open(pl_courses *y, const pl_shape *s, size_t cluster);
void pl_courses_close(pl_courses *y);
/* The model with the move at a value; the caller's to free. */
pl_status pl_courses_at(const pl_courses *y, double value, pl_evaluation **out);
/* The worst course of any node and unit; what it says of a course with a kink holds over the kink too. */
pl_course pl_courses_between(pl_courses *y, const pl_evaluation *from, const pl_evaluation *to);

#endif
