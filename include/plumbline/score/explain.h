/* Why a unit has its score, and what separates it from another. */
#ifndef PLUMBLINE_SCORE_EXPLAIN_H
#define PLUMBLINE_SCORE_EXPLAIN_H

#include <plumbline/lang/trace.h>
#include <plumbline/score/score.h>

typedef enum pl_step_state {
    PL_STEP_PRESENT,
    PL_STEP_MISSING,
    PL_STEP_NOT_APPLICABLE,
    PL_STEP_LEFT_OUT, /* the unit has too few values (the setting screen) */
} pl_step_state;

/* A stage that changed the value of a leaf: PL_STAGE_DENOMINATED, PL_STAGE_IMPUTED or PL_STAGE_TREATED. */
typedef struct pl_passage {
    pl_stage stage;
    bool has_before, has_after, has_divisor;
    double before, after;
    double divisor; /* PL_STAGE_DENOMINATED */
    pl_trace trace; /* the others: the expression with the numbers put in */
} pl_passage;

/* One indicator in the explanation of one unit, in tree order. Shares and contributions are of the parent's score. */
typedef struct pl_step {
    size_t indicator;
    pl_step_state state; /* of its own score, before `missing` fills in */
    bool filled;         /* `missing` put a value in its place (zero, mean of peers) */
    pl_trace value;      /* leaf: how x came about; inner node: how the children combine, when by expression */
    bool has_x;
    double x;               /* as reported */
    pl_passage passages[3]; /* what it became before it was scored, stage by stage */
    size_t passage_count;
    bool has_score_trace;
    pl_trace score; /* the score expression with the numbers put in */
    bool has_score;
    double points;       /* its score, as its parent takes it */
    double share;        /* of the weight among the siblings that are present, 0..1; 0 where weights play no part */
    bool additive;       /* the parents up to the root are weighted means and sums: the next line says something */
    double contribution; /* points of the root's score that come from here */
} pl_step;

typedef enum pl_refusal_reason {
    PL_REFUSED_NO_TOTAL,
    PL_REFUSED_MIN,    /* the total is below the least that the grade asks for */
    PL_REFUSED_BARRED, /* its condition holds */
    PL_REFUSED_SHARE   /* the places of its share were gone, or too few for all who share the unit's place */
} pl_refusal_reason;

/* Why the unit does not have a grade that is better than its own. */
typedef struct pl_refusal {
    size_t grade; /* of the model's */
    pl_refusal_reason reason;
    pl_trace barred; /* PL_REFUSED_BARRED: the condition with the numbers put in */
    double place;    /* PL_REFUSED_SHARE: where the unit stands among those that the grade is dealt out to, */
    size_t sharing;  /* how many stand there, itself among them, */
    size_t places;   /* and how many places there are down to this grade */
} pl_refusal;

typedef struct pl_explanation {
    pl_arena arena;
    const pl_score_line *line;
    bool has_share;                    /* the model screens: */
    double share, least;               /* of its values the unit has this share, and would be left out below the other */
    size_t units_ranked, group_ranked; /* how many have a place, overall and in the group */
    pl_refusal *refusals;              /* of every grade before the unit's own, from the best; none where the model has no grades */
    size_t refusal_count;
    pl_step *steps; /* tree order; steps[0] is the root; the whole tree or the part below a node */
    size_t step_count;
} pl_explanation;

/* Explains the unit of `line`; `indicator` is where to begin (0: the root). Free with pl_explanation_free. */
pl_status pl_explain(pl_explanation **out, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                     size_t indicator);

/* Adds why a grade was refused, in a few words: "total 88 is below 90". */
void pl_refusal_write(const pl_refusal *refusal, const pl_model *model, const pl_score_line *line, bool chinese, pl_buffer *out);

void pl_explanation_free(pl_explanation *explanation);

/* One leaf's part in the difference between two units: positive where `other` is ahead. */
typedef struct pl_gap {
    size_t indicator;
    bool has_own, has_other;
    double own_x, other_x; /* raw values; NAN where there is none */
    double own_score, other_score;
    double points; /* of the root's score: what moving this leaf's score alone to the other's would bring */
} pl_gap;

/* Ranks the leaves by the points of the root's score that separate `line` from `other`: each found by putting the other's score of
 * the leaf in place and combining again. Where the tree is not made of means and sums they need not add up to the difference.
 * The array is the caller's (free). */
pl_status pl_gaps(pl_gap **out, size_t *count, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                  const pl_score_line *other);

#endif
