/*
 * Tokens that were verified already: SHA-256 of the token to whatever the caller made of it, until
 * the token expires. A verification costs some 60 microseconds, a hit a fraction of one.
 *
 * - Bounded: a fixed number of entries, allocated at the start; when a bucket is full, the entry
 *   that is expired, stale or longest unused gives way.
 * - Safe from any number of threads: each bucket group has a lock that is held for a comparison and
 *   a reference count, never while verifying.
 * - token_cache_clear makes every entry stale at once by counting an epoch, in constant time: what
 *   was found before stays valid for its holder, what is asked for afterwards is verified anew.
 */
#ifndef JOSE_TOKEN_CACHE_H
#define JOSE_TOKEN_CACHE_H

#include "base/error.h"

struct token_cache;

/* Called once per value, from any thread, when the last holder is done with it. */
typedef void (*token_cache_free_fn)(void *value);

/* entries: how many at most, rounded up to a power of two. NULL without memory. */
struct token_cache *token_cache_new(size_t entries, token_cache_free_fn free_value);
/* No value may be held any more. NULL is fine. */
void token_cache_free(struct token_cache *cache);

/* The value of a token that has not expired at `now` (seconds since 1970); NULL when absent. The
 * value is borrowed and lives as long as `holder`, the arena of the request. */
const void *token_cache_find(struct token_cache *cache, struct arena *holder, struct text token,
                             int64_t now);
/* The same for an entry of any epoch: for what the token alone proves, which does not change.
 * Counts neither as hit nor as miss. */
const void *token_cache_find_stale(struct token_cache *cache, struct arena *holder,
                                   struct text token, int64_t now);
/* The epoch to read before verifying, and to hand to token_cache_add, so that a result that was
 * made before a clear cannot be added after it. */
uint64_t token_cache_epoch(const struct token_cache *cache);
/* Takes value (also when it fails), and lends it back for as long as `holder` lives. NULL without
 * memory. The value is not kept when the epoch has passed. */
const void *token_cache_add(struct token_cache *cache, struct arena *holder, struct text token,
                            int64_t expires_at, uint64_t epoch, void *value);
void token_cache_clear(struct token_cache *cache);

struct token_cache_figures {
    uint64_t hits, misses, evictions;
};
struct token_cache_figures token_cache_figures(const struct token_cache *cache);

#endif
