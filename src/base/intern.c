#include <plumbline/base/intern.h>

#include <stdlib.h>
#include <sys/random.h>

struct pl_intern {
    pl_arena arena;
    pl_str *texts; /* [0] is the empty text of number 0 */
    size_t count, capacity, limit;
    uint32_t *table; /* open addressing; 0: free */
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

/* Where the text is, or the free place where it belongs. */
static size_t find_place(const pl_intern *intern, pl_str text) {
    size_t mask = intern->table_size - 1;
    size_t at = (size_t)pl_str_hash(text, intern->key) & mask;
    while (intern->table[at] && !pl_str_equal(intern->texts[intern->table[at]], text)) at = (at + 1) & mask;
    return at;
}

static bool grow(pl_intern *intern) {
    size_t size = intern->table_size * 2;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table) return false;
    free(intern->table);
    intern->table = table;
    intern->table_size = size;
    for (size_t i = 1; i <= intern->count; i++) table[find_place(intern, intern->texts[i])] = (uint32_t)i;
    return true;
}

pl_status pl_intern_add(pl_intern *intern, pl_str text, uint32_t *id) {
    size_t at = find_place(intern, text);
    *id = intern->table[at];
    if (*id) return PL_OK;
    if (intern->count == intern->limit) return PL_MEMORY;
    if ((intern->count + 1) * 2 > intern->table_size) {
        if (!grow(intern)) return PL_MEMORY;
        at = find_place(intern, text);
    }
    pl_str copy;
    if (pl_reserve((void **)&intern->texts, &intern->capacity, intern->count + 2, sizeof *intern->texts, 0) ||
        !pl_str_copy(&copy, &intern->arena, text))
        return PL_MEMORY;
    intern->texts[++intern->count] = copy;
    *id = intern->table[at] = (uint32_t)intern->count;
    return PL_OK;
}

uint32_t pl_intern_find(const pl_intern *intern, pl_str text) { return intern->table[find_place(intern, text)]; }
pl_str pl_intern_text(const pl_intern *intern, uint32_t id) { return intern->texts[id]; }
size_t pl_intern_count(const pl_intern *intern) { return intern->count; }
