/* From an array of grants to a map by space. */
#include "access/grant_index.h"

static struct space_grants *grants_in(struct arena *arena, struct grant_index *index,
                                      struct text space_id)
{
    struct space_grants *there = map_get(&index->spaces, space_id);
    if (there)
        return there;
    there = ARENA_NEW(arena, struct space_grants);
    return there && map_set(&index->spaces, space_id, there) ? there : NULL;
}

/* Room is doubled whenever the count reaches a power of two. Most spaces have one grant. */
static bool append(struct arena *arena, struct space_grants *there, const struct granted *granted)
{
    size_t count = there->granted_count;
    if ((count & (count - 1)) == 0) {
        size_t size = count ? 2 * count : 1;
        struct granted *grown =
            arena_grow(arena, there->granted, count * sizeof(*granted), size * sizeof(*granted));
        if (!grown)
            return false;
        there->granted = grown;
    }
    there->granted[there->granted_count++] = *granted;
    return true;
}

static bool add(struct arena *arena, struct grant_index *index, const struct grant *grant)
{
    /* From below comes the right to see a space, not what the level of readers adds to it. */
    bool is_local = grant->source == GRANT_BELOW;
    struct granted granted = {grant, is_local ? grant->actions : action_set_expand(&grant->actions),
                              is_local};
    struct space_grants *there = grants_in(arena, index, grant->space_id);
    if (!there)
        return false;
    action_set_merge(&index->held, &granted.allowed);
    bool is_new = action_set_merge(is_local ? &there->local : &there->inherited, &granted.allowed);
    return !is_new || append(arena, there, &granted);
}

const struct grant_index *grant_index_new(struct arena *arena, const struct grant *grants,
                                          size_t count)
{
    struct grant_index *index = ARENA_NEW(arena, struct grant_index);
    if (!index)
        return NULL;
    map_init(&index->spaces, arena);
    for (size_t i = 0; i < count; i++) {
        if (!add(arena, index, &grants[i]))
            return NULL;
    }
    return index;
}

const struct space_grants *grant_index_in(const struct grant_index *index, struct text space_id)
{
    return map_get(&index->spaces, space_id);
}
