/* Roles as levels, for clients that know nothing finer. */
#include "role/role.h"

enum access_level role_level(const struct role *role)
{
    struct action_set set = {{0}};
    for (size_t i = 0; i < role->actions_count; i++)
        action_set_add(&set, role->actions[i]);
    return action_set_level(&set);
}
