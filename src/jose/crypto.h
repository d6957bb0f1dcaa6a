/*
 * What this folder takes from OpenSSL once per process: fetched digests and cipher (a fetch by name
 * costs more than the work it is for), and memory that is wiped when its arena ends. Private
 * to src/jose.
 */
#ifndef JOSE_CRYPTO_H
#define JOSE_CRYPTO_H

#include "base/error.h"

#include <openssl/evp.h>

struct crypto {
    EVP_MD *sha256, *sha384, *sha512;
    EVP_CIPHER *aes_256_gcm;
};

/* Fetched at the first call, shared by all threads, never released. NULL with INTERNAL set when
 * this OpenSSL lacks one of them. */
MUST_CHECK const struct crypto *crypto_get(struct error *error);

/* Zeroed memory that is wiped when the arena ends; NULL without memory. */
MUST_CHECK void *crypto_alloc_wiped(struct arena *arena, size_t size);
/* Wipes bytes of the arena when it ends; at once and false without memory. */
MUST_CHECK bool crypto_wipe_later(struct arena *arena, struct text bytes);
void crypto_wipe(void *at, size_t size);

/* Fails with INTERNAL and drops what OpenSSL left in its error queue. Always false. */
bool crypto_failed(struct error *error, const char *sentence);
/* Drops OpenSSL's error queue after a failure that has been told otherwise. */
void crypto_forget_errors(void);

#endif
