/* The functions of the language, described once: help, documentation and tests come from here. */
#ifndef PLUMBLINE_LANG_FUNCTIONS_H
#define PLUMBLINE_LANG_FUNCTIONS_H

#include <plumbline/base/text.h>

/* Whether `over SCOPE` may follow the arguments. */
typedef enum pl_over {
    PL_OVER_NEVER,
    PL_OVER_ALWAYS, /* an aggregate: must */
    PL_OVER_MAY,    /* with a scope an aggregate over many rows, without it over its arguments in one row */
    PL_OVER_PEERS,  /* may; over peers where it is left out */
} pl_over;

typedef struct pl_function {
    const char *name;
    const char *parameters; /* as in minmax(x, l = 0, u = 100); "..." at the end: the last ones repeat */
    const char *category;   /* "arithmetic", "logic", "aggregate", "normaliser", "rule", "treatment" */
    pl_over over;
    const char *meaning;    /* one or two sentences */
    const char *meaning_zh; /* the same in Chinese */
    const char *missing;    /* what a missing argument does */
    const char *missing_zh;
    const char *example;      /* an expression, run by a test over the rows of pl_function_example_rows ... */
    const char *result;       /* ... with this result: one value, or one for each unit where they differ */
    const char *definition;   /* in the language itself, or NULL when built in */
    unsigned builtin, detail; /* how the compiler makes it; private */
} pl_function;

/* All functions, by category. */
const pl_function *pl_functions(size_t *count);
/* Without regard to case; NULL when there is none. */
const pl_function *pl_function_find(pl_str name);

/* "minmax(x, l = 0, u = 100)", "place(x over scope)". */
void pl_function_signature(const pl_function *function, pl_buffer *out);

/* One function as `plumbline help NAME` shows it; all of them as Markdown (docs/functions.md). */
void pl_function_describe(const pl_function *function, bool chinese, pl_buffer *out);
void pl_functions_markdown(pl_buffer *out);

#endif
