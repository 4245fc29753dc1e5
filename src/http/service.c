#include "http/service.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_SOCKET = 3 };

static bool is_listening(int socket) {
    int listening = 0;
    socklen_t size = sizeof listening;
    return !getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) && listening;
}

pl_status pl_service_socket(int *out, const char *pid, const char *count, pl_problems *problems) {
    char own[24];
    *out = -1;
    snprintf(own, sizeof own, "%ld", (long)getpid());
    if (!pid || !count || strcmp(pid, own) != 0) return PL_OK;
    int flags = fcntl(FIRST_SOCKET, F_GETFL);
    if (strcmp(count, "1") != 0 || !is_listening(FIRST_SOCKET) || flags < 0 || fcntl(FIRST_SOCKET, F_SETFL, flags | O_NONBLOCK) ||
        fcntl(FIRST_SOCKET, F_SETFD, FD_CLOEXEC))
        return pl_problem_add(problems, PL_ERROR, "E889", (pl_place){0}, "expected one listening socket to be handed over, not %s",
                              count);
    *out = FIRST_SOCKET;
    return PL_OK;
}

pl_status pl_service_notify(const char *socket_name, const char *state) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = socket_name ? strlen(socket_name) : 0, size = strlen(state);
    if (!length) return PL_OK;
    if (length >= sizeof to.sun_path) return PL_IO;
    memcpy(to.sun_path, socket_name, length);
    if (to.sun_path[0] == '@') to.sun_path[0] = 0;
    int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (made < 0) return PL_IO;
    socklen_t address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    bool told = sendto(made, state, size, MSG_NOSIGNAL, (const struct sockaddr *)&to, address_size) == (ssize_t)size;
    close(made);
    return told ? PL_OK : PL_IO;
}
