/* The shape of a distribution and what is done about it: the arithmetic alone, over an array of sorted, present values. */
#ifndef PLUMBLINE_LANG_TREATMENT_H
#define PLUMBLINE_LANG_TREATMENT_H

#include "lang/graph.h"

/* Most points that winsorising may change: it looks at all values again after each. */
#define MOST_WINSORISED 1000

/* An aggregate from REDUCE_SKEW on. False when there is none: too few values, or all equal (for the bounds of winsorising: no
 * value at all; for the exponent of Box and Cox: one of them not above 0). May overwrite `sorted`. */
bool pl_treatment_reduce(pl_reduce how, double parameter, double *sorted, size_t count, double *out);

#endif
