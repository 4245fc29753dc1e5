/* The order of work for one pass over the rows: which nodes, in which registers, and when a register is free again. */
#ifndef PLUMBLINE_LANG_PLAN_H
#define PLUMBLINE_LANG_PLAN_H

#include "lang/graph.h"

#define NO_REGISTER UINT32_MAX

typedef enum pl_plan_step_kind {
    STEP_COMPUTE,       /* node into register `to` from registers a, b, c */
    STEP_LOAD,          /* an input or stored result into `to` */
    STEP_SPREAD,        /* a value that is the same in all rows (register a) over the rows of register `to` */
    STEP_COMBINE_BEGIN, /* clears the sums in `to` and the weights in c */
    STEP_COMBINE_ADD,   /* part number `part` of node, in register a (b: whether it applies, or NO_REGISTER), to the sums in `to`
                           and c */
    STEP_COMBINE_END,   /* result into `to` from the sums in a and c */
    STEP_MEDIAN,        /* all parts of node at once, in registers `operands[a ...]` */
    STEP_OUTPUT,        /* register a is wanted: output number `part` */
} pl_plan_step_kind;

typedef struct pl_plan_step {
    uint8_t kind;
    bool uniform; /* one row stands for all rows of a block */
    bool report;  /* incidents of this node count in this pass */
    pl_node node;
    uint32_t to, a, b, c;
    uint32_t part;
} pl_plan_step;

typedef struct pl_plan {
    pl_plan_step *steps;
    size_t step_count, step_capacity;
    uint32_t *operands; /* registers of STEP_MEDIAN */
    size_t operand_count, operand_capacity;
    uint32_t registers;
} pl_plan;

/* How a planner sees the graph at the moment: what need not be computed because it is stored. */
typedef struct pl_plan_view {
    const pl_program *program;
    const uint32_t *stored; /* per node: not 0 where its values lie ready */
    bool *seen;             /* per node: was computed in an earlier pass; updated */
} pl_plan_view;

/* Plans the computation of `wanted` (outputs 0, 1, ... in this order). Works without recursion, in time linear in what is
 * computed. PL_MEMORY on failure; the plan must be freed in any case. */
pl_status pl_plan_make(pl_plan *plan, const pl_plan_view *view, const pl_node *wanted, size_t count);
void pl_plan_free(pl_plan *plan);

#endif
