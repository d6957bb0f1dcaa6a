/* The shared snapshot of the space tree. */
#include "access/space_tree.h"

#include "base/list.h"
#include "kernel/snapshot.h"

#include <stdlib.h>

enum { TREE_MAX_BYTES = 64 << 20 };

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

static const struct db_statement select_spaces = DB_STATEMENT(
    "select_spaces", "SELECT id, name, description, parent_id, inherit_entities, labels FROM space "
                     "ORDER BY id");

static void read_space(struct ctx *ctx, const struct db_rows *rows, struct space *space)
{
    struct arena *arena = ctx->arena;
    *space = (struct space){
        .id = db_column_text(rows, 0, arena),
        .name = db_column_text(rows, 1, arena),
        .description = db_column_text(rows, 2, arena),
        .parent_space = db_column_text(rows, 3, arena),
        .inherit_entities = db_column_bool(rows, 4),
        .labels = ctx_parse_texts(ctx, db_column_text(rows, 5, arena)),
    };
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
    struct db_rows rows;
    struct list spaces;
    list_init(&spaces, ctx->arena, sizeof(struct space));
    if (!ctx_query(ctx, &select_spaces, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct space *space = list_push(&spaces);
        if (space)
            read_space(ctx, &rows, space);
    }
    if (!db_end(&rows))
        return false;
    tree->spaces = spaces.items;
    tree->len = spaces.len;
    if (arena_failed(ctx->arena) || !link_parents(ctx->arena, tree, spaces.items))
        return fail_no_memory(ctx);
    return true;
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

const struct space_tree *space_tree_get(struct ctx *ctx)
{
    struct snapshot_slot *slot = &ctx->account->spaces->slot;
    /* The version first: a change after this line makes the snapshot stale, never wrongly fresh. */
    uint64_t version = atomic_load(&ctx->account->access_version);
    struct snapshot *snapshot = snapshot_take(slot);
    /* A writing unit may have changed the tree itself and not committed yet: it reads its own copy.
     */
    bool writing = db_session_mode(ctx->session) == DB_WRITE;
    if (!snapshot || snapshot->version != version || writing) {
        snapshot_drop(snapshot);
        snapshot = snapshot_read(ctx, version);
        if (snapshot && !writing)
            snapshot_publish(slot, snapshot);
    }
    if (!snapshot || !snapshot_keep(ctx->arena, snapshot)) {
        fail_no_memory(ctx);
        return NULL;
    }
    return snapshot->data;
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

static void forget(void *data)
{
    account_access_changed(data);
}

bool access_changed(struct ctx *ctx)
{
    return db_notify(ctx->session, access_channel, TEXT(""), ctx->error) &&
           db_after_commit(ctx->session, forget, ctx->account, ctx->error);
}
