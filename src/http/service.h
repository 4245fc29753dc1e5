/* A server that systemd starts: the socket it hands over, and what is told to it. Without libsystemd: both are a few lines. */
#ifndef PLUMBLINE_HTTP_SERVICE_H
#define PLUMBLINE_HTTP_SERVICE_H

#include <plumbline/base/problems.h>

/* The listening socket that was handed over (LISTEN_PID, LISTEN_FDS as in the environment, NULL where not set): *out is it, or -1
 * where none was handed over to this process. Exactly one is taken. Code: E889 another number of them, or no listening socket. */
pl_status pl_service_socket(int *out, const char *pid, const char *count, pl_problems *problems);

/* Tells the service manager a state, such as "READY=1" or "STOPPING=1", over the socket of that name (NOTIFY_SOCKET; NULL or empty:
 * there is none, and nothing is done). PL_IO when it could not be told. */
pl_status pl_service_notify(const char *socket_name, const char *state);

#endif
