/* The shared snapshot of the space tree. */
#include "access/space_tree.h"

#include "access/space_store.h"
#include "kernel/snapshot.h"

#include <stdlib.h>

enum { TREE_MAX_BYTES = 64 << 20 }; /* with names, descriptions, labels */

const struct text root_space = TEXT_INIT("root");

struct space_cache {
    struct snapshot_slot slot;
};

struct space_cache *space_cache_new(void)
{
    struct space_cache *cache = calloc(1, sizeof(*cache));
    if (cache)
        snapshot_slot_init(&cache->slot);
    return cache;
}

void space_cache_free(struct space_cache *cache)
{
    if (!cache)
        return;
    snapshot_slot_release(&cache->slot);
    free(cache);
}

/* Parents are linked once the array no longer moves. */
static bool link_parents(struct arena *arena, struct space_tree *tree, struct space *spaces)
{
    map_init(&tree->by_id, arena);
    for (size_t i = 0; i < tree->len; i++) {
        if (!map_set(&tree->by_id, spaces[i].id, &spaces[i]))
            return false;
    }
    for (size_t i = 0; i < tree->len; i++) {
        if (spaces[i].parent_space.len)
            spaces[i].parent = map_get(&tree->by_id, spaces[i].parent_space);
    }
    return true;
}

static bool read_tree(struct ctx *ctx, struct space_tree *tree)
{
    struct list spaces;
    if (!space_row_list(ctx, &spaces))
        return false;
    tree->spaces = spaces.items;
    tree->len = spaces.len;
    return link_parents(ctx->arena, tree, spaces.items) || fail_no_memory(ctx);
}

static struct snapshot *snapshot_read(struct ctx *ctx, uint64_t version)
{
    struct arena *arena = arena_new(TREE_MAX_BYTES);
    struct space_tree *tree = arena ? ARENA_NEW(arena, struct space_tree) : NULL;
    struct ctx reading = *ctx;
    reading.arena = arena;
    if (!tree || !read_tree(&reading, tree)) {
        arena_free(arena);
        fail_no_memory(ctx);
        return NULL;
    }
    return snapshot_new(arena, tree, version);
}

static void forget(void *data)
{
    account_access_changed(data);
}

/* Ours are forgotten after the commit and not before: what is read in between would be remembered
 * as new. The others hear of it with the commit. */
bool access_changed(struct ctx *ctx)
{
    return db_notify(ctx->session, access_channel, TEXT(""), ctx->error) &&
           db_after_commit(ctx->session, forget, ctx->account, ctx->error);
}

static const struct space_tree *keep(struct ctx *ctx, struct snapshot *snapshot)
{
    if (!snapshot || !snapshot_keep(ctx->arena, snapshot)) {
        fail_no_memory(ctx);
        return NULL;
    }
    return snapshot->data;
}

const struct space_tree *space_tree_read(struct ctx *ctx)
{
    return keep(ctx, snapshot_read(ctx, atomic_load(&ctx->account->access_version)));
}

const struct space_tree *space_tree_get(struct ctx *ctx)
{
    struct snapshot_slot *slot = &ctx->account->spaces->slot;
    /* What this unit has changed, or one that shares its commit, is in no snapshot yet. */
    if (db_awaits_commit(ctx->session, forget))
        return space_tree_read(ctx);
    /* The version first: a change after this line makes the snapshot stale, never wrongly fresh. */
    uint64_t version = atomic_load(&ctx->account->access_version);
    /* A unit that has read already may see rows from before the version it finds here, and what one
     * that writes reads is not committed yet: that is for themselves. */
    bool shareable =
        db_session_mode(ctx->session) == DB_READ && db_statement_count(ctx->session) == 0;
    struct snapshot *snapshot = snapshot_take(slot);
    if (!snapshot || snapshot->version != version) {
        snapshot_drop(snapshot);
        snapshot = snapshot_read(ctx, version);
        if (snapshot && shareable)
            snapshot_publish(slot, snapshot);
    }
    return keep(ctx, snapshot);
}

const struct space *space_tree_find(const struct space_tree *tree, struct text id)
{
    return map_get(&tree->by_id, id);
}

bool space_is_within(const struct space *space, struct text id)
{
    for (; space; space = space->parent) {
        if (text_equal(space->id, id))
            return true;
    }
    return false;
}
