/* Operations on runs of rows: the arithmetic of the language, without knowledge of graphs or periods.
 *
 * A run of rows is an array of values and an array of bytes, 1 where there is a value and 0 where it is missing. Values are
 * finite everywhere and 0 where missing; every operation keeps it so. */
#ifndef PLUMBLINE_LANG_ROWS_H
#define PLUMBLINE_LANG_ROWS_H

#include "lang/graph.h"

#include <plumbline/lang/evaluate.h>

typedef struct pl_cells {
    const double *values;
    const unsigned char *present;
    bool uniform; /* one value and one byte stand for all rows; only where pl_rows_takes_uniform, and of n > 1 rows never all
                     arguments */
} pl_cells;

/* True for the operations that pl_rows_apply does: those that take one to three nodes of the same row. */
bool pl_rows_is_operation(pl_op op);

/* Number of arguments of an operation on rows (1 to 3); 0 for every other one. */
unsigned pl_rows_arity(pl_op op);

/* Whether an operation reads an argument that is the same in all rows where it lies, instead of spread over them. */
bool pl_rows_takes_uniform(pl_op op);

/* Does `op` on n rows. The results may not overlap the arguments. Returns true when some row became missing although its
 * arguments are there (or, for OP_REQUIRE, was missing where it must not be): pl_rows_incident then tells which. */
bool pl_rows_apply(pl_op op, double *values, unsigned char *present, pl_cells a, pl_cells b, pl_cells c, size_t n);

/* Whether row i is an incident, and of which kind, after pl_rows_apply gave `present`. */
bool pl_rows_incident(pl_op op, const unsigned char *present, pl_cells a, pl_cells b, size_t i, pl_incident_kind *kind);

/* Combining parts one after the other, so that no more than one part need be at hand. */
typedef struct pl_combining {
    double *sum, *weight; /* n each; what they hold depends on the kind */
    unsigned char *state; /* n; COMBINING_* bits */
} pl_combining;

enum { COMBINING_SOME = 1, COMBINING_LACKS = 2, COMBINING_NOT_POSITIVE = 4 };

void pl_combining_begin(pl_combine how, pl_combining to, size_t n);
/* `applies` is looked at for PL_COMBINE_SUM only; its values may be NULL (always). */
void pl_combining_add(pl_combine how, bool strict, pl_combining to, pl_cells part, pl_cells applies, double weight, double full,
                      size_t n);
/* Writes the results. `full` is the sum over all parts, or < 0 where one has none. Returns true when some state has
 * COMBINING_NOT_POSITIVE. For PL_COMBINE_MEDIAN use pl_combining_median. */
bool pl_combining_end(pl_combine how, bool strict, pl_combining from, double full, double *values, unsigned char *present,
                      size_t n);

/* The median of the parts present in each row; `scratch` holds `count` numbers. */
void pl_combining_median(const pl_cells *parts, size_t count, bool strict, double *scratch, double *values, unsigned char *present,
                         size_t n);

/* Whole numbers divided by a power of ten: what inputs that are kept so mean. */
void pl_rows_divide(double *out, const int32_t *scaled, double power, size_t n);

/* The bytes 0 and 1 of n bits from bit `offset` on; bits NULL: all 1. */
void pl_rows_expand(unsigned char *present, const uint64_t *bits, size_t offset, size_t n);

/* Sets the bits from `offset` on from bytes. Bits are set only, never cleared, and atomically, since two threads may share a
 * word at the border of their rows. */
void pl_rows_pack(uint64_t *bits, size_t offset, const unsigned char *present, size_t n);

#endif
