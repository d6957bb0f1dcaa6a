/* A set-associative table of counted values. See token_cache.h for the contract. */
#include "jose/token_cache.h"

#include "base/digest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAYS = 8,   /* entries a token may lie in */
    LOCKS = 64, /* a power of two; each guards every 64th bucket */
};

/* A value and how many hold it: the cache counts as one. */
struct shared {
    void *value;
    token_cache_free_fn free_value;
    atomic_size_t holders;
};

struct entry {
    struct digest hash;    /* of the token */
    struct shared *shared; /* NULL when the entry is free */
    int64_t expires_at;
    uint64_t epoch;
    uint64_t used; /* tick of the bucket at the last hit */
};

struct bucket {
    struct entry entries[WAYS];
    uint64_t ticks;
};

/* On a cache line of its own. */
struct lock {
    _Alignas(64) pthread_mutex_t mutex;
};

struct token_cache {
    struct lock locks[LOCKS];
    atomic_uint_fast64_t epoch;
    atomic_uint_fast64_t hits, misses, evictions;
    token_cache_free_fn free_value;
    struct bucket *buckets;
    size_t bucket_count; /* a power of two */
};

static void release(void *data)
{
    struct shared *shared = data;
    if (shared && atomic_fetch_sub_explicit(&shared->holders, 1, memory_order_acq_rel) == 1) {
        shared->free_value(shared->value);
        free(shared);
    }
}

struct token_cache *token_cache_new(size_t entries, token_cache_free_fn free_value)
{
    size_t bucket_count = 1;
    while (bucket_count * WAYS < entries)
        bucket_count *= 2;
    struct token_cache *cache = aligned_alloc(alignof(struct token_cache), sizeof *cache);
    struct bucket *buckets = calloc(bucket_count, sizeof *buckets);
    if (!cache || !buckets) {
        free(cache);
        free(buckets);
        return NULL;
    }
    memset(cache, 0, sizeof *cache);
    cache->buckets = buckets;
    cache->bucket_count = bucket_count;
    cache->free_value = free_value;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&cache->locks[i].mutex, NULL);
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->bucket_count; i++) {
        for (size_t j = 0; j < WAYS; j++)
            release(cache->buckets[i].entries[j].shared);
    }
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&cache->locks[i].mutex);
    free(cache->buckets);
    free(cache);
}

/* The bucket of a hash, with its lock held. */
static struct bucket *lock_bucket(struct token_cache *cache, const struct digest *hash,
                                  pthread_mutex_t **mutex)
{
    uint64_t number;
    memcpy(&number, hash->bytes, sizeof number);
    size_t index = number & (cache->bucket_count - 1);
    *mutex = &cache->locks[index & (LOCKS - 1)].mutex;
    pthread_mutex_lock(*mutex);
    return &cache->buckets[index];
}

static struct entry *find_entry(struct bucket *bucket, const struct digest *hash)
{
    for (size_t i = 0; i < WAYS; i++) {
        struct entry *entry = &bucket->entries[i];
        if (entry->shared && digest_equal(&entry->hash, hash))
            return entry;
    }
    return NULL;
}

static void count(atomic_uint_fast64_t *figure)
{
    atomic_fetch_add_explicit(figure, 1, memory_order_relaxed);
}

/* Hands a counted value over to the arena. */
static const void *lend(struct arena *holder, struct shared *shared)
{
    const void *value = shared->value;
    return arena_defer(holder, release, shared) ? value : NULL;
}

/* The entry's value, held once more; NULL when there is none. epoch: NULL for any. */
static struct shared *take(struct token_cache *cache, const struct digest *hash, int64_t now,
                           const uint64_t *epoch)
{
    pthread_mutex_t *mutex;
    struct bucket *bucket = lock_bucket(cache, hash, &mutex);
    struct entry *entry = find_entry(bucket, hash);
    struct shared *shared = NULL;
    if (entry && (!epoch || entry->epoch == *epoch) && entry->expires_at > now) {
        shared = entry->shared;
        entry->used = ++bucket->ticks;
        atomic_fetch_add_explicit(&shared->holders, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(mutex);
    return shared;
}

const void *token_cache_find(struct token_cache *cache, struct arena *holder, struct text token,
                             int64_t now)
{
    struct digest hash;
    uint64_t epoch = token_cache_epoch(cache);
    if (!digest_sha256(token, &hash))
        return NULL;
    struct shared *shared = take(cache, &hash, now, &epoch);
    count(shared ? &cache->hits : &cache->misses);
    return shared ? lend(holder, shared) : NULL;
}

const void *token_cache_find_stale(struct token_cache *cache, struct arena *holder,
                                   struct text token, int64_t now)
{
    struct digest hash;
    if (!digest_sha256(token, &hash))
        return NULL;
    struct shared *shared = take(cache, &hash, now, NULL);
    return shared ? lend(holder, shared) : NULL;
}

uint64_t token_cache_epoch(const struct token_cache *cache)
{
    return atomic_load_explicit(&cache->epoch, memory_order_acquire);
}

void token_cache_clear(struct token_cache *cache)
{
    atomic_fetch_add_explicit(&cache->epoch, 1, memory_order_acq_rel);
}

/* A free entry, else one of an earlier epoch, else the longest unused. */
static struct entry *pick_entry(struct bucket *bucket, uint64_t epoch)
{
    struct entry *oldest = &bucket->entries[0];
    for (size_t i = 0; i < WAYS; i++) {
        struct entry *entry = &bucket->entries[i];
        if (!entry->shared || entry->epoch != epoch)
            return entry;
        if (entry->used < oldest->used)
            oldest = entry;
    }
    return oldest;
}

/* Gives back what the entry held before, to be released outside the lock. */
static struct shared *put(struct token_cache *cache, const struct entry *made)
{
    pthread_mutex_t *mutex;
    struct bucket *bucket = lock_bucket(cache, &made->hash, &mutex);
    struct entry *entry = find_entry(bucket, &made->hash);
    if (!entry)
        entry = pick_entry(bucket, made->epoch);
    struct shared *before = entry->shared;
    if (before && entry->epoch == made->epoch && !digest_equal(&entry->hash, &made->hash))
        count(&cache->evictions);
    *entry = *made;
    entry->used = ++bucket->ticks;
    pthread_mutex_unlock(mutex);
    return before;
}

const void *token_cache_add(struct token_cache *cache, struct arena *holder, struct text token,
                            int64_t expires_at, uint64_t epoch, void *value)
{
    struct entry made = {.expires_at = expires_at, .epoch = epoch};
    made.shared = malloc(sizeof *made.shared);
    if (!made.shared) {
        cache->free_value(value);
        return NULL;
    }
    *made.shared = (struct shared){.value = value, .free_value = cache->free_value};
    atomic_init(&made.shared->holders, 1);
    if (epoch == token_cache_epoch(cache) && digest_sha256(token, &made.hash)) {
        atomic_store_explicit(&made.shared->holders, 2, memory_order_relaxed);
        release(put(cache, &made));
    }
    return lend(holder, made.shared);
}

struct token_cache_figures token_cache_figures(const struct token_cache *cache)
{
    return (struct token_cache_figures){
        .hits = atomic_load_explicit(&cache->hits, memory_order_relaxed),
        .misses = atomic_load_explicit(&cache->misses, memory_order_relaxed),
        .evictions = atomic_load_explicit(&cache->evictions, memory_order_relaxed),
    };
}
