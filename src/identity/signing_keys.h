/*
 * The keys that sign tokens: one signs at a time, the ones before it still verify until the last
 * token they signed has expired. They are kept in the database, sealed, so that every server signs
 * with the same one; private keys never leave the process.
 */
#ifndef IDENTITY_SIGNING_KEYS_H
#define IDENTITY_SIGNING_KEYS_H

#include "jose/key.h"
#include "kernel/ctx.h"

struct signing_keys *signing_keys_new(void);
void signing_keys_free(struct signing_keys *keys);

/* Reads the keys, and makes one when there is none or the newest has signed long enough. Needs a
 * writing unit; what it read is used once that is durable. Called at start and once in a while. */
MUST_CHECK bool signing_keys_refresh(struct ctx *ctx);
/* Reads the keys again: another server may have made one. Must be the first thing that a reading
 * unit does. */
MUST_CHECK bool signing_keys_reload(struct ctx *ctx);
/* The same for a token whose key is not known, and at most once a second: anybody can make up
 * tokens. */
MUST_CHECK bool signing_keys_catch_up(struct ctx *ctx);

/* What verifies, and the one that signs; alive as long as the arena. NULL before the first refresh.
 */
struct signing_key_set {
    struct jose_key_set verifying;
    const struct jose_key *signing;
};
const struct signing_key_set *signing_keys_get(struct signing_keys *keys, struct arena *arena);

#endif
