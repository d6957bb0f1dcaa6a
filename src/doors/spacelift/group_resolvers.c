/* User groups. */
#include "doors/spacelift/access_rule_view.h"
#include "role/group.h"

bool spacelift_Query_managedUserGroup(struct graphql_call *call,
                                      const struct spacelift_Query_managedUserGroup_args *args)
{
    struct user_group *group;
    if (!user_group_find(resolver_ctx(call), args->id, &group))
        return false;
    spacelift_Query_managedUserGroup_give(call, 0, group);
    return true;
}

bool spacelift_Query_managedUserGroups(struct graphql_call *call)
{
    struct list groups;
    if (!user_group_list(resolver_ctx(call), &groups))
        return false;
    spacelift_Query_managedUserGroups_give_array(call, 0, groups.items, groups.len);
    return true;
}

bool spacelift_Query_availableUserGroups(struct graphql_call *call)
{
    struct text_list names;
    if (!user_group_names(resolver_ctx(call), &names))
        return false;
    spacelift_Query_availableUserGroups_give(call, 0, names);
    return true;
}

bool spacelift_Mutation_managedUserGroupCreate(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserGroupCreate_args *args)
{
    const struct spacelift_ManagedUserGroupCreateInput *input = args->input;
    const struct access_rule *rules = access_rules_given(call, input->access_rules);
    struct user_group *group;
    if (!rules ||
        !user_group_create(resolver_ctx(call),
                           &(struct user_group_input){.name = input->group_name,
                                                      .description = input->description,
                                                      .rules = rules,
                                                      .rules_count = input->access_rules.len},
                           &group))
        return false;
    spacelift_Mutation_managedUserGroupCreate_give(call, 0, group);
    return true;
}

bool spacelift_Mutation_managedUserGroupUpdate(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserGroupUpdate_args *args)
{
    const struct spacelift_ManagedUserGroupUpdateInput *input = args->input;
    const struct access_rule *rules = access_rules_given(call, input->access_rules);
    bool is_given = input->given.access_rules == GRAPHQL_GIVEN;
    struct user_group *group;
    if (!rules ||
        !user_group_update(resolver_ctx(call), input->id,
                           &(struct user_group_input){.description = input->description,
                                                      .rules = rules,
                                                      .rules_count = input->access_rules.len,
                                                      .keeps_rules = !is_given},
                           &group))
        return false;
    spacelift_Mutation_managedUserGroupUpdate_give(call, 0, group);
    return true;
}

bool spacelift_Mutation_managedUserGroupDelete(
    struct graphql_call *call, const struct spacelift_Mutation_managedUserGroupDelete_args *args)
{
    struct user_group *group;
    if (!user_group_delete(resolver_ctx(call), args->id, &group))
        return false;
    spacelift_Mutation_managedUserGroupDelete_give(call, 0, group);
    return true;
}

bool spacelift_ManagedUserGroup_accessRules(struct graphql_call *call)
{
    const struct access_rule_view *views =
        access_rule_views(call, SUBJECT_GROUP, RESOLVER_TEXTS(call, struct user_group, id));
    for (size_t i = 0; views && i < call->count; i++)
        spacelift_ManagedUserGroup_accessRules_give(call, i, views[i].rules, views[i].count);
    return views != NULL;
}
