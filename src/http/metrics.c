#include "http/exchange.h"

#include <string.h>

/* Upper ends in microseconds; the last is everything. */
static const uint64_t ends[PL_BUCKETS - 1] = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 1000000, 10000000};

static void count_locked(pl_refusals *refusals, const char *reason) {
    for (size_t i = 0; i < PL_REASONS; i++) {
        if (refusals->reasons[i] && strcmp(refusals->reasons[i], reason)) continue;
        refusals->reasons[i] = reason;
        refusals->counts[i]++;
        return;
    }
}

void pl_count_refusal(pl_server *server, const char *reason) {
    pthread_mutex_lock(&server->lock);
    count_locked(&server->refusals, reason);
    pthread_mutex_unlock(&server->lock);
}

void pl_count_exchange(pl_exchange *exchange, uint64_t microseconds) {
    pl_server *server = exchange->server;
    const pl_routes *table = server->settings.routes;
    size_t row = exchange->request.route ? (size_t)(exchange->request.route - table->routes) : table->count;
    unsigned status = exchange->phase == PL_SENT ? exchange->response.status : 0;
    size_t bucket = 0;
    while (bucket < PL_BUCKETS - 1 && microseconds > ends[bucket]) bucket++;
    pthread_mutex_lock(&server->lock);
    pl_route_counts *counts = &server->counts[row];
    counts->classes[status < 600 ? status / 100 : 0]++;
    counts->buckets[bucket]++;
    counts->count++;
    counts->microseconds += microseconds;
    if (exchange->response.reason) count_locked(&server->refusals, exchange->response.reason);
    pthread_mutex_unlock(&server->lock);
}

static void write_label(pl_buffer *out, const pl_routes *table, size_t row) {
    if (row < table->count)
        pl_buffer_print(out, "method=\"%s\",route=\"%s\"", pl_method_name(table->routes[row].method), table->routes[row].pattern);
    else
        pl_buffer_text(out, "method=\"\",route=\"\"");
}

static void write_requests(const pl_server *server, pl_buffer *out) {
    const pl_routes *table = server->settings.routes;
    pl_buffer_text(out, "# HELP plumbline_http_requests_total Requests by route and class of status; 0xx: no answer was sent.\n"
                        "# TYPE plumbline_http_requests_total counter\n");
    for (size_t row = 0; row <= table->count; row++)
        for (unsigned class = 0; class < 6; class ++) {
            if (!server->counts[row].classes[class]) continue;
            pl_buffer_text(out, "plumbline_http_requests_total{");
            write_label(out, table, row);
            pl_buffer_print(out, ",status=\"%uxx\"} %llu\n", class, (unsigned long long)server->counts[row].classes[class]);
        }
}

static void write_latency(const pl_server *server, pl_buffer *out) {
    const pl_routes *table = server->settings.routes;
    pl_buffer_text(out, "# HELP plumbline_http_request_seconds From the request line to the end of the answer.\n"
                        "# TYPE plumbline_http_request_seconds histogram\n");
    for (size_t row = 0; row <= table->count; row++) {
        const pl_route_counts *counts = &server->counts[row];
        uint64_t sum = 0;
        if (!counts->count) continue;
        for (size_t bucket = 0; bucket < PL_BUCKETS; bucket++) {
            sum += counts->buckets[bucket];
            pl_buffer_text(out, "plumbline_http_request_seconds_bucket{");
            write_label(out, table, row);
            pl_buffer_text(out, ",le=\"");
            if (bucket < PL_BUCKETS - 1)
                pl_buffer_number(out, (double)ends[bucket] / 1e6);
            else
                pl_buffer_text(out, "+Inf");
            pl_buffer_print(out, "\"} %llu\n", (unsigned long long)sum);
        }
        pl_buffer_text(out, "plumbline_http_request_seconds_sum{");
        write_label(out, table, row);
        pl_buffer_print(out, "} %llu.%06u\nplumbline_http_request_seconds_count{",
                        (unsigned long long)(counts->microseconds / 1000000), (unsigned)(counts->microseconds % 1000000));
        write_label(out, table, row);
        pl_buffer_print(out, "} %llu\n", (unsigned long long)counts->count);
    }
}

void pl_server_metrics(pl_server *server, pl_buffer *out) {
    pthread_mutex_lock(&server->lock);
    write_requests(server, out);
    write_latency(server, out);
    pl_buffer_print(out,
                    "# HELP plumbline_http_connections Open connections.\n# TYPE plumbline_http_connections gauge\n"
                    "plumbline_http_connections %u\n"
                    "# HELP plumbline_http_streams Open streams of events.\n# TYPE plumbline_http_streams gauge\n"
                    "plumbline_http_streams %u\n"
                    "# HELP plumbline_http_queue Requests that wait for a worker.\n# TYPE plumbline_http_queue gauge\n"
                    "plumbline_http_queue %u\n"
                    "# HELP plumbline_http_rejected_total Requests and connections refused, by reason.\n"
                    "# TYPE plumbline_http_rejected_total counter\n",
                    server->connection_count, server->stream_count, server->queued);
    const pl_refusals *refusals = &server->refusals;
    for (size_t i = 0; i < PL_REASONS && refusals->reasons[i]; i++)
        pl_buffer_print(out, "plumbline_http_rejected_total{reason=\"%s\"} %llu\n", refusals->reasons[i],
                        (unsigned long long)refusals->counts[i]);
    pthread_mutex_unlock(&server->lock);
}
