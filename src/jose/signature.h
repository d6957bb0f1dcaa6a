/*
 * Raw signatures as JWS carries them: for EC the two numbers r and s side by side (RFC 7518, 3.4),
 * else what the scheme itself produces. Private to src/jose.
 */
#ifndef JOSE_SIGNATURE_H
#define JOSE_SIGNATURE_H

#include "jose/algorithm.h"

struct signature {
    uint8_t bytes[SIGNATURE_MAX];
    size_t len;
};

MUST_CHECK bool signature_make(const struct jose_key *key, struct text message,
                               struct signature *out, struct error *error);
/* False for anything but a valid signature. */
MUST_CHECK bool signature_is_valid(const struct jose_key *key, struct text message,
                                   struct text signature);

#endif
