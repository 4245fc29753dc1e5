#include "http/tls.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTION_MEMORY = 65536, MILLISECOND = 1000 };

/* The request line has come in. What libmicrohttpd decodes itself is not used: only the raw target shows tricks. */
static void *begin(void *context, const char *uri, struct MHD_Connection *connection) {
    pl_server *server = context;
    const union MHD_ConnectionInfo *own = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    pl_exchange *exchange = own && own->socket_context ? calloc(1, sizeof *exchange) : NULL;
    if (!exchange) return NULL;
    exchange->server = server;
    exchange->connection = connection;
    exchange->peer = own->socket_context;
    exchange->begun = pl_now();
    exchange->body_descriptor = -1;
    exchange->request.method = PL_METHODS;
    exchange->request.server = server;
    exchange->request.arena = &exchange->arena;
    pl_arena_init(&exchange->arena, 0);
    pl_response_begin(&exchange->response, &exchange->arena, PL_CHINESE);
    exchange->no_memory = !pl_str_copy(&exchange->raw, &exchange->arena, pl_str_of(uri));
    pthread_mutex_lock(&server->lock);
    server->exchanges++;
    pthread_mutex_unlock(&server->lock);
    return exchange;
}

static void end(void *context, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode code) {
    pl_server *server = context;
    pl_exchange *exchange = *own;
    (void)connection;
    *own = NULL;
    if (!exchange) return;
    uint64_t now = pl_now();
    pl_count_exchange(exchange, now - exchange->begun);
    pl_log_exchange(exchange, now - exchange->begun, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    pl_connection_deadline(server, exchange->peer, true, now + server->limits.idle_ms * (uint64_t)MILLISECOND);
    pl_body_free(exchange);
    pl_response_free(&exchange->response);
    pl_arena_free(&exchange->arena);
    free(exchange);
    pthread_mutex_lock(&server->lock);
    server->exchanges--;
    if (server->draining) pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

/* Hands the exchange to a worker; answers at once where none is to be had. */
static enum MHD_Result hand_over(pl_exchange *exchange, pl_phase phase) {
    exchange->phase = phase;
    if (pl_work_queue(exchange)) return MHD_YES;
    pl_refuse(exchange, &pl_problem_busy, "queue", NULL, NULL);
    return pl_deliver(exchange);
}

/* All headers have come in. An answer given now ends the connection, which is right only where a body is refused; without one,
 * libmicrohttpd calls once more. */
static enum MHD_Result judge(pl_exchange *exchange, const char *method, const char *version) {
    pl_verdict verdict = exchange->no_memory ? PL_NO_MEMORY : pl_guard(exchange, method, version);
    if (verdict == PL_NO_MEMORY) return MHD_NO;
    if (!exchange->unread) {
        exchange->phase = verdict == PL_REFUSED ? PL_ANSWERED : PL_WHOLE;
        return MHD_YES;
    }
    return verdict == PL_REFUSED ? pl_deliver(exchange) : hand_over(exchange, PL_JUDGING);
}

/* The request may go on: its body has as long as it takes at the slowest rate. */
static enum MHD_Result await_body(pl_exchange *exchange) {
    const pl_limits *limits = &exchange->server->limits;
    pl_status status = pl_body_begin(exchange);
    if (status != PL_OK) {
        pl_refuse(exchange, status == PL_IO ? &pl_problem_storage : &pl_problem_busy, "storage", NULL, NULL);
        return pl_deliver(exchange);
    }
    uint64_t allowed = limits->request_ms * (uint64_t)MILLISECOND + exchange->length * 1000000 / limits->bytes_per_second;
    pl_connection_deadline(exchange->server, exchange->peer, false, pl_now() + allowed);
    exchange->phase = PL_READING;
    return MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *size, void **own) {
    pl_exchange *exchange = *own;
    (void)context, (void)connection, (void)url;
    if (!exchange) return MHD_NO;
    switch (exchange->phase) {
    case PL_NEW: return judge(exchange, method, version);
    case PL_WHOLE: return hand_over(exchange, PL_JUDGING);
    case PL_JUDGED: return await_body(exchange);
    case PL_READING:
        if (*size) {
            pl_body_take(exchange, bytes, *size);
            *size = 0;
            return MHD_YES;
        }
        pl_body_end(exchange);
        return hand_over(exchange, PL_RUNNING);
    case PL_ANSWERED: return pl_deliver(exchange);
    case PL_JUDGING:
    case PL_RUNNING:
    case PL_SENT: break;
    }
    return MHD_YES;
}

static size_t leave_encoded(void *context, struct MHD_Connection *connection, char *text) {
    (void)context, (void)connection;
    return strlen(text);
}

static void set_default(unsigned *value, unsigned otherwise) {
    if (!*value) *value = otherwise;
}

static void set_limits(pl_limits *limits) {
    set_default(&limits->connections, 1000);
    set_default(&limits->connections_per_address, 64);
    set_default(&limits->requests_per_connection, 1000);
    set_default(&limits->header_bytes, 16384);
    set_default(&limits->header_count, 64);
    set_default(&limits->target_bytes, 4096);
    set_default(&limits->idle_ms, 30000);
    set_default(&limits->request_ms, 30000);
    set_default(&limits->bytes_per_second, 16384);
    set_default(&limits->queue, 1024);
    set_default(&limits->stop_ms, 10000);
    set_default(&limits->streams, 100);
    set_default(&limits->beat_ms, 15000);
}

static unsigned default_loops(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > 4 ? 4 : (unsigned)processors;
}

static pl_status check(const pl_server_settings *settings, pl_problems *problems) {
    const pl_routes *table = settings->routes;
    pl_routes_check(table, problems);
    for (size_t i = 0; i < table->count; i++)
        if (table->routes[i].right && !settings->authorise)
            pl_problem_add(problems, PL_ERROR, "E885",
                           (pl_place){.file = "routes", .row = i | PL_ENTRY, .field = table->routes[i].pattern},
                           "the route needs a right, and nobody is there to judge it");
    for (const char *const *proxy = settings->proxies; proxy && *proxy; proxy++) {
        pl_network network;
        if (!pl_network_read(&network, pl_str_of(*proxy)))
            pl_problem_add(problems, PL_ERROR, "E885", (pl_place){.file = "proxies"}, "\"%s\" is no address and no network",
                           *proxy);
    }
    return pl_problems_status(problems);
}

/* Room for counts and proxies, and the document. */
static pl_status prepare(pl_server *server) {
    const pl_server_settings *settings = &server->settings;
    size_t count = 0;
    while (settings->proxies && settings->proxies[count]) count++;
    server->proxies = calloc(count + 1, sizeof *server->proxies);
    server->counts = calloc(settings->routes->count + 1, sizeof *server->counts);
    server->threads = calloc(settings->workers, sizeof *server->threads);
    if (!server->proxies || !server->counts || !server->threads) return PL_MEMORY;
    for (; server->proxy_count < count; server->proxy_count++)
        pl_network_read(&server->proxies[server->proxy_count], pl_str_of(settings->proxies[server->proxy_count]));
    pl_output output;
    pl_output_init(&output, pl_sink_buffer, &server->openapi);
    pl_status status = pl_openapi_write(settings->routes, &output);
    return pl_status_worse(status, pl_output_finish(&output));
}

static bool start_threads(pl_server *server) {
    server->reaps = true;
    if (pthread_create(&server->reaper, NULL, pl_reap, server)) {
        server->reaps = false;
        return false;
    }
    for (; server->thread_count < server->settings.workers; server->thread_count++)
        if (pthread_create(&server->threads[server->thread_count], NULL, pl_work, server)) return false;
    return true;
}

static bool start_daemon(pl_server *server) {
    const pl_server_settings *settings = &server->settings;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (settings->certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)pl_certificate_retrieve},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem loops[] = {{MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)settings->loops, NULL}, {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_LISTEN_SOCKET, settings->listen, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_CONNECTION_LIMIT, server->limits.connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (server->limits.idle_ms + 999) / 1000, MHD_OPTION_URI_LOG_CALLBACK, begin, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, server, MHD_OPTION_NOTIFY_COMPLETED, end, server, MHD_OPTION_NOTIFY_CONNECTION,
        pl_connection_notify, server, MHD_OPTION_ARRAY, settings->certificate ? tls : none, MHD_OPTION_ARRAY,
        settings->loops > 1 ? loops : none, MHD_OPTION_END);
    return server->daemon != NULL;
}

static void end_workers(pl_server *server) {
    pthread_mutex_lock(&server->lock);
    server->ending = true;
    pthread_cond_broadcast(&server->work);
    pthread_mutex_unlock(&server->lock);
    while (server->thread_count) pthread_join(server->threads[--server->thread_count], NULL);
}

static void end_reaper(pl_server *server) {
    pthread_mutex_lock(&server->lock);
    bool runs = server->reaps;
    server->reaps = false;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    if (runs) pthread_join(server->reaper, NULL);
}

static void free_all(pl_server *server) {
    end_workers(server);
    if (server->daemon) MHD_stop_daemon(server->daemon);
    end_reaper(server);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    pthread_cond_destroy(&server->work);
    pl_buffer_free(&server->openapi);
    pl_certificate_free(server->certificate);
    free(server->threads);
    free(server->counts);
    free(server->proxies);
    free(server);
}

static void init_locks(pl_server *server) {
    pthread_condattr_t attributes;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &attributes);
    pthread_cond_init(&server->work, &attributes);
    pthread_condattr_destroy(&attributes);
}

pl_status pl_server_start(pl_server **out, const pl_server_settings *settings, pl_problems *problems) {
    *out = NULL;
    pl_status status = check(settings, problems);
    if (status != PL_OK) return status;
    pl_server *server = calloc(1, sizeof *server);
    if (!server) return PL_MEMORY;
    server->settings = *settings;
    server->limits = settings->limits;
    set_limits(&server->limits);
    set_default(&server->settings.workers, 4);
    set_default(&server->settings.loops, default_loops());
    init_locks(server);
    status = prepare(server);
    if (status == PL_OK && settings->certificate)
        status = pl_certificate_read(&server->certificate, settings->certificate, settings->key, problems);
    if (status == PL_OK && (!start_threads(server) || !start_daemon(server))) {
        pl_problem_add(problems, PL_ERROR, "E887", (pl_place){0}, "the server cannot start: no memory, or too many files are open");
        status = PL_IO;
    }
    if (status != PL_OK)
        free_all(server);
    else
        *out = server;
    return status;
}

/* Waits until no exchange is left, or the time to stop is over. */
static void drain(pl_server *server) {
    uint64_t until = pl_now() + server->limits.stop_ms * (uint64_t)MILLISECOND;
    struct timespec deadline = {.tv_sec = (time_t)(until / 1000000), .tv_nsec = (long)(until % 1000000) * 1000};
    pthread_mutex_lock(&server->lock);
    server->draining = true;
    pl_connections_close_idle(server);
    pl_streams_close(server);
    int late = 0;
    while (server->exchanges && !late) late = pthread_cond_timedwait(&server->changed, &server->lock, &deadline);
    pthread_mutex_unlock(&server->lock);
}

void pl_server_stop(pl_server *server) {
    if (!server) return;
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    drain(server);
    atomic_store(&server->cancelled, true);
    free_all(server);
    if (listening != MHD_INVALID_SOCKET) close(listening);
}
