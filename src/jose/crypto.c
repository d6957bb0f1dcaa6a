/* OpenSSL, fetched once, and memory that is wiped. See crypto.h for the contract. */
#include "jose/crypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <pthread.h>

static struct crypto fetched;
static bool fetched_all;
static pthread_once_t fetched_once = PTHREAD_ONCE_INIT;

static void fetch_all(void)
{
    fetched.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    fetched.sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
    fetched.sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    fetched.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    fetched_all = fetched.sha256 && fetched.sha384 && fetched.sha512 && fetched.aes_256_gcm;
}

const struct crypto *crypto_get(struct error *error)
{
    pthread_once(&fetched_once, fetch_all);
    if (!fetched_all) {
        crypto_failed(error, "the cryptographic library lacks an algorithm");
        return NULL;
    }
    return &fetched;
}

struct wipe {
    void *at;
    size_t size;
};

static void run_wipe(void *data)
{
    const struct wipe *wipe = data;
    OPENSSL_cleanse(wipe->at, wipe->size);
}

static bool defer_wipe(struct arena *arena, void *at, size_t size)
{
    struct wipe *wipe = ARENA_NEW(arena, struct wipe);
    if (!wipe) {
        OPENSSL_cleanse(at, size);
        return false;
    }
    *wipe = (struct wipe){.at = at, .size = size};
    return arena_defer(arena, run_wipe, wipe);
}

bool crypto_wipe_later(struct arena *arena, struct text bytes)
{
    /* A text is read-only to its readers; its bytes lie in an arena of ours. */
    return defer_wipe(arena, (void *)(uintptr_t)bytes.at, bytes.len);
}

void *crypto_alloc_wiped(struct arena *arena, size_t size)
{
    void *at = arena_alloc(arena, size);
    return at && defer_wipe(arena, at, size) ? at : NULL;
}

void crypto_wipe(void *at, size_t size)
{
    OPENSSL_cleanse(at, size);
}

void crypto_forget_errors(void)
{
    ERR_clear_error();
}

bool crypto_failed(struct error *error, const char *sentence)
{
    crypto_forget_errors();
    return error_set(error, ERR_INTERNAL, "%s", sentence);
}
