/* Roles as levels, for clients that know nothing finer. */
#include "access/role.h"

static const char *const levels[] = {[ACCESS_LEVEL_NONE] = "",
                                     [ACCESS_LEVEL_READ] = "READ",
                                     [ACCESS_LEVEL_WRITE] = "WRITE",
                                     [ACCESS_LEVEL_ADMIN] = "ADMIN"};

const char *access_level_name(enum access_level level)
{
    return levels[level];
}

static enum access_level level_of_set(const struct action_set *set)
{
    if (action_set_has(set, ACTION_SPACE_ADMIN))
        return ACCESS_LEVEL_ADMIN;
    if (action_set_has(set, ACTION_SPACE_WRITE))
        return ACCESS_LEVEL_WRITE;
    return action_set_has(set, ACTION_SPACE_READ) ? ACCESS_LEVEL_READ : ACCESS_LEVEL_NONE;
}

enum access_level role_level(const struct role *role)
{
    struct action_set set = {{0}};
    for (size_t i = 0; i < role->actions_count; i++)
        action_set_add(&set, role->actions[i]);
    return level_of_set(&set);
}

enum access_level access_level_of(const struct visibility *visibility, struct text space_id)
{
    if (visibility->actor->kind == ACTOR_SYSTEM)
        return ACCESS_LEVEL_ADMIN;
    const struct space *space = space_tree_find(visibility->tree, space_id);
    enum access_level best = ACCESS_LEVEL_NONE;
    for (size_t i = 0; i < visibility->actor->grant_count; i++) {
        const struct grant *grant = &visibility->actor->grants[i];
        enum access_level level = level_of_set(&grant->actions);
        if (level > best && space_is_within(space, grant->space_id))
            best = level;
    }
    return best;
}
