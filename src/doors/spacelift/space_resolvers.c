/* Spaces. */
#include "doors/spacelift/resolver.h"
#include "role/role.h"

bool spacelift_Query_space(struct graphql_call *call, const struct spacelift_Query_space_args *args)
{
    struct visibility visibility;
    if (!visibility_get(resolver_ctx(call), &visibility))
        return false;
    if (visibility_of(&visibility, args->id))
        spacelift_Query_space_give(call, 0, space_tree_find(visibility.tree, args->id));
    return true;
}

bool spacelift_Query_spaces(struct graphql_call *call)
{
    struct visibility visibility;
    if (!visibility_get(resolver_ctx(call), &visibility))
        return false;
    const struct space_tree *tree = visibility.tree;
    const struct space **spaces = ARENA_ARRAY(call->arena, const struct space *, tree->len);
    if (!spaces)
        return error_set_no_memory(call->error);
    size_t count = 0;
    for (size_t i = 0; i < tree->len; i++) {
        if (visibility_of(&visibility, tree->spaces[i].id))
            spaces[count++] = &tree->spaces[i];
    }
    spacelift_Query_spaces_give(call, 0, spaces, count);
    return true;
}

bool spacelift_Space_accessLevel(struct graphql_call *call)
{
    struct visibility visibility;
    if (!visibility_get(resolver_ctx(call), &visibility))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        enum access_level level = access_level_of(&visibility, spacelift_Space_parent(call, i)->id);
        spacelift_Space_accessLevel_give(call, i, text_z(access_level_name(level)));
    }
    return true;
}

bool spacelift_Space_parentSpace(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        struct text parent = spacelift_Space_parent(call, i)->parent_space;
        if (parent.len)
            spacelift_Space_parentSpace_give(call, i, parent);
    }
    return true;
}
