#include "http/exchange.h"

#include <stdio.h>
#include <stdlib.h>

/* The pages get everything from here and talk to nobody else. */
static const struct {
    const char *name, *value;
} safe[] = {
    {"Content-Security-Policy",
     "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

/* Whether If-None-Match (RFC 9110) lists the tag; weak tags count too. */
static bool has_tag(pl_str list, const char *tag) {
    size_t length = strlen(tag);
    if (pl_str_is(pl_str_trim(list), "*")) return true;
    for (size_t i = 0; i + length + 2 <= list.len; i++)
        if (list.at[i] == '"' && !memcmp(list.at + i + 1, tag, length) && list.at[i + 1 + length] == '"') return true;
    return false;
}

static bool is_unchanged(const pl_exchange *exchange) {
    const pl_response *response = &exchange->response;
    const pl_str *tags = pl_request_header(&exchange->request, "If-None-Match");
    return tags && response->etag && response->status == 200 && exchange->request.method == PL_GET &&
           has_tag(*tags, response->etag);
}

/* Hands the body over; what is handed over is no longer the response's. */
static struct MHD_Response *make(pl_exchange *exchange) {
    pl_response *from = &exchange->response;
    struct MHD_Response *made = NULL;
    if (from->body == PL_BODY_FILE) {
        made = MHD_create_response_from_fd64(from->file_size, from->file);
        if (made) from->file = -1;
        exchange->sent = from->file_size;
    } else if (from->body == PL_BODY_EVENTS) {
        pl_events_attach(from->events, exchange->connection);
        made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, pl_events_read, from->events, pl_events_gone);
        if (made) from->events = NULL;
    } else if (from->body == PL_BODY_BUFFER && from->buffer.len) {
        exchange->sent = from->buffer.len;
        made = MHD_create_response_from_buffer(from->buffer.len, from->buffer.at, MHD_RESPMEM_MUST_FREE);
        if (made) from->buffer = (pl_buffer){0};
    } else {
        /* libmicrohttpd only reads it. */
        union {
            const char *constant;
            void *variable;
        } bytes = {.constant = from->body == PL_BODY_STATIC ? from->bytes.at : ""};
        exchange->sent = from->body == PL_BODY_STATIC ? from->bytes.len : 0;
        made = MHD_create_response_from_buffer(exchange->sent, bytes.variable, MHD_RESPMEM_PERSISTENT);
    }
    return made;
}

static bool add(struct MHD_Response *response, const char *name, const char *value) {
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool has(const pl_response *response, const char *name) {
    for (const pl_header *header = response->first; header; header = header->next)
        if (pl_str_is_fold(pl_str_of(header->name), name)) return true;
    return false;
}

static bool add_headers(const pl_exchange *exchange, struct MHD_Response *response) {
    const pl_response *from = &exchange->response;
    bool good = add(response, "X-Request-Id", exchange->request.id.at);
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (!has(from, safe[i].name)) good &= add(response, safe[i].name, safe[i].value);
    if (exchange->request.secure) good &= add(response, "Strict-Transport-Security", "max-age=31536000");
    for (const pl_header *header = from->first; header; header = header->next) good &= add(response, header->name, header->value);
    if (!has(from, "Cache-Control")) good &= add(response, "Cache-Control", from->etag ? "no-cache" : "no-store");
    if (from->body != PL_BODY_NONE) good &= add(response, "Content-Type", from->type);
    if (from->problem) good &= add(response, "Content-Language", from->language == PL_ENGLISH ? "en" : "zh-CN");
    if (from->status == 503) good &= add(response, "Retry-After", "1");
    if (from->etag) {
        char tag[256];
        int length = snprintf(tag, sizeof tag, "\"%s\"", from->etag);
        good &= length < (int)sizeof tag && add(response, "ETag", tag);
    }
    return good;
}

/* A body that nobody reads must not be taken for the next request. */
static bool must_close(pl_exchange *exchange) {
    pl_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    bool draining = server->draining;
    pthread_mutex_unlock(&server->lock);
    return exchange->unread || draining || ++exchange->peer->requests >= server->limits.requests_per_connection;
}

enum MHD_Result pl_deliver(pl_exchange *exchange) {
    pl_server *server = exchange->server;
    pl_response *from = &exchange->response;
    if (is_unchanged(exchange)) {
        const char *tag = from->etag;
        pl_response_free(from);
        from->etag = tag;
        from->status = 304;
    }
    struct MHD_Response *response = make(exchange);
    if (!response) return MHD_NO;
    enum MHD_Result result = MHD_NO;
    if (add_headers(exchange, response) && (!must_close(exchange) || add(response, "Connection", "close"))) {
        uint64_t allowed = server->limits.request_ms * (uint64_t)1000 + exchange->sent * 1000000 / server->limits.bytes_per_second;
        pl_connection_deadline(server, exchange->peer, false, from->body == PL_BODY_EVENTS ? 0 : pl_now() + allowed);
        result = MHD_queue_response(exchange->connection, from->status, response);
        if (result == MHD_YES) exchange->phase = PL_SENT;
    }
    MHD_destroy_response(response);
    return result;
}
