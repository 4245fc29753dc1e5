/* Four units in two periods, on which expressions are tried.
 *
 * A, B, C, D have x = 9, 7, 7, 5 in 2021-Q2 and 6, 7, 8, 4 in 2021-Q1; A and B are the group county, C and D the group zone; B, C
 * and D lie below A in the unit tree; A and C are of the shore 0, B of 1, D of none. Events and ballots belong to some of them
 * (make_records); a quarter and half of the year are gone. full 10, target 8, low 0, high 20, weight 1; the score of GDP is 80. */
#ifndef PLUMBLINE_TESTS_LANG_FIXTURE_H
#define PLUMBLINE_TESTS_LANG_FIXTURE_H

#include <plumbline/lang/evaluate.h>
#include <plumbline/lang/trace.h>

#define UNITS 4 /* unless a directive says otherwise */
#define MOST_UNITS 16
#define PERIODS 2
#define RECORDS 6
#define MOST_COLUMNS 16

typedef struct fixture {
    char names[MOST_COLUMNS][32];
    double values[MOST_COLUMNS][MOST_UNITS * PERIODS];
    uint64_t present[MOST_COLUMNS];
    size_t column_count, units;
    double direction;
    pl_scope peers;
} fixture;

void fixture_init(fixture *f);

/* A directive: "direction -1", "peers group", "units 12" (A to L, the first half of them county, without
 * any column), or a column: "y 1 2 . 4 | 5 6 7 8" (after the bar: the period before). */
bool fixture_set(fixture *f, const char *directive);

/* Runs an expression and writes what comes out: "= 4, 0, 0, 0" (one value where all units have the same), followed by
 * " ? division" and so on for incidents, or "! E211 text" lines for problems. `threads` 0: none. */
void fixture_run(const fixture *f, pl_str expression, pl_buffer *out);

/* Traces an expression for the first unit: "numbers | what = value | ...". */
void fixture_trace(const fixture *f, pl_str expression, pl_buffer *out);

#endif
