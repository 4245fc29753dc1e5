/* Why an expression has its value in one row: the formula with the numbers put in, and what they were compared with. */
#ifndef PLUMBLINE_LANG_TRACE_H
#define PLUMBLINE_LANG_TRACE_H

#include <plumbline/lang/evaluate.h>

/* One record that an aggregate took in. */
typedef struct pl_used_record {
    size_t record; /* its number in the list */
    double value;  /* what it brought */
    bool counts;   /* false: another one with the same key, and no smaller, counts in its place */
} pl_used_record;

/* One aggregate that the value depends on. */
typedef struct pl_comparison {
    pl_str what; /* as one would say it: "max(x over peers)" */
    bool present;
    double value;
    pl_scope scope;
    uint32_t list;           /* over records: which list, and those of this row that it took in */
    pl_used_record *records; /* in the order of the list */
    size_t record_count;
} pl_comparison;

typedef struct pl_trace {
    pl_str formula; /* as written; calls of functions defined in the language as written */
    pl_str numbers; /* with values in place of names and aggregates, functions of the language expanded: "(72.1 - 20) / (85 - 20)".
                       A missing value reads "missing". Numbers rounded to 6 significant digits. */
    bool present;
    double value;
    pl_comparison *comparisons;
    size_t comparison_count;
} pl_trace;

/* Traces an expression that was compiled with the same meaning before the evaluation. The result lives in `arena`. */
pl_status pl_trace_expression(pl_trace *out, pl_arena *arena, pl_program *program, const pl_expression *expression,
                              const pl_meaning *meaning, const pl_evaluation *evaluation, size_t row);

#endif
