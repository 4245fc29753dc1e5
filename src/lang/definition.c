#include "lang/compiler.h"

/* "x, l = 0, ..." in a function's description, made once for each program that uses it. */
static pl_status add_parameter(pl_program *program, pl_definition *definition, pl_str text, pl_place place) {
    pl_str name = pl_str_trim(text);
    if (pl_str_is(name, "...")) {
        definition->variadic = true;
        return PL_OK;
    }
    const pl_expression *value = NULL;
    const char *equals = memchr(name.at, '=', name.len);
    if (equals) {
        pl_str after = {equals + 1, (size_t)(name.at + name.len - equals - 1)};
        pl_status status = pl_expression_parse(&value, pl_graph_arena(program), after, place, NULL);
        if (status != PL_OK) return status;
        name = pl_str_trim((pl_str){name.at, (size_t)(equals - name.at)});
    }
    definition->names[definition->count] = name;
    definition->defaults[definition->count++] = value ? value->root : NULL;
    return PL_OK;
}

static pl_status make(pl_program *program, pl_definition *definition) {
    pl_arena *arena = pl_graph_arena(program);
    const pl_function *function = definition->function;
    pl_place place = {.file = function->name};
    pl_str rest = pl_str_of(function->parameters);
    definition->names = pl_arena_array(arena, rest.len + 1, sizeof *definition->names);
    definition->defaults = pl_arena_array(arena, rest.len + 1, sizeof *definition->defaults);
    if (!definition->names || !definition->defaults) return PL_MEMORY;
    while (rest.len) {
        const char *comma = memchr(rest.at, ',', rest.len);
        size_t length = comma ? (size_t)(comma - rest.at) : rest.len;
        pl_status status = add_parameter(program, definition, (pl_str){rest.at, length}, place);
        if (status != PL_OK) return status;
        rest.at += length + (comma != NULL);
        rest.len -= length + (comma != NULL);
    }
    if (!function->definition) return PL_OK;
    const pl_expression *body;
    pl_status status = pl_expression_parse(&body, arena, pl_str_of(function->definition), place, NULL);
    if (status == PL_OK) definition->body = body->root;
    return status;
}

pl_status pl_definition_of(pl_program *program, const pl_function *function, const pl_definition **out) {
    size_t count;
    const pl_function *first = pl_functions(&count);
    void **cache = pl_graph_cache(program);
    if (!*cache) *cache = pl_arena_array(pl_graph_arena(program), count, sizeof(pl_definition));
    if (!*cache) return PL_MEMORY;
    pl_definition *definition = (pl_definition *)*cache + (function - first);
    *out = definition;
    if (definition->names) return PL_OK;
    definition->function = function;
    pl_status status = make(program, definition);
    if (status != PL_OK) *definition = (pl_definition){0};
    return status == PL_INPUT ? PL_MEMORY : status;
}
