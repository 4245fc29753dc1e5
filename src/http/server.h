/* The server: sockets, limits, threads. It knows nothing of what is served; it is given a table of routes. */
#ifndef PLUMBLINE_HTTP_SERVER_H
#define PLUMBLINE_HTTP_SERVER_H

#include "http/route.h"

typedef struct pl_server pl_server;

/* 0 means what stands behind. */
typedef struct pl_limits {
    unsigned connections;             /* 1000, of all addresses */
    unsigned connections_per_address; /* 64; a network of 64 bits counts as one IPv6 address. Named proxies are not limited */
    unsigned requests_per_connection; /* 1000; the last answer closes it */
    unsigned header_bytes;            /* 16384, names and values of all headers */
    unsigned header_count;            /* 64 */
    unsigned target_bytes;            /* 4096, path and query */
    unsigned idle_ms;                 /* 30000: from the last answer to the next request's last header */
    unsigned request_ms;              /* 30000: for a body, and again for taking the answer, beyond what the rate gives */
    unsigned bytes_per_second;        /* 16384: a body or an answer that moves slower is cut off */
    unsigned queue;                   /* 1024 requests that wait for a worker; more are answered with 503 */
    unsigned stop_ms;                 /* 10000: running requests have this long to end when the server stops */
    unsigned streams;                 /* 100 streams of events that are open at once */
    unsigned beat_ms;                 /* 15000: a stream without events gives a sign of life, which finds out who has gone */
} pl_limits;

typedef struct pl_server_settings {
    const pl_routes *routes;
    void *context; /* of every handler, of authorise, ready and log */
    pl_authorise *authorise;
    /* Whether all that is needed is there; what is not goes into `why`. Runs on a worker. NULL: it is. */
    bool (*ready)(void *context, pl_buffer *why);
    /* Takes one line of JSON for each request, without the newline. Runs on the event loop: it must not block. NULL: no log. */
    void (*log)(void *context, pl_str line);
    int listen;                 /* a bound, listening socket; the server takes it over when it starts */
    const char *certificate;    /* PEM text of the chain; NULL: no TLS */
    const char *key;            /* PEM text */
    const char *const *proxies; /* addresses or networks ("10.0.0.0/8") whose forwarding headers are believed; up to NULL */
    const char *const *hosts;   /* names that Host may have, with or without the port; up to NULL. NULL: any */
    const char *temporary;      /* folder for streamed bodies; NULL: /tmp */
    unsigned workers;           /* 0: 4 */
    unsigned loops;             /* event loops; 0: as many as there are processors, at most 4 */
    pl_limits limits;
} pl_server_settings;

/* Opens a listening socket on a numeric address; "127.0.0.1:8080", "[::1]:0". Port 0 takes a free one. *port is the one taken.
 * Codes: E886 no such address, or it is taken. */
pl_status pl_listen(int *out, const char *address, unsigned *port, pl_problems *problems);

/* Starts. What the settings point to outlives the server. On failure *out is NULL and the socket is still the caller's.
 * Codes: E881 to E884 of the routes, E885 a proxy that is no address, a right without authorise, E887 the server cannot start,
 * E888 the certificate. */
pl_status pl_server_start(pl_server **out, const pl_server_settings *settings, pl_problems *problems);

/* No new connections; idle ones are closed; running requests end, or are told to (pl_request_cancelled) when the time is over.
 * Waits for them, then frees all. NULL is allowed. */
void pl_server_stop(pl_server *server);

/* Takes another certificate for all handshakes to come, such as a renewed one; when it is wrong, the old one stays. Code: E888. */
pl_status pl_server_certificate(pl_server *server, const char *chain, const char *key, pl_problems *problems);

/* Waits until `event` (an eventfd or anything else that becomes readable; a signal handler may write to it), then stops. */
pl_status pl_server_run(pl_server *server, int event);

/* Prometheus text: requests by route and class of status, latency, connections, queue, refusals by reason. */
void pl_server_metrics(pl_server *server, pl_buffer *out);

/* Handlers for rows of the table: alive, ready, the metrics and the document. */
pl_handler pl_handle_health, pl_handle_ready, pl_handle_metrics, pl_handle_openapi;

#endif
