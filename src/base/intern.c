#include <plumbline/base/intern.h>

#include <stdlib.h>
#include <sys/random.h>

/* A place of the table: the number of a text, 0 where it is free, and part of the text's hash, so that hardly any text is looked at
 * in vain and none is hashed again when the table grows. */
typedef struct slot {
    uint32_t number, hash;
} slot;

struct pl_intern {
    pl_arena arena;
    pl_str *texts; /* [0] is the empty text of number 0 */
    size_t count, capacity, limit;
    slot *table; /* open addressing */
    size_t table_size;
    uint64_t key[2]; /* by chance: what lies where in the table is nobody's to choose, and nothing else depends on it */
};

pl_status pl_intern_create(pl_intern **out, size_t limit) {
    pl_intern *intern = calloc(1, sizeof *intern);
    *out = intern;
    if (!intern) return PL_MEMORY;
    pl_arena_init(&intern->arena, 0);
    intern->limit = limit ? limit : (size_t)1 << 31;
    intern->table_size = 64;
    intern->table = calloc(intern->table_size, sizeof *intern->table);
    if (!intern->table || pl_reserve((void **)&intern->texts, &intern->capacity, 1, sizeof *intern->texts, 0)) {
        pl_intern_free(intern);
        *out = NULL;
        return PL_MEMORY;
    }
    intern->texts[0] = (pl_str){"", 0};
    if (getrandom(intern->key, sizeof intern->key, 0) != (ssize_t)sizeof intern->key) intern->key[0] = (uintptr_t)intern;
    return PL_OK;
}

void pl_intern_free(pl_intern *intern) {
    if (!intern) return;
    pl_arena_free(&intern->arena);
    free(intern->texts);
    free(intern->table);
    free(intern);
}

static uint32_t hash_of(const pl_intern *intern, pl_str text) { return (uint32_t)(pl_str_hash(text, intern->key) >> 32); }

/* Where the text is, or the free place where it belongs. */
static slot *find_place(const pl_intern *intern, pl_str text, uint32_t hash) {
    size_t mask = intern->table_size - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        slot *here = &intern->table[at];
        if (!here->number || (here->hash == hash && pl_str_equal(intern->texts[here->number], text))) return here;
    }
}

static bool grow(pl_intern *intern) {
    size_t size = intern->table_size * 2;
    slot *table = calloc(size, sizeof *table);
    if (!table) return false;
    for (size_t i = 0; i < intern->table_size; i++) {
        slot old = intern->table[i];
        size_t at = old.hash & (size - 1);
        if (!old.number) continue;
        while (table[at].number) at = (at + 1) & (size - 1);
        table[at] = old;
    }
    free(intern->table);
    intern->table = table;
    intern->table_size = size;
    return true;
}

static pl_status add(pl_intern *intern, pl_str text, uint32_t hash, uint32_t *id) {
    slot *place = find_place(intern, text, hash);
    *id = place->number;
    if (*id) return PL_OK;
    if (intern->count == intern->limit) return PL_MEMORY;
    if ((intern->count + 1) * 2 > intern->table_size) {
        if (!grow(intern)) return PL_MEMORY;
        place = find_place(intern, text, hash);
    }
    pl_str copy;
    if (pl_reserve((void **)&intern->texts, &intern->capacity, intern->count + 2, sizeof *intern->texts, 0) ||
        !pl_str_copy(&copy, &intern->arena, text))
        return PL_MEMORY;
    intern->texts[++intern->count] = copy;
    *id = (uint32_t)intern->count;
    *place = (slot){*id, hash};
    return PL_OK;
}

pl_status pl_intern_add(pl_intern *intern, pl_str text, uint32_t *id) { return add(intern, text, hash_of(intern, text), id); }

/* Texts whose places are asked for together, before any of them is looked at: the table is larger than the processor's caches. */
#define TOGETHER 16

pl_status pl_intern_add_all(pl_intern *intern, const pl_intern *from, uint32_t *ids) {
    uint32_t hashes[TOGETHER];
    ids[0] = 0;
    for (size_t first = 1; first <= from->count; first += TOGETHER) {
        size_t count = from->count + 1 - first < TOGETHER ? from->count + 1 - first : TOGETHER;
        for (size_t i = 0; i < count; i++) {
            hashes[i] = hash_of(intern, from->texts[first + i]);
            __builtin_prefetch(&intern->table[hashes[i] & (intern->table_size - 1)]);
        }
        for (size_t i = 0; i < count; i++)
            if (add(intern, from->texts[first + i], hashes[i], &ids[first + i]) != PL_OK) return PL_MEMORY;
    }
    return PL_OK;
}

uint32_t pl_intern_find(const pl_intern *intern, pl_str text) { return find_place(intern, text, hash_of(intern, text))->number; }
pl_str pl_intern_text(const pl_intern *intern, uint32_t id) { return intern->texts[id]; }
size_t pl_intern_count(const pl_intern *intern) { return intern->count; }
