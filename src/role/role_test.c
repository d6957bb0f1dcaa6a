/* Roles as values: the system roles, bindings, and the level a role amounts to. */
#include "access/access_test_support.h"
#include "role/role.h"

static void system_roles_come_with_the_database(void **state)
{
    struct kernel_test *test = *state;
    const struct text ids[] = {TEXT("00000000000000000000000003"), TEXT("nothing"),
                               TEXT("00000000000000000000000001")};
    const struct role *roles[3];
    assert_read(test, role_find_many(ctx, ids, 3, roles));
    assert_text_is(roles[0]->slug, "space-admin");
    assert_true(roles[0]->is_system);
    assert_int_equal(roles[0]->actions_count, 1);
    assert_int_equal(roles[0]->actions[0], ACTION_SPACE_ADMIN);
    assert_int_equal(roles[0]->role_bindings_count, 0);
    assert_null(roles[1]);
    assert_text_is(roles[2]->name, "Space Reader");
    assert_int_equal(role_level(roles[0]), ACCESS_LEVEL_ADMIN);
    assert_int_equal(role_level(roles[2]), ACCESS_LEVEL_READ);
}

static void actions_that_nobody_knows_are_left_out(void **state)
{
    struct kernel_test *test = *state;
    const struct text id = TEXT("custom");
    const struct role *role;
    test_sql(test, "INSERT INTO role (id, slug, name, actions, created_at) VALUES ('custom', 'c', "
                   "'C', '[\"NEW_THING\",\"RUN_CONFIRM\",\"space:write\"]', 1)");
    assert_read(test, role_find_many(ctx, &id, 1, &role));
    assert_int_equal(role->actions_count, 2);
    assert_int_equal(role->actions[0], ACTION_RUN_CONFIRM);
    assert_false(role->is_system);
    assert_int_equal(role_level(role), ACCESS_LEVEL_WRITE);
}

static void bindings_are_listed_key_by_key(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    const struct text keys[] = {TEXT("b"), TEXT("a"), TEXT("none")};
    test_sql(test, "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
                   "created_at, created_by) VALUES "
                   "('1', 'API_KEY', 'b', '00000000000000000000000001', 'root', 1, 'x'), "
                   "('2', 'API_KEY', 'a', '00000000000000000000000001', 'root', 1, 'x'), "
                   "('3', 'GROUP', 'a', '00000000000000000000000003', 'root', 1, 'x'), "
                   "('4', 'API_KEY', 'c', '00000000000000000000000003', 'root', 1, 'x')");
    assert_read(test, role_binding_list_of_keys(ctx, keys, 3, &list));
    assert_int_equal(list.len, 2);
    assert_text_is(LIST_ITEMS(&list, struct role_binding)[0].subject_id, "a");
    assert_text_is(LIST_ITEMS(&list, struct role_binding)[0].id, "2");
    assert_text_is(LIST_ITEMS(&list, struct role_binding)[1].space_id, "root");
    const struct role *role;
    const struct text reader = TEXT("00000000000000000000000001");
    assert_read(test, role_find_many(ctx, &reader, 1, &role));
    assert_int_equal(role->role_bindings_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(system_roles_come_with_the_database),
        WITH_SPACES(actions_that_nobody_knows_are_left_out),
        WITH_SPACES(bindings_are_listed_key_by_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
