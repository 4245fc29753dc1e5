#include "http/request.h"

const pl_str *pl_request_parameter(const pl_request *request, const char *name) {
    for (size_t i = 0; i < request->parameters.count; i++)
        if (pl_str_is(request->parameters.items[i].name, name)) return &request->parameters.items[i].value;
    return NULL;
}

const pl_str *pl_request_query(const pl_request *request, const char *name) {
    for (size_t i = 0; i < request->query.count; i++)
        if (pl_str_is(request->query.items[i].name, name)) return &request->query.items[i].value;
    return NULL;
}

const pl_str *pl_request_header(const pl_request *request, const char *name) {
    for (size_t i = 0; i < request->headers.count; i++)
        if (pl_str_is_fold(request->headers.items[i].name, name)) return &request->headers.items[i].value;
    return NULL;
}
