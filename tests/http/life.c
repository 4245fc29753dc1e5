/* Connections over time: slow ones, many at once, large bodies, the end of the server. */
#include "http/fixture.h"

#include "support/allocations.h"

#include <plumbline/base/digest.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: x\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" HOST "\r\n"

static void start(served *s, pl_limits limits) { serve(s, (pl_server_settings){.limits = limits}); }

/* Sends a byte whenever the server has said nothing for a while. True when it ends the connection before `most` bytes went out. */
static bool is_cut_off(int socket, unsigned most) {
    for (unsigned sent = 0; sent < most; sent++) {
        struct pollfd readable = {.fd = socket, .events = POLLIN};
        if (poll(&readable, 1, 20) == 1) return client_is_closed(socket);
        client_send(socket, "x", 1);
    }
    return false;
}

static bool counted(const served *s, const char *line) {
    answer a = ask(s, GET("/metrics"));
    bool found = a.body.at && strstr(a.body.at, line);
    answer_free(&a);
    return found;
}

/* Each byte comes well before any limit of inactivity. */
static void a_trickle_is_cut_off(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.idle_ms = 300, .request_ms = 300, .bytes_per_second = 1 << 20});
    int line = client_connect(&s), headers = client_connect(&s), body = client_connect(&s);
    client_text(headers, "GET /healthz HTTP/1.1\r\n" HOST "X-Slow: ");
    client_text(body, "POST /files HTTP/1.1\r\n" HOST "Content-Length: 10000\r\n\r\n");
    assert_true(is_cut_off(body, 5000));
    assert_true(is_cut_off(headers, 5000));
    assert_true(is_cut_off(line, 5000));
    assert_true(counted(&s, "plumbline_http_rejected_total{reason=\"slow\"} 1"));
    close(line), close(headers), close(body);
    serve_end(&s);
}

/* Who does not take an answer of 32 MB loses it. */
static void a_reader_that_does_not_read(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.request_ms = 200, .bytes_per_second = 1 << 30});
    int socket = client_connect(&s);
    client_text(socket, GET("/large"));
    log_await(&s, "\"complete\":false");
    close(socket);
    serve_end(&s);
}

static void connections_of_one_address(void **state) {
    served s;
    int sockets[3];
    (void)state;
    start(&s, (pl_limits){.connections_per_address = 2});
    for (int i = 0; i < 2; i++) {
        sockets[i] = client_connect(&s);
        client_text(sockets[i], GET("/healthz"));
        answer a = client_read(sockets[i], false);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    sockets[2] = client_connect(&s);
    assert_true(client_is_closed(sockets[2]));
    for (int i = 0; i < 3; i++) close(sockets[i]);
    serve_end(&s);
}

static void pipelined_and_in_halves(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.requests_per_connection = 3});
    int socket = client_connect(&s);
    client_text(socket, GET("/api/v1/units/1") GET("/api/v1/units/2") "GET /api/v1/uni");
    for (int i = 1; i <= 3; i++) {
        char wanted[40];
        answer a = client_read(socket, false);
        snprintf(wanted, sizeof wanted, "\"unit\":\"%d\"", i);
        assert_non_null(strstr(a.body.at, wanted));
        answer_free(&a);
        if (i == 2) client_text(socket, "ts/3 HTTP/1.1\r\n" HOST "\r\n");
    }
    assert_true(client_is_closed(socket));
    close(socket);
    /* Half a request, then nothing. */
    socket = client_connect(&s);
    client_text(socket, "POST /files HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc");
    close(socket);
    assert_int_equal(status_of(&s, GET("/healthz")), 200);
    serve_end(&s);
}

static void a_large_body_goes_to_disk(void **state) {
    enum { BLOCK = 1 << 20, BLOCKS = 100 };
    served s;
    struct rusage before, after;
    unsigned char digest[PL_DIGEST_SIZE];
    char hex[PL_DIGEST_HEX], head[200];
    char *block = malloc(BLOCK);
    pl_digest *sum;
    (void)state;
    assert_non_null(block);
    start(&s, (pl_limits){0});
    assert_int_equal(pl_digest_create(&sum, PL_SHA256), PL_OK);
    int socket = client_connect(&s);
    snprintf(head, sizeof head, "POST /files HTTP/1.1\r\n" HOST "Content-Length: %u\r\n\r\n", BLOCK * BLOCKS);
    client_text(socket, head);
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < BLOCKS; i++) {
        memset(block, i, BLOCK);
        pl_digest_add(sum, block, BLOCK);
        client_send(socket, block, BLOCK);
    }
    answer a = client_read(socket, false);
    getrusage(RUSAGE_SELF, &after);
    pl_digest_finish(sum, digest);
    pl_digest_hex(digest, hex);
    assert_int_equal(a.status, 200);
    assert_memory_equal(a.body.at + 1, hex, PL_DIGEST_HEX - 1);
    assert_true(after.ru_maxrss - before.ru_maxrss < 16 << 10);
    /* The file is gone once the answer is complete. */
    char *path = a.body.at + PL_DIGEST_HEX + 1;
    path[strcspn(path, "\"")] = 0;
    log_await(&s, "/files");
    serve_end(&s);
    assert_int_not_equal(access(path, F_OK), 0);
    answer_free(&a);
    pl_digest_free(sum);
    free(block);
    close(socket);
}

/* A folder that is not there stands for a disk that takes nothing. */
static void no_room_for_a_body(void **state) {
    served s;
    (void)state;
    serve(&s, (pl_server_settings){.temporary = "/proc/self/no-such-folder"});
    assert_int_equal(status_of(&s, "POST /files HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"), 507);
    serve_end(&s);
}

static void await_metric(const served *s, const char *line) {
    bool found = false;
    while (!found) {
        pl_buffer metrics;
        pl_buffer_init(&metrics, 0);
        pl_server_metrics(s->server, &metrics);
        found = strstr(metrics.at, line);
        pl_buffer_free(&metrics);
        sched_yield();
    }
}

/* The event loop goes on while all workers wait, and what there is no room for in the queue is told so. */
static void many_at_once(void **state) {
    enum { WORKERS = 2, QUEUE = 3 };
    served s;
    int sockets[WORKERS + QUEUE];
    (void)state;
    serve(&s, (pl_server_settings){.workers = WORKERS, .limits = {.queue = QUEUE}});
    for (int i = 0; i < WORKERS; i++) client_text(sockets[i] = client_connect(&s), GET("/gate"));
    gate_await(&s, WORKERS);
    for (int i = WORKERS; i < WORKERS + QUEUE; i++) client_text(sockets[i] = client_connect(&s), GET("/gate"));
    await_metric(&s, "plumbline_http_queue 3\n");
    assert_int_equal(status_of(&s, GET("/healthz")), 503);
    assert_int_equal(status_of(&s, GET("/nowhere")), 404);
    gate_open(&s);
    for (int i = 0; i < WORKERS + QUEUE; i++) {
        answer a = client_read(sockets[i], false);
        assert_string_equal(a.body.at, "\"through\"");
        answer_free(&a);
        close(sockets[i]);
    }
    serve_end(&s);
}

static void *stop_at_event(void *context) {
    void **pair = context;
    assert_int_equal(pl_server_run(pair[0], *(int *)pair[1]), PL_OK);
    return NULL;
}

/* What runs is finished, what is idle is closed, and nobody new is let in. */
static void the_end_is_graceful(void **state) {
    served s;
    pthread_t thread;
    int event = eventfd(0, EFD_CLOEXEC);
    (void)state;
    start(&s, (pl_limits){.stop_ms = 60000});
    int busy = client_connect(&s), idle = client_connect(&s);
    client_text(busy, GET("/gate"));
    gate_await(&s, 1);
    void *pair[] = {s.server, &event};
    assert_int_equal(pthread_create(&thread, NULL, stop_at_event, pair), 0);
    assert_int_equal(eventfd_write(event, 1), 0);
    assert_true(client_is_closed(idle));
    gate_open(&s);
    answer a = client_read(busy, false);
    assert_int_equal(a.status, 200);
    assert_true(client_is_closed(busy));
    pthread_join(thread, NULL);
    s.server = NULL;
    answer_free(&a);
    close(busy), close(idle), close(event);
    serve_end(&s);
}

/* Handlers that do not end are told to; what still waits in the queue is answered too. */
static void the_end_under_load(void **state) {
    enum { CLIENTS = 20 };
    served s;
    int sockets[CLIENTS];
    (void)state;
    start(&s, (pl_limits){.stop_ms = 50});
    for (int i = 0; i < CLIENTS; i++) client_text(sockets[i] = client_connect(&s), GET("/gate"));
    gate_await(&s, 4);
    pl_server_stop(s.server);
    s.server = NULL;
    for (int i = 0; i < CLIENTS; i++) {
        answer a = client_read(sockets[i], false);
        assert_true(a.status == 503 || a.status == 0);
        answer_free(&a);
        close(sockets[i]);
    }
    serve_end(&s);
}

static void ready_or_not(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){0});
    assert_int_equal(status_of(&s, GET("/readyz")), 200);
    pthread_mutex_lock(&s.lock);
    s.ready = false;
    pthread_mutex_unlock(&s.lock);
    answer a = ask(&s, GET("/readyz"));
    assert_int_equal(a.status, 503);
    assert_non_null(strstr(a.body.at, "database"));
    answer_free(&a);
    serve_end(&s);
}

/* One line for each request: the pattern, not the path, and nothing of the query. */
static void the_log_tells_no_secrets(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){0});
    assert_int_equal(status_of(&s, "GET /api/v1/units/secret1?q=secret2 HTTP/1.1\r\n" HOST "Authorization: Bearer secret3\r\n\r\n"),
                     200);
    pl_server_stop(s.server);
    s.server = NULL;
    assert_null(strstr(s.log.at, "secret"));
    assert_non_null(strstr(s.log.at, "\"method\":\"GET\",\"route\":\"/api/v1/units/{unit}\",\"status\":200,\"bytes\":"));
    assert_non_null(strstr(s.log.at, "\"address\":\"127.0.0.1\",\"complete\":true}\n"));
    serve_end(&s);
}

static void what_is_measured(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){0});
    int socket = client_connect(&s);
    for (int i = 0; i < 2; i++) {
        client_text(socket, i ? GET("/metrics") : GET("/nowhere"));
        answer a = client_read(socket, false);
        assert_int_equal(a.status, i ? 200 : 404);
        if (i) {
            assert_non_null(strstr(a.body.at, "plumbline_http_requests_total{method=\"\",route=\"\",status=\"4xx\"} 1\n"));
            assert_non_null(strstr(a.body.at, "plumbline_http_request_seconds_bucket{method=\"\",route=\"\",le=\"+Inf\"} 1\n"));
            assert_non_null(strstr(a.body.at, "plumbline_http_connections 1\n"));
            assert_non_null(strstr(a.body.at, "plumbline_http_rejected_total{reason=\"not_found\"} 1\n"));
        }
        answer_free(&a);
    }
    close(socket);
    serve_end(&s);
}

/* A named proxy is believed, as far as its own word goes. */
static void forwarding_headers_of_a_named_proxy(void **state) {
    static const char *const proxies[] = {"127.0.0.1", "10.0.0.0/8", NULL};
    served s;
    char value[256];
    (void)state;
    serve(&s, (pl_server_settings){.proxies = proxies});
    answer a = ask(&s, "GET /api/v1/units/a HTTP/1.1\r\n" HOST
                       "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1\r\nX-Forwarded-Proto: https\r\n"
                       "X-Request-Id: from-proxy.1\r\n\r\n");
    assert_non_null(strstr(a.body.at, "\"address\":\"1.2.3.4\",\"id\":\"from-proxy.1\",\"secure\":true"));
    assert_non_null(answer_header(&a, "Strict-Transport-Security", value));
    answer_free(&a);
    a = ask(&s, "GET /api/v1/units/a HTTP/1.1\r\n" HOST "Forwarded: for=\"[2001:db8::7]:80\";proto=https\r\n\r\n");
    assert_non_null(strstr(a.body.at, "\"address\":\"2001:db8::7\""));
    answer_free(&a);
    serve_end(&s);
}

/* Reads on until the text has come `times` times; false when the stream ends before. */
static bool comes(int socket, const char *text, unsigned times) {
    pl_buffer all;
    char byte;
    unsigned found = 0;
    size_t length = strlen(text);
    pl_buffer_init(&all, 0);
    while (found < times && recv(socket, &byte, 1, 0) == 1) {
        pl_buffer_char(&all, byte);
        found += all.len >= length && !memcmp(all.at + all.len - length, text, length);
    }
    pl_buffer_free(&all);
    return found == times;
}

static int open_stream(const served *s) {
    int socket = client_connect(s);
    client_text(socket, GET("/events"));
    assert_true(comes(socket, "Content-Type: text/event-stream", 1));
    assert_true(comes(socket, "\r\n\r\n", 1));
    return socket;
}

/* A stream outlives every deadline, there are not more than allowed, and it ends when its sender ends it. */
static void a_stream_of_events(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.idle_ms = 100, .request_ms = 100, .streams = 1, .beat_ms = 50});
    int socket = open_stream(&s);
    assert_true(pl_events_send(s.events, "progress", pl_str_of("1 of 2\n\nid: 3\r")));
    assert_true(comes(socket, "event: progress\ndata: 1 of 2\ndata: \ndata: id: 3\n\n", 1));
    assert_true(comes(socket, ":\n\n", 10));
    assert_true(pl_events_send(s.events, NULL, pl_str_of("2")));
    assert_true(comes(socket, "data: 2\n\n", 1));
    assert_int_equal(status_of(&s, GET("/events")), 503);
    pl_events_end(s.events);
    assert_true(comes(socket, "0\r\n\r\n", 1));
    log_await(&s, "\"route\":\"/events\",\"status\":200");
    close(socket);
    serve_end(&s);
}

/* Readers that go away, and readers that do not read, are found out. */
static void nobody_listens(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.beat_ms = 20});
    close(open_stream(&s));
    await_metric(&s, "plumbline_http_streams 0\n");
    assert_false(pl_events_send(s.events, NULL, pl_str_of("x")));
    pl_events_end(s.events);
    int socket = open_stream(&s);
    char much[8192];
    memset(much, 'x', sizeof much);
    unsigned sent = 0;
    while (pl_events_send(s.events, NULL, (pl_str){much, sizeof much})) assert_true(++sent < 100000);
    pl_events_end(s.events);
    close(socket);
    serve_end(&s);
}

static void the_end_of_all_streams(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){.stop_ms = 60000});
    int socket = open_stream(&s);
    pl_server_stop(s.server);
    s.server = NULL;
    assert_true(client_is_closed(socket));
    assert_false(pl_events_send(s.events, NULL, pl_str_of("x")));
    pl_events_end(s.events);
    close(socket);
    serve_end(&s);
}

/* One allocation fails on the way: the client gets the answer, or 503, or no answer; the next request finds all in order. */
static void memory_runs_out(const served *s, const char *request) {
    bool met = true;
    for (size_t n = 0; met; n++) {
        char text[4096];
        size_t length = 0;
        int socket = client_connect(s);
        allocations_fail_at(n, false);
        client_text(socket, request);
        for (ssize_t got = 1; got > 0 && length < sizeof text - 1; length += (size_t)got) {
            got = recv(socket, text + length, sizeof text - 1 - length, 0);
            if (got <= 0) break;
        }
        met = allocations_recover();
        text[length] = 0;
        close(socket);
        bool good = !strncmp(text, "HTTP/1.1 200", 12), busy = !strncmp(text, "HTTP/1.1 503", 12);
        if (!good && (!met || (length && !busy))) fail_msg("allocation %zu: %s", n, text);
        assert_true(n < 500);
    }
}

static void requests_without_memory(void **state) {
    served s;
    (void)state;
    start(&s, (pl_limits){0});
    memory_runs_out(&s, "PUT /api/v1/units/a?q=b HTTP/1.1\r\n" HOST "Connection: close\r\nAuthorization: Bearer good\r\n"
                        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    memory_runs_out(&s, "POST /files HTTP/1.1\r\n" HOST "Connection: close\r\nContent-Length: 3\r\n\r\nabc");
    serve_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trickle_is_cut_off),
        cmocka_unit_test(a_reader_that_does_not_read),
        cmocka_unit_test(connections_of_one_address),
        cmocka_unit_test(pipelined_and_in_halves),
        cmocka_unit_test(a_large_body_goes_to_disk),
        cmocka_unit_test(no_room_for_a_body),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(the_end_is_graceful),
        cmocka_unit_test(the_end_under_load),
        cmocka_unit_test(ready_or_not),
        cmocka_unit_test(the_log_tells_no_secrets),
        cmocka_unit_test(what_is_measured),
        cmocka_unit_test(forwarding_headers_of_a_named_proxy),
        cmocka_unit_test(a_stream_of_events),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(the_end_of_all_streams),
        cmocka_unit_test(requests_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
