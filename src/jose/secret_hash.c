/* HMAC-SHA-256 of secrets over the keys of a ring. */
#include "jose/secret_hash.h"

#include "base/digest.h"

#include <openssl/crypto.h>
#include <string.h>

static bool hash_with(const struct key_ring_entry *entry, struct text secret,
                      struct secret_hash *out)
{
    struct text key = {(const char *)entry->hash_key, sizeof entry->hash_key};
    struct digest mac;
    if (!digest_hmac_sha256(key, secret, &mac))
        return false;
    memcpy(out->bytes, entry->id, KEY_RING_ID_BYTES);
    memcpy(out->bytes + KEY_RING_ID_BYTES, mac.bytes, sizeof mac.bytes);
    return true;
}

bool secret_hash(const struct key_ring *ring, struct text secret, struct secret_hash *out,
                 struct error *error)
{
    return hash_with(key_ring_newest(ring), secret, out) || error_set_no_memory(error);
}

bool secret_hash_matches(const struct key_ring *ring, struct text secret, struct text stored)
{
    static const uint8_t nothing[SECRET_HASH_BYTES];
    struct secret_hash made;
    bool whole = stored.len == SECRET_HASH_BYTES;
    const uint8_t *compared = whole ? (const uint8_t *)stored.at : nothing;
    const struct key_ring_entry *entry = key_ring_find(ring, compared);
    bool known = whole && entry;
    if (!hash_with(entry ? entry : key_ring_newest(ring), secret, &made))
        return false;
    return (CRYPTO_memcmp(made.bytes, compared, sizeof made.bytes) == 0) & known;
}
