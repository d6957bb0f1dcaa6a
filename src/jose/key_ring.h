/*
 * The master keys of an installation, from a key file that only its owner may read (mode 0600). The
 * file is made at first use with one random key of 32 bytes. Rotation adds a key: the newest one is
 * used for what is written, all of them for what is read.
 *
 * One line a key, oldest first: the key id (16 hexadecimal digits, derived from the key, so that a
 * damaged line is noticed), a blank, the key in base64url. Lines that start with # are comments.
 *
 * No master key is used as it is: sealing and hashing each get a key derived from it. The ring is
 * immutable and may be shared by threads; its memory is wiped when the arena ends.
 */
#ifndef JOSE_KEY_RING_H
#define JOSE_KEY_RING_H

#include "base/error.h"

enum {
    KEY_RING_MAX = 16,
    KEY_RING_ID_BYTES = 8,
    KEY_RING_KEY_BYTES = 32,
};

/* One master key's derived keys. */
struct key_ring_entry {
    uint8_t id[KEY_RING_ID_BYTES];
    uint8_t seal_key[KEY_RING_KEY_BYTES];
    uint8_t hash_key[KEY_RING_KEY_BYTES];
};

struct key_ring {
    struct key_ring_entry entries[KEY_RING_MAX]; /* oldest first */
    size_t len;                                  /* at least 1 */
};

/* Creates the file when it is absent; of two processes that do so at once, both end with the same
 * key. Refuses a file that group or others can read, or that is damaged. */
MUST_CHECK bool key_ring_open(struct arena *arena, struct text path, const struct key_ring **out,
                              struct error *error);
/* Adds a new key to the file, atomically. Rings that are open do not see it. */
MUST_CHECK bool key_ring_rotate(struct text path, struct error *error);
/* The key for writing. */
const struct key_ring_entry *key_ring_newest(const struct key_ring *ring);
/* NULL when absent. */
const struct key_ring_entry *key_ring_find(const struct key_ring *ring, const uint8_t *id);

#endif
