/* What a handler answers. It fills in one pl_response; what is wrong with filling it in (memory) is remembered and becomes a 503.
 */
#ifndef PLUMBLINE_HTTP_RESPONSE_H
#define PLUMBLINE_HTTP_RESPONSE_H

#include "http/request.h"

#include <plumbline/table/write.h>

/* A kind of problem (RFC 9457). Its type is "/problems/" and the name, and never changes. */
typedef struct pl_problem_type {
    const char *name;
    unsigned status;
    const char *title[PL_LANGUAGES];
} pl_problem_type;

/* What the server itself answers, and handlers may. */
extern const pl_problem_type pl_problem_bad_request, pl_problem_bad_target, pl_problem_not_authenticated, pl_problem_forbidden,
    pl_problem_cross_site, pl_problem_not_found, pl_problem_method, pl_problem_not_acceptable, pl_problem_conflict,
    pl_problem_length_required, pl_problem_precondition, pl_problem_too_large, pl_problem_target_too_long, pl_problem_unsupported,
    pl_problem_wrong_host, pl_problem_invalid, pl_problem_too_many, pl_problem_headers, pl_problem_failed, pl_problem_busy,
    pl_problem_storage;

typedef enum pl_body { PL_BODY_NONE, PL_BODY_BUFFER, PL_BODY_STATIC, PL_BODY_FILE, PL_BODY_EVENTS } pl_body;

typedef struct pl_header {
    const char *name, *value;
    struct pl_header *next;
} pl_header;

typedef struct pl_field_error {
    pl_str pointer, detail;
    struct pl_field_error *next;
} pl_field_error;

/* Set through the functions below. */
typedef struct pl_response {
    pl_arena *arena;
    pl_language language;
    unsigned status; /* 0: the route's own, usually 200 */
    pl_header *first, *last;
    const char *type, *etag;
    pl_body body;
    pl_buffer buffer;
    pl_str bytes;
    int file;
    uint64_t file_size;
    struct pl_events *events;
    pl_output output;
    pl_json_writer json;
    bool writes_json;
    const pl_problem_type *problem;
    const char *reason; /* why the server refused, for the metrics; NULL: it did not */
    pl_str detail;
    pl_field_error *first_error, *last_error;
    bool failed;
} pl_response;

void pl_response_status(pl_response *response, unsigned status);

/* Adds a header; the value is copied. A name that is no token, or a value with a control character, fails the response. */
void pl_response_header(pl_response *response, const char *name, const char *value);

/* A strong entity tag, without quotes. A GET whose If-None-Match has it is answered with 304. */
void pl_response_etag(pl_response *response, const char *tag);

/* A JSON body, written as one value with pl_json_*. */
pl_json_writer *pl_response_json(pl_response *response);

/* A body of any type, written into the buffer; `type` is a literal. */
pl_buffer *pl_response_bytes(pl_response *response, const char *type);

/* A body that outlives the server, such as a page within the program; `tag` may be NULL. */
void pl_response_static(pl_response *response, const char *type, const char *tag, pl_str bytes);

/* A file as body. PL_IO when it cannot be opened. */
pl_status pl_response_file(pl_response *response, const char *type, const char *path);

/* A stream of events (server-sent events) that stays open after the handler has returned, without a deadline. *out is for whoever
 * sends them, on any thread, also after the server has stopped, and is ended with pl_events_end. PL_INPUT, and a problem, when as
 * many streams are open as may be. */
typedef struct pl_events pl_events;
pl_status pl_response_events(pl_response *response, const pl_request *request, pl_events **out);

/* Sends an event; `name`, which may be NULL, is a literal. False when nobody reads any more. */
bool pl_events_send(pl_events *events, const char *name, pl_str data);

/* Nothing more comes; gives the stream up. NULL is allowed. */
void pl_events_end(pl_events *events);

/* Answers with a problem instead of anything said before. The detail, in the reader's language, says what to do; NULL: none. It is
 * copied. Returns PL_INPUT, so that `return pl_response_problem(...)` says the right thing. */
pl_status pl_response_problem(pl_response *response, const pl_problem_type *type, const char *chinese, const char *english);

/* Adds one wrong field to the problem: a JSON pointer into the body, and what is wrong with it. */
void pl_response_field(pl_response *response, const char *pointer, const char *chinese, const char *english);

#endif
