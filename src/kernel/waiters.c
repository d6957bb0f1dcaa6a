/* A list of waiters under a lock; wakes happen outside it. */
#include "kernel/waiters.h"

#include <pthread.h>
#include <stdlib.h>

struct waiters {
    pthread_mutex_t lock;
    struct waiter *first;
    uint64_t generation;
    bool closed;
};

struct waiters *waiters_new(void)
{
    struct waiters *waiters = calloc(1, sizeof(*waiters));
    if (waiters)
        pthread_mutex_init(&waiters->lock, NULL);
    return waiters;
}

void waiters_free(struct waiters *waiters)
{
    if (!waiters)
        return;
    pthread_mutex_destroy(&waiters->lock);
    free(waiters);
}

uint64_t waiters_generation(struct waiters *waiters)
{
    pthread_mutex_lock(&waiters->lock);
    uint64_t generation = waiters->generation;
    pthread_mutex_unlock(&waiters->lock);
    return generation;
}

bool waiters_add(struct waiters *waiters, struct waiter *waiter, uint64_t generation)
{
    pthread_mutex_lock(&waiters->lock);
    bool added = !waiters->closed && generation == waiters->generation;
    if (added) {
        waiter->next = waiters->first;
        waiters->first = waiter;
    }
    pthread_mutex_unlock(&waiters->lock);
    return added;
}

static void wake_all(struct waiter *waiter)
{
    while (waiter) {
        struct waiter *next = waiter->next;
        waiter->wake(waiter);
        waiter = next;
    }
}

void waiters_wake(struct waiters *waiters)
{
    pthread_mutex_lock(&waiters->lock);
    struct waiter *woken = waiters->first;
    waiters->first = NULL;
    waiters->generation++;
    pthread_mutex_unlock(&waiters->lock);
    wake_all(woken);
}

void waiters_expire(struct waiters *waiters, int64_t now)
{
    struct waiter *expired = NULL;
    pthread_mutex_lock(&waiters->lock);
    for (struct waiter **at = &waiters->first; *at;) {
        struct waiter *waiter = *at;
        if (waiter->deadline > now) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        waiter->next = expired;
        expired = waiter;
    }
    pthread_mutex_unlock(&waiters->lock);
    wake_all(expired);
}

void waiters_close(struct waiters *waiters)
{
    pthread_mutex_lock(&waiters->lock);
    waiters->closed = true;
    pthread_mutex_unlock(&waiters->lock);
    waiters_wake(waiters);
}

bool waiters_closed(struct waiters *waiters)
{
    pthread_mutex_lock(&waiters->lock);
    bool closed = waiters->closed;
    pthread_mutex_unlock(&waiters->lock);
    return closed;
}
