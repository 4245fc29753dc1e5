/* A model bound to a dataset: the program that computes every node of the indicator tree. */
#ifndef PLUMBLINE_MODEL_COMPILE_H
#define PLUMBLINE_MODEL_COMPILE_H

#include <plumbline/model/dataset.h>

/* The nodes of one indicator. */
typedef struct pl_indicator_nodes {
    pl_node value;   /* x: of a leaf its raw value, of an inner node what its children combine to */
    pl_node points;  /* what the score expression gives (rounded by digits_leaf on a leaf); missing stays missing */
    pl_node score;   /* points after `missing` and `applies`: what the parent combines */
    pl_node applies; /* boolean; 0: always */
} pl_indicator_nodes;

typedef struct pl_compiled {
    const pl_model *model;
    const pl_dataset *dataset;
    pl_program *program;
    pl_indicator_nodes *nodes; /* per indicator of the model */
    pl_node *barred;           /* per grade: the condition that bars units from it; 0: none */
    pl_frame frame;            /* over the dataset */
    pl_input *columns, *attributes;
    bool *scored;                       /* per period */
    bool spans_periods;                 /* some expression looks at other periods */
    struct pl_compile_scratch *scratch; /* private */
} pl_compiled;

/* Compiles. `periods`: which to score: NULL: the setting, else the last of the data; "all"; or a label. All problems in one go:
 * unknown names, types, cycles between indicators, an indicator no element feeds (E3xx), units without data, values outside
 * declared low/high (warnings W3xx). PL_INPUT, and *out is NULL, when anything is wrong, or was before: with a flawed model or
 * dataset. The model and dataset must outlive the result. */
pl_status pl_compile(pl_compiled **out, const pl_model *model, const pl_dataset *dataset, const char *periods,
                     pl_problems *problems);
void pl_compiled_free(pl_compiled *compiled); /* NULL is allowed */

/* Which of an indicator's expressions: what a bare code means depends on it. */
typedef enum pl_role {
    PL_ROLE_VALUE,   /* its own code is its element; other leaves are their raw values, inner nodes their scores */
    PL_ROLE_SCORE,   /* x is the value */
    PL_ROLE_COMBINE, /* the codes of its children are their scores */
    PL_ROLE_APPLIES,
    PL_ROLE_BARRED, /* of a grade: x is the total */
} pl_role;

/* What names mean in an expression of an indicator, for tracing (lang/trace.h). Valid as long as `compiled`; one at a time. */
pl_meaning pl_compiled_meaning(pl_compiled *compiled, size_t indicator, pl_role role);

#endif
