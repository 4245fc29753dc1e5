/* The statistical structure of an indicator system: what its weights come to once there are data. Which indicators move with their
 * node and which against it, whether the children of a node measure one thing, how much of a node's differences each of them really
 * makes, and which weights would give each the say that it is meant to have. docs/structure.md says what each figure means.
 *
 * Everything is computed from scores as their parents combine them, over the units of the scored periods. Same bits on any number
 * of threads and on any machine. */
#ifndef PLUMBLINE_STUDY_STRUCTURE_H
#define PLUMBLINE_STUDY_STRUCTURE_H

#include <plumbline/score/score.h>

/* What weights are looked for: such that every child of a node has the same influence, or the influence that its weight says. */
typedef enum pl_aim { PL_AIM_NONE, PL_AIM_EQUAL, PL_AIM_NOMINAL } pl_aim;

/* What deserves a look about an indicator. Nothing is said of fewer than eight units. */
typedef enum pl_structure_flag {
    PL_FLAG_NEGATIVE = 1,       /* it falls where its node rises, clear of chance */
    PL_FLAG_NEGATIVE_MAYBE = 2, /* likewise (under -0.3), but chance alone could do that */
    PL_FLAG_WEAK = 4,           /* it hardly moves with its node (under 0.3) */
    PL_FLAG_ALIKE = 8,          /* it says the same as a sibling (over 0.92) */
    PL_FLAG_LOUD = 16,          /* its influence is more than twice its weight, */
    PL_FLAG_QUIET = 32,         /* less than half of it */
    PL_FLAG_CURVED = 64,        /* a curve tells much more of the node than a straight line */
    PL_FLAG_APART = 128,        /* without it the others hang together clearly better */
    PL_FLAG_CONSTANT = 256,     /* all units have the same score */
} pl_structure_flag;
#define PL_STRUCTURE_FLAGS 9

/* How an indicator goes with a node above it. What cannot be computed is NAN. */
typedef struct pl_bond {
    size_t indicator;
    size_t units;          /* that have both scores */
    double correlation;    /* Pearson's */
    double line;           /* part of the node's variance that a straight line through the units explains: correlation squared */
    double curve;          /* the same of a smooth curve, from 30 units on */
    double weight;         /* nominal share among those compared, which add up to 1; NAN: the sheet does not say */
    double influence;      /* `line`, and */
    double influence_bent; /* `curve`, rescaled likewise to add up to 1 */
    unsigned flags;
} pl_bond;

typedef enum pl_weights_state {
    PL_WEIGHTS_NONE,       /* nobody asked */
    PL_WEIGHTS_REACHED,    /* the aim is met */
    PL_WEIGHTS_IMPOSSIBLE, /* no weights from 0 up meet it, which is certain; these are the nearest found */
    PL_WEIGHTS_NEAREST,    /* the nearest that were found; whether there are better ones is not known */
    PL_WEIGHTS_UNWEIGHTED, /* the node does not combine by weights */
    PL_WEIGHTS_UNSAID,     /* the aim is the nominal weights, and they are all 0 */
    PL_WEIGHTS_NO_DATA,    /* a child does not vary, or there are too few units */
} pl_weights_state;

/* Weights of a node's children, found for an aim. */
typedef struct pl_found_weights {
    pl_weights_state state;
    double *weights;    /* per child, adding up to 1; NULL where there are none */
    double *aims;       /* the influence each child is to have, */
    double *influences; /* and the one it would have: recomputed from the recombined scores; that of a negative correlation is
                           negative */
    double worst;       /* largest difference of the two */
} pl_found_weights;

/* An inner node. Where it has one child, there are no alpha and no components. */
typedef struct pl_structure_node {
    size_t indicator;
    size_t child_count;
    pl_bond *children;
    double *with_total;     /* per child: correlation with the root */
    double *siblings;       /* child_count x child_count correlations of pairs; NULL where there are more than 500 children */
    size_t units;           /* that have a score of the node */
    size_t complete;        /* that have one of every child: what follows is about these */
    double alpha;           /* Cronbach's */
    double *alpha_without;  /* per child: of the others */
    size_t component_count; /* as many as there are children that vary; 0 where there are too few units */
    double *eigenvalues;    /* of the correlation matrix, falling */
    double *loadings;       /* component_count x child_count: correlation of a child with a component; NAN: it does not vary */
    size_t dimensions;      /* eigenvalues above 1 */
    double *turned;         /* dimensions x child_count: loadings of those, turned (varimax) so that each child belongs to one */
    size_t *dimension_of;   /* per child: on which it loads most; PL_NO_INDEX where it does not vary */
    pl_found_weights found;
} pl_structure_node;

typedef struct pl_structure {
    pl_arena arena;
    const pl_model *model;
    size_t units;             /* looked at: of so many rows only every `step`-th */
    size_t step;              /* 1: all */
    size_t top;               /* the node that was asked about, or the root */
    pl_structure_node *nodes; /* the inner nodes asked for, in tree order */
    size_t node_count;
    pl_bond *leaves; /* leaves below `top`, against it */
    size_t leaf_count;
    double *leaf_pairs; /* leaf_count x leaf_count correlations; NULL where there are more than 500 leaves */
} pl_structure;

typedef struct pl_structure_options {
    size_t node; /* of this node only; PL_NO_INDEX: of all inner nodes */
    pl_aim aim;
    pl_pool *pool; /* NULL: the caller's thread */
} pl_structure_options;

/* `scores` are of all nodes (PL_NODES_ALL). The node asked for must have children. PL_OK or PL_MEMORY (*out is NULL then). */
pl_status pl_structure_study(pl_structure **out, const pl_scores *scores, const pl_structure_options *options);
void pl_structure_free(pl_structure *structure); /* NULL is allowed */

/* True where two children of a node (places in `children`) say the same. */
bool pl_structure_alike(const pl_structure_node *node, size_t i, size_t k);

/* The word by which programs know a flag: "negative". `bit` counts from 0. */
const char *pl_structure_flag_name(unsigned bit);

#endif
