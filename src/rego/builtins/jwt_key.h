/*
 * Keys that policies verify tokens with, as text: a PEM certificate or public key, a JWK or a set
 * of them, or a shared secret. Over OpenSSL's EVP, which manages its own memory; released by
 * jwt_keys_release. For the files of this folder only.
 */
#ifndef REGO_BUILTINS_JWT_KEY_H
#define REGO_BUILTINS_JWT_KEY_H

#include "rego/builtins/builtin.h"

#include <openssl/evp.h>

enum { JWT_MAX_KEYS = 32 };

struct jwt_keys {
    EVP_PKEY *items[JWT_MAX_KEYS];
    size_t len;
    struct text secret;
    bool is_secret;
};

/* "RS256" and its kin: how a signature is to be checked. */
struct jwt_algorithm {
    const char *name;
    int key_type; /* EVP_PKEY_RSA ...; EVP_PKEY_HMAC for secrets */
    const EVP_MD *(*digest)(void);
    bool pss;
};

/* NULL when there is no such algorithm; "none" is none. */
const struct jwt_algorithm *jwt_algorithm_find(struct text name);

/* BUILTIN_OK, or an error with its message. Keys of unknown types are left out. */
MUST_CHECK enum builtin_outcome jwt_keys_parse(struct builtin_call *call, struct text text,
                                               struct jwt_keys *out);
void jwt_keys_release(struct jwt_keys *keys);

/* True when one of the keys fits the algorithm and the signature. */
bool jwt_keys_verify(const struct jwt_keys *keys, const struct jwt_algorithm *algorithm,
                     struct text signing_input, struct text signature);

#endif
