/* A short table under one lock: a process knows a handful of issuers. */
#include "identity/issuer_cache.h"

#include "base/clock.h"
#include "kernel/snapshot.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char url[ISSUER_URL_MAX];
    size_t url_len;            /* 0: free */
    struct snapshot *snapshot; /* of a struct issuer; NULL while none was read */
    int64_t used_at;
    int64_t failed_at; /* 0: not since it was read */
    struct error failure;
};

struct issuer_cache {
    pthread_mutex_t lock;
    struct entry entries[ISSUERS_MAX];
};

struct issuer_cache *issuer_cache_new(void)
{
    struct issuer_cache *cache = calloc(1, sizeof(*cache));
    if (cache)
        pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void issuer_cache_free(struct issuer_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < ISSUERS_MAX; i++)
        snapshot_drop(cache->entries[i].snapshot);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct entry *find(struct issuer_cache *cache, struct text url)
{
    for (size_t i = 0; i < ISSUERS_MAX; i++) {
        struct entry *entry = &cache->entries[i];
        if (entry->url_len > 0 && text_equal((struct text){entry->url, entry->url_len}, url))
            return entry;
    }
    return NULL;
}

/* The issuer's entry, or the one longest unused, emptied for it. */
static struct entry *make(struct issuer_cache *cache, struct text url)
{
    struct entry *entry = find(cache, url);
    if (entry)
        return entry;
    entry = &cache->entries[0];
    for (size_t i = 1; i < ISSUERS_MAX; i++) {
        if (cache->entries[i].used_at < entry->used_at)
            entry = &cache->entries[i];
    }
    snapshot_drop(entry->snapshot);
    *entry = (struct entry){.url_len = url.len};
    memcpy(entry->url, url.at, url.len);
    return entry;
}

static struct snapshot *hold(struct snapshot *snapshot)
{
    if (snapshot)
        atomic_fetch_add(&snapshot->holders, 1);
    return snapshot;
}

const struct issuer *issuer_cache_find(struct issuer_cache *cache, struct arena *holder,
                                       struct text url, int64_t now)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, url);
    struct snapshot *snapshot = entry ? hold(entry->snapshot) : NULL;
    if (entry)
        entry->used_at = now;
    pthread_mutex_unlock(&cache->lock);
    return snapshot && snapshot_keep(holder, snapshot) ? snapshot->data : NULL;
}

const struct issuer *issuer_cache_add(struct issuer_cache *cache, struct arena *holder,
                                      struct arena *arena, const struct issuer *issuer)
{
    struct snapshot *snapshot = snapshot_new(arena, issuer, (uint64_t)issuer->fetched_at);
    if (!snapshot)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = make(cache, issuer->url);
    struct snapshot *old = entry->snapshot;
    entry->snapshot = hold(snapshot);
    entry->used_at = issuer->fetched_at;
    entry->failed_at = 0;
    pthread_mutex_unlock(&cache->lock);
    snapshot_drop(old);
    return snapshot_keep(holder, snapshot) ? issuer : NULL;
}

bool issuer_cache_has_failed(struct issuer_cache *cache, struct text url, int64_t now,
                             struct error *error)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, url);
    bool has_failed =
        entry && entry->failed_at && now - entry->failed_at < ISSUER_FAILURE_S * CLOCK_SECOND;
    if (has_failed)
        *error = entry->failure;
    pthread_mutex_unlock(&cache->lock);
    return has_failed;
}

void issuer_cache_fail(struct issuer_cache *cache, struct text url, int64_t now,
                       const struct error *error)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = make(cache, url);
    entry->failed_at = entry->used_at = now;
    entry->failure = *error;
    pthread_mutex_unlock(&cache->lock);
}
