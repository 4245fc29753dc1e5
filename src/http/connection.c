/* libmicrohttpd's own time limit is over inactivity only: a byte now and then holds a connection for ever. So every connection has
 * one deadline for what it is doing, and a thread that shuts down the socket when it is over. */
#include "http/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

uint64_t pl_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void read_address(pl_address *out, const struct sockaddr *from) {
    *out = (pl_address){.bytes = {[10] = 0xff, [11] = 0xff}};
    if (from->sa_family == AF_INET)
        memcpy(out->bytes + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else if (from->sa_family == AF_INET6)
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
}

/* One household has 64 bits of IPv6 addresses, so these count as one. */
static bool same_peer(const pl_address *a, const pl_address *b) {
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool four = !memcmp(a->bytes, mapped, sizeof mapped);
    return !memcmp(a->bytes, b->bytes, four ? 16 : 8);
}

static bool too_many(const pl_server *server, const pl_connection *peer) {
    unsigned count = 0;
    if (peer->is_proxy) return false;
    for (const pl_connection *other = server->connections; other; other = other->next)
        count += same_peer(&other->address, &peer->address);
    return count > server->limits.connections_per_address;
}

static void opened(pl_server *server, struct MHD_Connection *connection, void **own) {
    const union MHD_ConnectionInfo *socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    pl_connection *peer = calloc(1, sizeof *peer);
    *own = peer;
    if (!peer) {
        shutdown(socket->connect_fd, SHUT_RDWR);
        return;
    }
    peer->server = server;
    peer->socket = socket->connect_fd;
    peer->idle = true;
    read_address(&peer->address, from->client_addr);
    for (size_t i = 0; i < server->proxy_count; i++) peer->is_proxy |= pl_network_has(&server->proxies[i], &peer->address);
    pthread_mutex_lock(&server->lock);
    peer->next = server->connections;
    if (peer->next) peer->next->previous = peer;
    server->connections = peer;
    server->connection_count++;
    peer->deadline = pl_now() + server->limits.idle_ms * (uint64_t)1000;
    bool refused = server->draining || too_many(server, peer);
    pthread_mutex_unlock(&server->lock);
    if (refused) {
        pl_count_refusal(server, "connections");
        shutdown(peer->socket, SHUT_RDWR);
    }
}

static void closed(pl_server *server, pl_connection *peer) {
    if (!peer) return;
    pthread_mutex_lock(&server->lock);
    if (peer->next) peer->next->previous = peer->previous;
    if (peer->previous)
        peer->previous->next = peer->next;
    else
        server->connections = peer->next;
    server->connection_count--;
    pthread_mutex_unlock(&server->lock);
    free(peer);
}

/* libmicrohttpd tells that a connection is closed before it closes the socket, so no other file can have its number as long as the
 * connection is on the list. */
void pl_connection_notify(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        opened(context, connection, own);
    else
        closed(context, *own);
}

void pl_connection_deadline(pl_server *server, pl_connection *peer, bool idle, uint64_t deadline) {
    pthread_mutex_lock(&server->lock);
    peer->idle = idle;
    peer->deadline = deadline;
    if (idle && server->draining) shutdown(peer->socket, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
}

void pl_connections_close_idle(pl_server *server) {
    for (const pl_connection *peer = server->connections; peer; peer = peer->next)
        if (peer->idle) shutdown(peer->socket, SHUT_RDWR);
}

/* Shuts down what is over its deadline and returns the next one. */
static uint64_t reap(pl_server *server, uint64_t now, unsigned *slow) {
    uint64_t next = now + 1000000;
    for (pl_connection *peer = server->connections; peer; peer = peer->next) {
        if (!peer->deadline) continue;
        if (peer->deadline <= now) {
            shutdown(peer->socket, SHUT_RDWR);
            peer->deadline = 0;
            *slow += !peer->idle;
        } else if (peer->deadline < next) {
            next = peer->deadline;
        }
    }
    return next;
}

/* Wakes at least every tenth of a second, since a new deadline may be nearer than all that were there. */
void *pl_reap(void *context) {
    pl_server *server = context;
    pthread_mutex_lock(&server->lock);
    while (server->reaps) {
        unsigned slow = 0;
        uint64_t now = pl_now(), next = reap(server, now, &slow);
        if (slow) {
            pthread_mutex_unlock(&server->lock);
            while (slow--) pl_count_refusal(server, "slow");
            pthread_mutex_lock(&server->lock);
            continue;
        }
        if (now - server->beat >= server->limits.beat_ms * (uint64_t)1000) {
            server->beat = now;
            pl_streams_beat(server);
        }
        if (next > now + 100000) next = now + 100000;
        struct timespec until = {.tv_sec = (time_t)(next / 1000000), .tv_nsec = (long)(next % 1000000) * 1000};
        pthread_cond_timedwait(&server->changed, &server->lock, &until);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}
