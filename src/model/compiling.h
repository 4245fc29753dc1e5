/* What the parts of the compiler share while a model is compiled. */
#ifndef PLUMBLINE_MODEL_COMPILING_H
#define PLUMBLINE_MODEL_COMPILING_H

#include <plumbline/model/compile.h>

typedef struct pl_compiling {
    pl_compiled *c;
    const pl_compile_options *options;
    pl_problems *problems;
    pl_status worst;
} pl_compiling;

static inline void pl_compiling_keep(pl_compiling *k, pl_status status) { k->worst = pl_status_worse(k->worst, status); }

/* Compiles one of an indicator's expressions, in its place. */
pl_status pl_compiling_expression(pl_compiling *k, size_t indicator, pl_role role, const pl_expression *expression, pl_type type,
                                  pl_node *out);

/* What stands in for a node that could not be compiled, so that others can go on. */
pl_node pl_compiling_nothing(pl_compiling *k);

/* The stages between a leaf's value and its score (stages.c), in this order; each needs the ones before. */
void pl_stages_prepare(pl_compiling *k, size_t indicator); /* denominated, imputed */
void pl_stages_screen(pl_compiling *k);                    /* pl_compiled.kept, where the settings ask for it */
void pl_stages_treat(pl_compiling *k, size_t indicator);   /* screened, treated */

#endif
