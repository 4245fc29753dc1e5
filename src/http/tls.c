#include "http/tls.h"

#include <gnutls/abstract.h>
#include <stdlib.h>

enum { CHAIN = 8, KEY_ID = 64 };

struct pl_certificate {
    gnutls_pcert_st chain[CHAIN];
    unsigned count;
    gnutls_privkey_t key;
    pl_certificate *previous; /* a handshake may still be using it */
};

static gnutls_datum_t datum(const char *text) { return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)}; }

/* Whether the first certificate of the chain is the key's. */
static bool belong_together(const pl_certificate *certificate) {
    unsigned char of_chain[KEY_ID], of_key[KEY_ID];
    size_t chain_size = sizeof of_chain, key_size = sizeof of_key;
    gnutls_pubkey_t public_key;
    if (gnutls_pubkey_init(&public_key)) return false;
    bool same = !gnutls_pubkey_import_privkey(public_key, certificate->key, 0, 0) &&
                !gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) &&
                !gnutls_pubkey_get_key_id(certificate->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_chain, &chain_size) &&
                key_size == chain_size && !memcmp(of_key, of_chain, key_size);
    gnutls_pubkey_deinit(public_key);
    return same;
}

pl_status pl_certificate_read(pl_certificate **out, const char *chain, const char *key, pl_problems *problems) {
    pl_certificate *made = calloc(1, sizeof *made);
    gnutls_datum_t chain_text = datum(chain), key_text = datum(key);
    unsigned count = CHAIN;
    *out = NULL;
    if (!made) return PL_MEMORY;
    const char *wrong = "the certificate is no PEM text, or its chain is longer than 8";
    if (!gnutls_pcert_list_import_x509_raw(made->chain, &count, &chain_text, GNUTLS_X509_FMT_PEM,
                                           GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED)) {
        made->count = count;
        wrong = "the key is no PEM text";
        if (!gnutls_privkey_init(&made->key) && !gnutls_privkey_import_x509_raw(made->key, &key_text, GNUTLS_X509_FMT_PEM, NULL, 0))
            wrong = count && belong_together(made) ? NULL : "the key is not the certificate's";
    }
    if (wrong) {
        pl_certificate_free(made);
        return pl_problem_add(problems, PL_ERROR, "E888", (pl_place){0}, "%s", wrong);
    }
    *out = made;
    return PL_OK;
}

void pl_certificate_free(pl_certificate *certificate) {
    while (certificate) {
        pl_certificate *previous = certificate->previous;
        for (unsigned i = 0; i < certificate->count; i++) gnutls_pcert_deinit(&certificate->chain[i]);
        if (certificate->key) gnutls_privkey_deinit(certificate->key);
        free(certificate);
        certificate = previous;
    }
}

pl_status pl_server_certificate(pl_server *server, const char *chain, const char *key, pl_problems *problems) {
    pl_certificate *made;
    if (!server->certificate) return pl_problem_add(problems, PL_ERROR, "E888", (pl_place){0}, "the server runs without TLS");
    pl_status status = pl_certificate_read(&made, chain, key, problems);
    if (status != PL_OK) return status;
    pthread_mutex_lock(&server->lock);
    made->previous = server->certificate;
    server->certificate = made;
    pthread_mutex_unlock(&server->lock);
    return PL_OK;
}

/* libmicrohttpd keeps its connection with the session. */
int pl_certificate_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                            const gnutls_pk_algorithm_t *kinds, int kind_count, gnutls_pcert_st **chain, unsigned *count,
                            gnutls_privkey_t *key) {
    const union MHD_ConnectionInfo *own =
        MHD_get_connection_info(gnutls_session_get_ptr(session), MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    pl_connection *peer = own ? own->socket_context : NULL;
    (void)authorities, (void)authority_count, (void)kinds, (void)kind_count;
    if (!peer) return -1;
    pthread_mutex_lock(&peer->server->lock);
    pl_certificate *certificate = peer->server->certificate;
    pthread_mutex_unlock(&peer->server->lock);
    *chain = certificate->chain;
    *count = certificate->count;
    *key = certificate->key;
    return 0;
}
