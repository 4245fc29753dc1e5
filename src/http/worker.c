#include "http/exchange.h"

bool pl_request_cancelled(const pl_request *request) {
    return atomic_load_explicit(&request->server->cancelled, memory_order_relaxed);
}

/* The connection is suspended before the work is queued: else a worker could resume it first. Not under the lock, since
 * libmicrohttpd has locks of its own. */
bool pl_work_queue(pl_exchange *exchange) {
    pl_server *server = exchange->server;
    pl_connection_deadline(server, exchange->peer, false, 0);
    pthread_mutex_lock(&server->lock);
    bool room = server->queued < server->limits.queue && !server->ending;
    server->queued += room;
    pthread_mutex_unlock(&server->lock);
    if (!room) return false;
    MHD_suspend_connection(exchange->connection);
    exchange->next = NULL;
    pthread_mutex_lock(&server->lock);
    if (server->last)
        server->last->next = exchange;
    else
        server->first = exchange;
    server->last = exchange;
    pthread_cond_signal(&server->work);
    pthread_mutex_unlock(&server->lock);
    return true;
}

static pl_exchange *take(pl_server *server) {
    pthread_mutex_lock(&server->lock);
    while (!server->first && (!server->ending || server->queued)) pthread_cond_wait(&server->work, &server->lock);
    pl_exchange *exchange = server->first;
    if (exchange) {
        server->first = exchange->next;
        if (!server->first) server->last = NULL;
        server->queued--;
        if (server->ending) pthread_cond_broadcast(&server->work);
    }
    pthread_mutex_unlock(&server->lock);
    return exchange;
}

/* False when the answer is the refusal. */
static bool judge(pl_exchange *exchange) {
    pl_server *server = exchange->server;
    pl_request *request = &exchange->request;
    if (!request->route->right) return true;
    pl_status status = server->settings.authorise(server->settings.context, request, request->route->right, &request->identity,
                                                  &exchange->response);
    if (status == PL_OK && !exchange->response.problem) return true;
    if (status == PL_INPUT && !exchange->response.problem)
        pl_response_problem(&exchange->response, &pl_problem_forbidden, NULL, NULL);
    exchange->response.reason = "right";
    pl_response_finish(&exchange->response, status, request->id, 200);
    return false;
}

static void run(pl_exchange *exchange) {
    const pl_route *route = exchange->request.route;
    pl_status status = exchange->response.problem
                           ? PL_INPUT
                           : route->handler(exchange->server->settings.context, &exchange->request, &exchange->response);
    pl_response_finish(&exchange->response, status, exchange->request.id, route->success ? route->success : 200);
}

/* Without a body to wait for, judging and running are one piece of work. */
static void work_on(pl_exchange *exchange) {
    if (atomic_load_explicit(&exchange->server->cancelled, memory_order_relaxed)) {
        pl_refuse(exchange, &pl_problem_busy, "stopping", NULL, NULL);
        exchange->phase = PL_ANSWERED;
        return;
    }
    bool judging = exchange->phase == PL_JUDGING;
    if (judging && !judge(exchange)) {
        exchange->phase = PL_ANSWERED;
    } else if (judging && exchange->unread) {
        exchange->phase = PL_JUDGED;
    } else {
        run(exchange);
        exchange->phase = PL_ANSWERED;
    }
}

void *pl_work(void *context) {
    pl_server *server = context;
    for (pl_exchange *exchange = take(server); exchange; exchange = take(server)) {
        work_on(exchange);
        MHD_resume_connection(exchange->connection);
    }
    return NULL;
}
