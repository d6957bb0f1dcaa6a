/* Envelopes are opened here the way their reader does it, step by step. */
#include "jose/envelope.h"

#include "base/encoding.h"
#include "jose/test_support.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* A SubjectPublicKeyInfo in a block with any label. */
static struct text print_key(struct arena *arena, const EVP_PKEY *key, const char *label)
{
    unsigned char *der = NULL;
    char *text;
    int len = i2d_PUBKEY(key, &der);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio(bio, label, "", der, len) > 0);
    long text_len = BIO_get_mem_data(bio, &text);
    struct text copy = text_copy(arena, (struct text){text, (size_t)text_len});
    OPENSSL_free(der);
    BIO_free(bio);
    return copy;
}

static struct text unwrap(struct arena *arena, EVP_PKEY *key, struct text encoded)
{
    struct error error = {0};
    struct text wrapped;
    size_t len = 1024;
    unsigned char *secret = arena_alloc(arena, len);
    assert_true(base64url_decode(arena, encoded, &wrapped, &error));
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha512()), 1);
    assert_int_equal(
        EVP_PKEY_decrypt(context, secret, &len, (const unsigned char *)wrapped.at, wrapped.len), 1);
    EVP_PKEY_CTX_free(context);
    assert_int_equal(len, 32);
    return (struct text){(const char *)secret, len};
}

static struct text decrypt(struct arena *arena, struct text secret, struct text encoded)
{
    struct error error = {0};
    struct text bytes;
    int body, tail;
    assert_true(base64url_decode(arena, encoded, &bytes, &error));
    assert_int_equal(bytes.len % 16, 0);
    const unsigned char *at = (const unsigned char *)bytes.at;
    unsigned char *plain = arena_alloc(arena, bytes.len);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    assert_int_equal(
        EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, (const unsigned char *)secret.at, at),
        1);
    assert_int_equal(EVP_DecryptUpdate(context, plain, &body, at + 16, (int)bytes.len - 16), 1);
    assert_int_equal(EVP_DecryptFinal_ex(context, plain + body, &tail), 1);
    EVP_CIPHER_CTX_free(context);
    return (struct text){(const char *)plain, (size_t)(body + tail)};
}

static void assert_round_trip(struct arena *arena, EVP_PKEY *key, const char *label,
                              struct text plain)
{
    struct error error = {0};
    struct envelope envelope;
    struct text pem = print_key(arena, key, label);
    assert_true(envelope_check_key(pem, &error));
    assert_true(envelope_close(arena, pem, plain, &envelope, &error));
    struct text secret = unwrap(arena, key, envelope.key);
    assert_true(text_equal(decrypt(arena, secret, envelope.content), plain));
}

static void opens_again(void **state)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    char *letters = arena_alloc(*state, 2000);
    memset(letters, 'j', 2000);
    assert_round_trip(*state, key, "RSA PUBLIC KEY", TEXT("a.b.c"));
    assert_round_trip(*state, key, "PUBLIC KEY", TEXT(""));
    for (size_t len = 15; len <= 33; len++)
        assert_round_trip(*state, key, "RSA PUBLIC KEY", (struct text){letters, len});
    assert_round_trip(*state, key, "RSA PUBLIC KEY", (struct text){letters, 2000});
    EVP_PKEY_free(key);
}

static void never_twice_the_same(void **state)
{
    struct error error = {0};
    struct envelope first, second;
    EVP_PKEY *key = EVP_RSA_gen(2048);
    struct text pem = print_key(*state, key, "RSA PUBLIC KEY");
    assert_true(envelope_close(*state, pem, TEXT("token"), &first, &error));
    assert_true(envelope_close(*state, pem, TEXT("token"), &second, &error));
    assert_false(text_equal(first.key, second.key));
    assert_false(text_equal(first.content, second.content));
    EVP_PKEY_free(key);
}

static void assert_refused(struct arena *arena, struct text pem)
{
    struct error error = {0};
    struct envelope envelope;
    assert_false(envelope_check_key(pem, &error));
    assert_error(&error, ERR_INVALID, "RSA public key in PEM");
    error_clear(&error);
    assert_false(envelope_close(arena, pem, TEXT("token"), &envelope, &error));
    assert_error(&error, ERR_INVALID, "2048 to 8192 bits");
}

static void other_keys_are_refused(void **state)
{
    EVP_PKEY *small = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256"), *key = EVP_RSA_gen(2048);
    assert_refused(*state, TEXT(""));
    assert_refused(*state, TEXT("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n"));
    assert_refused(*state, print_key(*state, small, "RSA PUBLIC KEY"));
    assert_refused(*state, print_key(*state, curve, "PUBLIC KEY"));
    assert_refused(*state, print_key(*state, key, "CERTIFICATE"));
    char *long_text = arena_alloc(*state, 8192);
    memset(long_text, '-', 8192);
    assert_refused(*state, (struct text){long_text, 8192});
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(opens_again),
        WITH_ARENA(never_twice_the_same),
        WITH_ARENA(other_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
