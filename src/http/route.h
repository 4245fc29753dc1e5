/* The table of what is served: one row for each method of each path, with all that the server checks and OpenAPI tells. */
#ifndef PLUMBLINE_HTTP_ROUTE_H
#define PLUMBLINE_HTTP_ROUTE_H

#include "http/request.h"
#include "http/response.h"

#include <plumbline/base/problems.h>

/* Runs on a worker thread. A status other than PL_OK without a problem in the response is answered with one: 400 for PL_INPUT, 503
 * for what the machine could not do. */
typedef pl_status pl_handler(void *context, const pl_request *request, pl_response *response);

/* Judges whether a request may use a right, on a worker thread, before the body is read and the handler runs. PL_OK: it may; what
 * it puts into *identity (in the request's arena) is the handler's. Anything else: the response's problem, or 403, is the answer.
 */
typedef pl_status pl_authorise(void *context, const pl_request *request, unsigned right, void **identity, pl_response *response);

/* A parameter that OpenAPI describes. Names in the pattern's braces need no row unless there is something to say about them. */
typedef struct pl_parameter {
    const char *name;
    const char *in;     /* "path", "query" or "header" */
    const char *schema; /* JSON text; NULL: a string */
    const char *text[PL_LANGUAGES];
    bool required;
} pl_parameter;

typedef struct pl_route {
    pl_method method;
    const char *pattern; /* "/api/v1/units/{unit}": a part in braces stands for one whole segment, not empty */
    unsigned right;      /* 0: everybody, without asking `authorise` */
    pl_handler *handler;
    const char *operation; /* unique; operationId in OpenAPI */
    const char *summary[PL_LANGUAGES];
    size_t largest_body;                    /* bytes; 0: a body is refused */
    bool stream_body;                       /* into a temporary file */
    const char *accepts;                    /* media type of the body; NULL: application/json. "*" followed by "/" and "*": any */
    const char *produces;                   /* media type of the answer; NULL: application/json */
    const char *request_schema;             /* a name among the schemas; NULL: none */
    const char *response_schema;            /* likewise */
    unsigned success;                       /* status when all is well; 0: 200 */
    const pl_parameter *parameters;         /* up to one without a name; NULL: none */
    const pl_problem_type *const *problems; /* up to NULL; what the handler answers beyond what the server does */
} pl_route;

/* A schema by name: JSON text (JSON Schema 2020-12, as OpenAPI 3.1 has it). */
typedef struct pl_schema {
    const char *name, *text;
} pl_schema;

typedef struct pl_routes {
    const pl_route *routes;
    size_t count;
    const pl_schema *schemas;
    size_t schema_count;
    const char *title[PL_LANGUAGES];
    const char *version;
} pl_routes;

/* Looks for what is wrong in a table. A request can have but one reading: patterns that match a common path are an error, unless
 * they are the same for another method.
 *
 * Codes: E881 a pattern that is none, E882 two rows for the same requests, E883 an operation twice or without a name, E884 a schema
 * that is missing, unknown, twice, or no JSON. */
pl_status pl_routes_check(const pl_routes *table, pl_problems *problems);

/* Finds the row for a path (still encoded parts are not touched: `segments` are decoded). NULL when there is none; *allowed then
 * has a bit (1 << method) for each method that the path has. `parameters` has room for `count` and is filled in on success. */
const pl_route *pl_routes_match(const pl_routes *table, pl_method method, const pl_str *segments, size_t count, unsigned *allowed,
                                pl_pairs *parameters);

const char *pl_method_name(pl_method method);

/* The OpenAPI 3.1 document of a table that pl_routes_check finds nothing in. PL_MEMORY when memory ran out. */
pl_status pl_openapi_write(const pl_routes *table, pl_output *output);

#endif
