/* Roles, spaces and subjects of role bindings, and grants that end. */
#include "base/clock.h"
#include "doors/spacelift/resolver.h"
#include "role/binding.h"
#include "role/group.h"
#include "stack/stack.h"

/* The role of each parent, all of them struct role_binding. NULL on failure. */
static const struct role **roles_of(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct role_binding, role_id);
    const struct role **roles = ARENA_ARRAY(call->arena, const struct role *, call->count);
    if (!ids || !roles) {
        error_set_no_memory(call->error);
        return NULL;
    }
    return role_find_many(resolver_ctx(call), ids, call->count, roles) ? roles : NULL;
}

bool spacelift_ApiKeyRoleBinding_role(struct graphql_call *call)
{
    const struct role **roles = roles_of(call);
    for (size_t i = 0; roles && i < call->count; i++)
        spacelift_ApiKeyRoleBinding_role_give(call, i, roles[i]);
    return roles != NULL;
}

bool spacelift_StackRoleBinding_role(struct graphql_call *call)
{
    const struct role **roles = roles_of(call);
    for (size_t i = 0; roles && i < call->count; i++)
        spacelift_StackRoleBinding_role_give(call, i, roles[i]);
    return roles != NULL;
}

bool spacelift_UserRoleBinding_role(struct graphql_call *call)
{
    const struct role **roles = roles_of(call);
    for (size_t i = 0; roles && i < call->count; i++)
        spacelift_UserRoleBinding_role_give(call, i, roles[i]);
    return roles != NULL;
}

bool spacelift_AccessGrant_role(struct graphql_call *call)
{
    const struct role **roles = roles_of(call);
    for (size_t i = 0; roles && i < call->count; i++)
        spacelift_AccessGrant_role_give(call, i, roles[i]);
    return roles != NULL;
}

bool spacelift_StackRoleBinding_space(struct graphql_call *call)
{
    const struct space_tree *tree = space_tree_get(resolver_ctx(call));
    for (size_t i = 0; tree && i < call->count; i++)
        spacelift_StackRoleBinding_space_give(
            call, i, space_tree_find(tree, spacelift_StackRoleBinding_parent(call, i)->space_id));
    return tree != NULL;
}

bool spacelift_StackRoleBinding_stackName(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct role_binding, subject_id);
    const struct stack **stacks = ARENA_ARRAY(call->arena, const struct stack *, call->count);
    if (!ids || !stacks)
        return error_set_no_memory(call->error);
    if (!stack_find_many(resolver_ctx(call), ids, call->count, stacks))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        if (stacks[i])
            spacelift_StackRoleBinding_stackName_give(call, i, stacks[i]->name);
    }
    return true;
}

bool spacelift_UserGroupRoleBinding_userGroup(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct role_binding, subject_id);
    const struct user_group **groups =
        ARENA_ARRAY(call->arena, const struct user_group *, call->count);
    if (!ids || !groups)
        return error_set_no_memory(call->error);
    if (!user_group_find_many(resolver_ctx(call), ids, call->count, groups))
        return false;
    for (size_t i = 0; i < call->count; i++)
        spacelift_UserGroupRoleBinding_userGroup_give(call, i, groups[i]);
    return true;
}

bool spacelift_Query_accessGrants(struct graphql_call *call)
{
    struct list grants;
    if (!role_binding_list_grants(resolver_ctx(call), &grants))
        return false;
    spacelift_Query_accessGrants_give_array(call, 0, grants.items, grants.len);
    return true;
}

bool spacelift_Mutation_accessGrant(struct graphql_call *call,
                                    const struct spacelift_Mutation_accessGrant_args *args)
{
    const struct spacelift_AccessGrantInput *input = args->input;
    struct ctx *ctx = resolver_ctx(call);
    struct role_binding *binding;
    if (!role_binding_grant(ctx, input->subject_type,
                            &(struct role_binding_input){
                                .subject_id = input->subject,
                                .role = input->role,
                                .space_id = input->space,
                                .reason = input->reason,
                                .expires_at = ctx->now + input->duration_seconds * CLOCK_SECOND},
                            &binding))
        return false;
    spacelift_Mutation_accessGrant_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_accessRevoke(struct graphql_call *call,
                                     const struct spacelift_Mutation_accessRevoke_args *args)
{
    struct role_binding *binding;
    if (!role_binding_delete_any(resolver_ctx(call), args->id, &binding))
        return false;
    spacelift_Mutation_accessRevoke_give(call, 0, binding);
    return true;
}
