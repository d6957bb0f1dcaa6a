/* Users. */
#include "doors/spacelift/access_rule_view.h"
#include "identity/user.h"

bool spacelift_Query_managedUser(struct graphql_call *call,
                                 const struct spacelift_Query_managedUser_args *args)
{
    struct user *user;
    if (!user_find(resolver_ctx(call), args->id, &user))
        return false;
    spacelift_Query_managedUser_give(call, 0, user);
    return true;
}

bool spacelift_Query_managedUsers(struct graphql_call *call)
{
    struct list users;
    if (!user_list(resolver_ctx(call), &users))
        return false;
    spacelift_Query_managedUsers_give_array(call, 0, users.items, users.len);
    return true;
}

bool spacelift_Mutation_managedUserInvite(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserInvite_args *args)
{
    const struct spacelift_ManagedUserInviteInput *input = args->input;
    const struct access_rule *rules = access_rules_given(call, input->access_rules);
    struct user *user;
    if (!rules || !user_invite(resolver_ctx(call),
                               &(struct user_invitation){.username = input->username,
                                                         .email = input->invitation_email,
                                                         .is_owner = input->owner,
                                                         .rules = rules,
                                                         .rules_count = input->access_rules.len},
                               &user))
        return false;
    spacelift_Mutation_managedUserInvite_give(call, 0, user);
    return true;
}

bool spacelift_Mutation_managedUserResendInvite(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserResendInvite_args *args)
{
    struct user *user;
    if (!user_invite_again(resolver_ctx(call), args->id, &user))
        return false;
    spacelift_Mutation_managedUserResendInvite_give(call, 0, user);
    return true;
}

bool spacelift_Mutation_managedUserUpdate(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserUpdate_args *args)
{
    const struct spacelift_ManagedUserUpdateInput *input = args->input;
    const struct access_rule *rules = access_rules_given(call, input->access_rules);
    struct user *user;
    if (!rules || !user_update(resolver_ctx(call), input->id,
                               &(struct user_update){
                                   .sets_disabled = input->given.disabled == GRAPHQL_GIVEN,
                                   .is_disabled = input->disabled,
                                   .sets_owner = input->given.owner == GRAPHQL_GIVEN,
                                   .is_owner = input->owner,
                                   .sets_rules = input->given.access_rules == GRAPHQL_GIVEN,
                                   .rules = rules,
                                   .rules_count = input->access_rules.len,
                               },
                               &user))
        return false;
    spacelift_Mutation_managedUserUpdate_give(call, 0, user);
    return true;
}

bool spacelift_Mutation_managedUserDelete(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserDelete_args *args)
{
    struct user *user;
    if (!user_delete(resolver_ctx(call), args->id, &user))
        return false;
    spacelift_Mutation_managedUserDelete_give(call, 0, user);
    return true;
}

bool spacelift_Mutation_managedUserPasswordSet(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserPasswordSet_args *args)
{
    struct user *user;
    if (!user_set_password(resolver_ctx(call), args->id, args->password, &user))
        return false;
    spacelift_Mutation_managedUserPasswordSet_give(call, 0, user);
    return true;
}

bool spacelift_ManagedUser_groupCount(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ManagedUser_groupCount_give(
            call, i, (int64_t)spacelift_ManagedUser_parent(call, i)->groups.len);
    return true;
}

bool spacelift_ManagedUser_status(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ManagedUser_status_give(
            call, i, text_z(user_status_name(spacelift_ManagedUser_parent(call, i)->status)));
    return true;
}

bool spacelift_ManagedUser_accessRules(struct graphql_call *call)
{
    const struct access_rule_view *views =
        access_rule_views(call, SUBJECT_USER, RESOLVER_TEXTS(call, struct user, id));
    for (size_t i = 0; views && i < call->count; i++)
        spacelift_ManagedUser_accessRules_give(call, i, views[i].rules, views[i].count);
    return views != NULL;
}

bool spacelift_UserRoleBinding_user(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct role_binding, subject_id);
    const struct user **users = ARENA_ARRAY(call->arena, const struct user *, call->count);
    if (!ids || !users)
        return error_set_no_memory(call->error);
    if (!user_find_many(resolver_ctx(call), ids, call->count, users))
        return false;
    for (size_t i = 0; i < call->count; i++)
        spacelift_UserRoleBinding_user_give(call, i, users[i]);
    return true;
}
