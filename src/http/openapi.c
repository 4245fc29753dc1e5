#include "http/route.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void text(pl_json_writer *json, const char *key, const char *value) {
    pl_json_key(json, key);
    pl_json_text(json, pl_str_of(value));
}

static void object(pl_json_writer *json, const char *key) {
    pl_json_key(json, key);
    pl_json_object(json);
}

/* Both languages, Chinese first. */
static void both(pl_json_writer *json, const char *key, const char *const texts[PL_LANGUAGES]) {
    pl_buffer line;
    pl_buffer_init(&line, 0);
    pl_buffer_print(&line, "%s / %s", texts[PL_CHINESE], texts[PL_ENGLISH]);
    if (line.failed) json->output->status = PL_MEMORY;
    text(json, key, line.at);
    pl_buffer_free(&line);
}

static void write_value(pl_json_writer *json, const json_t *value) {
    const char *key;
    json_t *inner;
    size_t i;
    if (json_is_object(value)) {
        pl_json_object(json);
        json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
            pl_json_key(json, key);
            write_value(json, inner);
        }
        pl_json_end(json);
    } else if (json_is_array(value)) {
        pl_json_array(json);
        json_array_foreach(value, i, inner) write_value(json, inner);
        pl_json_end(json);
    } else if (json_is_string(value)) {
        pl_json_text(json, (pl_str){json_string_value(value), json_string_length(value)});
    } else if (json_is_integer(value)) {
        pl_json_integer(json, json_integer_value(value));
    } else if (json_is_real(value)) {
        pl_json_number(json, json_real_value(value));
    } else if (json_is_boolean(value)) {
        pl_json_bool(json, json_is_true(value));
    } else {
        pl_json_null(json);
    }
}

/* A value that is given as JSON text. */
static void raw(pl_json_writer *json, const char *source) {
    json_t *value = json_loads(source, 0, NULL);
    if (!value) json->output->status = PL_MEMORY;
    write_value(json, value);
    json_decref(value);
}

static void reference(pl_json_writer *json, const char *kind, const char *name) {
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "#/components/%s/%s", kind, name);
    if (path.failed) json->output->status = PL_MEMORY;
    pl_json_object(json);
    text(json, "$ref", path.at);
    pl_json_end(json);
    pl_buffer_free(&path);
}

static void content(pl_json_writer *json, const char *type, const char *schema) {
    object(json, "content");
    object(json, type);
    if (schema) {
        pl_json_key(json, "schema");
        reference(json, "schemas", schema);
    }
    pl_json_end(json);
    pl_json_end(json);
}

static void parameter(pl_json_writer *json, pl_str name, const char *in, const pl_parameter *about) {
    pl_json_object(json);
    pl_json_key(json, "name");
    pl_json_text(json, name);
    text(json, "in", in);
    if (about && about->text[PL_CHINESE] && about->text[PL_ENGLISH]) both(json, "description", about->text);
    pl_json_key(json, "required");
    pl_json_bool(json, !strcmp(in, "path") || (about && about->required));
    pl_json_key(json, "schema");
    raw(json, about && about->schema ? about->schema : "{\"type\":\"string\"}");
    pl_json_end(json);
}

static const pl_parameter *described(const pl_route *route, pl_str name) {
    for (const pl_parameter *p = route->parameters; p && p->name; p++)
        if (!strcmp(p->in, "path") && pl_str_is(name, p->name)) return p;
    return NULL;
}

static void parameters(pl_json_writer *json, const pl_route *route) {
    pl_json_key(json, "parameters");
    pl_json_array(json);
    for (const char *at = strchr(route->pattern, '{'); at; at = strchr(at + 1, '{')) {
        pl_str name = {at + 1, strcspn(at + 1, "}")};
        parameter(json, name, "path", described(route, name));
    }
    for (const pl_parameter *p = route->parameters; p && p->name; p++)
        if (strcmp(p->in, "path") != 0) parameter(json, pl_str_of(p->name), p->in, p);
    pl_json_end(json);
}

/* Problems with the same status share one entry: OpenAPI has one for each status. */
static void problems_of(pl_json_writer *json, const pl_route *route) {
    for (const pl_problem_type *const *at = route->problems; at && *at; at++) {
        char status[16];
        bool before = false;
        for (const pl_problem_type *const *other = route->problems; other < at; other++)
            before |= (*other)->status == (*at)->status;
        if (before) continue;
        snprintf(status, sizeof status, "%u", (*at)->status);
        object(json, status);
        both(json, "description", (*at)->title);
        content(json, "application/problem+json", "problem");
        pl_json_end(json);
    }
}

static void responses(pl_json_writer *json, const pl_route *route) {
    static const char *const done[PL_LANGUAGES] = {"完成", "Done"}, *const problem[PL_LANGUAGES] = {"出现问题", "A problem"};
    unsigned success = route->success ? route->success : 200;
    char status[16];
    snprintf(status, sizeof status, "%u", success);
    object(json, "responses");
    object(json, status);
    both(json, "description", done);
    if (success != 204) content(json, route->produces ? route->produces : "application/json", route->response_schema);
    pl_json_end(json);
    problems_of(json, route);
    object(json, "default");
    both(json, "description", problem);
    content(json, "application/problem+json", "problem");
    pl_json_end(json);
    pl_json_end(json);
}

static void operation(pl_json_writer *json, const pl_route *route) {
    static const char *const keys[PL_METHODS] = {"get", "post", "put", "patch", "delete"};
    object(json, keys[route->method]);
    text(json, "operationId", route->operation);
    both(json, "summary", route->summary);
    parameters(json, route);
    if (route->largest_body) {
        object(json, "requestBody");
        pl_json_key(json, "required");
        pl_json_bool(json, true);
        content(json, route->accepts ? route->accepts : "application/json", route->request_schema);
        pl_json_end(json);
    }
    responses(json, route);
    pl_json_end(json);
}

static bool is_first_of_path(const pl_routes *table, const pl_route *route) {
    for (const pl_route *other = table->routes; other < route; other++)
        if (!strcmp(other->pattern, route->pattern)) return false;
    return true;
}

static void paths(pl_json_writer *json, const pl_routes *table) {
    const pl_route *end = table->routes + table->count;
    object(json, "paths");
    for (const pl_route *route = table->routes; route < end; route++) {
        if (!is_first_of_path(table, route)) continue;
        object(json, route->pattern);
        for (const pl_route *same = route; same < end; same++)
            if (!strcmp(same->pattern, route->pattern)) operation(json, same);
        pl_json_end(json);
    }
    pl_json_end(json);
}

static const char problem_schema[] =
    "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"request\"],\"additionalProperties\":false,\"properties\":{"
    "\"type\":{\"type\":\"string\",\"pattern\":\"^/problems/[a-z-]+$\"},\"title\":{\"type\":\"string\"},"
    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"request\":{\"type\":\"string\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"pointer\",\"detail\"],\"properties\":{"
    "\"pointer\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}}}}";

static void components(pl_json_writer *json, const pl_routes *table) {
    object(json, "components");
    object(json, "schemas");
    pl_json_key(json, "problem");
    raw(json, problem_schema);
    for (size_t i = 0; i < table->schema_count; i++) {
        pl_json_key(json, table->schemas[i].name);
        raw(json, table->schemas[i].text);
    }
    pl_json_end(json);
    pl_json_end(json);
}

pl_status pl_openapi_write(const pl_routes *table, pl_output *output) {
    pl_json_writer json;
    pl_json_begin(&json, output, false);
    pl_json_object(&json);
    text(&json, "openapi", "3.1.0");
    object(&json, "info");
    both(&json, "title", table->title);
    text(&json, "version", table->version);
    pl_json_end(&json);
    paths(&json, table);
    components(&json, table);
    pl_json_end(&json);
    return output->status;
}
