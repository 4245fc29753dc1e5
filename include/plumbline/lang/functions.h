/* The functions of the language, described once: help, documentation and tests come from here. */
#ifndef PLUMBLINE_LANG_FUNCTIONS_H
#define PLUMBLINE_LANG_FUNCTIONS_H

#include <plumbline/base/text.h>

typedef struct pl_function {
    const char *name;
    const char *signature;  /* minmax(x, l = 0, u = 100) */
    const char *category;   /* "arithmetic", "logic", "text", "aggregate", "normaliser", "rule" */
    const char *meaning;    /* one or two sentences */
    const char *meaning_zh; /* the same in Chinese */
    const char *missing;    /* what a missing argument does */
    const char *missing_zh;
    const char *example;    /* an expression, run by a test ... */
    const char *result;     /* ... with this result */
    const char *definition; /* in the language itself, or NULL when built in */
} pl_function;

/* All functions, by category, then name. */
const pl_function *pl_functions(size_t *count);
const pl_function *pl_function_find(pl_str name);

/* All of them as Markdown (docs/functions.md). */
void pl_functions_markdown(pl_buffer *out);

#endif
