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

/* What a secret is compared with: zeros and the newest key where nothing usable is stored. */
struct comparison {
    const uint8_t *stored;
    const struct key_ring_entry *entry;
    bool known;
};

static struct comparison comparison_of(const struct key_ring *ring, struct text stored)
{
    static const uint8_t nothing[SECRET_HASH_BYTES];
    bool whole = stored.len == SECRET_HASH_BYTES;
    const uint8_t *compared = whole ? (const uint8_t *)stored.at : nothing;
    const struct key_ring_entry *entry = key_ring_find(ring, compared);
    return (struct comparison){.stored = compared,
                               .entry = entry ? entry : key_ring_newest(ring),
                               .known = whole && entry};
}

static bool is_equal(const struct comparison *comparison, const struct secret_hash *made)
{
    return (CRYPTO_memcmp(made->bytes, comparison->stored, sizeof made->bytes) == 0) &
           comparison->known;
}

bool secret_hash_matches(const struct key_ring *ring, struct text secret, struct text stored)
{
    struct secret_hash made;
    struct comparison comparison = comparison_of(ring, stored);
    return hash_with(comparison.entry, secret, &made) && is_equal(&comparison, &made);
}

bool secret_hash_matches_either(const struct key_ring *ring, struct text secret, struct text first,
                                struct text second)
{
    struct secret_hash made[2];
    struct comparison one = comparison_of(ring, first), other = comparison_of(ring, second);
    if (!hash_with(one.entry, secret, &made[0]))
        return false;
    /* With one key in the ring both hashes are the same. */
    made[1] = made[0];
    if (ring->len > 1 && !hash_with(other.entry, secret, &made[1]))
        return false;
    bool is_one = is_equal(&one, &made[0]), is_other = is_equal(&other, &made[1]);
    return is_one || is_other;
}
