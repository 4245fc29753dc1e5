/* A mixed-integer linear programme: the least of a sum under linear conditions. The only place that knows GLPK is programme.c. */
#ifndef PLUMBLINE_STUDY_PROGRAMME_H
#define PLUMBLINE_STUDY_PROGRAMME_H

#include <plumbline/base/status.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct pl_programme {
    struct pl_programme_column *columns;
    size_t column_count, column_capacity;
    struct pl_programme_row *rows;
    size_t row_count, row_capacity;
    int *at; /* columns and coefficients of all rows, one after the other */
    double *coefficients;
    size_t entry_count, at_capacity, coefficient_capacity;
} pl_programme;

typedef enum pl_programme_outcome {
    PL_PROGRAMME_OPTIMAL,
    PL_PROGRAMME_FEASIBLE, /* time ran out with a solution at hand */
    PL_PROGRAMME_IMPOSSIBLE,
    PL_PROGRAMME_UNKNOWN, /* time ran out without one, or the numbers were too hard */
} pl_programme_outcome;

typedef struct pl_programme_answer {
    pl_programme_outcome outcome;
    double least;   /* of the solution */
    bool has_bound; /* no solution is below: */
    double bound;
    double *values; /* per column, of the caller; written where there is a solution */
} pl_programme_answer;

/* A column between `low` and `high`, both finite; `integer`: whole numbers only. */
pl_status pl_programme_column(pl_programme *p, double low, double high, double cost, bool integer, size_t *out);
/* The condition low <= sum <= high; -INFINITY and INFINITY: no bound. Coefficients of 0 are left out. Columns are named once. */
pl_status pl_programme_row(pl_programme *p, double low, double high, const size_t *columns, const double *coefficients,
                           size_t count);
void pl_programme_cost(pl_programme *p, size_t column, double cost);
pl_status pl_programme_solve(const pl_programme *p, double seconds, pl_programme_answer *answer);
void pl_programme_free(pl_programme *p);

#endif
