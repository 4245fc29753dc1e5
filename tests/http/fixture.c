#include "http/fixture.h"

#include <plumbline/base/digest.h>

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void tell(pl_json_writer *json, const char *key, const pl_str *value) {
    pl_json_key(json, key);
    if (value)
        pl_json_text(json, *value);
    else
        pl_json_null(json);
}

static pl_status echo(void *context, const pl_request *request, pl_response *response) {
    pl_json_writer *json = pl_response_json(response);
    pl_str language = pl_str_of(request->language == PL_ENGLISH ? "en" : "zh");
    (void)context;
    pl_json_object(json);
    tell(json, "unit", pl_request_parameter(request, "unit"));
    tell(json, "q", pl_request_query(request, "q"));
    tell(json, "language", &language);
    tell(json, "address", &request->address);
    tell(json, "id", &request->id);
    pl_json_key(json, "secure");
    pl_json_bool(json, request->secure);
    pl_json_key(json, "identity");
    pl_json_bool(json, request->identity != NULL);
    tell(json, "body", &request->body);
    pl_json_end(json);
    return PL_OK;
}

/* Reads the file back, so that what is told is what was stored. */
static pl_status take_file(void *context, const pl_request *request, pl_response *response) {
    unsigned char digest[PL_DIGEST_SIZE];
    char hex[PL_DIGEST_HEX];
    pl_digest *sum = NULL;
    (void)context;
    pl_status status = pl_digest_create(&sum, PL_SHA256);
    if (status == PL_OK && request->body_file) status = pl_digest_add_file(sum, request->body_file);
    if (status == PL_OK) status = pl_digest_finish(sum, digest);
    pl_digest_free(sum);
    if (status != PL_OK) return status;
    pl_digest_hex(digest, hex);
    pl_buffer_print(pl_response_bytes(response, "application/json"), "\"%s %s\"", hex,
                    request->body_file ? request->body_file : "");
    return PL_OK;
}

static pl_status nothing(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request, (void)response;
    return PL_OK;
}

static pl_status page(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request;
    pl_response_static(response, "text/html; charset=utf-8", "v1", pl_str_of("<!doctype html><p>page"));
    return PL_OK;
}

static pl_status file(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request;
    return pl_response_file(response, "text/plain", "/proc/self/no-such-file");
}

static pl_status wrong(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request;
    pl_response_field(response, "/name", "名称不能为空。", "A name is needed.");
    pl_response_field(response, "/units/3", "没有这个单位。", "There is no such unit.");
    return pl_response_problem(response, &pl_problem_invalid, "请更正后重试。", "Correct it and try again.");
}

static pl_status split(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request;
    pl_response_header(response, "X-Name", "a\r\nSet-Cookie: b=c");
    return PL_OK;
}

static pl_status large(void *context, const pl_request *request, pl_response *response) {
    pl_buffer *out = pl_response_bytes(response, "text/plain");
    (void)context, (void)request;
    for (size_t i = 0; i < (size_t)32 << 10; i++) pl_buffer_add(out, (char[1024]){0}, 1024);
    return PL_OK;
}

static pl_status wait_at_gate(void *context, const pl_request *request, pl_response *response) {
    served *s = context;
    pthread_mutex_lock(&s->lock);
    s->inside++;
    pthread_cond_broadcast(&s->changed);
    while (!s->open && !pl_request_cancelled(request)) {
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 5000000;
        soon.tv_sec += soon.tv_nsec / 1000000000;
        soon.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&s->changed, &s->lock, &soon);
    }
    bool open = s->open;
    pthread_mutex_unlock(&s->lock);
    if (!open) return PL_CANCELLED;
    pl_buffer_text(pl_response_bytes(response, "application/json"), "\"through\"");
    return PL_OK;
}

static pl_status stream(void *context, const pl_request *request, pl_response *response) {
    served *s = context;
    pl_events *events;
    pl_status status = pl_response_events(response, request, &events);
    if (status != PL_OK) return status;
    pthread_mutex_lock(&s->lock);
    s->events = events;
    pthread_mutex_unlock(&s->lock);
    return PL_OK;
}

/* Everybody with the bearer token has every right. */
static pl_status authorise(void *context, const pl_request *request, unsigned right, void **identity, pl_response *response) {
    const pl_str *token = pl_request_header(request, "Authorization");
    (void)context;
    assert_int_not_equal(right, 0);
    if (!token) {
        pl_response_header(response, "WWW-Authenticate", "Bearer");
        return pl_response_problem(response, &pl_problem_not_authenticated, NULL, NULL);
    }
    *identity = pl_arena_alloc(request->arena, 1);
    return pl_str_is(*token, "Bearer good") ? PL_OK : PL_INPUT;
}

static bool ready(void *context, pl_buffer *why) {
    served *s = context;
    pthread_mutex_lock(&s->lock);
    bool is_ready = s->ready;
    pthread_mutex_unlock(&s->lock);
    if (!is_ready) pl_buffer_text(why, "database");
    return is_ready;
}

static void keep_line(void *context, pl_str line) {
    served *s = context;
    pthread_mutex_lock(&s->lock);
    pl_buffer_str(&s->log, line);
    pl_buffer_char(&s->log, '\n');
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

#define BOTH(text) .summary = {text, text}
static const pl_problem_type *const of_wrong[] = {&pl_problem_invalid, &pl_problem_conflict, NULL};
static const pl_parameter of_unit[] = {{.name = "unit", .in = "path", .schema = "{\"type\":\"string\",\"maxLength\":40}"},
                                       {.name = "q", .in = "query", .text = {"查找", "what to look for"}},
                                       {0}};
static const pl_route routes[] = {
    {PL_GET, "/healthz", 0, pl_handle_health, "health", BOTH("alive")},
    {PL_GET, "/readyz", 0, pl_handle_ready, "ready", BOTH("ready")},
    {PL_GET, "/metrics", 0, pl_handle_metrics, "metrics", BOTH("metrics"), .produces = "text/plain"},
    {PL_GET, "/openapi.json", 0, pl_handle_openapi, "openapi", BOTH("this document")},
    {PL_GET, "/api/v1/units/{unit}", 0, echo, "unit", BOTH("one unit"), .response_schema = "unit", .parameters = of_unit},
    {PL_PUT, "/api/v1/units/{unit}", 1, echo, "put_unit", BOTH("change"), .largest_body = 1000, .request_schema = "unit"},
    {PL_PATCH, "/api/v1/units/{unit}", 1, echo, "patch_unit", BOTH("change"), .largest_body = 1000},
    {PL_DELETE, "/api/v1/units/{unit}", 2, nothing, "delete_unit", BOTH("remove"), .success = 204},
    {PL_POST, "/api/v1/units", 0, echo, "post_unit", BOTH("add"), .largest_body = 1000, .success = 201},
    {PL_POST, "/files", 0, take_file, "file", BOTH("upload"), .largest_body = (size_t)200 << 20, .stream_body = true,
     .accepts = "*/*"},
    {PL_GET, "/page", 0, page, "page", BOTH("page"), .produces = "text/html"},
    {PL_GET, "/file", 0, file, "no_file", BOTH("file"), .produces = "text/plain"},
    {PL_GET, "/wrong", 0, wrong, "wrong", BOTH("wrong"), .problems = of_wrong},
    {PL_GET, "/split", 0, split, "split", BOTH("split")},
    {PL_GET, "/large", 0, large, "large", BOTH("large"), .produces = "text/plain"},
    {PL_GET, "/events", 0, stream, "events", BOTH("events"), .produces = "text/event-stream"},
    {PL_GET, "/gate", 0, wait_at_gate, "gate", BOTH("gate")},
};
static const pl_schema schemas[] = {{"unit", "{\"type\":\"object\",\"properties\":{\"unit\":{\"type\":\"string\"}}}"}};
const pl_routes test_routes = {routes, sizeof routes / sizeof *routes, schemas, 1, {"准绳", "plumbline"}, "1"};

void serve(served *s, pl_server_settings settings) {
    *s = (served){.ready = true};
    pl_problems_init(&s->problems, 0);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    pl_buffer_init(&s->log, 0);
    settings.routes = &test_routes;
    settings.context = s;
    settings.authorise = authorise;
    settings.ready = ready;
    settings.log = keep_line;
    assert_int_equal(pl_listen(&settings.listen, "127.0.0.1:0", &s->port, &s->problems), PL_OK);
    assert_int_equal(pl_server_start(&s->server, &settings, &s->problems), PL_OK);
}

void serve_end(served *s) {
    pl_server_stop(s->server);
    pl_problems_free(&s->problems);
    pl_buffer_free(&s->log);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
}

void gate_open(served *s) {
    pthread_mutex_lock(&s->lock);
    s->open = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void log_await(served *s, const char *text) {
    pthread_mutex_lock(&s->lock);
    while (!s->log.at || !strstr(s->log.at, text)) pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void gate_await(served *s, unsigned inside) {
    pthread_mutex_lock(&s->lock);
    while (s->inside < inside) pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

int client_connect(const served *s) {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 30};
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(made >= 0);
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(made, (struct sockaddr *)&to, sizeof to), 0);
    return made;
}

void client_send(int socket, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size) {
        ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += sent;
        size -= (size_t)sent;
    }
}

void client_text(int socket, const char *text) { client_send(socket, text, strlen(text)); }

static bool read_one(int socket, pl_buffer *to) {
    char byte;
    if (recv(socket, &byte, 1, 0) != 1) return false;
    pl_buffer_char(to, byte);
    return true;
}

answer client_read(int socket, bool head_only) {
    answer a = {0};
    char value[256];
    while (a.head.len < 4 || memcmp(a.head.at + a.head.len - 4, "\r\n\r\n", 4) != 0)
        if (!read_one(socket, &a.head)) return a;
    a.status = atoi(a.head.at + sizeof "HTTP/1.1");
    const char *length = answer_header(&a, "Content-Length", value);
    size_t size = !head_only && length ? strtoul(length, NULL, 10) : 0;
    char block[65536];
    while (a.body.len < size) {
        size_t wanted = size - a.body.len < sizeof block ? size - a.body.len : sizeof block;
        ssize_t got = recv(socket, block, wanted, 0);
        if (got <= 0) break;
        pl_buffer_add(&a.body, block, (size_t)got);
    }
    return a;
}

bool client_is_closed(int socket) {
    char block[65536];
    ssize_t got;
    while ((got = recv(socket, block, sizeof block, 0)) > 0) continue;
    return got == 0 || errno == ECONNRESET;
}

void answer_free(answer *a) {
    pl_buffer_free(&a->head);
    pl_buffer_free(&a->body);
}

const char *answer_header(const answer *a, const char *name, char out[256]) {
    for (const char *line = strstr(a->head.at, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        size_t length = strlen(name);
        if (strncasecmp(line + 2, name, length) != 0 || line[2 + length] != ':') continue;
        snprintf(out, 256, "%.*s", (int)strcspn(line + 4 + length, "\r"), line + 4 + length);
        return out;
    }
    return NULL;
}

answer ask(const served *s, const char *text) {
    int socket = client_connect(s);
    client_text(socket, text);
    answer a = client_read(socket, !strncmp(text, "HEAD", 4));
    close(socket);
    return a;
}

int status_of(const served *s, const char *text) {
    answer a = ask(s, text);
    int status = a.status;
    answer_free(&a);
    return status;
}
