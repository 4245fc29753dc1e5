/* The graph inside a program: operations, nodes, and the builder that never makes the same node twice. */
#ifndef PLUMBLINE_LANG_GRAPH_H
#define PLUMBLINE_LANG_GRAPH_H

#include <plumbline/lang/program.h>

typedef enum pl_op {
    OP_NONE,
    /* leaves */
    OP_CONSTANT, /* value (texts: their number) */
    OP_MISSING,
    OP_COLUMN,    /* slot */
    OP_ATTRIBUTE, /* slot */
    OP_ELAPSED,   /* the share of the year that is gone, of the frame: the same in all rows of a period */
    OP_PARAMETER, /* slot; the same in all rows */
    OP_FIELD,     /* a node of records: slot, of the list in `count` */
    /* row by row; the result is missing where an argument is, except where noted */
    OP_NEGATE,
    OP_ABSOLUTE,
    OP_SQRT,
    OP_EXP,
    OP_LN,
    OP_LOG10,
    OP_FLOOR,
    OP_CEILING,
    OP_TRUNCATE,
    OP_SIGN,
    OP_NOT,
    OP_PRESENT, /* boolean: is there a value; never missing */
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_MODULO,
    OP_MINIMUM,
    OP_MAXIMUM,
    OP_ROUND, /* a to b decimals (b rounded down, kept within -15 .. 15) */
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_AND,
    OP_OR,       /* three-valued: false and missing is false, true or missing is true */
    OP_COALESCE, /* a, or b where a is missing */
    OP_IF,       /* a ? b : c; missing where a is; the branch not taken may be missing */
    OP_REQUIRE,  /* a; an incident where a is missing and b (a boolean) is true */
    OP_COMBINE,  /* variadic; `detail` is a pl_combine, parts in a side table */
    /* over many rows */
    OP_REDUCE,   /* one value per scope member set; `detail` is a pl_reduce, `scope`, slot = which, value = parameter; over records
                    with a key b, of those with the same key only the largest counts */
    OP_RANK,     /* place among the scope counted from 1, ties share the lowest; detail 1: from the largest, 0: from the smallest */
    OP_COPELAND, /* as OP_COMBINE, over `scope` */
    OP_SHIFT, /* a in another period: `detail` 1: value = periods back or forth; 2: absolute, slot = label in the program's texts */
    OP_COUNT_
} pl_op;

typedef enum pl_reduce {
    REDUCE_SUM,
    REDUCE_MEAN,
    REDUCE_COUNT,
    REDUCE_MIN,
    REDUCE_MAX,
    REDUCE_MEDIAN,
    REDUCE_QUANTILE, /* value = p in 0..1; linear between neighbours (Excel's PERCENTILE.INC, R's type 7) */
    REDUCE_TRIMMED,  /* mean without the value-many lowest and as many highest; missing when none is left */
    REDUCE_VARIANCE, /* with n - 1; for lists of members only: over all and group it is made of sums */
    /* treatment.h: */
    REDUCE_SKEW,
    REDUCE_KURT,
    REDUCE_WINSOR_LOW, /* bounds that winsorising keeps values within; value = most points to change */
    REDUCE_WINSOR_HIGH,
    REDUCE_EXPONENT, /* the most likely exponent of Box and Cox */
} pl_reduce;

typedef struct pl_graph_node {
    uint8_t op;   /* pl_op */
    uint8_t type; /* pl_type */
    uint8_t detail;
    uint8_t scope;  /* pl_scope */
    bool strict;    /* a combination that is missing where one part is */
    uint8_t domain; /* what the values belong to: 0 rows, 1 + list its records: set by the builder */
    uint32_t stage; /* how many aggregates deep it lies: set by the builder */
    uint32_t slot;  /* input slot; for OP_COMBINE and OP_COPELAND the first of `count` parts; for OP_SHIFT a text; for OP_REDUCE and
                       OP_RANK which grouping or list */
    uint32_t count;
    pl_node a, b, c;
    uint32_t origin; /* index of the place of the expression that made it first; 0: none */
    double value;
} pl_graph_node;

/* Finds or makes the node that does what `wanted` describes (its stage and origin are filled in here). Row operations on constants
 * are folded. PL_MEMORY when there is no room. */
pl_status pl_graph_add(pl_program *program, pl_graph_node wanted, pl_node *out);
pl_status pl_graph_unary(pl_program *program, pl_op op, pl_type type, pl_node a, pl_node *out);
pl_status pl_graph_binary(pl_program *program, pl_op op, pl_type type, pl_node a, pl_node b, pl_node *out);
pl_status pl_graph_if(pl_program *program, pl_node a, pl_node b, pl_node c, pl_node *out);
pl_status pl_graph_text(pl_program *program, pl_str text, pl_node *out); /* a text constant */
pl_status pl_graph_reduce(pl_program *program, pl_reduce how, pl_range range, pl_node a, pl_node key, double parameter,
                          pl_node *out);
pl_status pl_graph_rank(pl_program *program, bool from_largest, pl_range range, pl_node a, pl_node *out);
pl_status pl_graph_shift(pl_program *program, pl_node a, int32_t periods, pl_node *out);
pl_status pl_graph_shift_to(pl_program *program, pl_node a, pl_str label, pl_node *out);

/* Memory that lives as long as the program, and a place in it for what the compiler wants to keep between its calls. */
pl_arena *pl_graph_arena(pl_program *program);
void **pl_graph_cache(pl_program *program);
const pl_library *pl_graph_library(const pl_program *program); /* or NULL */

/* True for the operations that look at other rows than their own. */
static inline bool pl_graph_over_rows(pl_op op) { return op == OP_REDUCE || op == OP_RANK || op == OP_COPELAND || op == OP_SHIFT; }

/* True for the operations whose values lie ready in the frame. */
static inline bool pl_graph_is_given(pl_op op) { return op <= OP_FIELD; }

const pl_graph_node *pl_graph_node_at(const pl_program *program, pl_node node);
const pl_part *pl_graph_parts(const pl_program *program, pl_node node);

/* From now on new nodes belong to this place (copied); NULL file for none. */
pl_status pl_graph_origin(pl_program *program, pl_place place);
/* The place kept under a node's `origin`. */
pl_place pl_graph_place(const pl_program *program, uint32_t origin);

#endif
