/* How firm the places are: the model run many times, each time with other weights, other methods or other data within what is
 * uncertain about them (OECD and JRC 2008, Handbook on Constructing Composite Indicators, step 7; Saisana, Saltelli and Tarantola
 * 2005). All assumptions vary in one design. */
#ifndef PLUMBLINE_STUDY_ROBUST_H
#define PLUMBLINE_STUDY_ROBUST_H

#include <plumbline/model/change.h>
#include <plumbline/study/sensitivity.h>

typedef enum pl_weight_draw {
    PL_WEIGHTS_FIXED,
    PL_WEIGHTS_UNIFORM,   /* each weight times U(1 - spread, 1 + spread) */
    PL_WEIGHTS_DIRICHLET, /* the siblings' shares from a Dirichlet distribution whose mean they are, of concentration `spread` */
    PL_WEIGHTS_ANY,       /* every way to share out the weight among siblings alike: Dirichlet with all parameters 1 */
} pl_weight_draw;

/* A setting and what it may be besides what it is: score, combine, missing, impute ... */
typedef struct pl_alternatives {
    pl_str setting;
    const pl_str *texts;
    size_t count;
} pl_alternatives;

typedef struct pl_robust_options {
    size_t runs;
    uint64_t seed;
    pl_weight_draw weights;
    double spread;
    const pl_alternatives *methods;
    size_t method_count;
    bool leave_out;          /* each run leaves out one leaf, or none, each alike */
    bool data;               /* values vary by `error` and `rounding` of their indicators */
    bool sensitivity;        /* with indices for each assumption: runs x (assumptions + 2) scorings */
    bool within_groups;      /* places are those in the unit's own group */
    const uint32_t *watched; /* units whose totals get indices as well */
    size_t watched_count;
    const char *periods; /* as pl_compile; of several the last is studied */
    bool (*stop)(
        void *context); /* asked before each run, from any thread: true ends the study with the runs done so far; or NULL */
    void *context;
    pl_pool *pool;
} pl_robust_options;

typedef enum pl_assumption_kind {
    PL_ASSUMPTION_WEIGHTS,
    PL_ASSUMPTION_METHOD,
    PL_ASSUMPTION_INDICATORS,
    PL_ASSUMPTION_DATA
} pl_assumption_kind;

/* One thing that varies, with its indices on the mean absolute shift of the places. */
typedef struct pl_assumption {
    pl_assumption_kind kind;
    pl_str setting; /* of a method */
    size_t levels;  /* how many ways there are, of a method and of indicators; else 0 */
    pl_sensitivity shift;
    pl_sensitivity *watched; /* per watched unit: on its total; NULL without sensitivity */
} pl_assumption;

/* What became of one unit. Places and probabilities are over the runs in which it has a place. */
typedef struct pl_robust_unit {
    uint32_t unit;
    uint32_t group;                 /* among whose units its places are; PL_NOBODY: among all */
    double place, total;            /* as the model has them; the total unrounded */
    size_t placed;                  /* runs in which it has a place */
    double median, low, high, mean; /* of its places; low and high: the 5th and 95th percentile (type 7) */
    double first, top3;             /* share of the runs in which its place is 1, at most 3 */
    double ahead;                   /* share in which it stands before the next unit of the list, ties half; NAN for the last */
} pl_robust_unit;

typedef struct pl_robust {
    pl_arena arena;
    size_t runs_asked, runs; /* the second is less where the study was stopped */
    pl_assumption *assumptions;
    size_t assumption_count;
    pl_robust_unit *units; /* by group where places are within groups, by place, by code; who has no place is not there */
    size_t unit_count;
    size_t period;
    double mean_shift; /* mean over runs and units of how far the place is from the model's */
    uint32_t *places;  /* per run and unit of the list: twice the place; 0: none */
} pl_robust;

/* Studies a model over a dataset. With a method, each combination of alternatives is compiled and scored beforehand: where one
 * cannot be, its problems say so, after an error (E714) that names the combination. Same seed, same result, on any number of
 * threads; stopped, the result is that of fewer runs. PL_INPUT as well where nothing varies (E711), or the runs would need more
 * than 4 GB (E712). */
pl_status pl_robust_study(pl_robust **out, const pl_model *model, const pl_dataset *dataset, const pl_robust_options *options,
                          pl_problems *problems);
void pl_robust_free(pl_robust *robust); /* NULL is allowed */

/* Share of the runs in which the unit at `a` of the list stands before that at `b`, ties half. NAN where they never both have a
 * place. */
double pl_robust_ahead(const pl_robust *robust, size_t a, size_t b);

#endif
