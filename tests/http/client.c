/* The server as a real client sees it: TLS, a renewed certificate, uploads that wait for 100, many at once. */
#include "http/fixture.h"

#include <curl/curl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct identity {
    char *chain, *key; /* PEM */
} identity;

static char *text_of(BIO *bio) {
    char *bytes;
    long length = BIO_get_mem_data(bio, &bytes);
    char *copy = calloc(1, (size_t)length + 1);
    assert_non_null(copy);
    memcpy(copy, bytes, (size_t)length);
    BIO_free(bio);
    return copy;
}

/* A certificate for 127.0.0.1 that signs itself. */
static identity identity_make(void) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    BIO *chain = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(chain, certificate);
    PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return (identity){text_of(chain), text_of(secret)};
}

static void identity_free(identity *own) {
    free(own->chain);
    free(own->key);
}

static size_t keep(char *bytes, size_t size, size_t count, void *context) {
    pl_buffer_add(context, bytes, size * count);
    return size * count;
}

static CURL *client(const char *scheme, const served *s, const char *path, pl_buffer *body) {
    char address[200];
    CURL *curl = curl_easy_init();
    assert_non_null(curl);
    snprintf(address, sizeof address, "%s://127.0.0.1:%u%s", scheme, s->port, path);
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    return curl;
}

/* A request over TLS from a client that trusts this certificate and no other. */
static CURLcode ask_trusting(const served *s, const identity *trusted, long version, pl_buffer *body) {
    struct curl_blob roots = {.data = trusted->chain, .len = strlen(trusted->chain), .flags = CURL_BLOB_COPY};
    CURL *curl = client("https", s, "/api/v1/units/a", body);
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &roots);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, version);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return result;
}

static void certificates(void **state) {
    identity first = identity_make(), second = identity_make();
    served s;
    pl_buffer body = {0};
    (void)state;
    serve(&s, (pl_server_settings){.certificate = first.chain, .key = first.key});
    assert_int_equal(ask_trusting(&s, &first, CURL_SSLVERSION_DEFAULT, &body), CURLE_OK);
    assert_non_null(strstr(body.at, "\"secure\":true"));
    assert_int_not_equal(ask_trusting(&s, &second, CURL_SSLVERSION_DEFAULT, &body), CURLE_OK);
    assert_int_equal(ask_trusting(&s, &first, CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2, &body), CURLE_OK);
    assert_int_not_equal(ask_trusting(&s, &first, CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1, &body), CURLE_OK);
    /* A wrong renewal leaves the old one; a right one counts from the next handshake. */
    assert_int_equal(pl_server_certificate(s.server, second.chain, first.key, &s.problems), PL_INPUT);
    assert_int_equal(pl_server_certificate(s.server, "nonsense", first.key, &s.problems), PL_INPUT);
    assert_int_equal(ask_trusting(&s, &first, CURL_SSLVERSION_DEFAULT, &body), CURLE_OK);
    assert_int_equal(pl_server_certificate(s.server, second.chain, second.key, &s.problems), PL_OK);
    assert_int_equal(ask_trusting(&s, &second, CURL_SSLVERSION_DEFAULT, &body), CURLE_OK);
    assert_int_not_equal(ask_trusting(&s, &first, CURL_SSLVERSION_DEFAULT, &body), CURLE_OK);
    serve_end(&s);
    pl_buffer_free(&body);
    identity_free(&first);
    identity_free(&second);
}

static void a_server_needs_its_own_key(void **state) {
    identity first = identity_make(), second = identity_make();
    pl_server_settings settings = {
        .routes = &(pl_routes){.title = {"a", "b"}, .version = "1"}, .certificate = first.chain, .key = second.key};
    pl_problems problems;
    pl_server *server;
    (void)state;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_server_start(&server, &settings, &problems), PL_INPUT);
    assert_null(server);
    assert_string_equal(problems.items[0].code, "E888");
    pl_problems_free(&problems);
    identity_free(&first);
    identity_free(&second);
}

/* With a body of some size, the client asks first whether to send it. */
static void an_upload_asks_first(void **state) {
    enum { SIZE = 3 << 20 };
    identity own = identity_make();
    served s;
    pl_buffer body = {0};
    char *bytes = calloc(1, SIZE);
    (void)state;
    assert_non_null(bytes);
    serve(&s, (pl_server_settings){.certificate = own.chain, .key = own.key});
    CURL *curl = client("https", &s, "/files", &body);
    struct curl_slist *headers = curl_slist_append(NULL, "Expect: 100-continue");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 50000L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)SIZE);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    /* SHA-256 of 3 MiB of zeros. */
    assert_non_null(strstr(body.at, "bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5"));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    serve_end(&s);
    pl_buffer_free(&body);
    identity_free(&own);
    free(bytes);
}

static void check_all(CURLM *together, CURL *const *clients, pl_buffer *bodies, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char wanted[40];
        long status = 0;
        snprintf(wanted, sizeof wanted, "{\"unit\":\"%u\",", i);
        curl_easy_getinfo(clients[i], CURLINFO_RESPONSE_CODE, &status);
        assert_int_equal(status, 200);
        assert_memory_equal(bodies[i].at, wanted, strlen(wanted));
        curl_multi_remove_handle(together, clients[i]);
        curl_easy_cleanup(clients[i]);
        pl_buffer_free(&bodies[i]);
    }
}

/* Two event loops, four workers, sixty connections: every answer goes to who asked. */
static void many_clients(void **state) {
    enum { CLIENTS = 60, ROUNDS = 5 };
    served s;
    CURL *clients[CLIENTS];
    pl_buffer bodies[CLIENTS];
    (void)state;
    serve(&s, (pl_server_settings){.loops = 2});
    CURLM *together = curl_multi_init();
    for (int round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < CLIENTS; i++) {
            char path[60];
            snprintf(path, sizeof path, "/api/v1/units/%u", i);
            bodies[i] = (pl_buffer){0};
            clients[i] = client("http", &s, path, &bodies[i]);
            curl_multi_add_handle(together, clients[i]);
        }
        int running = 1;
        while (running) {
            assert_int_equal(curl_multi_perform(together, &running), CURLM_OK);
            if (running) curl_multi_poll(together, NULL, 0, 1000, NULL);
        }
        check_all(together, clients, bodies, CLIENTS);
    }
    curl_multi_cleanup(together);
    serve_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates),
        cmocka_unit_test(a_server_needs_its_own_key),
        cmocka_unit_test(an_upload_asks_first),
        cmocka_unit_test(many_clients),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
