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
    bool told; /* W337, of this expression */
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
    pl_grouping *groupings; /* [0]: the units' own groups; then one for each attribute that some `over unit.NAME` names */
    uint32_t **classes;     /* per attribute: the group_of of its grouping; NULL: none yet */
    pl_records records[PL_LIST_COUNT];
    pl_input *fields[PL_LIST_COUNT];       /* per field of a list; of events one more: the indicator that they belong to */
    uint32_t **field_texts[PL_LIST_COUNT]; /* per field: numbers of the program's texts; NULL until used */
    pl_str *field_names[PL_LIST_COUNT];    /* those with a dot, for "did you mean" */
    size_t field_name_count[PL_LIST_COUNT];
    double *indicators;    /* per event: its indicator */
    double *elapsed;       /* per period */
    uint32_t *grouping_of; /* per attribute: its grouping, 0: none yet */
};

pl_status pl_naming_prepare(pl_compiled *compiled);
pl_meaning pl_naming_meaning(pl_naming *naming);

/* The names of records in their aggregates: what pl_meaning asks for. `context` is a pl_naming. */
pl_status pl_naming_records(void *context, pl_str word, pl_str of, uint32_t *list, pl_node *condition);
pl_status pl_naming_field(void *context, uint32_t list, pl_str name, bool dotted, pl_node *out);
size_t pl_naming_fields(void *context, uint32_t list, const pl_str **out, const char **word);
/* The frame's lists of records. */
pl_status pl_naming_frame_records(pl_compiled *compiled);
void pl_naming_free_records(pl_compiled *compiled);

/* The column of an element, or 0 where the data has none. */
pl_status pl_naming_element(pl_compiled *compiled, pl_str name, pl_node *out);

/* What a denominator stands for: an attribute, else an element; 0 where the dataset has none. */
pl_status pl_naming_denominator(pl_compiled *compiled, pl_str name, pl_node *out);

/* The node, missing for units that screening leaves out. */
pl_status pl_naming_gate(pl_compiled *compiled, pl_node node, pl_node *out);

/* Whether a leaf can have values of its own: by its rule, or by what units report (not raters). */
bool pl_naming_has_values(const pl_compiled *compiled, const pl_indicator *leaf);

#endif
