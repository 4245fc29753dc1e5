/* Functions that a model defines: definitions beside the built-in ones. */
#include "lang/builtin.h"
#include "lang/compiler.h"

#include <stdlib.h>

/* Parts that a function may have once the functions it uses are put in: what bounds the work and the depth of every use. */
#define MOST_PARTS 4096
#define MOST_FUNCTIONS 1000

typedef struct library_item {
    pl_function function;
    pl_definition definition;
    pl_place place;
    size_t parts; /* while checking: 0 not known yet */
    bool visiting;
} library_item;

struct pl_library {
    pl_arena arena;
    library_item **items;
    size_t count, capacity;
};

pl_status pl_library_create(pl_library **out) {
    *out = calloc(1, sizeof **out);
    if (!*out) return PL_MEMORY;
    pl_arena_init(&(*out)->arena, 0);
    return PL_OK;
}

void pl_library_free(pl_library *library) {
    if (!library) return;
    free(library->items);
    pl_arena_free(&library->arena);
    free(library);
}

static library_item *find(const pl_library *library, pl_str name) {
    for (size_t i = 0; library && i < library->count; i++)
        if (pl_str_is_fold(name, library->items[i]->function.name)) return library->items[i];
    return NULL;
}

const pl_function *pl_library_find(const pl_library *library, pl_str name) {
    const library_item *item = find(library, name);
    return item ? &item->function : pl_function_find(name);
}

const pl_definition *pl_library_definition(const pl_library *library, pl_str name) {
    const library_item *item = find(library, name);
    return item ? &item->definition : NULL;
}

size_t pl_library_count(const pl_library *library) { return library ? library->count : 0; }
const pl_function *pl_library_at(const pl_library *library, size_t index) { return &library->items[index]->function; }

static bool is_word(pl_str name) {
    static const char *const words[] = {"and", "or", "not", "over", "where", "once", "true", "false", "if"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pl_str_is_fold(name, words[i])) return true;
    return false;
}

static pl_status check_name(const pl_library *library, pl_str name, pl_place place, pl_problems *problems) {
    if (!name.len) return pl_problem_add(problems, PL_ERROR, "E216", place, "this function has no name");
    if (is_word(name) || pl_function_find(name))
        return pl_problem_add(problems, PL_ERROR, "E216", place,
                              "\"%.*s\" is a function or word of the language already; choose "
                              "another name",
                              PL_ARG(name));
    if (find(library, name))
        return pl_problem_add(problems, PL_ERROR, "E216", place, "the function \"%.*s\" is defined twice", PL_ARG(name));
    return PL_OK;
}

static bool copy_text(pl_library *library, const char **out, pl_str text) {
    pl_str copy;
    bool good = pl_str_copy(&copy, &library->arena, text);
    *out = copy.at;
    return good;
}

static library_item *make_item(pl_library *library, const pl_library_entry *entry) {
    library_item *item = pl_arena_alloc(&library->arena, sizeof *item);
    if (!item) return NULL;
    pl_function *f = &item->function;
    item->place = entry->formula_place;
    bool good = copy_text(library, &f->name, entry->name) && copy_text(library, &f->parameters, entry->parameters) &&
                copy_text(library, &f->definition, entry->formula) && copy_text(library, &f->meaning, entry->meaning) &&
                copy_text(library, &item->place.file, pl_str_of(item->place.file)) &&
                copy_text(library, &item->place.field, pl_str_of(item->place.field));
    if (!good || pl_reserve((void **)&library->items, &library->capacity, library->count + 1, sizeof *library->items, 0))
        return NULL;
    f->meaning_zh = f->meaning;
    f->category = "own";
    f->over = PL_OVER_NEVER;
    f->builtin = BUILTIN_DEFINED;
    f->missing = "as its formula says";
    f->missing_zh = "依公式";
    item->definition.function = f;
    return item;
}

pl_status pl_library_add(pl_library *library, const pl_library_entry *entry, pl_problems *problems) {
    if (library->count == MOST_FUNCTIONS)
        return pl_problem_add(problems, PL_ERROR, "E216", entry->name_place, "a model defines at most %d functions",
                              MOST_FUNCTIONS);
    pl_status named = check_name(library, entry->name, entry->name_place, problems);
    if (named == PL_MEMORY) return named;
    library_item *item = make_item(library, entry);
    if (!item) return PL_MEMORY;
    pl_status parsed = pl_definition_parse(&item->definition, &library->arena, entry->parameters_place, item->place, problems);
    pl_status status = pl_status_worse(named, parsed);
    if (status == PL_OK && item->definition.variadic)
        return pl_problem_add(problems, PL_ERROR, "E216", entry->parameters_place,
                              "a function of a model takes a fixed number of parameters, not ...");
    if (status == PL_OK) library->items[library->count++] = item;
    return status;
}

/* ---- functions that use one another ---- */

typedef struct checking {
    const pl_library *library;
    pl_problems *problems;
    pl_status worst;
} checking;

/* What cannot be used stands for 0 from now on, so that the rest can still be checked. */
static void complain(checking *k, library_item *item, const char *text) {
    static const pl_syntax nothing = {.kind = SYNTAX_NUMBER};
    item->definition.body = &nothing;
    k->worst = pl_status_worse(k->worst,
                               pl_problem_add(k->problems, PL_ERROR, "E216", item->place, "\"%s\" %s", item->function.name, text));
}

static size_t count_parts(checking *k, library_item *item);

static size_t parts_of(checking *k, const pl_syntax *s) {
    size_t parts = 1;
    library_item *used = s->kind == SYNTAX_CALL ? find(k->library, s->text) : NULL;
    if (used) parts += count_parts(k, used);
    for (size_t i = 0; i < s->count && parts <= MOST_PARTS; i++) parts += parts_of(k, s->arguments[i]);
    if (s->where) parts += parts_of(k, s->where);
    if (s->once) parts += parts_of(k, s->once);
    return parts <= MOST_PARTS ? parts : MOST_PARTS + 1;
}

static size_t count_parts(checking *k, library_item *item) {
    if (item->parts) return item->parts;
    if (item->visiting) {
        complain(k, item, "uses itself, directly or through others; a function cannot");
        return 1;
    }
    item->visiting = true;
    size_t parts = parts_of(k, item->definition.body);
    item->visiting = false;
    if (parts > MOST_PARTS) complain(k, item, "has too many parts once the functions it uses are put in");
    item->parts = parts <= MOST_PARTS ? parts : 1;
    return item->parts;
}

pl_status pl_library_check(pl_library *library, pl_problems *problems) {
    checking k = {library, problems, PL_OK};
    for (size_t i = 0; i < library->count; i++) count_parts(&k, library->items[i]);
    return k.worst;
}
