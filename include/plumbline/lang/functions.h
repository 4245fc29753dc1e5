/* The functions of the language, described once: help, documentation and tests come from here. */
#ifndef PLUMBLINE_LANG_FUNCTIONS_H
#define PLUMBLINE_LANG_FUNCTIONS_H

#include <plumbline/base/problems.h>
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

/* Functions that a model defines for itself, on top of the built-in ones. */
typedef struct pl_library pl_library;
pl_status pl_library_create(pl_library **out);
void pl_library_free(pl_library *library); /* NULL is allowed */

/* A function as a model writes it, and where its parts stand. */
typedef struct pl_library_entry {
    pl_str name, parameters, formula, meaning; /* parameters as in pl_function */
    pl_place name_place, parameters_place, formula_place;
} pl_library_entry;

/* Defines one: its formula is in the language itself, over its parameters and whatever the row that uses it has. Everything is
 * copied. What is wrong is recorded where it stands: E216 for the definition, E201 and E202 for the formula. */
pl_status pl_library_add(pl_library *library, const pl_library_entry *entry, pl_problems *problems);
/* When all are there: a function may use others, but not itself by any way (E216). */
pl_status pl_library_check(pl_library *library, pl_problems *problems);

/* A built-in function or one of the library (NULL: there is none); without regard to case. NULL when there is none. */
const pl_function *pl_library_find(const pl_library *library, pl_str name);
size_t pl_library_count(const pl_library *library);
const pl_function *pl_library_at(const pl_library *library, size_t index);

/* "minmax(x, l = 0, u = 100)", "place(x over scope)". */
void pl_function_signature(const pl_function *function, pl_buffer *out);

/* One function as `plumbline help NAME` shows it; all of them as Markdown (docs/functions.md). */
void pl_function_describe(const pl_function *function, bool chinese, pl_buffer *out);
void pl_functions_markdown(pl_buffer *out);

#endif
