/* Inside the server: one connection, one exchange on it, and what all of them share. */
#ifndef PLUMBLINE_HTTP_EXCHANGE_H
#define PLUMBLINE_HTTP_EXCHANGE_H

#include "http/server.h"
#include "http/target.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* A connection that is open. Guarded by the server's lock, except what only its event loop touches. */
typedef struct pl_connection {
    pl_server *server;
    int socket;
    pl_address address;
    bool is_proxy;
    bool idle;         /* no request has begun */
    uint64_t deadline; /* microseconds; when it is shut down, 0: not */
    unsigned requests; /* event loop only */
    struct pl_connection *previous, *next;
} pl_connection;

/* Where an exchange stands. Only one thread has it at a time: the event loop, or, between suspend and resume, a worker. */
typedef enum pl_phase {
    PL_NEW,      /* request line read */
    PL_WHOLE,    /* headers read and checked, no body follows */
    PL_JUDGING,  /* a worker asks `authorise` */
    PL_JUDGED,   /* it may; the body follows */
    PL_READING,  /* the body comes in */
    PL_RUNNING,  /* a worker runs the handler */
    PL_ANSWERED, /* the response is complete */
    PL_SENT,     /* and has been given to libmicrohttpd */
} pl_phase;

typedef struct pl_exchange {
    pl_server *server;
    struct MHD_Connection *connection;
    pl_connection *peer;
    pl_arena arena;
    pl_request request;
    pl_response response;
    pl_target target;
    pl_str raw; /* request target as it was sent */
    pl_phase phase;
    bool head, options, no_memory, unread; /* unread: answered although a body is still to come */
    uint64_t length;                       /* of the body, as declared */
    uint64_t sent;                         /* bytes of the answer's body */
    uint64_t begun;                        /* microseconds */
    unsigned allowed;
    pl_buffer body;
    int body_descriptor;
    bool body_failed;
    char *body_path;
    struct pl_exchange *next; /* in the queue of workers */
} pl_exchange;

/* Why a request was refused, for the metrics. */
enum { PL_REASONS = 24 };
typedef struct pl_refusals {
    const char *reasons[PL_REASONS]; /* literals, up to NULL */
    uint64_t counts[PL_REASONS];
} pl_refusals;

enum { PL_BUCKETS = 12 };
typedef struct pl_route_counts {
    uint64_t classes[6]; /* by the first digit of the status; 0: no answer was sent */
    uint64_t buckets[PL_BUCKETS];
    uint64_t count, microseconds;
} pl_route_counts;

struct pl_server {
    pl_server_settings settings;
    pl_limits limits;
    pl_network *proxies;
    size_t proxy_count;
    struct MHD_Daemon *daemon;
    pl_buffer openapi;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed, work;
    pl_connection *connections;
    pl_events *streams;
    unsigned stream_count;
    uint64_t beat;                      /* when the last sign of life was given */
    struct pl_certificate *certificate; /* NULL: no TLS */
    unsigned connection_count;
    pl_exchange *first, *last;
    unsigned queued, exchanges;
    pl_route_counts *counts; /* one for each route, one more for what found none */
    pl_refusals refusals;
    bool draining;         /* no new work from outside */
    bool ending;           /* workers end when the queue is empty */
    atomic_bool cancelled; /* running handlers shall end */
    pthread_t *threads, reaper;
    unsigned thread_count;
    bool reaps;
};

uint64_t pl_now(void); /* microseconds of a clock that only goes forward */

/* response.c */
void pl_response_begin(pl_response *response, pl_arena *arena, pl_language language);
void pl_response_finish(pl_response *response, pl_status status, pl_str id, unsigned success);
void pl_response_free(pl_response *response);
void pl_response_take_events(pl_response *response, pl_events *events);

/* events.c */
void pl_events_attach(pl_events *events, struct MHD_Connection *connection);
ssize_t pl_events_read(void *events, uint64_t position, char *out, size_t room);
void pl_events_gone(void *events);        /* nobody reads any more; gives the stream up */
void pl_streams_close(pl_server *server); /* with the server's lock held */
void pl_streams_beat(pl_server *server);  /* likewise: a sign of life, which finds out who has gone */

/* connection.c: connections, their limits and deadlines */
void pl_connection_notify(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode code);
void pl_connection_deadline(pl_server *server, pl_connection *peer, bool idle, uint64_t deadline);
void pl_connections_close_idle(pl_server *server); /* with the lock held */
void *pl_reap(void *server);

/* worker.c */
bool pl_work_queue(pl_exchange *exchange); /* suspends the connection first; false when too many wait */
void *pl_work(void *server);

/* guard.c: what is refused before anybody is asked */
typedef enum pl_verdict { PL_PASS, PL_REFUSED, PL_NO_MEMORY } pl_verdict;
pl_verdict pl_guard(pl_exchange *exchange, const char *method, const char *version);
void pl_refuse(pl_exchange *exchange, const pl_problem_type *type, const char *reason, const char *chinese, const char *english);

/* deliver.c: the answer on its way */
enum MHD_Result pl_deliver(pl_exchange *exchange);

/* body.c */
pl_status pl_body_begin(pl_exchange *exchange);
void pl_body_take(pl_exchange *exchange, const char *bytes, size_t size);
void pl_body_end(pl_exchange *exchange); /* hands it to the request, or sets a problem */
void pl_body_free(pl_exchange *exchange);

/* metrics.c, log.c */
void pl_count_refusal(pl_server *server, const char *reason);
void pl_count_exchange(pl_exchange *exchange, uint64_t microseconds);
void pl_log_exchange(const pl_exchange *exchange, uint64_t microseconds, bool complete);

#endif
