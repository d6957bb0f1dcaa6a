/*
 * Spaces form a tree; a grant in a space holds in everything below it. The tree is read into an
 * immutable snapshot that all threads share; a snapshot that is older than the account's access
 * version is read again by the first unit that needs it.
 *
 * Read by every noun that decides; `space` alone changes it. Whoever has a tree may keep pointers
 * into it for as long as the unit lives, and no longer.
 */
#ifndef ACCESS_SPACE_TREE_H
#define ACCESS_SPACE_TREE_H

#include "base/map.h"
#include "kernel/ctx.h"

struct space {
    struct text id;
    struct text name;
    struct text description;
    struct text parent_space; /* id; empty for root */
    bool inherit_entities;
    struct text_list labels;
    const struct space *parent; /* NULL for root */
};

struct space_tree {
    const struct space *spaces;
    size_t len;
    struct map by_id; /* id -> struct space */
};

/* The id of the space that all others are below. It is always there. */
extern const struct text root_space;

struct space_cache *space_cache_new(void);
void space_cache_free(struct space_cache *cache);

/* The tree as of this unit or newer; a change on another server may take a second to be in it. It
 * lives as long as the unit's arena. NULL on failure. */
const struct space_tree *space_tree_get(struct ctx *ctx);
/* The same from the database, for a writing unit that changes the tree: nothing is missing in it.
 */
const struct space_tree *space_tree_read(struct ctx *ctx);
/* NULL when there is no such space. */
const struct space *space_tree_find(const struct space_tree *tree, struct text id);
/* True when `id` is the space itself or stands above it. */
bool space_is_within(const struct space *space, struct text id);

/* Makes every server read keys, sessions, spaces, roles and bindings again; for units that change
 * one. */
MUST_CHECK bool access_changed(struct ctx *ctx);

#endif
