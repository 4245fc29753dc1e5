#include <plumbline/base/arena.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16
#define FIRST_CHUNK 4096
#define LARGEST_CHUNK ((size_t)1 << 20)

struct pl_arena_chunk {
    pl_arena_chunk *next;
    size_t size; /* of the bytes that follow */
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

void pl_arena_init(pl_arena *arena, size_t limit) { *arena = (pl_arena){.limit = limit ? limit : SIZE_MAX}; }

void pl_arena_free(pl_arena *arena) {
    while (arena->chunk) {
        pl_arena_chunk *next = arena->chunk->next;
        free(arena->chunk);
        arena->chunk = next;
    }
    arena->used = arena->total = 0;
}

/* A large piece gets a chunk of its own behind the newest, which stays in use. */
static void *alloc_large(pl_arena *arena, size_t size) {
    pl_arena_chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk) return NULL;
    chunk->size = size;
    arena->total += sizeof *chunk + size;
    if (arena->chunk) {
        chunk->next = arena->chunk->next;
        arena->chunk->next = chunk;
    } else {
        arena->chunk = chunk;
        arena->used = size;
    }
    return chunk->bytes;
}

void *pl_arena_alloc(pl_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->chunk && arena->chunk->size - arena->used >= size) {
        void *piece = arena->chunk->bytes + arena->used;
        arena->used += size;
        return piece;
    }
    size_t limit = arena->limit ? arena->limit : SIZE_MAX;
    size_t next = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (next > LARGEST_CHUNK) next = LARGEST_CHUNK;
    if (next < FIRST_CHUNK) next = FIRST_CHUNK;
    size_t wanted = size > next / 4 ? size : next;
    if (arena->total > limit || wanted + sizeof(pl_arena_chunk) > limit - arena->total) return NULL;
    if (size > next / 4) return alloc_large(arena, size);
    pl_arena_chunk *chunk = calloc(1, sizeof *chunk + next);
    if (!chunk) return NULL;
    *chunk = (pl_arena_chunk){.next = arena->chunk, .size = next};
    arena->chunk = chunk;
    arena->used = size;
    arena->total += sizeof *chunk + next;
    return chunk->bytes;
}

void *pl_arena_array(pl_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    return pl_arena_alloc(arena, count * size);
}

int pl_reserve(void **items, size_t *capacity, size_t needed, size_t item_size, size_t limit) {
    if (needed <= *capacity) return 0;
    if (limit && needed > limit) return -1;
    size_t larger = *capacity ? *capacity : 8;
    while (larger < needed) {
        if (larger > SIZE_MAX / 2) return -1;
        larger *= 2;
    }
    if (limit && larger > limit) larger = limit;
    if (larger > SIZE_MAX / 2 / item_size) return -1;
    void *grown = realloc(*items, larger * item_size);
    if (!grown) return -1;
    *items = grown;
    *capacity = larger;
    return 0;
}
