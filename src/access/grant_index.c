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

static bool append(struct arena *arena, struct space_grants *there, const struct grant *grant,
                   const struct action_set *allowed)
{
    struct granted *granted = ARENA_NEW(arena, struct granted);
    if (!granted)
        return false;
    *granted = (struct granted){.grant = grant, .allowed = *allowed};
    if (there->last)
        there->last->next = granted;
    else
        there->first = granted;
    there->last = granted;
    return true;
}

static bool add(struct arena *arena, struct grant_index *index, const struct grant *grant)
{
    /* From below comes the right to see a space, not what the level of readers adds to it. */
    bool is_local = grant->source == GRANT_BELOW;
    struct action_set allowed = is_local ? grant->actions : action_set_expand(&grant->actions);
    struct space_grants *there = grants_in(arena, index, grant->space_id);
    if (!there)
        return false;
    action_set_merge(&index->held, &allowed);
    bool is_new = action_set_merge(is_local ? &there->local : &there->inherited, &allowed);
    return !is_new || append(arena, there, grant, &allowed);
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
