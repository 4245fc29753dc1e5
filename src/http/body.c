#include "http/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

pl_status pl_body_begin(pl_exchange *exchange) {
    const pl_route *route = exchange->request.route;
    pl_buffer_init(&exchange->body, route->largest_body);
    if (!route->stream_body || !exchange->length) return PL_OK;
    const char *folder = exchange->server->settings.temporary;
    pl_buffer name;
    pl_buffer_init(&name, 0);
    pl_buffer_print(&name, "%s/plumbline.XXXXXX", folder ? folder : "/tmp");
    if (name.failed) return PL_MEMORY;
    exchange->body_path = name.at;
    exchange->body_descriptor = mkostemp(name.at, O_CLOEXEC);
    if (exchange->body_descriptor >= 0) return PL_OK;
    free(exchange->body_path);
    exchange->body_path = NULL;
    return PL_IO;
}

static bool write_all(int file, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

void pl_body_take(pl_exchange *exchange, const char *bytes, size_t size) {
    exchange->request.body_size += size;
    if (exchange->body_failed) return;
    if (exchange->body_path)
        exchange->body_failed = !write_all(exchange->body_descriptor, bytes, size);
    else
        pl_buffer_add(&exchange->body, bytes, size);
}

static void close_file(pl_exchange *exchange) {
    if (exchange->body_descriptor >= 0 && close(exchange->body_descriptor)) exchange->body_failed = true;
    exchange->body_descriptor = -1;
}

void pl_body_end(pl_exchange *exchange) {
    close_file(exchange);
    exchange->unread = false;
    exchange->request.body = pl_buffer_view(&exchange->body);
    exchange->request.body_file = exchange->body_path;
    if (exchange->body_failed) pl_response_problem(&exchange->response, &pl_problem_storage, NULL, NULL);
    if (exchange->body.failed) pl_response_problem(&exchange->response, &pl_problem_busy, NULL, NULL);
}

void pl_body_free(pl_exchange *exchange) {
    close_file(exchange);
    if (exchange->body_path) unlink(exchange->body_path);
    free(exchange->body_path);
    pl_buffer_free(&exchange->body);
}
