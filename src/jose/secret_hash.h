/*
 * Keyed hashes of random secrets (API keys, session tokens): HMAC-SHA-256 with a key of the ring.
 * The secrets hold at least 128 random bits, so a slow hash would buy nothing; the key makes a
 * stolen database useless without the key file.
 *
 * A hash carries the id of its key, so that hashes made before a rotation still compare.
 */
#ifndef JOSE_SECRET_HASH_H
#define JOSE_SECRET_HASH_H

#include "jose/key_ring.h"

enum { SECRET_HASH_BYTES = KEY_RING_ID_BYTES + 32 };

struct secret_hash {
    uint8_t bytes[SECRET_HASH_BYTES]; /* key id, then the HMAC */
};

MUST_CHECK bool secret_hash(const struct key_ring *ring, struct text secret,
                            struct secret_hash *out, struct error *error);
/* Constant time for a given length of secret, whatever the stored bytes are: with a NULL or empty
 * `stored` the work is done all the same and the answer is false, so that an unknown id costs what
 * a wrong secret costs. */
bool secret_hash_matches(const struct key_ring *ring, struct text secret, struct text stored);
/* Whether it is one of two. Constant time in the same way: how many hashes are made depends on the
 * ring alone. */
bool secret_hash_matches_either(const struct key_ring *ring, struct text secret, struct text first,
                                struct text second);

#endif
