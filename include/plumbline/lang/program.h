/* A program: every value, score and combination of a model as one graph of column operations without repetitions.
 *
 * A model adds its inputs, compiles its expressions and combines scores; each gives a node. Equal operations on equal nodes are
 * the same node, so what many indicators need is computed once. Evaluation (evaluate.h) runs the graph over all rows. */
#ifndef PLUMBLINE_LANG_PROGRAM_H
#define PLUMBLINE_LANG_PROGRAM_H

#include <plumbline/base/intern.h>
#include <plumbline/base/problems.h>
#include <plumbline/lang/expression.h>
#include <plumbline/lang/functions.h>

typedef struct pl_program pl_program;
typedef uint32_t pl_node; /* 0: none */

typedef enum pl_type { PL_TYPE_NUMBER, PL_TYPE_BOOLEAN, PL_TYPE_TEXT } pl_type;

/* What an aggregate runs over. */
typedef enum pl_scope {
    PL_SCOPE_ALL,      /* every unit, same period */
    PL_SCOPE_GROUP,    /* the units of the same class in a grouping (pl_frame.groupings), same period */
    PL_SCOPE_PERIODS,  /* the unit's own periods of the same kind and year, up to and including this one */
    PL_SCOPE_MONTHS,   /* its own months of this period's year that end no later than this period */
    PL_SCOPE_QUARTERS, /* likewise */
    PL_SCOPE_HALVES,   /* likewise */
    PL_SCOPE_YEARS,    /* its own years that end no later than this period */
    PL_SCOPE_CHILDREN, /* the units directly below it in the unit tree, same period */
    PL_SCOPE_BELOW,    /* the units below it at any depth, same period */
    PL_SCOPE_RECORDS,  /* the records that belong to the row: events, ballots of raters (pl_frame.records) */
} pl_scope;

/* A scope and, for PL_SCOPE_GROUP, which grouping (0: the units' own groups); for PL_SCOPE_RECORDS which list of records. */
typedef struct pl_range {
    pl_scope scope;
    uint32_t which;
} pl_range;

typedef enum pl_combine {
    PL_COMBINE_MEAN,
    PL_COMBINE_SUM,
    PL_COMBINE_GEOMEAN,
    PL_COMBINE_HARMEAN,
    PL_COMBINE_MEDIAN,
    PL_COMBINE_MIN,
    PL_COMBINE_MAX,
    PL_COMBINE_COPELAND,
} pl_combine;

/* `library`: functions that the expressions may use beside the built-in ones, or NULL; it must outlive the program.
 * max_nodes 0: 64 million. */
pl_status pl_program_create(pl_program **out, const pl_library *library, size_t max_nodes);
void pl_program_free(pl_program *program); /* NULL is allowed */

/* Texts of the program's constants; a frame's text inputs use the same numbers. Owned by the program. */
pl_intern *pl_program_texts(pl_program *program);

pl_type pl_program_type(const pl_program *program, pl_node node);
/* True and the value when the node is the same in every row and known before running. */
bool pl_program_constant(const pl_program *program, pl_node node, double *value);
size_t pl_program_size(const pl_program *program); /* nodes so far; each is below this number */

/* Each of these finds or makes a node; PL_MEMORY when there is no room. `value` must be finite. */
pl_status pl_program_number(pl_program *program, double value, pl_node *out);
pl_status pl_program_missing(pl_program *program, pl_type type, pl_node *out);                  /* the value that is never there */
pl_status pl_program_column(pl_program *program, pl_type type, uint32_t slot, pl_node *out);    /* frame->columns[slot] */
pl_status pl_program_attribute(pl_program *program, pl_type type, uint32_t slot, pl_node *out); /* frame->attributes[slot] */
/* frame->records[list].columns[slot]: a node of records, which only an aggregate over that list makes a node of rows. */
pl_status pl_program_field(pl_program *program, pl_type type, uint32_t list, uint32_t slot, pl_node *out);
/* frame->parameters[slot]: a number or a truth that is the same in every row and may differ from run to run (vary.h). */
pl_status pl_program_parameter(pl_program *program, pl_type type, uint32_t slot, pl_node *out);

/* What names mean where an expression stands. */
typedef struct pl_meaning {
    void *context;
    /* Sets *out to the node that the name stands for, or to 0 when there is no such name (the compiler reports it, with the
     * nearest of `names`). Returns PL_INPUT when the callee has itself recorded why the name cannot be used here. May
     * compile other expressions of the same program (recursion); the callee guards against cycles. */
    pl_status (*resolve)(void *context, pl_reference_kind kind, pl_str name, pl_node *out);
    /* All names of a kind, for "did you mean"; may be NULL. */
    size_t (*names)(void *context, pl_reference_kind kind, const pl_str **out);
    double direction; /* 1 or -1 of the indicator; what normalisers and place honour */
    pl_scope peers;   /* what `over peers` means: PL_SCOPE_ALL or PL_SCOPE_GROUP */
    /* `over unit.NAME`: which of the frame's groupings puts units with the same value of the attribute together; UINT32_MAX
     * when there is no such attribute. May be NULL: there are none. */
    pl_status (*grouping)(void *context, pl_str attribute, uint32_t *out);
    /* `over WORD [of CODE]`: a list of records and, where not all of them are meant, the condition (a boolean node of records;
     * 0: all). *list is UINT32_MAX when the word names no list. PL_INPUT when the callee has recorded why not. May be NULL. */
    pl_status (*records)(void *context, pl_str word, pl_str of, uint32_t *list, pl_node *condition);
    /* A name inside the arguments of an aggregate over records: its field, or 0 when the list has none of this name (a bare
     * name is then looked for outside). `dotted`: it was written event.NAME or rater.NAME. NULL where `records` is. */
    pl_status (*field)(void *context, uint32_t list, pl_str name, bool dotted, pl_node *out);
    /* The names that a list's fields have after the dot, for "did you mean", and in *word what stands before it; may be NULL. */
    size_t (*fields)(void *context, uint32_t list, const pl_str **out, const char **word);
} pl_meaning;

/* Compiles an expression and checks its types. `wanted` is the type it must have (a number is not accepted for a boolean nor
 * the other way round). All errors are recorded at `place`. Codes: E211 unknown name, E212 unknown function, E213 wrong
 * arguments, E214 wrong type, E215 wrong scope. */
pl_status pl_program_compile(pl_program *program, const pl_expression *expression, const pl_meaning *meaning, pl_type wanted,
                             pl_place place, pl_problems *problems, pl_node *out);

/* One child of a combination. */
typedef struct pl_part {
    pl_node score;
    pl_node applies; /* boolean; 0: it always applies. Only PL_COMBINE_SUM looks at it. */
    double weight;   /* used by mean, geomean, harmean, copeland */
    double full;     /* points at stake; < 0: not given */
    uint32_t varies; /* 1 + the parameter that the weight is; 0: it is `weight` */
} pl_part;

/* Combines the parts that are present, weights rescaled over them; missing when none is, or when they weigh nothing together.
 *   mean sum(w x)/sum(w), geomean exp(sum(w ln x)/sum(w)), harmean sum(w)/sum(w/x), median, min, max: over what is present.
 *   sum: the sum; where every part has a `full`, times sum(full)/sum(full of the parts that apply), which spreads the points of
 *   parts that do not apply (rules/R20).
 *   copeland: per pair of units of `peers` the share of weight on which one is ahead (ties half); a win counts 1, a loss -1.
 * geomean with a part <= 0 and harmean with a part = 0 give missing and an incident (evaluate.h). With `strict`, one missing
 * part makes the result missing. */
pl_status pl_program_combine(pl_program *program, pl_combine how, const pl_part *parts, size_t count, bool strict, pl_scope peers,
                             pl_node *out);

/* Common shapes that a model needs without writing text. */
pl_status pl_program_between(pl_program *program, pl_node value, double least, double most,
                             pl_node *out); /* boolean, both included */
pl_status pl_program_if(pl_program *program, pl_node condition, pl_node then, pl_node otherwise, pl_node *out);
pl_status pl_program_coalesce(pl_program *program, pl_node first, pl_node second, pl_node *out);
pl_status pl_program_times(pl_program *program, pl_node a, pl_node b, pl_node *out);
pl_status pl_program_mean_over(pl_program *program, pl_node value, pl_scope scope, pl_node *out);
pl_status pl_program_round(pl_program *program, pl_node value, int digits, pl_node *out);
/* The value itself; an incident where it is missing although `applies` (0: always) is true. */
pl_status pl_program_require(pl_program *program, pl_node value, pl_node applies, pl_node *out);

#endif
