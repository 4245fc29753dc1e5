/* What is refused at once, on the event loop: requests that have two readings, are too large, or ask for what is not there. */
#include "http/exchange.h"

#include <stdio.h>
#include <sys/random.h>

void pl_refuse(pl_exchange *exchange, const pl_problem_type *type, const char *reason, const char *chinese, const char *english) {
    exchange->response.reason = reason;
    pl_response_problem(&exchange->response, type, chinese, english);
    pl_response_finish(&exchange->response, PL_INPUT, exchange->request.id, 200);
}

static bool refuse(pl_exchange *exchange, const pl_problem_type *type, const char *reason, const char *chinese,
                   const char *english) {
    pl_refuse(exchange, type, reason, chinese, english);
    return false;
}

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *value,
                                  size_t value_length) {
    pl_pairs *headers = context;
    (void)kind;
    headers->items[headers->count++] = (pl_pair){{name, name_length}, {value, value_length}};
    return MHD_YES;
}

/* False when memory ran out. */
static bool collect_headers(pl_exchange *exchange) {
    int count = MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, NULL, NULL);
    pl_pairs *headers = &exchange->request.headers;
    headers->items = pl_arena_array(&exchange->arena, (size_t)count + 1, sizeof *headers->items);
    if (!headers->items) return false;
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, add_header, headers);
    return true;
}

static size_t count_of(const pl_exchange *exchange, const char *name) {
    const pl_pairs *headers = &exchange->request.headers;
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++) count += pl_str_is_fold(headers->items[i].name, name);
    return count;
}

/* The last header of that name: the one that the nearest proxy wrote. */
static pl_str last_of(const pl_exchange *exchange, const char *name) {
    const pl_pairs *headers = &exchange->request.headers;
    for (size_t i = headers->count; i > 0; i--)
        if (pl_str_is_fold(headers->items[i - 1].name, name)) return headers->items[i - 1].value;
    return (pl_str){NULL, 0};
}

static pl_str first_of(const pl_exchange *exchange, const char *name) {
    const pl_str *found = pl_request_header(&exchange->request, name);
    return found ? *found : (pl_str){NULL, 0};
}

static bool is_id(pl_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return text.len > 0 && text.len <= 64;
}

static bool choose_id(pl_exchange *exchange) {
    unsigned char random[16];
    char text[33];
    pl_str given = last_of(exchange, "X-Request-Id");
    if (exchange->peer->is_proxy && is_id(given)) return pl_str_copy(&exchange->request.id, &exchange->arena, given);
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return false;
    for (size_t i = 0; i < sizeof random; i++) snprintf(text + 2 * i, 3, "%02x", random[i]);
    return pl_str_copy(&exchange->request.id, &exchange->arena, pl_str_of(text));
}

/* Who asks, and whether safely: what a named proxy says, else what the socket says. */
static bool find_peer(pl_exchange *exchange) {
    const pl_server *server = exchange->server;
    pl_address address = exchange->peer->address;
    char text[PL_ADDRESS_TEXT];
    exchange->request.secure = server->settings.certificate != NULL;
    if (exchange->peer->is_proxy) {
        pl_str list = last_of(exchange, "X-Forwarded-For"), forwarded = last_of(exchange, "Forwarded");
        bool rfc7239 = !list.len;
        pl_address told;
        if (pl_forwarded_for(&told, rfc7239 ? forwarded : list, rfc7239, server->proxies, server->proxy_count)) address = told;
        if (pl_str_is_fold(last_of(exchange, "X-Forwarded-Proto"), "https")) exchange->request.secure = true;
    }
    pl_address_write(text, &address);
    return pl_str_copy(&exchange->request.address, &exchange->arena, pl_str_of(text));
}

static bool check_headers(pl_exchange *exchange) {
    const pl_limits *limits = &exchange->server->limits;
    const pl_pairs *headers = &exchange->request.headers;
    size_t bytes = 0;
    for (size_t i = 0; i < headers->count; i++) {
        bytes += headers->items[i].name.len + headers->items[i].value.len;
        if (!pl_is_token(headers->items[i].name))
            return refuse(exchange, &pl_problem_bad_request, "header", "请求头名称不合法。",
                          "The name of a header is not well formed.");
    }
    if (headers->count > limits->header_count || bytes > limits->header_bytes)
        return refuse(exchange, &pl_problem_headers, "headers", NULL, NULL);
    if (exchange->raw.len > limits->target_bytes) return refuse(exchange, &pl_problem_target_too_long, "target_length", NULL, NULL);
    return true;
}

static bool is_allowed_host(const pl_server *server, pl_str host) {
    const char *colon = host.len ? memrchr(host.at, ':', host.len) : NULL;
    pl_str name = {host.at, colon ? (size_t)(colon - host.at) : host.len};
    for (const char *const *allowed = server->settings.hosts; allowed && *allowed; allowed++)
        if (pl_str_is_fold(host, *allowed) || pl_str_is_fold(name, *allowed)) return true;
    return !server->settings.hosts;
}

static bool check_host(pl_exchange *exchange, const char *version) {
    size_t count = count_of(exchange, "Host");
    pl_str host = first_of(exchange, "Host");
    bool needed = strcmp(version, MHD_HTTP_VERSION_1_0) != 0;
    if (count > 1 || (needed && !count) || (count && !pl_host_is_valid(host)))
        return refuse(exchange, &pl_problem_bad_request, "host", "请求必须恰好有一个 Host 头。",
                      "A request has exactly one Host header.");
    if (!is_allowed_host(exchange->server, host)) return refuse(exchange, &pl_problem_wrong_host, "wrong_host", NULL, NULL);
    return true;
}

/* The length must be plain: a proxy before us that reads it another way would see other requests than we do. */
static bool check_length(pl_exchange *exchange) {
    size_t lengths = count_of(exchange, "Content-Length"), encodings = count_of(exchange, "Transfer-Encoding");
    pl_str length = first_of(exchange, "Content-Length");
    if (lengths + encodings > 1 || (lengths && !length.len) || length.len > 18)
        return refuse(exchange, &pl_problem_bad_request, "framing", "请求长度有多种解释。",
                      "The length of the request has more than one reading.");
    for (size_t i = 0; i < length.len; i++) {
        if (length.at[i] < '0' || length.at[i] > '9')
            return refuse(exchange, &pl_problem_bad_request, "framing", "Content-Length 不是数字。",
                          "Content-Length is no number.");
        exchange->length = exchange->length * 10 + (uint64_t)(length.at[i] - '0');
    }
    if (!encodings) exchange->unread = exchange->length > 0;
    if (encodings) return refuse(exchange, &pl_problem_length_required, "length", NULL, NULL);
    return true;
}

static void allow(pl_exchange *exchange) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    for (unsigned method = 0; method < PL_METHODS; method++)
        if (exchange->allowed & (1u << method))
            pl_buffer_print(&text, "%s%s, ", method == PL_GET ? "HEAD, " : "", pl_method_name(method));
    pl_buffer_text(&text, "OPTIONS");
    if (text.failed)
        exchange->response.failed = true;
    else
        pl_response_header(&exchange->response, "Allow", text.at);
    pl_buffer_free(&text);
}

static bool find_route(pl_exchange *exchange) {
    pl_request *request = &exchange->request;
    pl_target *target = &exchange->target;
    pl_status status = pl_target_read(target, exchange->raw, &exchange->arena);
    if (status == PL_MEMORY) return refuse(exchange, &pl_problem_busy, "memory", NULL, NULL);
    if (status != PL_OK) return refuse(exchange, &pl_problem_bad_target, "target", NULL, NULL);
    request->query = (pl_pairs){target->query, target->query_count};
    request->parameters.items = pl_arena_array(&exchange->arena, target->segment_count, sizeof(pl_pair));
    if (!request->parameters.items) return refuse(exchange, &pl_problem_busy, "memory", NULL, NULL);
    request->route = pl_routes_match(exchange->server->settings.routes, request->method, target->segments, target->segment_count,
                                     &exchange->allowed, &request->parameters);
    if (request->route) return true;
    if (!exchange->allowed) return refuse(exchange, &pl_problem_not_found, "not_found", NULL, NULL);
    allow(exchange);
    if (!exchange->options) return refuse(exchange, &pl_problem_method, "method", NULL, NULL);
    pl_response_finish(&exchange->response, PL_OK, request->id, 204);
    return false;
}

/* A browser sends cookies along with what another site makes it do, but it says then where that came from. */
static bool check_site(pl_exchange *exchange) {
    const pl_request *request = &exchange->request;
    if (request->method == PL_GET || !count_of(exchange, "Cookie")) return true;
    const pl_str *origin = pl_request_header(request, "Origin"), *site = pl_request_header(request, "Sec-Fetch-Site");
    bool own = (origin || site) && count_of(exchange, "Origin") < 2 && count_of(exchange, "Sec-Fetch-Site") < 2;
    if (origin && !pl_origin_is_own(*origin, first_of(exchange, "Host"), request->secure)) own = false;
    if (site && !pl_str_is(*site, "same-origin") && !pl_str_is(*site, "none")) own = false;
    return own || refuse(exchange, &pl_problem_cross_site, "cross_site", NULL, NULL);
}

static bool check_content(pl_exchange *exchange) {
    const pl_request *request = &exchange->request;
    const pl_route *route = request->route;
    if (exchange->length > route->largest_body) {
        char chinese[80], english[80];
        snprintf(chinese, sizeof chinese, "最多 %zu 字节。", route->largest_body);
        snprintf(english, sizeof english, "At most %zu bytes are taken here.", route->largest_body);
        return refuse(exchange, &pl_problem_too_large, "body_size", chinese, english);
    }
    const char *accepts = route->accepts ? route->accepts : "application/json";
    pl_str coding = first_of(exchange, "Content-Encoding"), type = pl_media_type(first_of(exchange, "Content-Type"));
    if (exchange->length &&
        ((coding.len && !pl_str_is_fold(coding, "identity")) || (strcmp(accepts, "*/*") != 0 && !pl_str_is_fold(type, accepts)))) {
        pl_response_header(&exchange->response, "Accept", accepts);
        return refuse(exchange, &pl_problem_unsupported, "media_type", NULL, NULL);
    }
    const char *produces = route->produces ? route->produces : "application/json";
    pl_str accept = first_of(exchange, "Accept");
    return pl_accepts(accept, pl_str_of(produces)) || refuse(exchange, &pl_problem_not_acceptable, "not_acceptable", NULL, NULL);
}

/* A method that nobody knows is no row's, so it is refused like one that is not supported here. */
static void find_method(pl_exchange *exchange, const char *name) {
    exchange->head = !strcmp(name, "HEAD");
    exchange->options = !strcmp(name, "OPTIONS");
    exchange->request.method = PL_METHODS;
    if (exchange->head) exchange->request.method = PL_GET;
    for (unsigned method = 0; method < PL_METHODS; method++)
        if (!strcmp(name, pl_method_name(method))) exchange->request.method = (pl_method)method;
}

pl_verdict pl_guard(pl_exchange *exchange, const char *method, const char *version) {
    find_method(exchange, method);
    if (!collect_headers(exchange) || !choose_id(exchange) || !find_peer(exchange)) return PL_NO_MEMORY;
    pl_request *request = &exchange->request;
    request->language = pl_language_of(first_of(exchange, "Accept-Language"));
    exchange->response.language = request->language;
    exchange->unread = count_of(exchange, "Content-Length") || count_of(exchange, "Transfer-Encoding");
    if (!check_headers(exchange) || !check_length(exchange) || !check_host(exchange, version)) return PL_REFUSED;
    return find_route(exchange) && check_site(exchange) && check_content(exchange) ? PL_PASS : PL_REFUSED;
}
