#include "http/route.h"

#include <jansson.h>

static const char *const names[PL_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

const char *pl_method_name(pl_method method) { return names[method]; }

/* The next segment of a pattern; false at its end. `at` begins behind the first slash. */
static bool next_segment(const char **at, pl_str *out) {
    if (!*at) return false;
    const char *end = strchr(*at, '/');
    *out = (pl_str){*at, end ? (size_t)(end - *at) : strlen(*at)};
    *at = end ? end + 1 : NULL;
    return true;
}

static bool is_parameter(pl_str segment) { return segment.len && segment.at[0] == '{'; }

static bool is_segment(pl_str segment, bool only) {
    if (!segment.len) return only;
    if (is_parameter(segment)) {
        pl_str name = {segment.at + 1, segment.len - 1};
        if (name.len < 2 || name.at[name.len - 1] != '}') return false;
        segment = (pl_str){name.at, name.len - 1};
    }
    for (size_t i = 0; i < segment.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", segment.at[i]) || !segment.at[i])
            return false;
    return !pl_str_is(segment, ".") && !pl_str_is(segment, "..");
}

static bool is_pattern(const char *pattern) {
    pl_str segment;
    if (!pattern || pattern[0] != '/') return false;
    const char *at = pattern + 1;
    while (next_segment(&at, &segment))
        if (!is_segment(segment, pattern[1] == 0)) return false;
    return true;
}

/* Whether some path is matched by both. */
static bool overlap(const char *a, const char *b) {
    const char *x = a + 1, *y = b + 1;
    pl_str p, q;
    for (;;) {
        bool more = next_segment(&x, &p), also = next_segment(&y, &q);
        if (more != also) return false;
        if (!more) return true;
        if (is_parameter(p) ? !q.len : is_parameter(q) ? !p.len : !pl_str_equal(p, q)) return false;
    }
}

static const pl_schema *find_schema(const pl_routes *table, const char *name, size_t before) {
    for (size_t i = 0; i < before; i++)
        if (!strcmp(table->schemas[i].name, name)) return &table->schemas[i];
    return NULL;
}

static void check_schemas(const pl_routes *table, pl_problems *problems) {
    for (size_t i = 0; i < table->schema_count; i++) {
        const pl_schema *schema = &table->schemas[i];
        pl_place place = {.file = "schemas", .field = schema->name};
        if (find_schema(table, schema->name, i)) pl_problem_add(problems, PL_ERROR, "E884", place, "this schema is there twice");
        json_error_t error;
        json_t *value = json_loads(schema->text, JSON_REJECT_DUPLICATES, &error);
        if (!json_is_object(value)) pl_problem_add(problems, PL_ERROR, "E884", place, "no JSON object: %s", error.text);
        json_decref(value);
    }
}

static void check_parameters(const pl_route *route, pl_place place, pl_problems *problems) {
    for (const pl_parameter *p = route->parameters; p && p->name; p++) {
        if (!p->schema) continue;
        json_error_t error;
        json_t *value = json_loads(p->schema, JSON_REJECT_DUPLICATES, &error);
        if (!json_is_object(value))
            pl_problem_add(problems, PL_ERROR, "E884", place, "the schema of \"%s\" is no JSON object: %s", p->name, error.text);
        json_decref(value);
    }
}

static void check_names(const pl_routes *table, const pl_route *route, pl_place place, pl_problems *problems) {
    const char *schemas[] = {route->request_schema, route->response_schema};
    for (size_t i = 0; i < 2; i++)
        if (schemas[i] && !find_schema(table, schemas[i], table->schema_count))
            pl_problem_add(problems, PL_ERROR, "E884", place, "unknown schema \"%s\"", schemas[i]);
    if (!route->operation || !route->summary[PL_CHINESE] || !route->summary[PL_ENGLISH]) {
        pl_problem_add(problems, PL_ERROR, "E883", place, "a route needs an operation and a summary in both languages");
        return;
    }
    for (const pl_route *other = table->routes; other < route; other++)
        if (other->operation && !strcmp(other->operation, route->operation))
            pl_problem_add(problems, PL_ERROR, "E883", place, "the operation \"%s\" is there twice", route->operation);
}

static void check_route(const pl_routes *table, const pl_route *route, pl_problems *problems) {
    pl_place place = {.file = "routes", .row = (size_t)(route - table->routes) | PL_ENTRY, .field = route->pattern};
    if (!is_pattern(route->pattern) || !route->handler || route->method >= PL_METHODS) {
        pl_problem_add(problems, PL_ERROR, "E881", place, "expected a handler, a method and a pattern like /units/{unit}");
        return;
    }
    check_names(table, route, place, problems);
    check_parameters(route, place, problems);
    for (const pl_route *other = table->routes; other < route; other++) {
        if (!is_pattern(other->pattern) || !overlap(other->pattern, route->pattern)) continue;
        if (strcmp(other->pattern, route->pattern) || other->method == route->method)
            pl_problem_add(problems, PL_ERROR, "E882", place, "the pattern overlaps %s %s", names[other->method % PL_METHODS],
                           other->pattern);
    }
}

pl_status pl_routes_check(const pl_routes *table, pl_problems *problems) {
    check_schemas(table, problems);
    for (size_t i = 0; i < table->count; i++) check_route(table, &table->routes[i], problems);
    return pl_problems_status(problems);
}

static bool matches(const char *pattern, const pl_str *segments, size_t count, pl_pairs *parameters) {
    const char *at = pattern + 1;
    pl_str segment;
    size_t i = 0;
    parameters->count = 0;
    while (next_segment(&at, &segment)) {
        if (i == count) return false;
        pl_str value = segments[i++];
        if (!is_parameter(segment)) {
            if (!pl_str_equal(segment, value)) return false;
        } else {
            if (!value.len) return false;
            parameters->items[parameters->count++] = (pl_pair){{segment.at + 1, segment.len - 2}, value};
        }
    }
    return i == count;
}

const pl_route *pl_routes_match(const pl_routes *table, pl_method method, const pl_str *segments, size_t count, unsigned *allowed,
                                pl_pairs *parameters) {
    *allowed = 0;
    for (size_t i = 0; i < table->count; i++) {
        const pl_route *route = &table->routes[i];
        if (!matches(route->pattern, segments, count, parameters)) continue;
        if (route->method == method) return route;
        *allowed |= 1u << route->method;
    }
    parameters->count = 0;
    return NULL;
}
