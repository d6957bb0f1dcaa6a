/* TLS from certificate files: a certificate made here serves, and bad files are named. */
#include "net/http_client.h"
#include "net/http_testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

struct fixture {
    char folder[64];
    char certificate[96];
    char key[96];
    char other_key[96];
};

static void write_key(const char *path, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

static void write_certificate(const char *path, EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    assert_int_not_equal(X509_sign(certificate, key, EVP_sha256()), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    X509_free(certificate);
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/http_tls_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->certificate, sizeof(fixture->certificate), "%s/cert.pem", fixture->folder);
    snprintf(fixture->key, sizeof(fixture->key), "%s/key.pem", fixture->folder);
    snprintf(fixture->other_key, sizeof(fixture->other_key), "%s/other.pem", fixture->folder);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_PKEY *other = EVP_EC_gen("P-256");
    write_key(fixture->key, key);
    write_key(fixture->other_key, other);
    write_certificate(fixture->certificate, key);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->certificate);
    unlink(fixture->key);
    unlink(fixture->other_key);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

static void tell(struct http_request *request, void *data)
{
    UNUSED(data);
    assert_true(request->is_tls);
    http_respond(request, 200, TEXT("text/plain"), http_base_url(request));
}

static void a_certificate_file_is_served(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_options options;
    testing_options(&options, tell);
    options.tls_certificate = fixture->certificate;
    options.tls_key = fixture->key;
    struct http_server *server = testing_start(&options);
    struct error error = {0};
    struct http_client_options trusting = {.allow_private = true, .ca_file = fixture->certificate};
    struct http_client *client = http_client_new(&trusting, &error);
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < 3; i++) {
        struct http_client_response response;
        struct text url = text_format(arena, "https://localhost:%u/", http_server_port(server, 0));
        if (!http_client_fetch(client, &(struct http_client_request){.url = url}, arena, &response,
                               &error))
            fail_msg("%s", error.message);
        assert_int_equal(response.status, 200);
        assert_true(text_starts_with(response.body, TEXT("https://localhost:")));
    }
    http_client_free(client);
    assert_true(http_server_drain(server, TESTING_PATIENCE_MS));
    http_server_free(server);
    arena_free(arena);
}

static void an_unknown_certificate_is_not_trusted(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_options options;
    testing_options(&options, tell);
    options.tls_certificate = fixture->certificate;
    options.tls_key = fixture->key;
    struct http_server *server = testing_start(&options);
    struct error error = {0};
    struct http_client_options doubting = {.allow_private = true};
    struct http_client *client = http_client_new(&doubting, &error);
    struct arena *arena = arena_new(1 << 20);
    struct http_client_response response;
    struct text url = text_format(arena, "https://localhost:%u/", http_server_port(server, 0));
    assert_false(http_client_fetch(client, &(struct http_client_request){.url = url}, arena,
                                   &response, &error));
    assert_non_null(strstr(error.message, "no secure connection to localhost:"));
    http_client_free(client);
    http_server_free(server);
    arena_free(arena);
}

static void refuse(const char *certificate, const char *key, const char *message)
{
    struct http_server_options options;
    struct error error = {0};
    testing_options(&options, tell);
    options.tls_certificate = certificate;
    options.tls_key = key;
    assert_null(http_server_start(&options, &error));
    if (!strstr(error.message, message))
        fail_msg("%s, not %s", error.message, message);
}

static void bad_files_are_named(void **state)
{
    struct fixture *fixture = *state;
    refuse(fixture->certificate, NULL, "TLS needs both a certificate and a key file");
    refuse("/nowhere/cert.pem", fixture->key,
           "cannot read /nowhere/cert.pem: No such file or directory");
    refuse(fixture->certificate, "/dev/null", "/dev/null is not a PEM file");
    refuse(fixture->certificate, fixture->other_key, "cannot start the HTTP server: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_file_is_served),
        cmocka_unit_test(an_unknown_certificate_is_not_trusted),
        cmocka_unit_test(bad_files_are_named),
    };
    return cmocka_run_group_tests_name("http_tls", tests, setup, teardown);
}
