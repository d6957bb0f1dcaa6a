/* Buckets of chained entries, and one list through all of them in the order of use. */
#include "graphql/execution/cache.h"

#include <pthread.h>
#include <stdlib.h>

enum { TEXT_BYTES_MAX = 8 << 20 }; /* of all texts kept; their trees take about ten times that */

struct entry {
    struct graphql_document *document;
    uint64_t hash;
    struct entry *chain;         /* in the bucket */
    struct entry *newer, *older; /* in the order of use */
};

struct graphql_cache {
    pthread_mutex_t lock;
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    struct entry *newest, *oldest;
    size_t count, max;
    size_t bytes;
};

struct graphql_cache *graphql_cache_new(uint32_t documents)
{
    struct graphql_cache *cache = calloc(1, sizeof(*cache));
    if (!cache)
        return NULL;
    cache->max = documents;
    cache->bucket_count = 16;
    while (cache->bucket_count < documents)
        cache->bucket_count *= 2;
    cache->buckets = calloc(cache->bucket_count, sizeof(*cache->buckets));
    if (!cache->buckets || pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache->buckets);
        free(cache);
        return NULL;
    }
    return cache;
}

static void unlink_use(struct graphql_cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct graphql_cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static struct entry **bucket_of(const struct graphql_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->bucket_count - 1)];
}

static void drop(struct graphql_cache *cache, struct entry *entry)
{
    struct entry **slot = bucket_of(cache, entry->hash);
    while (*slot != entry)
        slot = &(*slot)->chain;
    *slot = entry->chain;
    unlink_use(cache, entry);
    cache->count--;
    cache->bytes -= entry->document->text.len;
    graphql_document_release(entry->document);
    free(entry);
}

void graphql_cache_free(struct graphql_cache *cache)
{
    if (!cache)
        return;
    while (cache->newest)
        drop(cache, cache->newest);
    pthread_mutex_destroy(&cache->lock);
    free(cache->buckets);
    free(cache);
}

static struct entry *find(const struct graphql_cache *cache, uint64_t hash, struct text text)
{
    struct entry *entry = *bucket_of(cache, hash);
    while (entry && (entry->hash != hash || !text_equal(entry->document->text, text)))
        entry = entry->chain;
    return entry;
}

struct graphql_document *graphql_cache_find(struct graphql_cache *cache, struct text text)
{
    struct graphql_document *found = NULL;
    if (cache->max == 0)
        return NULL;
    uint64_t hash = text_hash(text);
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, hash, text);
    if (entry) {
        unlink_use(cache, entry);
        link_newest(cache, entry);
        found = graphql_document_share(entry->document);
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

static void insert(struct graphql_cache *cache, struct entry *entry)
{
    struct entry **bucket = bucket_of(cache, entry->hash);
    entry->chain = *bucket;
    *bucket = entry;
    link_newest(cache, entry);
    cache->count++;
    cache->bytes += entry->document->text.len;
    while (cache->count > cache->max || (cache->bytes > TEXT_BYTES_MAX && cache->count > 1))
        drop(cache, cache->oldest);
}

void graphql_cache_keep(struct graphql_cache *cache, struct graphql_document *document)
{
    if (cache->max == 0)
        return;
    struct entry *entry = calloc(1, sizeof(*entry));
    if (!entry)
        return;
    entry->hash = text_hash(document->text);
    pthread_mutex_lock(&cache->lock);
    bool known = find(cache, entry->hash, document->text) != NULL;
    if (!known) {
        entry->document = graphql_document_share(document);
        insert(cache, entry);
    }
    pthread_mutex_unlock(&cache->lock);
    if (known)
        free(entry);
}
