/* What names mean in the expressions of a model bound to a dataset. */
#ifndef PLUMBLINE_MODEL_NAMING_H
#define PLUMBLINE_MODEL_NAMING_H

#include <plumbline/model/compile.h>

/* Where an expression stands. */
typedef struct pl_naming {
    pl_compiled *compiled;
    pl_problems *problems; /* NULL: nobody listens */
    size_t indicator;
    pl_role role;
    pl_place place;
} pl_naming;

struct pl_compile_scratch {
    pl_arena arena;
    pl_naming naming;    /* of pl_compiled_meaning */
    pl_intern *elements; /* number n is dataset->elements[n - 1] */
    pl_str *names;       /* codes, elements and constants, for "did you mean" */
    size_t name_count;
    pl_str *attribute_names;
    uint32_t **texts; /* per attribute: per unit, numbers of the program's texts; NULL until used */
    uint32_t *group_of, *parent_of;
};

pl_status pl_naming_prepare(pl_compiled *compiled);
pl_meaning pl_naming_meaning(pl_naming *naming);

/* The column of an element, or 0 where the data has none. */
pl_status pl_naming_element(pl_compiled *compiled, pl_str name, pl_node *out);

/* What a denominator stands for: an attribute, else an element; 0 where the dataset has none. */
pl_status pl_naming_denominator(pl_compiled *compiled, pl_str name, pl_node *out);

/* The node, missing for units that screening leaves out. */
pl_status pl_naming_gate(pl_compiled *compiled, pl_node node, pl_node *out);

#endif
