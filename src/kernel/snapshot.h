/*
 * Immutable data that many threads read and somebody replaces now and then: the tree of spaces, the
 * set of signing keys. A slot holds the current snapshot; whoever takes it keeps it alive until its
 * own arena ends, also when the slot has moved on.
 */
#ifndef KERNEL_SNAPSHOT_H
#define KERNEL_SNAPSHOT_H

#include "base/arena.h"

#include <pthread.h>
#include <stdatomic.h>

struct snapshot {
    struct arena *arena; /* all of the data, and this struct */
    const void *data;
    uint64_t version;
    atomic_int holders;
};

struct snapshot_slot {
    pthread_mutex_t lock; /* guards `current` */
    struct snapshot *current;
};

void snapshot_slot_init(struct snapshot_slot *slot);
void snapshot_slot_release(struct snapshot_slot *slot);

/* Makes a snapshot around data in an arena of its own. Takes the arena, also on failure. NULL
 * without memory. The maker is its first holder. */
struct snapshot *snapshot_new(struct arena *arena, const void *data, uint64_t version);
void snapshot_drop(struct snapshot *snapshot); /* one holder less; NULL is fine */
/* Puts a snapshot into the slot unless a newer one is there. The caller stays a holder. */
void snapshot_publish(struct snapshot_slot *slot, struct snapshot *snapshot);
/* The current one with one holder more; NULL while there is none. */
struct snapshot *snapshot_take(struct snapshot_slot *slot);
/* Leaves the caller's hold to an arena: dropped when it ends. False (and dropped) without memory.
 */
MUST_CHECK bool snapshot_keep(struct arena *arena, struct snapshot *snapshot);

#endif
