#include "http/exchange.h"

#include <stdio.h>
#include <time.h>

/* The time as RFC 3339 in UTC, to the millisecond. */
static void write_time(pl_json_writer *json) {
    struct timespec now;
    struct tm parts;
    char text[40], whole[48];
    clock_gettime(CLOCK_REALTIME, &now);
    if (!gmtime_r(&now.tv_sec, &parts) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts)) text[0] = 0;
    snprintf(whole, sizeof whole, "%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
    pl_json_key(json, "time");
    pl_json_text(json, pl_str_of(whole));
}

static void write_text(pl_json_writer *json, const char *key, pl_str text) {
    pl_json_key(json, key);
    pl_json_text_or_null(json, text);
}

static void write_integer(pl_json_writer *json, const char *key, uint64_t number) {
    pl_json_key(json, key);
    pl_json_integer(json, (long long)number);
}

/* The pattern, never the path: neither names nor secrets in an address get into a log. */
void pl_log_exchange(const pl_exchange *exchange, uint64_t microseconds, bool complete) {
    const pl_server_settings *settings = &exchange->server->settings;
    const pl_request *request = &exchange->request;
    if (!settings->log) return;
    pl_buffer line;
    pl_output output;
    pl_json_writer json;
    pl_buffer_init(&line, 0);
    pl_output_init(&output, pl_sink_buffer, &line);
    pl_json_begin(&json, &output, false);
    pl_json_object(&json);
    write_time(&json);
    write_text(&json, "request", request->id);
    write_text(&json, "method",
               pl_str_of(exchange->head                 ? "HEAD"
                         : exchange->options            ? "OPTIONS"
                         : request->method < PL_METHODS ? pl_method_name(request->method)
                                                        : NULL));
    write_text(&json, "route", pl_str_of(request->route ? request->route->pattern : NULL));
    write_integer(&json, "status", exchange->phase == PL_SENT ? exchange->response.status : 0);
    write_integer(&json, "bytes", exchange->sent);
    write_integer(&json, "received", request->body_size);
    write_integer(&json, "microseconds", microseconds);
    write_text(&json, "address", request->address);
    if (exchange->response.reason) write_text(&json, "refused", pl_str_of(exchange->response.reason));
    pl_json_key(&json, "complete");
    pl_json_bool(&json, complete);
    pl_json_end(&json);
    if (pl_output_finish(&output) == PL_OK && !line.failed) settings->log(settings->context, pl_buffer_view(&line));
    pl_buffer_free(&line);
}
