/* Each distinct text once, known by a small number: equality becomes a comparison of integers. */
#ifndef PLUMBLINE_BASE_INTERN_H
#define PLUMBLINE_BASE_INTERN_H

#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

typedef struct pl_intern pl_intern;

/* Makes an empty set that holds at most `limit` texts (0: 2^31). *out is NULL on failure (PL_MEMORY). */
pl_status pl_intern_create(pl_intern **out, size_t limit);
void pl_intern_free(pl_intern *intern); /* NULL is allowed */

/* Gives the text's number (1, 2, ... in order of first arrival; 0 is never given and stands for "no text"). Copies the text
 * when it is new. PL_MEMORY when memory or the limit is exhausted. */
pl_status pl_intern_add(pl_intern *intern, pl_str text, uint32_t *id);

/* Adds every text of another set, in the order of their numbers there: ids[n] is the number here of its number n. `ids` has room
 * for one more than it has texts. */
pl_status pl_intern_add_all(pl_intern *intern, const pl_intern *from, uint32_t *ids);

uint32_t pl_intern_find(const pl_intern *intern, pl_str text); /* 0 when it was never added */
pl_str pl_intern_text(const pl_intern *intern, uint32_t id);   /* empty for 0; terminated; valid as long as the set lives */
size_t pl_intern_count(const pl_intern *intern);               /* the highest number given */

#endif
