/*
 * The facts about each signature algorithm, as one table. Private to src/jose.
 */
#ifndef JOSE_ALGORITHM_H
#define JOSE_ALGORITHM_H

#include "jose/key.h"

enum key_type { KEY_TYPE_EC, KEY_TYPE_OKP, KEY_TYPE_RSA, KEY_TYPE_OCT };

enum {
    EC_SCALAR_MAX = 66,       /* bytes of a P-521 coordinate */
    RSA_MODULUS_MIN = 2048,   /* bits */
    RSA_MODULUS_MAX = 8192,   /* bits: a verification stays under 2 ms */
    SIGNATURE_MAX = 8192 / 8, /* bytes */
    KEY_MEMBER_MAX = 1400,    /* characters of one JWK number: 8192 bits in base64url */
};

struct algorithm {
    const char *name;     /* JWA */
    enum key_type type;   /* JWK `kty` */
    const char *curve;    /* JWK `crv`; NULL for RSA and secrets */
    const char *group;    /* OpenSSL's name of the curve or key type */
    int digest_bits;      /* 0 where the scheme brings its own */
    bool pss;             /* RSA-PSS with a salt as long as the digest */
    size_t scalar_bytes;  /* EC: one coordinate, and one half of a signature */
    const uint8_t *order; /* EC: of the group, scalar_bytes long, big endian */
};

const struct algorithm *algorithm_get(enum jose_algorithm algorithm);
/* "EC", "OKP", "RSA", "oct". */
const char *key_type_name(enum key_type type);

#endif
