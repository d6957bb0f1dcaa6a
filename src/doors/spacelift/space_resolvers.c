/* Spaces. */
#include "doors/spacelift/resolver.h"
#include "space/space.h"

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

static struct space_input read_input(const struct spacelift_SpaceInput *input)
{
    return (struct space_input){.name = input->name,
                                .description = input->description,
                                .parent_space = input->parent_space,
                                .labels = input->labels,
                                .inherit_entities = input->inherit_entities};
}

bool spacelift_Mutation_spaceCreate(struct graphql_call *call,
                                    const struct spacelift_Mutation_spaceCreate_args *args)
{
    const struct space_input input = read_input(args->input);
    const struct space *space;
    if (!space_create(resolver_ctx(call), &input, &space))
        return false;
    spacelift_Mutation_spaceCreate_give(call, 0, space);
    return true;
}

bool spacelift_Mutation_spaceUpdate(struct graphql_call *call,
                                    const struct spacelift_Mutation_spaceUpdate_args *args)
{
    const struct space_input input = read_input(args->input);
    const struct space *space;
    if (!space_update(resolver_ctx(call), args->space, &input, &space))
        return false;
    spacelift_Mutation_spaceUpdate_give(call, 0, space);
    return true;
}

bool spacelift_Mutation_spaceDelete(struct graphql_call *call,
                                    const struct spacelift_Mutation_spaceDelete_args *args)
{
    const struct space *space;
    if (!space_delete(resolver_ctx(call), args->space, &space))
        return false;
    spacelift_Mutation_spaceDelete_give(call, 0, space);
    return true;
}

bool spacelift_Query_spaceNonRootManagersEnabled(struct graphql_call *call)
{
    bool enabled;
    if (!space_managers_get(resolver_ctx(call), &enabled))
        return false;
    spacelift_Query_spaceNonRootManagersEnabled_give(call, 0, enabled);
    return true;
}

bool spacelift_Mutation_spaceEnableNonRootManagers(
    struct graphql_call *call,
    const struct spacelift_Mutation_spaceEnableNonRootManagers_args *args)
{
    if (!space_managers_set(resolver_ctx(call), args->enable))
        return false;
    spacelift_Mutation_spaceEnableNonRootManagers_give(call, 0, args->enable);
    return true;
}
