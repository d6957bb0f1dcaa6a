/* A table of buckets that refill, probed a few places from where an actor hashes to. */
#include "doors/spacelift/cost_budget.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, PROBES = 8, NAME_SIZE = 40, SECONDS_PER_MINUTE = 60 };

struct bucket {
    char actor[NAME_SIZE]; /* ids are shorter; a longer name counts by its beginning */
    size_t actor_len;
    double left;
    int64_t filled_at;
};

struct cost_budget {
    pthread_mutex_t lock;
    int64_t per_minute;
    struct bucket buckets[BUCKETS];
};

struct cost_budget *cost_budget_new(int64_t per_minute)
{
    struct cost_budget *budget = calloc(1, sizeof(*budget));
    if (!budget)
        return NULL;
    budget->per_minute = per_minute;
    pthread_mutex_init(&budget->lock, NULL);
    return budget;
}

void cost_budget_free(struct cost_budget *budget)
{
    if (!budget)
        return;
    pthread_mutex_destroy(&budget->lock);
    free(budget);
}

int64_t cost_budget_per_minute(const struct cost_budget *budget)
{
    return budget->per_minute;
}

static void refill(const struct cost_budget *budget, struct bucket *bucket, int64_t now)
{
    double full = (double)budget->per_minute;
    if (now <= bucket->filled_at)
        return;
    bucket->left += full * (double)(now - bucket->filled_at) / (double)CLOCK_MINUTE;
    if (bucket->left > full)
        bucket->left = full;
    bucket->filled_at = now;
}

static void take_over(const struct cost_budget *budget, struct bucket *bucket, struct text actor,
                      int64_t now)
{
    memcpy(bucket->actor, actor.at, actor.len);
    bucket->actor_len = actor.len;
    bucket->left = (double)budget->per_minute;
    bucket->filled_at = now;
}

static struct bucket *find(struct cost_budget *budget, struct text actor, int64_t now)
{
    actor = text_slice(actor, 0, NAME_SIZE);
    uint64_t hash = text_hash(actor);
    struct bucket *fullest = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct bucket *bucket = &budget->buckets[(hash + i) % BUCKETS];
        struct text name = {bucket->actor, bucket->actor_len};
        if (bucket->actor_len == 0) {
            fullest = bucket;
            break;
        }
        refill(budget, bucket, now);
        if (text_equal(name, actor))
            return bucket;
        if (!fullest || bucket->left > fullest->left)
            fullest = bucket;
    }
    take_over(budget, fullest, actor, now);
    return fullest;
}

bool cost_budget_spend(struct cost_budget *budget, struct text actor, int64_t cost, int64_t now,
                       int64_t *remaining)
{
    *remaining = 0;
    if (budget->per_minute == 0 || actor.len == 0)
        return true;
    pthread_mutex_lock(&budget->lock);
    struct bucket *bucket = find(budget, actor, now);
    bool allowed = bucket->left >= (double)cost;
    if (allowed)
        bucket->left -= (double)cost;
    *remaining = (int64_t)bucket->left;
    pthread_mutex_unlock(&budget->lock);
    return allowed;
}

int64_t cost_budget_wait(const struct cost_budget *budget, int64_t cost, int64_t remaining)
{
    double missing = (double)(cost - remaining) / (double)(budget->per_minute + 1);
    int64_t seconds = (int64_t)(missing * SECONDS_PER_MINUTE) + 1;
    return seconds < 1 ? 1 : seconds;
}
