/* Roles as values: the system roles, bindings, and levels for clients that know nothing finer. */
#include "access/access_test_support.h"
#include "access/role.h"

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

static enum access_level level_in(struct kernel_test *test, const struct actor *actor,
                                  const char *space)
{
    struct visibility visibility;
    struct ctx *ctx = unit_begin(test, DB_READ, actor);
    assert_true(visibility_get(ctx, &visibility));
    enum access_level level = access_level_of(&visibility, text_z(space));
    assert_true(unit_end(test, true));
    return level;
}

static void the_best_level_in_or_above_a_space_counts(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    struct grant grants[3] = {
        {.space_id = TEXT("root")}, {.space_id = TEXT("team")}, {.space_id = TEXT("team")}};
    struct actor actor = {.kind = ACTOR_API_KEY, .grants = grants, .grant_count = 3};
    action_set_add(&grants[0].actions, ACTION_SPACE_READ);
    action_set_add(&grants[1].actions, ACTION_SPACE_ADMIN);
    action_set_add(&grants[2].actions, ACTION_SPACE_WRITE);
    assert_int_equal(level_in(test, &actor, "root"), ACCESS_LEVEL_READ);
    assert_int_equal(level_in(test, &actor, "team"), ACCESS_LEVEL_ADMIN);
    assert_int_equal(level_in(test, &actor, "nowhere"), ACCESS_LEVEL_NONE);
    assert_int_equal(level_in(test, &actor_anonymous, "root"), ACCESS_LEVEL_NONE);
    assert_int_equal(level_in(test, &actor_system, "team"), ACCESS_LEVEL_ADMIN);
    assert_int_equal(level_in(test, test_actor(test, "k", ACTION_RUN_TRIGGER, "root"), "root"),
                     ACCESS_LEVEL_NONE);
    assert_string_equal(access_level_name(ACCESS_LEVEL_WRITE), "WRITE");
    assert_string_equal(access_level_name(ACCESS_LEVEL_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(system_roles_come_with_the_database),
        WITH_SPACES(actions_that_nobody_knows_are_left_out),
        WITH_SPACES(bindings_are_listed_key_by_key),
        WITH_SPACES(the_best_level_in_or_above_a_space_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
