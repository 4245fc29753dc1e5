/* What the parts of the search for the cheapest way share. */
#ifndef PLUMBLINE_STUDY_PATHING_H
#define PLUMBLINE_STUDY_PATHING_H

#include <plumbline/study/path.h>

/* ---- what can be moved ---- */

/* How what an element decides goes on from one value to another. */
typedef enum pl_opening {
    PL_OPENS_NOT,      /* nothing lies between, or nothing is gained there */
    PL_OPENS_ONE_WAY,  /* all that the element alone decides moves one way, or stays */
    PL_OPENS_STRAIGHT, /* and in proportion */
} pl_opening;

/* A value that an element can have, and what it costs to bring it there. */
typedef struct pl_rung {
    double value, cost, steps;
    bool divisible;   /* all values up to the next level can be had, at the price between */
    pl_opening opens; /* and there is reason to */
} pl_rung;

typedef struct pl_move {
    size_t element;
    pl_rung *levels; /* from [0], as it is, towards the better */
    size_t count, capacity;
} pl_move;

/* Most levels of one element; beyond, the steps are too small to be told apart one by one. */
#define PATH_MOST_LEVELS 2000

/* The moves of a unit that the sheet of costs allows; elements without a value, or already better than can be reached, have
 * none. The array and the levels are the caller's (pl_moves_free). */
pl_status pl_moves_list(pl_move **out, size_t *count, const pl_compiled *compiled, size_t unit, size_t period);
void pl_moves_free(pl_move *moves, size_t count);

/* What it costs to bring the element to a value that it can have. */
double pl_move_cost(const pl_move *move, double value, double *steps);
/* Inserts a level into the divisible stretch after `index`. */
pl_status pl_move_split(pl_move *move, size_t index, double value);

/* ---- what if ---- */

/* The model with some values of a unit changed. */
typedef struct pl_outlook {
    pl_compiled *compiled;
    size_t unit, period;
    bool among_group;
    pl_move *moves;
    size_t move_count;
    pl_frame frame;
    pl_input *columns;
    double **changed; /* per element: a copy of its numbers; NULL: as they are */
    pl_node *wanted;  /* the total and what breaks ties */
    size_t wanted_count;
    size_t evaluations;
    size_t trended, still;
    pl_str trend_to;
    pl_arena arena;
} pl_outlook;

/* How a plan turns out. */
typedef struct pl_judgement {
    bool has_total;
    double total, place;
} pl_judgement;

pl_status pl_outlook_open(pl_outlook *o, pl_compiled *compiled, const pl_score_line *line, bool among_group, pl_move *moves,
                          size_t move_count, bool trend);
void pl_outlook_close(pl_outlook *o);
void pl_outlook_set(pl_outlook *o, const double *values); /* per move */
/* Runs the model as it is set now. */
pl_status pl_outlook_evaluate(pl_outlook *o, const pl_node *wanted, size_t count, pl_evaluation **out);
pl_status pl_outlook_judge(pl_outlook *o, const double *values, pl_judgement *out);
/* The whole ranking, of which the evaluation and the lines are the caller's (pl_scores_free). */
pl_status pl_outlook_rank(pl_outlook *o, const double *values, pl_scores **out);
/* Moves the others on (path_trend.c). */
pl_status pl_outlook_trend(pl_outlook *o);
/* The copy of an element's numbers, made where there is none; NULL: no memory. */
double *pl_outlook_numbers(pl_outlook *o, size_t element);

/* ---- how totals depend on the moves ---- */

/* Moves that no rule lets apart: a choice is a level for each of them. */
typedef struct pl_cluster {
    size_t *moves;
    size_t move_count;
    size_t choice_count; /* choice k: level (k / stride of the move) % its count */
    size_t first_option; /* of the shape's; one for each choice */
} pl_cluster;

/* One choice of one cluster, those of a cluster in a row. */
typedef struct pl_option {
    double cost;
    pl_opening opens;
} pl_option;

typedef struct pl_priced {
    double cost;
    size_t option;
} pl_priced;

/* A node that only one cluster moves, with its value for every choice and unit. */
typedef struct pl_tabulated {
    pl_node node;
    size_t cluster;
    double *values; /* [choice * units + unit]; choice 0 is as it is */
} pl_tabulated;

typedef struct pl_shape {
    pl_outlook *o;
    pl_cluster *clusters;
    size_t cluster_count;
    uint32_t *touched; /* per node: 0: no move reaches it, 1 + cluster, or TOUCHED_BY_MANY */
    bool *needed;      /* nodes of several clusters that the totals take */
    uint32_t *table;   /* per node: 1 + which of `tabulated` */
    pl_tabulated *tabulated;
    size_t tabulated_count, tabulated_capacity;
    pl_option *options;
    pl_priced *by_cost; /* the options of each cluster, the cheapest first */
    size_t option_count;
    pl_evaluation *before; /* every needed node and every operand as things stand */
    pl_node roots[2];      /* the total; the first tie breaker, or 0 */
    bool mixed;            /* the rules could not be taken apart */
    bool bent;             /* of some linear costs only some of the values are looked at */
} pl_shape;

#define TOUCHED_BY_MANY UINT32_MAX

/* The level of a move in a choice of its cluster. */
size_t pl_choice_level(const pl_shape *s, const pl_cluster *cluster, size_t choice, size_t member);
pl_status pl_shape_make(pl_shape *s, pl_outlook *o);
/* Puts levels between the options that are `coarse` and the next, and tabulates anew. */
pl_status pl_shape_refine(pl_shape *s, const bool *coarse);
void pl_shape_free(pl_shape *s);

/* Makes levels in the divisible stretches of the only move of a cluster, where the rules turn or jump (path_kinks.c). */
pl_status pl_kinks_find(pl_shape *s, size_t cluster);
/* Makes levels at round values there. *guessed: there were some. */
pl_status pl_kinks_guess(pl_move *move, bool *guessed);

/* ---- the question ---- */

typedef struct pl_question {
    size_t place;
    const double *without; /* NULL, or a plan of which at least one move must not be made */
} pl_question;

/* How long to go on. */
typedef struct pl_budget {
    double deadline;
    size_t work, done; /* most ways that are looked at, 0: no limit; so many were */
} pl_budget;

typedef struct pl_reply {
    pl_path_outcome outcome; /* REACHED, OUT_OF_REACH, NOT_FOUND */
    bool proven, has_bound;
    double bound;
    double cost;
    double *values; /* per move; the caller's */
} pl_reply;

/* Answers by cases and bounds (path_cases.c); every plan has been judged by the model itself. */
pl_status pl_cases_answer(pl_shape *s, const pl_question *question, pl_budget *budget, pl_reply *reply);

/* Answers by trying, where that cannot be done. */
pl_status pl_search_answer(pl_outlook *o, const pl_question *question, double deadline, pl_reply *reply);

double pl_clock(void); /* seconds */

#endif
