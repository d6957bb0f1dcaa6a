/* A table of leaky buckets: each failure fills one a little, and time empties it. */
#include "identity/attempt_limit.h"

#include "base/clock.h"
#include "net/address.h"

#include <pthread.h>
#include <stdlib.h>

enum { ROWS = 2048, ROW_SIZE = 4 }; /* 8192 addresses and keys */
enum { NETWORK_BYTES = 8 };         /* an IPv6 /64 */

struct bucket {
    uint64_t hash;    /* 0: free */
    int64_t empty_at; /* when all of its failures are forgotten */
};

struct attempt_limit {
    pthread_mutex_t lock;
    int64_t address_cost; /* microseconds until one failure is forgotten; 0: no limit */
    int64_t key_cost;
    struct attempt_figures figures;
    struct bucket rows[ROWS][ROW_SIZE];
};

static int64_t cost_of(int64_t per_minute)
{
    return per_minute > 0 ? CLOCK_MINUTE / per_minute : 0;
}

struct attempt_limit *attempt_limit_new(int64_t per_address, int64_t per_key)
{
    struct attempt_limit *limit = calloc(1, sizeof(*limit));
    if (!limit)
        return NULL;
    pthread_mutex_init(&limit->lock, NULL);
    limit->address_cost = cost_of(per_address);
    limit->key_cost = cost_of(per_key);
    return limit;
}

void attempt_limit_free(struct attempt_limit *limit)
{
    if (!limit)
        return;
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

/* An IPv6 network of the usual size is one: whoever has one of its addresses has them all. */
static uint64_t network_hash(struct text address)
{
    struct address parsed;
    if (address_parse(address, &parsed) && parsed.family == ADDRESS_IPV6)
        return text_hash((struct text){(const char *)parsed.bytes, NETWORK_BYTES});
    return text_hash(address);
}

/* Addresses and keys share the table, and must not share a bucket; no hash is 0, which is free. */
static uint64_t address_hash(struct text address)
{
    return network_hash(address) | 1;
}

static uint64_t key_hash(struct text key)
{
    return (text_hash(key) | 3) - 1;
}

/* The lowest bits only tell addresses from keys, so others choose the row. */
static struct bucket *find(struct attempt_limit *limit, uint64_t hash)
{
    struct bucket *row = limit->rows[(hash >> 8) % ROWS];
    for (size_t i = 0; i < ROW_SIZE; i++) {
        if (row[i].hash == hash)
            return &row[i];
    }
    return NULL;
}

/* The one that is emptiest gives way. */
static struct bucket *make(struct attempt_limit *limit, uint64_t hash)
{
    struct bucket *row = limit->rows[(hash >> 8) % ROWS];
    struct bucket *bucket = find(limit, hash);
    if (bucket)
        return bucket;
    bucket = row;
    for (size_t i = 1; i < ROW_SIZE; i++) {
        if (row[i].empty_at < bucket->empty_at)
            bucket = &row[i];
    }
    *bucket = (struct bucket){.hash = hash};
    return bucket;
}

/* How full it is, as the time it takes to be empty. */
static int64_t level(struct attempt_limit *limit, uint64_t hash, int64_t now)
{
    const struct bucket *bucket = find(limit, hash);
    return bucket && bucket->empty_at > now ? bucket->empty_at - now : 0;
}

static void fill(struct attempt_limit *limit, uint64_t hash, int64_t cost, int64_t now)
{
    struct bucket *bucket = cost > 0 ? make(limit, hash) : NULL;
    if (!bucket)
        return;
    if (bucket->empty_at < now)
        bucket->empty_at = now;
    bucket->empty_at += cost;
}

/* Until one more failure fits; a minute's worth does. */
static int64_t wait_for_room(int64_t filled, int64_t cost)
{
    int64_t over = cost > 0 ? filled + cost - CLOCK_MINUTE : 0;
    return over > 0 ? (over + CLOCK_SECOND - 1) / CLOCK_SECOND : 0;
}

int64_t attempt_limit_wait(struct attempt_limit *limit, struct text key, struct text address,
                           int64_t now)
{
    pthread_mutex_lock(&limit->lock);
    int64_t of_address = level(limit, address_hash(address), now);
    int64_t wait = wait_for_room(of_address, limit->address_cost);
    int64_t of_key = wait_for_room(level(limit, key_hash(key), now), limit->key_cost);
    if (of_address > 0 && of_key > wait)
        wait = of_key;
    if (wait > 0)
        limit->figures.refused++;
    pthread_mutex_unlock(&limit->lock);
    return wait;
}

void attempt_limit_note(struct attempt_limit *limit, struct text key, struct text address,
                        int64_t now)
{
    pthread_mutex_lock(&limit->lock);
    limit->figures.failed++;
    fill(limit, address_hash(address), limit->address_cost, now);
    fill(limit, key_hash(key), limit->key_cost, now);
    pthread_mutex_unlock(&limit->lock);
}

struct attempt_figures attempt_limit_figures(struct attempt_limit *limit)
{
    pthread_mutex_lock(&limit->lock);
    struct attempt_figures figures = limit->figures;
    pthread_mutex_unlock(&limit->lock);
    return figures;
}
