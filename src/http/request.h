/* What a handler is given: one request, checked. All of it lives as long as the request. */
#ifndef PLUMBLINE_HTTP_REQUEST_H
#define PLUMBLINE_HTTP_REQUEST_H

#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

typedef enum pl_method { PL_GET, PL_POST, PL_PUT, PL_PATCH, PL_DELETE, PL_METHODS } pl_method;
typedef enum pl_language { PL_CHINESE, PL_ENGLISH, PL_LANGUAGES } pl_language;

typedef struct pl_pair {
    pl_str name, value;
} pl_pair;

typedef struct pl_pairs {
    pl_pair *items;
    size_t count;
} pl_pairs;

struct pl_route;
struct pl_server;

/* Texts are slices; path parameters and query values are decoded, valid UTF-8 without a zero byte. A HEAD request reaches its
 * handler as PL_GET: the body of the answer is left out on the way. */
typedef struct pl_request {
    pl_method method;
    const struct pl_route *route;
    struct pl_server *server;
    pl_pairs parameters; /* of the path, named by the pattern */
    pl_pairs query;      /* in the order they were sent; a name may occur again */
    pl_pairs headers;
    pl_str body;           /* the whole, unless the route streams it */
    const char *body_file; /* where a streamed body lies; removed when the request ends, unless it was renamed. NULL: no body */
    uint64_t body_size;
    pl_str address; /* the peer's, or the one that a named proxy tells */
    pl_str id;
    pl_language language;
    bool secure;     /* came over TLS, here or to a named proxy */
    void *identity;  /* what `authorise` put there */
    pl_arena *arena; /* for what is made on the way; of the thread that has the request */
} pl_request;

/* The first value of that name; NULL where there is none. Names of headers are found whatever their case. */
const pl_str *pl_request_parameter(const pl_request *request, const char *name);
const pl_str *pl_request_query(const pl_request *request, const char *name);
const pl_str *pl_request_header(const pl_request *request, const char *name);

/* True once nobody waits for the answer any more, or the server's time to stop is over. Long work asks now and then. */
bool pl_request_cancelled(const pl_request *request);

#endif
