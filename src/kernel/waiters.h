/*
 * Requests that wait for something to happen: a worker that wants a run, a reader of a log. A
 * waiter is woken when the thing may have happened, or when its deadline passed; it then looks
 * again. Nobody holds a thread while waiting.
 */
#ifndef KERNEL_WAITERS_H
#define KERNEL_WAITERS_H

#include "base/macros.h"

struct waiters;

/* The caller's storage, borrowed from waiters_add until `wake` is called, which is exactly once. */
struct waiter {
    /* Must not block. On the thread of waiters_wake, waiters_expire or waiters_close. */
    void (*wake)(struct waiter *waiter);
    int64_t deadline; /* monotonic microseconds */
    struct waiter *next;
};

struct waiters *waiters_new(void);
/* When nobody waits any more. NULL is fine. */
void waiters_free(struct waiters *waiters);

/* Counts the wakes so far: to be read before looking, and handed to waiters_add, which refuses
 * (false) when something happened in between, so that no wake is missed. */
uint64_t waiters_generation(struct waiters *waiters);
MUST_CHECK bool waiters_add(struct waiters *waiters, struct waiter *waiter, uint64_t generation);
void waiters_wake(struct waiters *waiters);
/* Wakes those whose deadline has passed; called by a timer. */
void waiters_expire(struct waiters *waiters, int64_t now);
/* Wakes everybody and lets nobody wait from now on. */
void waiters_close(struct waiters *waiters);
bool waiters_closed(struct waiters *waiters);

#endif
