/* Serves one answer of some bytes at / on a loopback port until its standard input ends: bench/http_serve FILE. Prints the port. */
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>

static pl_status answer(void *context, const pl_request *request, pl_response *response) {
    const pl_buffer *bytes = context;
    (void)request;
    pl_response_static(response, "text/plain", "1", pl_buffer_view(bytes));
    return PL_OK;
}

static const pl_route routes[] = {{PL_GET, "/bytes", 0, answer, "bytes", {"字节", "bytes"}, .produces = "text/plain"}};
static const pl_routes table = {routes, 1, NULL, 0, {"测试", "bench"}, "1"};

static bool read_all(pl_buffer *to, const char *path) {
    char block[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    while ((got = fread(block, 1, sizeof block, file)) > 0) pl_buffer_add(to, block, got);
    bool good = !ferror(file) && !to->failed;
    fclose(file);
    return good;
}

int main(int count, char **arguments) {
    pl_problems problems;
    pl_buffer bytes, line;
    pl_server *server;
    unsigned port;
    pl_server_settings settings = {
        .routes = &table, .context = &bytes, .limits = {.connections_per_address = 1000, .requests_per_connection = 1u << 30}};
    pl_problems_init(&problems, 0);
    pl_buffer_init(&bytes, 0);
    pl_buffer_init(&line, 0);
    if (count != 2 || !read_all(&bytes, arguments[1]) || pl_listen(&settings.listen, "127.0.0.1:0", &port, &problems) != PL_OK ||
        pl_server_start(&server, &settings, &problems) != PL_OK) {
        if (problems.count) pl_problem_print(&problems.items[0], &line);
        fprintf(stderr, "http_serve: %s\n", line.at ? line.at : "expected a file to serve");
        return EXIT_FAILURE;
    }
    printf("%u\n", port);
    fflush(stdout);
    pl_status status = pl_server_run(server, 0);
    pl_buffer_free(&bytes);
    pl_problems_free(&problems);
    return status == PL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
