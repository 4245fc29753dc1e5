/* Streams of events (server-sent events): an answer that stays open and says how far something has come. */
#include "http/exchange.h"

#include <stdlib.h>

enum { PENDING = 65536 };

/* One for two: who sends, on any thread, and libmicrohttpd, which reads. Lock order: the server's, then the stream's, then
 * libmicrohttpd's own. */
struct pl_events {
    pthread_mutex_t lock;
    pl_buffer pending;
    size_t read; /* bytes of `pending` that are on their way */
    struct MHD_Connection *connection;
    bool suspended, closed, gone; /* closed: nothing more comes; gone: nobody reads */
    unsigned users;
    pl_server *server; /* not touched once gone */
    struct pl_events *previous, *next;
};

static void release(pl_events *events) {
    pthread_mutex_lock(&events->lock);
    bool last = --events->users == 0;
    pthread_mutex_unlock(&events->lock);
    if (!last) return;
    pthread_mutex_destroy(&events->lock);
    pl_buffer_free(&events->pending);
    free(events);
}

pl_status pl_response_events(pl_response *response, const pl_request *request, pl_events **out) {
    pl_server *server = request->server;
    pl_events *events = calloc(1, sizeof *events);
    *out = NULL;
    if (!events) return PL_MEMORY;
    pthread_mutex_init(&events->lock, NULL);
    pl_buffer_init(&events->pending, PENDING);
    events->users = 2;
    events->server = server;
    pthread_mutex_lock(&server->lock);
    bool room = server->stream_count < server->limits.streams && !server->draining;
    if (room) {
        server->stream_count++;
        events->next = server->streams;
        if (events->next) events->next->previous = events;
        server->streams = events;
    }
    pthread_mutex_unlock(&server->lock);
    if (!room) {
        events->users = 1;
        release(events);
        response->reason = "streams";
        return pl_response_problem(response, &pl_problem_busy, NULL, NULL);
    }
    pl_response_take_events(response, events);
    *out = events;
    return PL_OK;
}

/* With the stream's lock held: wakes the reader. */
static void wake(pl_events *events) {
    if (!events->suspended) return;
    events->suspended = false;
    MHD_resume_connection(events->connection);
}

/* One line of data for each line of the text: a line break within would be taken for the end of a field. */
static void write_event(pl_buffer *out, const char *name, pl_str data) {
    if (name) pl_buffer_print(out, "event: %s\n", name);
    pl_buffer_text(out, "data: ");
    for (size_t i = 0; i < data.len; i++) {
        char c = data.at[i];
        if (c == '\n')
            pl_buffer_text(out, "\ndata: ");
        else if (c != '\r')
            pl_buffer_char(out, c);
    }
    pl_buffer_text(out, "\n\n");
}

bool pl_events_send(pl_events *events, const char *name, pl_str data) {
    pthread_mutex_lock(&events->lock);
    bool open = !events->gone && !events->closed;
    if (open) {
        write_event(&events->pending, name, data);
        /* Who is that far behind, or without memory, starts anew. */
        if (events->pending.failed) events->closed = true;
        open = !events->closed;
        wake(events);
    }
    pthread_mutex_unlock(&events->lock);
    return open;
}

static void close_stream(pl_events *events) {
    pthread_mutex_lock(&events->lock);
    events->closed = true;
    if (!events->gone) wake(events);
    pthread_mutex_unlock(&events->lock);
}

void pl_events_end(pl_events *events) {
    if (!events) return;
    close_stream(events);
    release(events);
}

void pl_streams_close(pl_server *server) {
    for (pl_events *events = server->streams; events; events = events->next) close_stream(events);
}

void pl_streams_beat(pl_server *server) {
    for (pl_events *events = server->streams; events; events = events->next) {
        pthread_mutex_lock(&events->lock);
        if (events->suspended) {
            pl_buffer_text(&events->pending, ":\n\n");
            wake(events);
        }
        pthread_mutex_unlock(&events->lock);
    }
}

ssize_t pl_events_read(void *context, uint64_t position, char *out, size_t room) {
    pl_events *events = context;
    (void)position;
    pthread_mutex_lock(&events->lock);
    size_t left = events->pending.len - events->read, taken = left < room ? left : room;
    if (taken) memcpy(out, events->pending.at + events->read, taken);
    events->read += taken;
    if (events->read == events->pending.len) {
        bool failed = events->pending.failed;
        pl_buffer_clear(&events->pending);
        events->pending.failed = failed;
        events->read = 0;
    }
    ssize_t result = (ssize_t)taken;
    if (!taken && events->closed) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!taken) {
        events->suspended = true;
        MHD_suspend_connection(events->connection);
    }
    pthread_mutex_unlock(&events->lock);
    return result;
}

void pl_events_attach(pl_events *events, struct MHD_Connection *connection) { events->connection = connection; }

void pl_events_gone(void *context) {
    pl_events *events = context;
    pl_server *server = events->server;
    pthread_mutex_lock(&server->lock);
    if (events->next) events->next->previous = events->previous;
    if (events->previous)
        events->previous->next = events->next;
    else
        server->streams = events->next;
    server->stream_count--;
    pthread_mutex_lock(&events->lock);
    events->gone = true;
    pthread_mutex_unlock(&events->lock);
    pthread_mutex_unlock(&server->lock);
    release(events);
}
