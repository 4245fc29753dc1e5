/* A model bound to a dataset: the program that computes every node of the indicator tree. */
#ifndef PLUMBLINE_MODEL_COMPILE_H
#define PLUMBLINE_MODEL_COMPILE_H

#include <plumbline/model/dataset.h>

/* The nodes of one indicator. */
typedef struct pl_indicator_nodes {
    pl_node value; /* of a leaf its value as reported, of an inner node what its children combine to */
    /* What a leaf's value becomes on its way to the score, each the one before where nothing is done; of an inner node its value.
     */
    pl_node denominated, imputed;
    pl_node divisor;  /* what it was divided by; 0: nothing */
    pl_node screened; /* missing for units left out by the setting `screen` */
    pl_node treated;  /* x of the score expression */
    pl_node points;   /* what the score expression gives (rounded by digits_leaf on a leaf); missing stays missing */
    pl_node score;    /* points after `missing` and `applies`: what the parent combines */
    pl_node applies;  /* boolean; 0: always */
} pl_indicator_nodes;

typedef struct pl_compiled {
    const pl_model *model;
    const pl_dataset *dataset;
    pl_program *program;
    pl_indicator_nodes *nodes; /* per indicator of the model */
    pl_node *barred;           /* per grade: the condition that bars units from it; 0: none */
    pl_frame frame;            /* over the dataset */
    pl_input *columns, *attributes;
    double *parameters;                 /* what the frame's parameters are unless a run says otherwise; see pl_compile_options */
    bool *scored;                       /* per period */
    bool weights_vary;                  /* weights are parameters */
    bool spans_periods;                 /* some expression looks at other periods */
    pl_node share;                      /* of the values that a unit could have, those it has; 0: nobody asks */
    pl_node kept;                       /* boolean: the unit has values enough to be scored; 0: every unit is scored */
    struct pl_compile_scratch *scratch; /* private */
} pl_compiled;

/* Compiles. `periods`: which to score: NULL: the setting, else the last of the data; "all"; or a label. All problems in one go:
 * unknown names, types, cycles between indicators, an indicator no element feeds (E3xx), units without data, values outside
 * declared low/high (warnings W3xx). PL_INPUT, and *out is NULL, when anything is wrong, or was before: with a flawed model or
 * dataset. The model and dataset must outlive the result. */
pl_status pl_compile(pl_compiled **out, const pl_model *model, const pl_dataset *dataset, const char *periods,
                     pl_problems *problems);
void pl_compiled_free(pl_compiled *compiled); /* NULL is allowed */

/* What runs of the compiled model may change (lang/rerun.h). */
typedef struct pl_compile_options {
    const char *periods;
    bool weights_vary; /* the weight of indicator i is the parameter i; where its parent adds up, its score counts times the
                          parameter 2 indicator_count + i, which is 1 unless a run says otherwise */
    bool leaves_vary;  /* leaf i counts where the parameter indicator_count + i is not 0; else it is left out as one that does not
                          apply, though its values still serve other rules */
} pl_compile_options;

pl_status pl_compile_with(pl_compiled **out, const pl_model *model, const pl_dataset *dataset, const pl_compile_options *options,
                          pl_problems *problems);

/* Looks at the rows of the sheet costs: E743 a unit that is none, E744 rows of one element whose values do not go one way, W741 an
 * element that no indicator uses. */
pl_status pl_costs_check(const pl_model *model, const pl_dataset *dataset, pl_problems *problems);

/* Which of an indicator's expressions: what a bare code means depends on it. */
typedef enum pl_role {
    PL_ROLE_VALUE,   /* its own code is its element; other leaves are their raw values, inner nodes their scores */
    PL_ROLE_SCORE,   /* x is the treated value */
    PL_ROLE_COMBINE, /* the codes of its children are their scores */
    PL_ROLE_APPLIES, /* x is the value as reported */
    PL_ROLE_IMPUTE,  /* x is the value divided by its denominator */
    PL_ROLE_TREAT,   /* x is the imputed value */
    PL_ROLE_BARRED,  /* of a grade: x is the total */
} pl_role;

/* What names mean in an expression of an indicator, for tracing (lang/trace.h). Valid as long as `compiled`; one at a time. */
pl_meaning pl_compiled_meaning(pl_compiled *compiled, size_t indicator, pl_role role);

/* The steps from a leaf's report to its parent's score. */
typedef enum pl_stage {
    PL_STAGE_VALUE,
    PL_STAGE_DENOMINATED,
    PL_STAGE_IMPUTED,
    PL_STAGE_SCREENED,
    PL_STAGE_TREATED,
    PL_STAGE_NORMALISED, /* points */
    PL_STAGE_AGGREGATED, /* score */
} pl_stage;

/* The node that holds an indicator's value at a stage. */
pl_node pl_compiled_stage(const pl_compiled *compiled, size_t indicator, pl_stage stage);

#endif
