#include "http/exchange.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static pl_status refuse(const char *address, const char *why, pl_problems *problems) {
    return pl_problem_add(problems, PL_ERROR, "E886", (pl_place){0}, "cannot listen on \"%s\": %s", address, why);
}

/* Splits "[::1]:80" or "127.0.0.1:80". */
static bool split(pl_str address, char host[PL_ADDRESS_TEXT], char port[8]) {
    const char *colon = address.len ? memrchr(address.at, ':', address.len) : NULL;
    if (!colon) return false;
    pl_str name = {address.at, (size_t)(colon - address.at)}, number = {colon + 1, address.len - (size_t)(colon - address.at) - 1};
    if (name.len >= 2 && name.at[0] == '[' && name.at[name.len - 1] == ']') name = (pl_str){name.at + 1, name.len - 2};
    if (!name.len || name.len >= PL_ADDRESS_TEXT || !number.len || number.len > 5) return false;
    memcpy(host, name.at, name.len);
    host[name.len] = 0;
    memcpy(port, number.at, number.len);
    port[number.len] = 0;
    return strtoul(port, NULL, 10) <= 65535;
}

static unsigned port_of(int socket) {
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    char number[8];
    if (getsockname(socket, (struct sockaddr *)&own, &size)) return 0;
    if (getnameinfo((struct sockaddr *)&own, size, NULL, 0, number, sizeof number, NI_NUMERICSERV)) return 0;
    return (unsigned)strtoul(number, NULL, 10);
}

static int open_socket(const struct addrinfo *at) {
    int on = 1, made = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) return -1;
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) || bind(made, at->ai_addr, at->ai_addrlen) ||
        listen(made, 1024)) {
        int error = errno;
        close(made);
        errno = error;
        return -1;
    }
    return made;
}

pl_status pl_listen(int *out, const char *address, unsigned *port, pl_problems *problems) {
    char host[PL_ADDRESS_TEXT], number[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
    *out = -1;
    if (!split(pl_str_of(address), host, number) || getaddrinfo(host, number, &hints, &found))
        return refuse(address, "expected an address and a port, such as 127.0.0.1:8080", problems);
    *out = open_socket(found);
    int error = errno;
    freeaddrinfo(found);
    if (*out < 0) {
        refuse(address, strerror(error), problems);
        return PL_IO;
    }
    *port = port_of(*out);
    return PL_OK;
}

pl_status pl_server_run(pl_server *server, int event) {
    struct pollfd wanted = {.fd = event, .events = POLLIN};
    int ready;
    do ready = poll(&wanted, 1, -1);
    while (ready < 0 && errno == EINTR);
    pl_server_stop(server);
    return ready < 0 ? PL_IO : PL_OK;
}
