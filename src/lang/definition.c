#include "lang/compiler.h"

/* A name as the lexer takes it: a parameter that were none could not be written in the formula. */
static bool is_name(pl_str text) {
    bool good = text.len > 0 && !(text.at[0] >= '0' && text.at[0] <= '9');
    for (size_t i = 0; i < text.len && good; i++) {
        unsigned char c = (unsigned char)text.at[i];
        good = c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return good;
}

/* "x", "l = 0" or "..." in a function's list of parameters. */
static pl_status add_parameter(pl_definition *definition, pl_arena *arena, pl_str text, pl_place place, pl_problems *problems) {
    pl_str name = pl_str_trim(text);
    if (pl_str_is(name, "...")) {
        definition->variadic = true;
        return PL_OK;
    }
    const pl_expression *value = NULL;
    const char *equals = memchr(name.at, '=', name.len);
    if (equals) {
        pl_str after = {equals + 1, (size_t)(name.at + name.len - equals - 1)};
        pl_status status = pl_expression_parse(&value, arena, after, place, problems);
        if (status != PL_OK) return status;
        name = pl_str_trim((pl_str){name.at, (size_t)(equals - name.at)});
    }
    if (!is_name(name))
        return pl_problem_add(problems, PL_ERROR, "E216", place, "\"%.*s\" is no name of a parameter", PL_ARG(name));
    for (size_t i = 0; i < definition->count; i++)
        if (pl_str_equal(definition->names[i], name))
            return pl_problem_add(problems, PL_ERROR, "E216", place, "the parameter \"%.*s\" stands here twice", PL_ARG(name));
    if (!value && definition->count && definition->defaults[definition->count - 1])
        return pl_problem_add(problems, PL_ERROR, "E216", place,
                              "\"%.*s\" follows a parameter that may be left out, so it needs a value of its own: %.*s = 0",
                              PL_ARG(name), PL_ARG(name));
    definition->names[definition->count] = name;
    definition->defaults[definition->count++] = value ? value->root : NULL;
    return PL_OK;
}

pl_status pl_definition_parse(pl_definition *definition, pl_arena *arena, pl_place parameters, pl_place formula,
                              pl_problems *problems) {
    const pl_function *function = definition->function;
    pl_str rest = pl_str_of(function->parameters);
    definition->names = pl_arena_array(arena, rest.len + 1, sizeof *definition->names);
    definition->defaults = pl_arena_array(arena, rest.len + 1, sizeof *definition->defaults);
    if (!definition->names || !definition->defaults) return PL_MEMORY;
    pl_status worst = PL_OK;
    while (rest.len) {
        const char *comma = memchr(rest.at, ',', rest.len);
        size_t length = comma ? (size_t)(comma - rest.at) : rest.len;
        pl_status status = add_parameter(definition, arena, (pl_str){rest.at, length}, parameters, problems);
        worst = pl_status_worse(worst, status);
        rest.at += length + (comma != NULL);
        rest.len -= length + (comma != NULL);
    }
    if (!function->definition) return worst;
    const pl_expression *body;
    pl_status status = pl_expression_parse(&body, arena, pl_str_of(function->definition), formula, problems);
    if (status == PL_OK) definition->body = body->root;
    return pl_status_worse(worst, status);
}

pl_status pl_definition_of(pl_program *program, const pl_function *function, const pl_definition **out) {
    *out = pl_library_definition(pl_graph_library(program), pl_str_of(function->name));
    if (*out) return PL_OK;
    size_t count;
    const pl_function *first = pl_functions(&count);
    void **cache = pl_graph_cache(program);
    if (!*cache) *cache = pl_arena_array(pl_graph_arena(program), count, sizeof(pl_definition));
    if (!*cache) return PL_MEMORY;
    pl_definition *definition = (pl_definition *)*cache + (function - first);
    *out = definition;
    if (definition->names) return PL_OK;
    definition->function = function;
    pl_place place = {.file = function->name};
    pl_status status = pl_definition_parse(definition, pl_graph_arena(program), place, place, NULL);
    if (status != PL_OK) *definition = (pl_definition){0};
    return status == PL_INPUT ? PL_MEMORY : status;
}
