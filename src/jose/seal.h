/*
 * Encryption at rest: AES-256-GCM with the newest key of a ring and a random nonce. What is sealed
 * is bound to its place (table and row), so that a value moved to another row does not open.
 *
 * Layout: version (1 byte, 1), key id (8), nonce (12), ciphertext (as long as the plaintext),
 * tag (16). Version and key id are authenticated too. One key is good for 2^32 messages.
 */
#ifndef JOSE_SEAL_H
#define JOSE_SEAL_H

#include "jose/key_ring.h"

enum { SEAL_OVERHEAD = 1 + KEY_RING_ID_BYTES + 12 + 16 };

/* Where a sealed value is stored. Borrowed. */
struct seal_place {
    struct text table; /* or any other name for the kind of thing */
    struct text row;   /* its identity within the table */
};

/* The sealed bytes lie in the arena. */
MUST_CHECK bool seal(const struct key_ring *ring, struct seal_place place, struct text plain,
                     struct arena *arena, struct text *out, struct error *error);
/* The plaintext lies in the arena and is wiped with it. INTERNAL when the bytes were changed, moved
 * or sealed with a key that is not in the ring. */
MUST_CHECK bool unseal(const struct key_ring *ring, struct seal_place place, struct text sealed,
                       struct arena *arena, struct text *out, struct error *error);
/* True when the value should be sealed again because its key is not the newest. */
bool seal_is_outdated(const struct key_ring *ring, struct text sealed);

#endif
