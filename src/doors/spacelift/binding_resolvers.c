/* Role bindings of the four kinds of subjects. */
#include "doors/spacelift/resolver.h"
#include "role/binding.h"

static struct role_binding_input input_of(struct text subject_id, struct text role,
                                          struct text space)
{
    return (struct role_binding_input){.subject_id = subject_id, .role = role, .space_id = space};
}

/* The four kinds differ in the name of the subject's id alone, which is part of a type's name. */
#define READ_BATCH(call, bindings, member, out)                                                    \
    do {                                                                                           \
        (out) = ARENA_ARRAY((call)->arena, struct role_binding_input, (bindings).len);             \
        if (!(out))                                                                                \
            return error_set_no_memory((call)->error);                                             \
        for (size_t i = 0; i < (bindings).len; i++)                                                \
            (out)[i] = input_of((bindings).items[i].member, (bindings).items[i].role_id,           \
                                (bindings).items[i].space_id);                                     \
    } while (0)

bool spacelift_Query_apiKeyRoleBinding(struct graphql_call *call,
                                       const struct spacelift_Query_apiKeyRoleBinding_args *args)
{
    struct role_binding *binding;
    if (!role_binding_find(resolver_ctx(call), SUBJECT_API_KEY, args->id, &binding))
        return false;
    spacelift_Query_apiKeyRoleBinding_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_apiKeyRoleBindingCreate(
    struct graphql_call *call, const struct spacelift_Mutation_apiKeyRoleBindingCreate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->api_key_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_create(resolver_ctx(call), SUBJECT_API_KEY, &input, &binding))
        return false;
    spacelift_Mutation_apiKeyRoleBindingCreate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_apiKeyRoleBindingBatchCreate(
    struct graphql_call *call,
    const struct spacelift_Mutation_apiKeyRoleBindingBatchCreate_args *args)
{
    struct role_binding_input *inputs;
    struct list made;
    READ_BATCH(call, args->input->bindings, api_key_id, inputs);
    if (!role_binding_create_many(resolver_ctx(call), SUBJECT_API_KEY, inputs,
                                  args->input->bindings.len, &made))
        return false;
    spacelift_Mutation_apiKeyRoleBindingBatchCreate_give_array(call, 0, made.items, made.len);
    return true;
}

bool spacelift_Mutation_apiKeyRoleBindingUpdate(
    struct graphql_call *call, const struct spacelift_Mutation_apiKeyRoleBindingUpdate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->api_key_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_update(resolver_ctx(call), SUBJECT_API_KEY, args->id, &input, &binding))
        return false;
    spacelift_Mutation_apiKeyRoleBindingUpdate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_apiKeyRoleBindingDelete(
    struct graphql_call *call, const struct spacelift_Mutation_apiKeyRoleBindingDelete_args *args)
{
    struct role_binding *binding;
    if (!role_binding_delete(resolver_ctx(call), SUBJECT_API_KEY, args->id, &binding))
        return false;
    spacelift_Mutation_apiKeyRoleBindingDelete_give(call, 0, binding);
    return true;
}

bool spacelift_Query_stackRoleBinding(struct graphql_call *call,
                                      const struct spacelift_Query_stackRoleBinding_args *args)
{
    struct role_binding *binding;
    if (!role_binding_find(resolver_ctx(call), SUBJECT_STACK, args->id, &binding))
        return false;
    spacelift_Query_stackRoleBinding_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_stackRoleBindingCreate(
    struct graphql_call *call, const struct spacelift_Mutation_stackRoleBindingCreate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->stack_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_create(resolver_ctx(call), SUBJECT_STACK, &input, &binding))
        return false;
    spacelift_Mutation_stackRoleBindingCreate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_stackRoleBindingBatchCreate(
    struct graphql_call *call,
    const struct spacelift_Mutation_stackRoleBindingBatchCreate_args *args)
{
    struct role_binding_input *inputs;
    struct list made;
    READ_BATCH(call, args->input->bindings, stack_id, inputs);
    if (!role_binding_create_many(resolver_ctx(call), SUBJECT_STACK, inputs,
                                  args->input->bindings.len, &made))
        return false;
    spacelift_Mutation_stackRoleBindingBatchCreate_give_array(call, 0, made.items, made.len);
    return true;
}

bool spacelift_Mutation_stackRoleBindingUpdate(
    struct graphql_call *call, const struct spacelift_Mutation_stackRoleBindingUpdate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->stack_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_update(resolver_ctx(call), SUBJECT_STACK, args->id, &input, &binding))
        return false;
    spacelift_Mutation_stackRoleBindingUpdate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_stackRoleBindingDelete(
    struct graphql_call *call, const struct spacelift_Mutation_stackRoleBindingDelete_args *args)
{
    struct role_binding *binding;
    if (!role_binding_delete(resolver_ctx(call), SUBJECT_STACK, args->id, &binding))
        return false;
    spacelift_Mutation_stackRoleBindingDelete_give(call, 0, binding);
    return true;
}

bool spacelift_Query_userRoleBinding(struct graphql_call *call,
                                     const struct spacelift_Query_userRoleBinding_args *args)
{
    struct role_binding *binding;
    if (!role_binding_find(resolver_ctx(call), SUBJECT_USER, args->id, &binding))
        return false;
    spacelift_Query_userRoleBinding_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userRoleBindingCreate(
    struct graphql_call *call, const struct spacelift_Mutation_userRoleBindingCreate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->user_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_create(resolver_ctx(call), SUBJECT_USER, &input, &binding))
        return false;
    spacelift_Mutation_userRoleBindingCreate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userRoleBindingBatchCreate(
    struct graphql_call *call,
    const struct spacelift_Mutation_userRoleBindingBatchCreate_args *args)
{
    struct role_binding_input *inputs;
    struct list made;
    READ_BATCH(call, args->input->bindings, user_id, inputs);
    if (!role_binding_create_many(resolver_ctx(call), SUBJECT_USER, inputs,
                                  args->input->bindings.len, &made))
        return false;
    spacelift_Mutation_userRoleBindingBatchCreate_give_array(call, 0, made.items, made.len);
    return true;
}

bool spacelift_Mutation_userRoleBindingUpdate(
    struct graphql_call *call, const struct spacelift_Mutation_userRoleBindingUpdate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->user_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_update(resolver_ctx(call), SUBJECT_USER, args->id, &input, &binding))
        return false;
    spacelift_Mutation_userRoleBindingUpdate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userRoleBindingDelete(
    struct graphql_call *call, const struct spacelift_Mutation_userRoleBindingDelete_args *args)
{
    struct role_binding *binding;
    if (!role_binding_delete(resolver_ctx(call), SUBJECT_USER, args->id, &binding))
        return false;
    spacelift_Mutation_userRoleBindingDelete_give(call, 0, binding);
    return true;
}

bool spacelift_Query_userGroupRoleBinding(
    struct graphql_call *call, const struct spacelift_Query_userGroupRoleBinding_args *args)
{
    struct role_binding *binding;
    if (!role_binding_find(resolver_ctx(call), SUBJECT_GROUP, args->id, &binding))
        return false;
    spacelift_Query_userGroupRoleBinding_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userGroupRoleBindingCreate(
    struct graphql_call *call,
    const struct spacelift_Mutation_userGroupRoleBindingCreate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->user_group_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_create(resolver_ctx(call), SUBJECT_GROUP, &input, &binding))
        return false;
    spacelift_Mutation_userGroupRoleBindingCreate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userGroupRoleBindingBatchCreate(
    struct graphql_call *call,
    const struct spacelift_Mutation_userGroupRoleBindingBatchCreate_args *args)
{
    struct role_binding_input *inputs;
    struct list made;
    READ_BATCH(call, args->input->bindings, user_group_id, inputs);
    if (!role_binding_create_many(resolver_ctx(call), SUBJECT_GROUP, inputs,
                                  args->input->bindings.len, &made))
        return false;
    spacelift_Mutation_userGroupRoleBindingBatchCreate_give_array(call, 0, made.items, made.len);
    return true;
}

bool spacelift_Mutation_userGroupRoleBindingUpdate(
    struct graphql_call *call,
    const struct spacelift_Mutation_userGroupRoleBindingUpdate_args *args)
{
    const struct role_binding_input input =
        input_of(args->input->user_group_id, args->input->role_id, args->input->space_id);
    struct role_binding *binding;
    if (!role_binding_update(resolver_ctx(call), SUBJECT_GROUP, args->id, &input, &binding))
        return false;
    spacelift_Mutation_userGroupRoleBindingUpdate_give(call, 0, binding);
    return true;
}

bool spacelift_Mutation_userGroupRoleBindingDelete(
    struct graphql_call *call,
    const struct spacelift_Mutation_userGroupRoleBindingDelete_args *args)
{
    struct role_binding *binding;
    if (!role_binding_delete(resolver_ctx(call), SUBJECT_GROUP, args->id, &binding))
        return false;
    spacelift_Mutation_userGroupRoleBindingDelete_give(call, 0, binding);
    return true;
}
