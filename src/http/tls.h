/* Certificates that can be exchanged while the server runs. */
#ifndef PLUMBLINE_HTTP_TLS_H
#define PLUMBLINE_HTTP_TLS_H

#include "http/exchange.h"

#include <gnutls/abstract.h>

typedef struct pl_certificate pl_certificate;

/* Reads a chain and its key, both PEM. Code: E888 when they are none or do not belong together. */
pl_status pl_certificate_read(pl_certificate **out, const char *chain, const char *key, pl_problems *problems);
void pl_certificate_free(pl_certificate *certificate); /* and all it has replaced; NULL is allowed */

/* What libmicrohttpd asks, through GnuTLS, at every handshake. */
gnutls_certificate_retrieve_function2 pl_certificate_retrieve;

#endif
