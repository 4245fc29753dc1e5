/* Periods: years, half-years, quarters, months, and labels that are none of these. */
#ifndef PLUMBLINE_LANG_PERIOD_H
#define PLUMBLINE_LANG_PERIOD_H

#include <plumbline/base/text.h>

typedef enum pl_period_kind {
    PL_PERIOD_OTHER, /* any other label; ordered by its text, no year */
    PL_PERIOD_YEAR,
    PL_PERIOD_HALF,
    PL_PERIOD_QUARTER,
    PL_PERIOD_MONTH,
} pl_period_kind;

typedef struct pl_period {
    pl_period_kind kind;
    int32_t year;   /* 0 for PL_PERIOD_OTHER */
    int32_t number; /* 1-2, 1-4, 1-12; 1 for a year */
} pl_period;

/* Reads 2021, 2021年, 2021-H1, 2021H1, 2021S1, 2021-Q3, 2021Q3, 2021-03, 202103, 2021年3月 ...; anything else is PL_PERIOD_OTHER.
 */
pl_period pl_period_parse(pl_str label);

/* Position on the scale of its kind, so that the one before is one less; 0 for PL_PERIOD_OTHER. */
int64_t pl_period_ordinal(pl_period period);

/* Months from year 0 to the end of the period; 0 for PL_PERIOD_OTHER. */
int64_t pl_period_end(pl_period period);

/* Months from year 0 to its beginning; 0 for PL_PERIOD_OTHER. */
int64_t pl_period_begin(pl_period period);
/* Whether all of `inner` lies in `outer`; false where one is PL_PERIOD_OTHER. */
bool pl_period_contains(pl_period outer, pl_period inner);
/* Whether two labels mean the same period: 2025-01 and 202501 do. */
bool pl_period_same(pl_str label_a, pl_str label_b);

/* Order for lists: by the last day of the period, then the shorter first (so a year comes after its months), others by text
 * after all of these. <0, 0, >0. */
int pl_period_compare(pl_str label_a, pl_str label_b);

#endif
