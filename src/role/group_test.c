/* User groups and their access rules, which are bindings of system roles; the strategy. */
#include "access/access_test_support.h"
#include "role/group.h"
#include "role/strategy.h"

static struct user_group *make(struct kernel_test *test, const char *name,
                               const struct access_rule *rules, size_t count)
{
    struct user_group *group;
    struct user_group_input input = {
        .name = text_z(name), .description = TEXT("people"), .rules = rules, .rules_count = count};
    assert_kept(test, user_group_create(ctx, &input, &group));
    return group;
}

static struct list rules_of(struct kernel_test *test, struct text id)
{
    struct list rules;
    assert_read(test, access_rule_list(ctx, SUBJECT_GROUP, &id, 1, &rules));
    return rules;
}

static void a_rule_is_a_binding_and_other_bindings_are_no_rules(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    test_add_space(test, "other", "root");
    const struct access_rule rules[] = {{.space_id = TEXT("team"), .level = ACCESS_LEVEL_WRITE},
                                        {.space_id = TEXT("other"), .level = ACCESS_LEVEL_READ},
                                        {.space_id = TEXT("other"), .level = ACCESS_LEVEL_READ}};
    struct user_group *group = make(test, "Ops", rules, 3);
    assert_int_equal(group->space_count, 2);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding WHERE subject_kind = "
                                        "'GROUP' AND role_id = '00000000000000000000000002' AND "
                                        "space_id = 'team'"),
                     1);
    struct role_binding *made;
    struct role_binding_input admin = {
        .subject_id = group->id, .role = TEXT("space-admin"), .space_id = TEXT("root")};
    assert_kept(test, role_binding_create(ctx, SUBJECT_GROUP, &admin, &made));
    assert_int_equal(rules_of(test, group->id).len, 2);
    const struct access_rule wanted = {.space_id = TEXT("root"), .level = ACCESS_LEVEL_ADMIN};
    struct user_group_input input = {.rules = &wanted, .rules_count = 0};
    assert_kept(test, user_group_update(ctx, group->id, &input, &group));
    assert_int_equal(rules_of(test, group->id).len, 0);
    assert_int_equal(group->space_count, 1);
    input.rules_count = 1;
    assert_kept(test, user_group_update(ctx, group->id, &input, &group));
    struct list found = rules_of(test, group->id);
    assert_int_equal(found.len, 1);
    assert_int_equal(LIST_ITEMS(&found, struct access_rule)[0].level, ACCESS_LEVEL_ADMIN);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding WHERE subject_kind = "
                                        "'GROUP' AND space_id = 'root'"),
                     1);
}

static void setting_rules_replaces_the_system_roles_alone(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *made;
    test_add_space(test, "team", "root");
    const struct access_rule before[] = {{.space_id = TEXT("team"), .level = ACCESS_LEVEL_WRITE},
                                         {.space_id = TEXT("root"), .level = ACCESS_LEVEL_READ}};
    struct user_group *group = make(test, "Ops", before, 2);
    struct role_binding_input pools = {
        .subject_id = group->id, .role = TEXT("worker-pool-controller"), .space_id = TEXT("root")};
    assert_kept(test, role_binding_create(ctx, SUBJECT_GROUP, &pools, &made));
    struct role_binding_input urgent = {.subject_id = group->id,
                                        .role = TEXT("space-admin"),
                                        .space_id = TEXT("root"),
                                        .expires_at = test->now + 1000,
                                        .reason = TEXT("fire")};
    assert_kept(test, role_binding_grant(ctx, SUBJECT_GROUP, &urgent, &made));
    const struct access_rule after = {.space_id = TEXT("team"), .level = ACCESS_LEVEL_ADMIN};
    struct user_group_input input = {.description = TEXT("new"), .rules = &after, .rules_count = 1};
    assert_kept(test, user_group_update(ctx, group->id, &input, &group));
    assert_text_is(group->description, "new");
    struct list rules = rules_of(test, group->id);
    assert_int_equal(rules.len, 1);
    assert_int_equal(LIST_ITEMS(&rules, struct access_rule)[0].level, ACCESS_LEVEL_ADMIN);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 3);
    input = (struct user_group_input){.description = TEXT("newer"), .keeps_rules = true};
    assert_kept(test, user_group_update(ctx, group->id, &input, &group));
    assert_int_equal(rules_of(test, group->id).len, 1);
}

static void groups_count_the_users_that_are_in_them(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct text_list names;
    make(test, "Ops", NULL, 0);
    make(test, "ops", NULL, 0);
    test_sql(test, "INSERT INTO account_user (id, username, groups, invited_at, invited_by, "
                   "last_login_at) VALUES ('1', 'a', '[\"Ops\",\"Dev\"]', 1, 'x', 70), "
                   "('2', 'b', '[\"Ops\"]', 1, 'x', NULL), ('3', 'c', '[\"Dev\"]', 1, 'x', 90)");
    test_sql(test, "INSERT INTO api_key (id, kind, name, secret_hash, groups, created_by, "
                   "created_at) VALUES ('k', 'SECRET', 'k', '', '[\"Bots\"]', 'x', 1)");
    assert_read(test, user_group_list(ctx, &list));
    assert_int_equal(list.len, 2);
    assert_text_is(LIST_ITEMS(&list, struct user_group)[0].name, "Ops");
    assert_int_equal(LIST_ITEMS(&list, struct user_group)[0].member_count, 2);
    assert_int_equal(LIST_ITEMS(&list, struct user_group)[0].last_login_at, 70);
    assert_int_equal(LIST_ITEMS(&list, struct user_group)[1].member_count, 0);
    assert_int_equal(LIST_ITEMS(&list, struct user_group)[1].last_login_at, 0);
    assert_read(test, user_group_names(ctx, &names));
    assert_int_equal(names.len, 4);
    assert_text_is(names.items[0], "Bots");
    assert_text_is(names.items[3], "ops");
}

static void a_deleted_group_takes_its_bindings_with_it(void **state)
{
    struct kernel_test *test = *state;
    const struct access_rule rule = {.space_id = TEXT("root"), .level = ACCESS_LEVEL_READ};
    struct user_group *group = make(test, "Ops", &rule, 1);
    assert_kept(test, user_group_delete(ctx, group->id, &group));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 0);
    assert_kept(test, user_group_delete(ctx, group->id, &group));
    assert_null(group);
}

static void what_is_wrong_with_a_group_is_said(void **state)
{
    struct kernel_test *test = *state;
    struct user_group *group;
    make(test, "Ops", NULL, 0);
    struct user_group_input input = {.name = TEXT("Ops")};
    assert_refused(test, ERR_CONFLICT, "there is a user group \"Ops\" already",
                   user_group_create(ctx, &input, &group));
    input.name = TEXT("  ");
    assert_refused(test, ERR_INVALID, "needs a name", user_group_create(ctx, &input, &group));
    assert_refused(test, ERR_NOT_FOUND, "user group \"x\" not found",
                   user_group_update(ctx, TEXT("x"), &input, &group));
    const struct access_rule rule = {.space_id = TEXT("nowhere"), .level = ACCESS_LEVEL_READ};
    input = (struct user_group_input){.name = TEXT("New"), .rules = &rule, .rules_count = 1};
    assert_refused(test, ERR_NOT_FOUND, "space \"nowhere\" not found",
                   user_group_create(ctx, &input, &group));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM user_group"), 1);
}

static void groups_belong_to_administrators(void **state)
{
    struct kernel_test *test = *state;
    struct user_group *found, *group = make(test, "Ops", NULL, 0);
    struct user_group_input input = {.name = TEXT("New")};
    struct list list;
    struct text_list names;
    test_add_space(test, "team", "root");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized", user_group_create(ctx, &input, &found));
    assert_refused(test, ERR_DENIED, "unauthorized",
                   user_group_update(ctx, group->id, &input, &found));
    assert_refused(test, ERR_DENIED, "unauthorized", user_group_delete(ctx, group->id, &found));
    assert_read(test, user_group_find(ctx, group->id, &found));
    assert_non_null(found);
    test->actor = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    assert_read(test, user_group_find(ctx, group->id, &found));
    assert_null(found);
    assert_read(test, user_group_list(ctx, &list) && user_group_names(ctx, &names));
    assert_int_equal(list.len + names.len, 0);
}

static void switching_the_strategy_ends_sessions_once(void **state)
{
    struct kernel_test *test = *state;
    enum strategy strategy;
    assert_read(test, strategy_get(ctx, &strategy));
    assert_int_equal(strategy, STRATEGY_USER_MANAGEMENT);
    assert_kept(test, strategy_set(ctx, STRATEGY_USER_MANAGEMENT));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM setting"), 0);
    assert_kept(test, strategy_set(ctx, STRATEGY_LOGIN_POLICIES));
    assert_read(test, strategy_get(ctx, &strategy));
    assert_int_equal(strategy, STRATEGY_LOGIN_POLICIES);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM setting WHERE name = 'session_cut'"),
                     1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'account.set_strategy'"),
                     1);
    test->actor = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    assert_refused(test, ERR_DENIED, "unauthorized", strategy_set(ctx, STRATEGY_USER_MANAGEMENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(a_rule_is_a_binding_and_other_bindings_are_no_rules),
        WITH_SPACES(setting_rules_replaces_the_system_roles_alone),
        WITH_SPACES(groups_count_the_users_that_are_in_them),
        WITH_SPACES(a_deleted_group_takes_its_bindings_with_it),
        WITH_SPACES(what_is_wrong_with_a_group_is_said),
        WITH_SPACES(groups_belong_to_administrators),
        WITH_SPACES(switching_the_strategy_ends_sessions_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
