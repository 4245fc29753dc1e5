/* Running a program over the rows of a frame, in cache-sized blocks on all cores, with the same bits on any number of them. */
#ifndef PLUMBLINE_LANG_EVALUATE_H
#define PLUMBLINE_LANG_EVALUATE_H

#include <plumbline/base/pool.h>
#include <plumbline/lang/period.h>
#include <plumbline/lang/program.h>

/* One input. `present` as in table.h (bit set: there is a value); NULL: all are present. Numbers are finite. Where a bit is
 * clear the number is 0. Texts are numbers of pl_program_texts, 0 for missing. */
typedef struct pl_input {
    const double *numbers;
    const uint64_t *present;
    const uint32_t *texts;
    const int32_t *scaled; /* in place of numbers: number i is scaled[i] / power, where scaled is 0 too where the bit is clear */
    double power;          /* of ten */
} pl_input;

static inline double pl_input_number(const pl_input *input, size_t i) {
    return input->scaled ? input->scaled[i] / input->power : input->numbers[i];
}

#define PL_NOBODY UINT32_MAX

/* Units put together in classes. */
typedef struct pl_grouping {
    const uint32_t *group_of; /* per unit: 0 .. groups-1, or PL_NOBODY; NULL: nobody is in any */
    size_t groups;
} pl_grouping;

/* Records that belong to rows: any number to each. */
typedef struct pl_records {
    size_t count;
    bool complete;           /* what is not there did not happen: a row without records has a sum of 0 */
    const size_t *row_of;    /* per record, never falling */
    const pl_input *columns; /* one value per record */
    size_t column_count;
} pl_records;

/* The rows: every unit in every period, row = period * units + unit. Periods are in order (pl_period_compare). Everything is
 * borrowed and must outlive the evaluation. */
typedef struct pl_frame {
    size_t units, periods;
    const pl_input *columns; /* one value per row */
    size_t column_count;
    const pl_input *attributes; /* one value per unit, the same in every period */
    size_t attribute_count;
    const pl_grouping *groupings; /* [0]: the units' own groups */
    size_t grouping_count;
    const pl_records *records;
    size_t record_count;         /* lists */
    const uint32_t *parent_of;   /* per unit: its unit above, or PL_NOBODY; NULL: no tree */
    const pl_str *period_labels; /* per period */
    const double *parameters;    /* finite numbers that the program's parameters stand for; NULL where it has none */
    const double *elapsed;       /* per period: share of its year that is gone; NULL or NAN: not known */
    const bool *scored;          /* per period: incidents count here only; NULL: in all */
} pl_frame;

typedef enum pl_incident_kind {
    PL_INCIDENT_DIVISION,     /* division by zero: missing */
    PL_INCIDENT_OVERFLOW,     /* beyond the largest double: missing */
    PL_INCIDENT_DOMAIN,       /* root or logarithm of a negative number, 0 to a negative power ...: missing */
    PL_INCIDENT_NOT_POSITIVE, /* a geometric or harmonic mean of something that is not above (is) 0: an error */
    PL_INCIDENT_REQUIRED,     /* pl_program_require met a missing value: an error */
} pl_incident_kind;

/* Something that happened while computing `node`, in `rows` rows, `first_row` the lowest. */
typedef struct pl_incident {
    pl_incident_kind kind;
    pl_node node;
    size_t rows, first_row;
    pl_str place_file; /* where the expression stood that first made the node; empty for combinations */
    size_t place_row;
    pl_str place_field;
    size_t place_column;
} pl_incident;

typedef struct pl_evaluation pl_evaluation;

typedef struct pl_evaluate_options {
    pl_pool *pool;                     /* NULL: the caller's thread only */
    size_t first_period, period_count; /* periods to compute; 0, 0: all. What lies outside stays missing. */
    /* Nodes whose value in single rows will be asked for (pl_evaluation_value), beyond those that the wanted ones take: the
     * aggregates below them are computed, but no column is kept. */
    const pl_node *asked;
    size_t asked_count;
    /* An evaluation of the same program over the same rows whose results are taken where `moved`, a truth per node, is false;
     * NULL: none. It must outlive this one. */
    const struct pl_evaluation *base;
    const bool *moved;
    bool quiet; /* incidents are not counted, only what cannot be computed goes missing */
} pl_evaluate_options;

/* Computes the wanted nodes in all rows. The frame, its inputs and the program must outlive the result. */
pl_status pl_evaluate(pl_evaluation **out, pl_program *program, const pl_frame *frame, const pl_node *wanted, size_t wanted_count,
                      const pl_evaluate_options *options, pl_problems *problems);
void pl_evaluation_free(pl_evaluation *evaluation); /* NULL is allowed */

/* The column of a wanted node: units * periods numbers (booleans 0 and 1) and the bits of those present. NULL for other nodes. */
const double *pl_evaluation_column(const pl_evaluation *evaluation, pl_node node, const uint64_t **present);

/* The value of any node in one row, computed from the aggregates that the evaluation keeps. False when it is missing, or memory
 * ran out, which pl_evaluation_status tells after any number of calls. Not for two threads at once. */
bool pl_evaluation_value(const pl_evaluation *evaluation, pl_node node, size_t row, double *out);

/* PL_MEMORY when some value could not be computed since the evaluation was made. */
pl_status pl_evaluation_status(const pl_evaluation *evaluation);

/* One node that is taken to have another value than it has. */
typedef struct pl_supposition {
    pl_node node;
    bool present;
    double value;
} pl_supposition;

/* The value of a node in one row if others had the values supposed; what is aggregated over other rows stays as it is. *present
 * is false when the result is missing. */
pl_status pl_evaluation_suppose(const pl_evaluation *evaluation, pl_node node, size_t row, const pl_supposition *suppositions,
                                size_t count, double *out, bool *present);

/* What happened, ordered by node. */
const pl_incident *pl_evaluation_incidents(const pl_evaluation *evaluation, size_t *count);

#endif
