/*
 * The inside of a key, for the sources that make keys and for those that use them. Private to
 * src/jose.
 */
#ifndef JOSE_KEY_PRIVATE_H
#define JOSE_KEY_PRIVATE_H

#include "jose/algorithm.h"

#include <openssl/evp.h>

/*
 * The contexts are templates: initialised once with key, digest and padding, then only ever copied,
 * so that threads share them without a lock.
 */
struct jose_key {
    enum jose_algorithm algorithm;
    struct text id;
    EVP_PKEY *pkey;       /* NULL for a secret */
    EVP_MD_CTX *signer;   /* NULL without the private part */
    EVP_MD_CTX *verifier; /* NULL for a secret */
    struct text secret;   /* HS256 only; wiped with the arena */
    /* Public members as a JWK prints them, base64url: EC x and y, OKP x alone, RSA n and e. */
    struct text first, second;
};

/* Makes a key of an OpenSSL key: takes pkey (also when it fails; NULL fails), checks that its type
 * and strength fit the algorithm, and names it by its thumbprint when id is empty. */
MUST_CHECK bool jose_key_adopt(struct arena *arena, EVP_PKEY *pkey, bool is_private,
                               enum jose_algorithm algorithm, struct text id,
                               const struct jose_key **out, struct error *error);

/* key_check.c: INVALID when no signature should rest on this key. */
MUST_CHECK bool jose_key_check(EVP_PKEY *pkey, bool is_private, enum jose_algorithm algorithm,
                               struct error *error);

/* key_jwk.c: whether a JWK is for signatures and of an algorithm in our list; says nothing about
 * its numbers. */
bool jose_jwk_is_ours(const struct json *members, enum jose_key_kind kind);

#endif
