/* A server on a loopback socket with routes that tell what they were given, and a client that sends any bytes. */
#ifndef PLUMBLINE_TESTS_HTTP_FIXTURE_H
#define PLUMBLINE_TESTS_HTTP_FIXTURE_H

#include "http/server.h"

#include <pthread.h>

typedef struct served {
    pl_server *server;
    pl_problems problems;
    unsigned port;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned inside; /* handlers that wait at the gate */
    bool open;       /* the gate */
    bool ready;
    pl_buffer log;     /* lines */
    pl_events *events; /* of the last request for /events */
} served;

extern const pl_routes test_routes;

/* Starts with these settings (routes, context, authorise, ready, log and the socket are filled in). */
void serve(served *s, pl_server_settings settings);
void serve_end(served *s);
void gate_open(served *s);
void log_await(served *s, const char *text); /* until it stands in the log */
void gate_await(served *s, unsigned inside); /* until so many handlers wait */

typedef struct answer {
    int status; /* 0: the connection was closed without one */
    pl_buffer head, body;
} answer;

int client_connect(const served *s);
void client_send(int socket, const void *bytes, size_t size); /* a peer that has closed is no failure */
void client_text(int socket, const char *text);
answer client_read(int socket, bool head_only); /* one answer; head_only: it has no body */
bool client_is_closed(int socket);              /* waits for the end of the stream; what comes before is passed over */
void answer_free(answer *a);
const char *answer_header(const answer *a, const char *name, char out[256]); /* NULL: it has none */

/* One request on a connection of its own. */
answer ask(const served *s, const char *text);
/* The same where only the status matters. */
int status_of(const served *s, const char *text);

#endif
