/* What the server refuses, over plain sockets, and what it says. */
#include "http/fixture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: x\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" HOST "\r\n"

static served shared;

static int begin(void **state) {
    static const char *const hosts[] = {"x", "example.org", NULL}, *const proxies[] = {"10.0.0.0/8", NULL};
    (void)state;
    serve(&shared, (pl_server_settings){.hosts = hosts,
                                        .proxies = proxies,
                                        .limits = {.header_bytes = 4000, .header_count = 20, .target_bytes = 1000}});
    return 0;
}

static int finish(void **state) {
    (void)state;
    serve_end(&shared);
    return 0;
}

static void says(const char *text, int status, const char *in_body) {
    answer a = ask(&shared, text);
    if (a.status != status) fail_msg("%d instead of %d for\n%s", a.status, status, text);
    if (in_body && !strstr(a.body.at ? a.body.at : "", in_body)) fail_msg("no %s in\n%s", in_body, a.body.at);
    answer_free(&a);
}

static void paths_are_decoded_once_and_checked(void **state) {
    (void)state;
    says(GET("/api/v1/units/A%201?q=%E4%B8%AD+b&q=c"), 200, "\"unit\":\"A 1\",\"q\":\"中 b\"");
    says(GET("/api/v1/units/%2561"), 200, "\"unit\":\"%61\"");
    static const char *const tricks[] = {
        "/api/v1/units/%2e%2e",
        "/api/v1/../x",
        "/api/./v1",
        "/a%00b",
        "/api/v1/units/%c0%ae",
        "/api/v1/units/a%5cb",
        "/api\\v1",
        "/api/v1/units/a%2fb",
        "/%zz",
        "/%4",
        "/a%0d%0a",
        "/api/v1/units/%ed%a0%80",
        "/healthz?a=%00",
        "/healthz?a=%ff",
        "/healthz#x",
        "http://x/healthz",
        "healthz",
    };
    for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
        char text[200];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n" HOST "\r\n", tricks[i]);
        says(text, 400, "/problems/bad-target");
    }
}

static void requests_with_two_readings(void **state) {
    (void)state;
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400, NULL);
    says("GET /healthz HTTP/1.1\r\n" HOST "Host: y\r\n\r\n", 400, NULL);
    says("GET /healthz HTTP/1.1\r\n\r\n", 400, NULL);
    says("GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, NULL);
    says("GET /healthz HTTP/1.1\r\nHost: other.org\r\n\r\n", 421, "/problems/wrong-host");
    says("GET /healthz HTTP/1.1\r\nHost: example.org:8080\r\n\r\n", 200, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, "/problems/length-required");
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Length : 2\r\n\r\n{}", 400, NULL);
    assert_int_equal(status_of(&shared, "nonsense\r\n\r\n"), 0);
}

/* The refusal comes although not one byte of the body was sent, and the connection ends with it. */
static void sizes(void **state) {
    (void)state;
    int socket = client_connect(&shared);
    client_text(socket, "POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 1001\r\n\r\n");
    answer a = client_read(socket, false);
    assert_int_equal(a.status, 413);
    assert_non_null(strstr(a.body.at, "1000"));
    assert_true(client_is_closed(socket));
    answer_free(&a);
    close(socket);
    says("GET /healthz HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 413, NULL);
    char text[80000];
    int used = snprintf(text, sizeof text, "GET /%01100d HTTP/1.1\r\n" HOST "\r\n", 0);
    assert_true(used > 1100);
    says(text, 414, "/problems/target-too-long");
    snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n" HOST "X: %05000d\r\n\r\n", 0);
    says(text, 431, "/problems/headers-too-large");
    used = snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 20; i++) used += snprintf(text + used, sizeof text - (size_t)used, "X%d: y\r\n", i);
    snprintf(text + used, sizeof text - (size_t)used, "\r\n");
    says(text, 431, NULL);
    snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n" HOST "X: %070000d\r\n\r\n", 0);
    says(text, 431, NULL);
}

/* What follows a refused body is never read as a request. */
static void a_refused_body_is_no_request(void **state) {
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < 4; i++) {
        char text[300];
        const char *inner = GET("/api/v1/units/smuggled");
        snprintf(text, sizeof text,
                 "%s /api/v1/units/a HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 methods[i], strlen(inner), inner);
        int socket = client_connect(&shared);
        client_text(socket, text);
        answer a = client_read(socket, false), after = client_read(socket, false);
        assert_true(a.status >= 400);
        assert_int_equal(after.status, 0);
        answer_free(&a);
        answer_free(&after);
        close(socket);
    }
}

static void methods(void **state) {
    (void)state;
    char value[256];
    answer a = ask(&shared, "POST /healthz HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
    assert_int_equal(a.status, 405);
    assert_string_equal(answer_header(&a, "Allow", value), "HEAD, GET, OPTIONS");
    answer_free(&a);
    a = ask(&shared, "OPTIONS /api/v1/units/a HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a.status, 204);
    assert_string_equal(answer_header(&a, "Allow", value), "HEAD, GET, PUT, PATCH, DELETE, OPTIONS");
    answer_free(&a);
    a = ask(&shared, "HEAD /page HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a.status, 200);
    assert_string_equal(answer_header(&a, "Content-Length", value), "22");
    answer_free(&a);
    says("BREW /healthz HTTP/1.1\r\n" HOST "\r\n", 405, NULL);
    says(GET("/nowhere"), 404, "/problems/not-found");
    says("OPTIONS /nowhere HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
}

static void kinds_of_content(void **state) {
    (void)state;
    says("GET /page HTTP/1.1\r\n" HOST "Accept: application/json\r\n\r\n", 406, NULL);
    says("GET /page HTTP/1.1\r\n" HOST "Accept: application/json, text/*;q=0.1\r\n\r\n", 200, NULL);
    says("GET /page HTTP/1.1\r\n" HOST "Accept: */*, text/html;q=0\r\n\r\n", 406, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST
         "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
         415, NULL);
    says("POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}", 201,
         "\"body\":\"{}\"");
}

static void rights_are_judged_before_the_body_is_read(void **state) {
    (void)state;
    char value[256];
#define PUT "PUT /api/v1/units/a HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 2\r\n"
    answer a = ask(&shared, PUT "\r\n");
    assert_int_equal(a.status, 401);
    assert_string_equal(answer_header(&a, "WWW-Authenticate", value), "Bearer");
    answer_free(&a);
    says(PUT "Authorization: Bearer bad\r\n\r\n", 403, "/problems/forbidden");
    says(PUT "Authorization: Bearer good\r\n\r\n{}", 200, "\"identity\":true");
    says("DELETE /api/v1/units/a HTTP/1.1\r\n" HOST "Authorization: Bearer good\r\n\r\n", 204, NULL);
}

static void other_sites(void **state) {
    (void)state;
#define POST "POST /api/v1/units HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 2\r\nCookie: s=1\r\n"
    says(POST "\r\n{}", 403, "/problems/cross-site");
    says(POST "Origin: http://evil.org\r\n\r\n{}", 403, NULL);
    says(POST "Origin: null\r\n\r\n{}", 403, NULL);
    says(POST "Origin: http://x.evil.org\r\n\r\n{}", 403, NULL);
    says(POST "Sec-Fetch-Site: cross-site\r\n\r\n{}", 403, NULL);
    says(POST "Sec-Fetch-Site: same-site\r\n\r\n{}", 403, NULL);
    says(POST "Origin: http://x\r\nOrigin: http://evil.org\r\n\r\n{}", 403, NULL);
    says(POST "Origin: http://x\r\n\r\n{}", 201, NULL);
    says(POST "Sec-Fetch-Site: same-origin\r\n\r\n{}", 201, NULL);
    says("GET /healthz HTTP/1.1\r\n" HOST "Cookie: s=1\r\nOrigin: http://evil.org\r\n\r\n", 200, NULL);
}

static void problems_speak_the_readers_language(void **state) {
    (void)state;
    char value[256];
    answer a = ask(&shared, "GET /wrong HTTP/1.1\r\n" HOST "Accept-Language: en-GB,en;q=0.9,zh;q=0.5\r\n\r\n");
    assert_int_equal(a.status, 422);
    assert_string_equal(answer_header(&a, "Content-Type", value), "application/problem+json");
    assert_non_null(strstr(a.body.at,
                           "{\"type\":\"/problems/invalid\",\"title\":\"The content is wrong\",\"status\":422,"
                           "\"detail\":\"Correct it and try again.\",\"errors\":[{\"pointer\":\"/name\",\"detail\":\"A name is "
                           "needed.\"},{\"pointer\":\"/units/3\",\"detail\":\"There is no such unit.\"}],\"request\":\""));
    answer_free(&a);
    says(GET("/wrong"), 422, "请更正后重试。");
    says(GET("/split"), 503, "/problems/busy");
    says(GET("/file"), 503, NULL);
}

static void every_answer_is_guarded(void **state) {
    (void)state;
    static const char *const names[] = {
        "Content-Security-Policy",    "X-Content-Type-Options",       "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "X-Request-Id",    "Cache-Control"};
    static const char *const requests[] = {GET("/page"), GET("/nowhere"), GET("/%00"), "OPTIONS /page HTTP/1.1\r\n" HOST "\r\n",
                                           GET("/wrong")};
    char value[256];
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        answer a = ask(&shared, requests[i]);
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (!answer_header(&a, names[j], value)) fail_msg("no %s for %s", names[j], requests[i]);
        assert_null(answer_header(&a, "Strict-Transport-Security", value));
        answer_free(&a);
    }
}

static void what_is_known_is_not_sent_again(void **state) {
    (void)state;
    char value[256];
    answer a = ask(&shared, "GET /page HTTP/1.1\r\n" HOST "If-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
    assert_int_equal(a.status, 304);
    assert_string_equal(answer_header(&a, "ETag", value), "\"v1\"");
    assert_int_equal(a.body.len, 0);
    answer_free(&a);
    says("GET /page HTTP/1.1\r\n" HOST "If-None-Match: \"v0\"\r\n\r\n", 200, "page");
}

/* 127.0.0.1 is no named proxy here, so what it says of others is not believed. */
static void forwarding_headers_of_strangers(void **state) {
    (void)state;
    says("GET /api/v1/units/a HTTP/1.1\r\n" HOST
         "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Request-Id: mine\r\n\r\n",
         200, "\"address\":\"127.0.0.1\"");
    answer a = ask(&shared, "GET /api/v1/units/a HTTP/1.1\r\n" HOST "X-Forwarded-Proto: https\r\nX-Request-Id: mine\r\n\r\n");
    assert_null(strstr(a.body.at, "mine"));
    assert_non_null(strstr(a.body.at, "\"secure\":false"));
    answer_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_decoded_once_and_checked),
        cmocka_unit_test(requests_with_two_readings),
        cmocka_unit_test(sizes),
        cmocka_unit_test(a_refused_body_is_no_request),
        cmocka_unit_test(methods),
        cmocka_unit_test(kinds_of_content),
        cmocka_unit_test(rights_are_judged_before_the_body_is_read),
        cmocka_unit_test(other_sites),
        cmocka_unit_test(problems_speak_the_readers_language),
        cmocka_unit_test(every_answer_is_guarded),
        cmocka_unit_test(what_is_known_is_not_sent_again),
        cmocka_unit_test(forwarding_headers_of_strangers),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
