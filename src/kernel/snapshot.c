/* Counted immutable data in a slot. */
#include "kernel/snapshot.h"

void snapshot_slot_init(struct snapshot_slot *slot)
{
    pthread_mutex_init(&slot->lock, NULL);
    slot->current = NULL;
}

void snapshot_slot_release(struct snapshot_slot *slot)
{
    snapshot_drop(slot->current);
    slot->current = NULL;
    pthread_mutex_destroy(&slot->lock);
}

struct snapshot *snapshot_new(struct arena *arena, const void *data, uint64_t version)
{
    struct snapshot *snapshot = ARENA_NEW(arena, struct snapshot);
    if (!snapshot) {
        arena_free(arena);
        return NULL;
    }
    snapshot->arena = arena;
    snapshot->data = data;
    snapshot->version = version;
    atomic_init(&snapshot->holders, 1);
    return snapshot;
}

void snapshot_drop(struct snapshot *snapshot)
{
    if (snapshot && atomic_fetch_sub(&snapshot->holders, 1) == 1)
        arena_free(snapshot->arena);
}

void snapshot_publish(struct snapshot_slot *slot, struct snapshot *snapshot)
{
    struct snapshot *old = NULL;
    pthread_mutex_lock(&slot->lock);
    if (!slot->current || slot->current->version <= snapshot->version) {
        atomic_fetch_add(&snapshot->holders, 1);
        old = slot->current;
        slot->current = snapshot;
    }
    pthread_mutex_unlock(&slot->lock);
    snapshot_drop(old);
}

struct snapshot *snapshot_take(struct snapshot_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    struct snapshot *snapshot = slot->current;
    if (snapshot)
        atomic_fetch_add(&snapshot->holders, 1);
    pthread_mutex_unlock(&slot->lock);
    return snapshot;
}

static void drop(void *data)
{
    snapshot_drop(data);
}

bool snapshot_keep(struct arena *arena, struct snapshot *snapshot)
{
    return arena_defer(arena, drop, snapshot);
}
