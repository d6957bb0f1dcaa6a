/* Roles. */
#include "doors/spacelift/resolver.h"
#include "role/role.h"

bool spacelift_Query_role(struct graphql_call *call, const struct spacelift_Query_role_args *args)
{
    struct role *role;
    if (!role_find(resolver_ctx(call), args->id, &role))
        return false;
    spacelift_Query_role_give(call, 0, role);
    return true;
}

bool spacelift_Query_roles(struct graphql_call *call)
{
    struct list roles;
    if (!role_list(resolver_ctx(call), &roles))
        return false;
    spacelift_Query_roles_give_array(call, 0, roles.items, roles.len);
    return true;
}

bool spacelift_Mutation_roleCreate(struct graphql_call *call,
                                   const struct spacelift_Mutation_roleCreate_args *args)
{
    const struct spacelift_RoleInput *input = args->input;
    struct role *role;
    if (!role_create(resolver_ctx(call),
                     &(struct role_input){.name = input->name,
                                          .description = input->description,
                                          .actions = input->actions.items,
                                          .actions_count = input->actions.len},
                     &role))
        return false;
    spacelift_Mutation_roleCreate_give(call, 0, role);
    return true;
}

bool spacelift_Mutation_roleUpdate(struct graphql_call *call,
                                   const struct spacelift_Mutation_roleUpdate_args *args)
{
    const struct spacelift_RoleUpdateInput *input = args->input;
    bool is_capital = input->given.capital_actions == GRAPHQL_GIVEN;
    struct spacelift_Action_list actions = is_capital ? input->capital_actions : input->actions;
    bool has_description = input->given.description == GRAPHQL_GIVEN;
    struct role *role;
    if (!role_update(
            resolver_ctx(call), args->id,
            &(struct role_input){
                .name = input->given.name == GRAPHQL_GIVEN ? input->name : (struct text){NULL, 0},
                .description = has_description ? input->description : (struct text){NULL, 0},
                .actions = actions.items,
                .actions_count = actions.len,
                .keeps_actions = !is_capital && input->given.actions != GRAPHQL_GIVEN},
            &role))
        return false;
    spacelift_Mutation_roleUpdate_give(call, 0, role);
    return true;
}

bool spacelift_Mutation_roleDelete(struct graphql_call *call,
                                   const struct spacelift_Mutation_roleDelete_args *args)
{
    struct role *role;
    if (!role_delete(resolver_ctx(call), args->id, &role))
        return false;
    spacelift_Mutation_roleDelete_give(call, 0, role);
    return true;
}
