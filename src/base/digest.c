/* Digests over OpenSSL's EVP, with algorithms and contexts kept. */
#include "base/digest.h"

#include "base/encoding.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *sha256;
static EVP_MAC *hmac;
static pthread_key_t contexts_key;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

/* What a thread keeps; freed when it ends. */
struct contexts {
    EVP_MD_CTX *sha256;
    EVP_MAC_CTX *hmac;
};

static void contexts_free(void *data)
{
    struct contexts *contexts = data;
    EVP_MD_CTX_free(contexts->sha256);
    EVP_MAC_CTX_free(contexts->hmac);
    free(contexts);
}

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    /* Without them no key, token or audit entry can be made. */
    if (!sha256 || !hmac || pthread_key_create(&contexts_key, contexts_free) != 0)
        abort();
}

static bool init_contexts(struct contexts *contexts)
{
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    contexts->sha256 = EVP_MD_CTX_new();
    contexts->hmac = EVP_MAC_CTX_new(hmac);
    return contexts->sha256 && contexts->hmac && EVP_MAC_CTX_set_params(contexts->hmac, parameters);
}

/* Those of this thread; NULL without memory. */
static struct contexts *own_contexts(void)
{
    pthread_once(&fetched, fetch);
    struct contexts *contexts = pthread_getspecific(contexts_key);
    if (contexts)
        return contexts;
    contexts = calloc(1, sizeof(*contexts));
    if (!contexts)
        return NULL;
    if (!init_contexts(contexts) || pthread_setspecific(contexts_key, contexts) != 0) {
        contexts_free(contexts);
        return NULL;
    }
    return contexts;
}

bool digest_sha256_parts(const struct text *parts, size_t count, struct digest *out)
{
    struct contexts *contexts = own_contexts();
    if (!contexts || !EVP_DigestInit_ex2(contexts->sha256, sha256, NULL))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!EVP_DigestUpdate(contexts->sha256, parts[i].at, parts[i].len))
            return false;
    }
    return EVP_DigestFinal_ex(contexts->sha256, out->bytes, NULL);
}

bool digest_sha256(struct text data, struct digest *out)
{
    return digest_sha256_parts(&data, 1, out);
}

bool digest_hmac_sha256_parts(struct text key, const struct text *parts, size_t count,
                              struct digest *out)
{
    struct contexts *contexts = own_contexts();
    /* A NULL key would mean "the last one again". */
    const char *bytes = key.at ? key.at : "";
    size_t written;
    if (!contexts || !EVP_MAC_init(contexts->hmac, (const unsigned char *)bytes, key.len, NULL))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!EVP_MAC_update(contexts->hmac, (const unsigned char *)parts[i].at, parts[i].len))
            return false;
    }
    return EVP_MAC_final(contexts->hmac, out->bytes, &written, sizeof(out->bytes));
}

bool digest_hmac_sha256(struct text key, struct text data, struct digest *out)
{
    return digest_hmac_sha256_parts(key, &data, 1, out);
}

bool digest_hmac_sha1(struct text key, struct text data, unsigned char out[DIGEST_SHA1_SIZE])
{
    size_t length = 0;
    const char *bytes = key.len ? key.at : "";
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, bytes, key.len,
                     (const unsigned char *)(data.len ? data.at : ""), data.len, out,
                     DIGEST_SHA1_SIZE, &length) != NULL &&
           length == DIGEST_SHA1_SIZE;
}

struct text digest_text(const struct digest *digest)
{
    return (struct text){(const char *)digest->bytes, sizeof(digest->bytes)};
}

struct text digest_hex(struct arena *arena, const struct digest *digest)
{
    return hex_encode(arena, digest_text(digest));
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return text_equal_secret(digest_text(a), digest_text(b));
}

struct digest_stream {
    EVP_MD_CTX *context;
};

static void stream_release(void *data)
{
    struct digest_stream *stream = data;
    EVP_MD_CTX_free(stream->context);
}

struct digest_stream *digest_stream_new(struct arena *arena)
{
    pthread_once(&fetched, fetch);
    struct digest_stream *stream = ARENA_NEW(arena, struct digest_stream);
    if (!stream)
        return NULL;
    stream->context = EVP_MD_CTX_new();
    if (!arena_defer(arena, stream_release, stream))
        return NULL;
    if (!stream->context || !EVP_DigestInit_ex2(stream->context, sha256, NULL))
        return NULL;
    return stream;
}

bool digest_stream_add(struct digest_stream *stream, struct text piece)
{
    return EVP_DigestUpdate(stream->context, piece.at, piece.len);
}

bool digest_stream_end(struct digest_stream *stream, struct digest *out)
{
    return EVP_DigestFinal_ex(stream->context, out->bytes, NULL) &&
           EVP_DigestInit_ex2(stream->context, sha256, NULL);
}
