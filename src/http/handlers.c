#include "http/exchange.h"

static void write_state(pl_response *response, const char *state) {
    pl_json_writer *json = pl_response_json(response);
    pl_json_object(json);
    pl_json_key(json, "status");
    pl_json_text(json, pl_str_of(state));
    pl_json_end(json);
}

pl_status pl_handle_health(void *context, const pl_request *request, pl_response *response) {
    (void)context, (void)request;
    write_state(response, "alive");
    return PL_OK;
}

pl_status pl_handle_ready(void *context, const pl_request *request, pl_response *response) {
    pl_server *server = request->server;
    pl_buffer why;
    pl_buffer_init(&why, 4096);
    pthread_mutex_lock(&server->lock);
    bool stopping = server->draining;
    pthread_mutex_unlock(&server->lock);
    bool ready = !stopping && (!server->settings.ready || server->settings.ready(context, &why));
    if (ready)
        write_state(response, "ready");
    else
        pl_response_problem(response, &pl_problem_busy, why.at, why.at);
    pl_buffer_free(&why);
    return PL_OK;
}

pl_status pl_handle_metrics(void *context, const pl_request *request, pl_response *response) {
    (void)context;
    pl_server_metrics(request->server, pl_response_bytes(response, "text/plain; version=0.0.4; charset=utf-8"));
    return PL_OK;
}

pl_status pl_handle_openapi(void *context, const pl_request *request, pl_response *response) {
    (void)context;
    pl_response_static(response, "application/json", NULL, pl_buffer_view(&request->server->openapi));
    return PL_OK;
}
