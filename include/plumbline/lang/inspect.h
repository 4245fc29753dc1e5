/* The parts of an expression that may turn out to do nothing: conditions, bands, bounds, divisors, comparisons with other units.
 *
 * Each part becomes nodes of the program that count, over all units of a period, how often it goes one way and how often the other.
 * Whoever asks lets one evaluation compute the counts of all expressions together; nothing here looks at rows. */
#ifndef PLUMBLINE_LANG_INSPECT_H
#define PLUMBLINE_LANG_INSPECT_H

#include <plumbline/lang/program.h>

typedef enum pl_inspected_kind {
    PL_INSPECTED_IF,    /* yes: the condition holds (`part` is taken); no: it does not (`other` is) */
    PL_INSPECTED_BAND,  /* one limit of bands, `part`, with its points, `other`; yes: x reaches it; no: it does not */
    PL_INSPECTED_BOUND, /* min or max of two, or a side of clamp: `part` bounds `other`; yes: the bound is chosen; no: it is not */
    PL_INSPECTED_DIVISION, /* by `part`; yes: it is 0; no: it is 0, and there is something to divide */
    PL_INSPECTED_PEERS,    /* a comparison with other units, of `scope`; nothing is counted */
} pl_inspected_kind;

typedef struct pl_inspected {
    pl_inspected_kind kind;
    pl_str source;      /* the whole of it, as it is written: if(x > 3, a, b) */
    pl_str part, other; /* see the kind */
    pl_node yes, no;    /* numbers: how many units of a period; those count where the part is reached at all: inside the branches
                           of the conditions around it, and where the indicator applies */
    bool yes_is_exception, no_is_exception; /* IF: the branch is there for a case that need not occur: x = 0, missing(x) */
    bool shadowed;                          /* BAND: one before it takes all that could reach it, whatever the data */
    bool floor;                             /* BOUND: no less than; else no more than */
    bool fixed;                             /* BOUND: the same number, `bound`, in every row */
    double bound;
    pl_scope scope; /* PEERS: PL_SCOPE_ALL or PL_SCOPE_GROUP */
} pl_inspected;

/* Called for each part, outer before inner, in reading order: the same order for every meaning of the names. The texts are slices
 * of the expression's source. Return PL_OK to go on. */
typedef pl_status pl_visit_inspected(void *context, const pl_inspected *part);

/* Walks an expression that compiles with this meaning. `applies` is a boolean, or 0: always. PL_MEMORY when there is no room for
 * the nodes, else PL_OK or what `visit` returned. */
pl_status pl_expression_inspect(pl_program *program, const pl_expression *expression, const pl_meaning *meaning, pl_node applies,
                                pl_visit_inspected *visit, void *context);

#endif
