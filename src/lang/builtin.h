/* How the compiler makes each function that is built in: pl_function.builtin. */
#ifndef PLUMBLINE_LANG_BUILTIN_H
#define PLUMBLINE_LANG_BUILTIN_H

typedef enum pl_builtin {
    BUILTIN_DEFINED, /* in the language: pl_function.definition; detail 1: the second argument is the same everywhere */
    BUILTIN_ROW,     /* detail: pl_op of one or two numbers */
    BUILTIN_PARTS,   /* detail: pl_combine of the arguments; over a scope its pl_reduce counterpart */
    BUILTIN_REDUCE,  /* detail: pl_reduce */
    BUILTIN_COUNT,
    BUILTIN_SPREAD, /* variance */
    BUILTIN_COLUMN, /* as BUILTIN_DEFINED, over scopes whose members all see the same members: not periods, not children */
    BUILTIN_BOXCOX, /* likewise; the exponent may be the text "fit" */
    BUILTIN_RANK,   /* detail 1: place, 1 the best by the direction; 0: rank from the smallest */
    BUILTIN_IF,
    BUILTIN_COALESCE,
    BUILTIN_PRESENT, /* detail 1: present, 0: missing */
    BUILTIN_IN,
    BUILTIN_BANDS,
    BUILTIN_SCORE,
    BUILTIN_SWITCH,
    BUILTIN_ELAPSED,
} pl_builtin;

#endif
