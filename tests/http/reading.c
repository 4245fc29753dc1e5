/* Targets, headers, addresses, tables of routes and their document, without a connection. */
#include "http/fixture.h"
#include "http/target.h"

#include "support/allocations.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void languages(void **state) {
    static const struct {
        const char *accept;
        pl_language wanted;
    } cases[] = {
        {"", PL_CHINESE},
        {"fr", PL_CHINESE},
        {"en", PL_ENGLISH},
        {"zh-CN,zh;q=0.9,en;q=0.8", PL_CHINESE},
        {"*", PL_CHINESE},
        {"en;q=0.8,zh", PL_CHINESE},
        {"EN-us", PL_ENGLISH},
        {"en-US,en;q=0.9,zh;q=0.8", PL_ENGLISH},
        {"en;q=0", PL_CHINESE},
        {"enm", PL_CHINESE},
        {"en;q=2,zh;q=1", PL_CHINESE},
        {"zh;q=0.001,en;q=0.01", PL_ENGLISH},
        {"en,zh", PL_CHINESE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pl_language_of(pl_str_of(cases[i].accept)) != cases[i].wanted) fail_msg("%s", cases[i].accept);
}

static bool forwarded(const char *header, bool rfc7239, char out[PL_ADDRESS_TEXT]) {
    pl_network proxies[2];
    pl_address address;
    assert_true(pl_network_read(&proxies[0], pl_str_of("10.0.0.0/9")));
    assert_true(pl_network_read(&proxies[1], pl_str_of("2001:db8::/33")));
    if (!pl_forwarded_for(&address, pl_str_of(header), rfc7239, proxies, 2)) return false;
    pl_address_write(out, &address);
    return true;
}

static void addresses(void **state) {
    char text[PL_ADDRESS_TEXT];
    pl_network network;
    (void)state;
    assert_true(forwarded("9.9.9.9, 1.2.3.4:80,10.127.0.1", false, text));
    assert_string_equal(text, "1.2.3.4");
    assert_true(forwarded("1.2.3.4,10.128.0.1", false, text));
    assert_string_equal(text, "10.128.0.1");
    assert_true(forwarded("10.0.0.7, 10.0.0.8", false, text));
    assert_string_equal(text, "10.0.0.7");
    /* What stands before something unreadable is not believed. */
    assert_true(forwarded("1.2.3.4, unknown, 10.0.0.8", false, text));
    assert_string_equal(text, "10.0.0.8");
    assert_false(forwarded("", false, text));
    assert_false(forwarded("1.2.3.4, nobody", false, text));
    assert_true(forwarded("for=1.1.1.1, proto=https;For=\"[2001:db8:8000::1]:4711\"", true, text));
    assert_string_equal(text, "2001:db8:8000::1");
    assert_false(forwarded("by=1.1.1.1", true, text));
    assert_false(pl_network_read(&network, pl_str_of("1.2.3.4/33")));
    assert_false(pl_network_read(&network, pl_str_of("1.2.3.4/")));
    assert_false(pl_network_read(&network, pl_str_of("1.2.3/8")));
    assert_true(pl_network_read(&network, pl_str_of("::/0")));
}

static void origins(void **state) {
    (void)state;
    pl_str host = pl_str_of("x.org:81");
    assert_true(pl_origin_is_own(pl_str_of("http://X.org:81"), host, false));
    assert_true(pl_origin_is_own(pl_str_of("https://x.org:81"), host, true));
    assert_false(pl_origin_is_own(pl_str_of("http://x.org:81"), host, true));
    assert_false(pl_origin_is_own(pl_str_of("http://x.org"), host, false));
    assert_false(pl_origin_is_own(pl_str_of("http://"), (pl_str){NULL, 0}, false));
}

static pl_status nothing(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request, (void)response;
    return PL_OK;
}

#define ROW(method, pattern, operation)                                                                                            \
    {                                                                                                                              \
        method, pattern, 0, nothing, operation, { "a", "b" }                                                                       \
    }

/* The codes of the problems of a table with these rows. */
static void finds(const pl_route *routes, size_t count, const char *codes) {
    pl_problems problems;
    char found[100] = "";
    pl_routes table = {routes, count, NULL, 0, {"a", "b"}, "1"};
    pl_problems_init(&problems, 0);
    pl_routes_check(&table, &problems);
    for (size_t i = 0; i < problems.count; i++) strncat(found, problems.items[i].code, 5);
    assert_string_equal(found, codes);
    pl_problems_free(&problems);
}

static void a_path_has_one_row(void **state) {
    (void)state;
    finds((pl_route[]){ROW(PL_GET, "/a/{b}", "x"), ROW(PL_PUT, "/a/{b}", "y"), ROW(PL_GET, "/a", "z"), ROW(PL_GET, "/", "r")}, 4,
          "");
    finds((pl_route[]){ROW(PL_GET, "/a/{b}", "x"), ROW(PL_GET, "/a/{b}", "y")}, 2, "E882");
    finds((pl_route[]){ROW(PL_GET, "/a/{b}", "x"), ROW(PL_POST, "/a/c", "y")}, 2, "E882");
    finds((pl_route[]){ROW(PL_GET, "/a/{b}/c", "x"), ROW(PL_GET, "/a/d/{e}", "y")}, 2, "E882");
    finds((pl_route[]){ROW(PL_GET, "/a/{b}/c", "x"), ROW(PL_GET, "/a/d/e", "y")}, 2, "");
    finds((pl_route[]){ROW(PL_GET, "/a", "x"), ROW(PL_GET, "/b", "x")}, 2, "E883");
    finds((pl_route[]){ROW(PL_GET, "a", "x"), ROW(PL_GET, "/a//b", "y"), ROW(PL_GET, "/{}", "z"), ROW(PL_GET, "/a/..", "w")}, 4,
          "E881E881E881E881");
    pl_route schema = ROW(PL_GET, "/a", "x");
    schema.response_schema = "unknown";
    finds(&schema, 1, "E884");
}

static json_t *document_of(const pl_routes *table) {
    pl_buffer text;
    pl_output output;
    pl_buffer_init(&text, 0);
    pl_output_init(&output, pl_sink_buffer, &text);
    assert_int_equal(pl_openapi_write(table, &output), PL_OK);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    json_t *document = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    pl_buffer_free(&text);
    return document;
}

/* Every name in braces has a parameter in the path, required and with a schema. */
static void check_parameters(const pl_route *route, const json_t *operation) {
    const json_t *parameters = json_object_get(operation, "parameters"), *one;
    size_t names = 0, in_path = 0, i;
    for (const char *at = route->pattern; *at; at++) names += *at == '{';
    assert_true(json_is_array(parameters));
    json_array_foreach(parameters, i, one) {
        assert_true(json_is_string(json_object_get(one, "name")));
        assert_true(json_is_object(json_object_get(one, "schema")));
        if (strcmp(json_string_value(json_object_get(one, "in")), "path") != 0) continue;
        assert_true(json_is_true(json_object_get(one, "required")));
        in_path++;
    }
    assert_int_equal(in_path, names);
}

static void the_document_has_every_route_once(void **state) {
    (void)state;
    json_t *document = document_of(&test_routes), *paths = json_object_get(document, "paths"), *item, *operation;
    assert_string_equal(json_string_value(json_object_get(document, "openapi")), "3.1.0");
    assert_non_null(json_object_get(json_object_get(document, "info"), "title"));
    assert_non_null(json_object_get(json_object_get(document, "info"), "version"));
    const char *path, *method;
    size_t operations = 0;
    json_object_foreach(paths, path, item) json_object_foreach(item, method, operation) operations++;
    assert_int_equal(operations, test_routes.count);
    for (size_t i = 0; i < test_routes.count; i++) {
        const pl_route *route = &test_routes.routes[i];
        char key[10] = "";
        for (size_t c = 0; c < strlen(pl_method_name(route->method)); c++) key[c] = (char)(pl_method_name(route->method)[c] + 32);
        operation = json_object_get(json_object_get(paths, route->pattern), key);
        assert_string_equal(json_string_value(json_object_get(operation, "operationId")), route->operation);
        assert_true(json_object_size(json_object_get(operation, "responses")) >= 2);
        assert_true(!json_object_get(operation, "requestBody") == !route->largest_body);
        check_parameters(route, operation);
    }
    json_decref(document);
}

static bool check_and_write(void *context) {
    pl_problems problems;
    pl_buffer text;
    pl_output output;
    (void)context;
    pl_problems_init(&problems, 0);
    pl_buffer_init(&text, 0);
    pl_output_init(&output, pl_sink_buffer, &text);
    pl_status status = pl_openapi_write(&test_routes, &output);
    status = pl_status_worse(status, pl_output_finish(&output));
    if (text.failed) status = PL_MEMORY;
    pl_buffer_free(&text);
    pl_problems_free(&problems);
    return status == PL_OK;
}

/* Starting takes memory, threads and a socket; whatever fails, all is given back. */
static bool start_and_stop(void *context) {
    pl_problems problems;
    pl_server *server;
    pl_server_settings settings = {.routes = context, .workers = 1};
    pl_problems_init(&problems, 0);
    unsigned port;
    pl_status status = pl_listen(&settings.listen, "127.0.0.1:0", &port, &problems);
    if (status == PL_OK) {
        status = pl_server_start(&server, &settings, &problems);
        if (status == PL_OK)
            pl_server_stop(server);
        else
            assert_int_equal(close(settings.listen), 0);
    }
    pl_problems_free(&problems);
    return status == PL_OK;
}

static void memory_runs_out(void **state) {
    static const pl_route route[] = {ROW(PL_GET, "/a/{b}", "x")};
    static pl_routes table = {route, 1, NULL, 0, {"a", "b"}, "1"};
    (void)state;
    assert_true(allocations_walk(check_and_write, NULL, 2000) > 10);
    assert_true(allocations_walk(start_and_stop, &table, 2000) > 5);
}

static void sockets(void **state) {
    static const char *const wrong[] = {"",           "127.0.0.1",       ":80",     "localhost:80",
                                        "127.0.0.1:", "127.0.0.1:99999", "[::1:80", "1.2.3.4:x"};
    pl_problems problems;
    int listening, again;
    unsigned port, other;
    char address[40];
    (void)state;
    pl_problems_init(&problems, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (pl_listen(&listening, wrong[i], &port, &problems) != PL_INPUT) fail_msg("%s", wrong[i]);
    assert_int_equal(pl_listen(&listening, "127.0.0.1:0", &port, &problems), PL_OK);
    assert_true(port > 0);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    assert_int_equal(pl_listen(&again, address, &other, &problems), PL_IO);
    close(listening);
    pl_problems_free(&problems);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages),
        cmocka_unit_test(addresses),
        cmocka_unit_test(origins),
        cmocka_unit_test(a_path_has_one_row),
        cmocka_unit_test(the_document_has_every_route_once),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
