/* The state of one run of a program, shared by the files that compute it. */
#ifndef PLUMBLINE_LANG_EVALUATION_H
#define PLUMBLINE_LANG_EVALUATION_H

#include "lang/graph.h"

#include <plumbline/lang/evaluate.h>

/* Rows that are computed together: small enough that a dozen registers stay in the processor's cache. */
#define BLOCK_ROWS 512

/* Values that lie ready. */
typedef enum pl_store_kind {
    STORE_NONE,
    STORE_PERIODS, /* one per period */
    STORE_GROUPS,  /* one per period and group: [period * groups + group] */
    STORE_ROWS,
} pl_store_kind;

typedef struct pl_store {
    pl_store_kind kind;
    uint32_t grouping; /* for GROUPS: which */
    double *values;
    unsigned char *present; /* a byte each, for PERIODS and GROUPS */
    uint64_t *bits;         /* for ROWS */
    bool borrowed;          /* they belong to another evaluation */
} pl_store;

/* Where incidents count: inside the branch of a condition only where the branch is taken. */
typedef struct pl_guard {
    uint32_t parent; /* the guard around this one; 0: none */
    uint32_t depth;
    pl_node condition;
    bool wanted; /* the value of the condition at which the branch is taken */
} pl_guard;

typedef struct pl_guards {
    pl_guard *items; /* [0] is no guard */
    size_t count, capacity;
    uint32_t *of; /* per node */
} pl_guards;

/* Incidents as they are met; one entry per block, step and kind. */
typedef struct pl_incident_log {
    pl_incident *items;
    size_t count, capacity;
    bool failed;
} pl_incident_log;

struct pl_scalar;

struct pl_evaluation {
    pl_program *program;
    const pl_frame *frame;
    size_t node_count;               /* nodes of the program when it ran */
    size_t first_period, period_end; /* periods that are computed */
    uint32_t stage;                  /* of the pass that runs: aggregates up to this stage are known */
    uint32_t *stored;                /* per node: index into stores, 0: none */
    pl_store *stores;                /* [0] is unused */
    size_t store_count, store_capacity;
    pl_guards guards;
    pl_incident_log incidents;
    struct pl_scalar *scalar; /* for pl_evaluation_value */
};

static inline size_t pl_evaluation_rows(const pl_evaluation *e) { return e->frame->units * e->frame->periods; }

/* The grouping that a node over PL_SCOPE_GROUP means. */
static inline const pl_grouping *pl_grouping_of(const pl_evaluation *e, const pl_graph_node *n) {
    return &e->frame->groupings[n->slot];
}
static inline uint32_t pl_group_at(const pl_grouping *grouping, size_t unit) {
    return grouping->group_of ? grouping->group_of[unit] : PL_NOBODY;
}

/* Makes room for a node's results and returns it, or NULL. All missing at first. The pointer lasts until the next call. */
pl_store *pl_store_add(pl_evaluation *e, pl_node node, pl_store_kind kind);

/* The values of a node that lie ready as a column of rows (an input of numbers or a store). False when there are none. */
bool pl_store_rows(const pl_evaluation *e, pl_node node, const double **values, const uint64_t **bits);

/* What a part of a combination weighs in this run. */
static inline double pl_part_weight(const pl_evaluation *e, const pl_part *part) {
    return part->varies ? e->frame->parameters[part->varies - 1] : part->weight;
}

/* The value of a given node that is the same in all rows of a period: a constant, a parameter, nothing, or the share of the year
 * that is gone. False when it is missing; *out is 0 then. */
bool pl_given_value(const pl_evaluation *e, const pl_graph_node *n, size_t period, double *out);

/* True when a node is read where it lies: an input of numbers, with a value per row. */
bool pl_is_plain_column(const pl_evaluation *e, pl_node node);

/* Works out for each needed node inside which branches all its uses lie. */
pl_status pl_guards_make(pl_guards *guards, const pl_program *program, const bool *needed, const pl_node *wanted, size_t count);
void pl_guards_free(pl_guards *guards);

/* One row at a time, with what is stored; remembers the values of the row it was last asked about. */
typedef struct pl_scalar pl_scalar;
pl_status pl_scalar_create(pl_scalar **out, const pl_evaluation *e);
void pl_scalar_free(pl_scalar *scalar);
/* PL_MEMORY on failure; otherwise *present says whether there is a value. */
pl_status pl_scalar_value(pl_scalar *scalar, pl_node node, size_t row, double *out, bool *present);

/* The value of a node for one record of a list: of records, or of the row that the record belongs to. Incidents of nodes of records
 * go to `log` (NULL: nowhere). */
pl_status pl_scalar_record(pl_scalar *scalar, pl_node node, uint32_t list, size_t record, pl_incident_log *log, double *out,
                           bool *present);

/* The records of a row: *first and, returned, how many there are. */
size_t pl_records_of_row(const pl_records *list, size_t row, size_t *first);

bool pl_scalar_failed(const pl_scalar *scalar); /* some call gave PL_MEMORY */

void pl_incident_add(pl_incident_log *log, pl_incident_kind kind, pl_node node, size_t rows, size_t first_row);

/* One pass over all rows: computes the outputs of a plan and feeds them to their sinks. */
typedef struct pl_pass_sink {
    uint32_t output; /* which output of the plan; sinks are sorted by it */
    pl_node reduce;  /* an aggregate that is gathered on the way, or 0: */
    uint32_t store;  /* the store of rows to write */
} pl_pass_sink;

struct pl_plan;
pl_status pl_pass_run(pl_evaluation *e, const struct pl_plan *plan, const pl_pass_sink *sinks, size_t sink_count, pl_pool *pool);

/* True for aggregates that a pass gathers on the way (sums, counts and extremes over all or over groups). */
bool pl_pass_gathers(const pl_graph_node *node);

/* Aggregates that need their argument as a column: over sorted values (order.c), over the members of a list (members.c), in
 * another period (members.c), over pairs of units (copeland.c), over records (records.c). Each writes a new store for
 * `node`; those of order.c are done side by side. */
pl_status pl_order_run(pl_evaluation *e, const pl_node *nodes, size_t count, pl_pool *pool);
pl_status pl_members_run(pl_evaluation *e, pl_node node);
pl_status pl_shift_run(pl_evaluation *e, pl_node node);
pl_status pl_copeland_run(pl_evaluation *e, pl_node node, pl_problems *problems);
pl_status pl_records_run(pl_evaluation *e, pl_node node);

/* Sorts numbers in rising order. */
void pl_order_sort(double *values, size_t count);
/* The aggregate of sorted, present values; false when there is none. For every pl_reduce. May overwrite `sorted`. */
bool pl_order_reduce(pl_reduce how, double parameter, double *sorted, size_t count, double *out);

#endif
