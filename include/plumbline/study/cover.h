/* Whether an indicator system answers to everything that the superior's asks: which own indicators stand for each of its
 * indicators, what is left open, and what is local.
 *
 * An own indicator names what it covers in its column `covers`: codes of the superior's indicators, separated by commas, semicolons
 * or spaces. After a code may stand how much of it is covered: "G1 50%", "G1 (partly)", "G1（部分）"; else it is all of it. The
 * shares of several own indicators add up; "partly" says that something is missing without saying how much, and counts as nothing.
 * What is left open on purpose is listed with its reason in the sheet uncovered. */
#ifndef PLUMBLINE_STUDY_COVER_H
#define PLUMBLINE_STUDY_COVER_H

#include <plumbline/model/model.h>

typedef enum pl_cover_state { PL_COVER_OPEN, PL_COVER_PARTLY, PL_COVER_EXPLAINED, PL_COVER_FULLY } pl_cover_state;

typedef struct pl_cover_link {
    size_t own, superior; /* an indicator of the own model, a leaf of the superior's */
    double share;         /* 1: all of it; 0: partly, nobody says how much */
} pl_cover_link;

/* One indicator of the superior's. An inner one is covered as its leaves are. */
typedef struct pl_cover_node {
    pl_cover_state state;
    double weight;  /* its share of the superior's whole (model/shares.h) */
    double covered; /* how much of it is covered, 0 to 1 */
    pl_str reason;  /* of what is left open on purpose; empty where it need not be */
    size_t first_link, link_count;
} pl_cover_node;

typedef struct pl_cover {
    pl_arena arena;
    pl_cover_node *nodes; /* per indicator of the superior model */
    pl_cover_link *links; /* by superior leaf, then by own indicator */
    size_t link_count;
    size_t *local; /* own leaves that neither themselves nor through a node above them cover anything */
    size_t local_count;
    size_t counts[PL_COVER_FULLY + 1]; /* leaves of the superior model in each state */
} pl_cover;

/* Compares two models; neither needs data. Problems are about the own model's sheets: E601 a code that the superior does not have,
 * E602 an entry that cannot be read, E604 a reason for something that does not exist; W601 the direction or W602 the unit of
 * measure is not the superior's, W603 a leaf has no owner, W604 a reason for what is covered after all, W605 a whole group is named
 * instead of its indicators, W606 the source is the superior, but nothing is named. PL_INPUT, and *out NULL, where one is an error.
 */
pl_status pl_cover_models(pl_cover **out, const pl_model *own, const pl_model *superior, pl_problems *problems);
void pl_cover_free(pl_cover *cover); /* NULL is allowed */

/* The owner of an indicator: its own, or that of the nearest node above it that has one; empty where none has. */
pl_str pl_indicator_owner(const pl_model *model, size_t indicator);

/* One entry of a column `covers`. */
typedef struct pl_covers_entry {
    pl_str code;
    double share; /* as above */
    pl_str wrong; /* what stands after the code and cannot be read as a share; empty where all is well */
} pl_covers_entry;

/* Takes the next entry off; false when none is left. `superior` tells which codes have parentheses of their own; may be NULL. */
bool pl_covers_next(const pl_model *superior, pl_str *rest, pl_covers_entry *entry);

/* True where an own indicator covers one of the superior's: names it, or a group above it. */
bool pl_covers_indicator(const pl_model *own, size_t index, const pl_model *superior, size_t indicator);

#endif
