/* AES-256-GCM over the keys of a ring. See seal.h for the layout. */
#include "jose/seal.h"

#include "base/random.h"
#include "jose/crypto.h"

#include <limits.h>
#include <string.h>

enum {
    VERSION = 1,
    HEADER_BYTES = 1 + KEY_RING_ID_BYTES,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    /* EVP counts in int. */
    PLAIN_MAX = INT_MAX - 64,
};

static_assert(SEAL_OVERHEAD == HEADER_BYTES + NONCE_BYTES + TAG_BYTES, "the layout in the header");

/* Authenticates the header and the place; the lengths in front keep ("a","bc") and ("ab","c")
 * apart. */
static bool add_associated(EVP_CIPHER_CTX *context, const uint8_t *header, struct seal_place place)
{
    uint64_t lengths[2] = {place.table.len, place.row.len};
    uint8_t encoded[16];
    int done = 0;
    for (size_t i = 0; i < sizeof encoded; i++)
        encoded[i] = (uint8_t)(lengths[i / 8] >> (8 * (7 - i % 8)));
    return EVP_CipherUpdate(context, NULL, &done, header, HEADER_BYTES) == 1 &&
           EVP_CipherUpdate(context, NULL, &done, encoded, sizeof encoded) == 1 &&
           EVP_CipherUpdate(context, NULL, &done, (const unsigned char *)place.table.at,
                            (int)place.table.len) == 1 &&
           EVP_CipherUpdate(context, NULL, &done, (const unsigned char *)place.row.at,
                            (int)place.row.len) == 1;
}

static bool encrypt(EVP_CIPHER_CTX *context, const struct crypto *crypto, const uint8_t *key,
                    struct seal_place place, struct text plain, uint8_t *out)
{
    uint8_t *nonce = out + HEADER_BYTES;
    uint8_t *body = nonce + NONCE_BYTES;
    int done = 0;
    return EVP_EncryptInit_ex2(context, crypto->aes_256_gcm, key, nonce, NULL) == 1 &&
           add_associated(context, out, place) &&
           EVP_EncryptUpdate(context, body, &done, (const unsigned char *)plain.at,
                             (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(context, body + plain.len, &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + plain.len) == 1;
}

bool seal(const struct key_ring *ring, struct seal_place place, struct text plain,
          struct arena *arena, struct text *out, struct error *error)
{
    const struct key_ring_entry *entry = key_ring_newest(ring);
    const struct crypto *crypto = crypto_get(error);
    if (!crypto)
        return false;
    if (plain.len > PLAIN_MAX || place.table.len > PLAIN_MAX || place.row.len > PLAIN_MAX)
        return error_set(error, ERR_TOO_LARGE, "the value is too large to be encrypted");
    uint8_t *sealed = arena_alloc_raw(arena, SEAL_OVERHEAD + plain.len);
    if (!sealed)
        return error_set_no_memory(error);
    sealed[0] = VERSION;
    memcpy(sealed + 1, entry->id, KEY_RING_ID_BYTES);
    random_bytes(sealed + HEADER_BYTES, NONCE_BYTES);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context && encrypt(context, crypto, entry->seal_key, place, plain, sealed);
    EVP_CIPHER_CTX_free(context);
    if (!done)
        return crypto_failed(error, "a value could not be encrypted");
    *out = (struct text){(const char *)sealed, SEAL_OVERHEAD + plain.len};
    return true;
}

static bool decrypt(EVP_CIPHER_CTX *context, const struct crypto *crypto, const uint8_t *key,
                    struct seal_place place, struct text sealed, uint8_t *out)
{
    const uint8_t *at = (const uint8_t *)sealed.at;
    size_t plain_len = sealed.len - SEAL_OVERHEAD;
    uint8_t tag[TAG_BYTES];
    int done = 0;
    memcpy(tag, at + sealed.len - TAG_BYTES, TAG_BYTES);
    return EVP_DecryptInit_ex2(context, crypto->aes_256_gcm, key, at + HEADER_BYTES, NULL) == 1 &&
           add_associated(context, at, place) &&
           EVP_DecryptUpdate(context, out, &done, at + HEADER_BYTES + NONCE_BYTES,
                             (int)plain_len) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_DecryptFinal_ex(context, out + plain_len, &done) == 1;
}

/* The key that a sealed value names; NULL when it is malformed or the key is gone. */
static const struct key_ring_entry *find_key(const struct key_ring *ring, struct text sealed)
{
    if (sealed.len < SEAL_OVERHEAD || sealed.len - SEAL_OVERHEAD > PLAIN_MAX ||
        sealed.at[0] != VERSION)
        return NULL;
    return key_ring_find(ring, (const uint8_t *)sealed.at + 1);
}

bool unseal(const struct key_ring *ring, struct seal_place place, struct text sealed,
            struct arena *arena, struct text *out, struct error *error)
{
    const struct crypto *crypto = crypto_get(error);
    const struct key_ring_entry *entry = find_key(ring, sealed);
    if (!crypto)
        return false;
    if (!entry)
        return error_set(error, ERR_INTERNAL,
                         "a stored value cannot be decrypted: its key is not "
                         "in the key file");
    size_t len = sealed.len - SEAL_OVERHEAD;
    uint8_t *plain = crypto_alloc_wiped(arena, len);
    if (!plain)
        return error_set_no_memory(error);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context && place.table.len <= PLAIN_MAX && place.row.len <= PLAIN_MAX &&
                decrypt(context, crypto, entry->seal_key, place, sealed, plain);
    EVP_CIPHER_CTX_free(context);
    if (!done) {
        crypto_wipe(plain, len);
        return crypto_failed(error, "a stored value cannot be decrypted: it was changed or moved");
    }
    *out = (struct text){(const char *)plain, len};
    return true;
}

bool seal_is_outdated(const struct key_ring *ring, struct text sealed)
{
    return find_key(ring, sealed) != key_ring_newest(ring);
}
