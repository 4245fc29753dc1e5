/* Memory that is given back all at once.
 *
 * A model, a parsed expression, a problem list: many small pieces with one common end of life. An arena hands out pieces of
 * large chunks and frees the chunks together. Not safe to share between threads without a lock. */
#ifndef PLUMBLINE_BASE_ARENA_H
#define PLUMBLINE_BASE_ARENA_H

#include <stddef.h>

typedef struct pl_arena_chunk pl_arena_chunk;

typedef struct pl_arena {
    pl_arena_chunk *chunk; /* newest first */
    size_t used;           /* bytes handed out of the newest chunk */
    size_t total;          /* bytes asked of the system, headers included */
    size_t limit;          /* total never passes this */
} pl_arena;

/* Makes an empty arena that will hold at most `limit` bytes (0: as much as the system gives). Allocates nothing. */
void pl_arena_init(pl_arena *arena, size_t limit);

/* Frees every piece. The arena is empty afterwards and can be used again. A zeroed pl_arena may be freed. */
void pl_arena_free(pl_arena *arena);

/* Returns `size` zeroed bytes aligned for any type (16), or NULL when memory or the arena's limit is exhausted.
 * A size of 0 gives a valid pointer to nothing. The arena owns the bytes. */
void *pl_arena_alloc(pl_arena *arena, size_t size);

/* As pl_arena_alloc for `count` items of `size` bytes; NULL also when the product overflows. */
void *pl_arena_array(pl_arena *arena, size_t count, size_t size);

/* Grows a heap array (not in an arena) to hold at least `needed` items of `item_size` bytes, doubling so that appending is
 * linear. `*items` is a pointer from malloc or NULL and `*capacity` its size in items; both change on success only.
 * Returns 0, or -1 when `needed` is over `limit` (0: no limit) or memory is exhausted. New items are not initialised. */
int pl_reserve(void **items, size_t *capacity, size_t needed, size_t item_size, size_t limit);

#endif
