/* Roles: those of the system, those that people make, and who may change and see them. */
#include "access/access_test_support.h"
#include "role/role.h"

static const enum action writing[] = {ACTION_STACK_CREATE, ACTION_RUN_TRIGGER, ACTION_RUN_TRIGGER};

static struct role *make(struct kernel_test *test, const char *name)
{
    struct role *role;
    struct role_input input = {.name = text_z(name), .actions = writing, .actions_count = 3};
    assert_kept(test, role_create(ctx, &input, &role));
    return role;
}

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
}

static void actions_that_nobody_knows_are_left_out(void **state)
{
    struct kernel_test *test = *state;
    struct role *role;
    test_sql(test, "INSERT INTO role (id, slug, name, actions, created_at) VALUES ('custom', 'c', "
                   "'C', '[\"NEW_THING\",\"RUN_CONFIRM\",\"space:write\"]', 1)");
    assert_read(test, role_find(ctx, TEXT("c"), &role));
    assert_int_equal(role->actions_count, 2);
    assert_int_equal(role->actions[0], ACTION_RUN_CONFIRM);
    assert_false(role->is_system);
}

static void a_role_has_each_action_once_and_a_slug_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    struct role *role = make(test, " Release Crew ");
    assert_text_is(role->name, "Release Crew");
    assert_text_is(role->slug, "release-crew");
    assert_int_equal(role->actions_count, 2);
    assert_text_is(make(test, "Release crew")->slug, "release-crew-1");
    assert_text_is(make(test, "Space Admin")->slug, "space-admin-1");
    struct role *found;
    assert_read(test, role_find(ctx, TEXT("release-crew"), &found));
    assert_true(text_equal(found->id, role->id));
    assert_read(test, role_find(ctx, role->id, &found));
    assert_int_equal(found->actions_count, 2);
    assert_int_equal(found->actions[0], ACTION_RUN_TRIGGER);
}

static void what_is_wrong_with_a_role_is_said(void **state)
{
    struct kernel_test *test = *state;
    struct role *role;
    struct role_input input = {.name = TEXT(" "), .actions = writing, .actions_count = 3};
    assert_refused(test, ERR_INVALID, "a role needs a name", role_create(ctx, &input, &role));
    input.name = TEXT("a");
    input.actions_count = 0;
    assert_refused(test, ERR_INVALID, "at least one action", role_create(ctx, &input, &role));
    role = make(test, "a");
    assert_refused(test, ERR_INVALID, "at least one action",
                   role_update(ctx, role->id, &input, &role));
    assert_refused(test, ERR_NOT_FOUND, "role \"none\" not found",
                   role_update(ctx, TEXT("none"), &input, &role));
}

static void an_update_changes_what_is_given(void **state)
{
    static const enum action confirm = ACTION_RUN_CONFIRM;
    struct kernel_test *test = *state;
    struct role *role = make(test, "crew");
    struct role_input input = {.name = TEXT("team"), .keeps_actions = true};
    assert_kept(test, role_update(ctx, role->id, &input, &role));
    assert_text_is(role->name, "team");
    assert_text_is(role->slug, "crew");
    assert_int_equal(role->actions_count, 2);
    input = (struct role_input){.actions = &confirm, .actions_count = 1};
    assert_kept(test, role_update(ctx, TEXT("crew"), &input, &role));
    assert_text_is(role->name, "team");
    assert_int_equal(role->actions_count, 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'role.update' AND body LIKE '%%run:trigger%%' AND body "
                                        "LIKE '%%run:confirm%%'"),
                     1);
}

static void system_roles_never_change(void **state)
{
    struct kernel_test *test = *state;
    struct role *role;
    struct role_input input = {.name = TEXT("x"), .keeps_actions = true};
    assert_refused(test, ERR_CONFLICT, "cannot be changed",
                   role_update(ctx, TEXT("space-admin"), &input, &role));
    assert_refused(test, ERR_CONFLICT, "cannot be changed",
                   role_delete(ctx, TEXT("00000000000000000000000001"), &role));
}

static void a_role_that_is_bound_stays(void **state)
{
    struct kernel_test *test = *state;
    struct role *role = make(test, "crew");
    for (int i = 0; i < 2; i++)
        test_sql(test,
                 "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
                 "created_at, created_by) VALUES ('%d', 'USER', 'u%d', '%.*s', 'root', 1, 'x')",
                 i, i, TEXT_ARG(role->id));
    assert_refused(test, ERR_CONFLICT, "the role crew cannot be deleted while 2 bindings use it",
                   role_delete(ctx, role->id, &role));
    test_sql(test, "DELETE FROM role_binding WHERE id = '0'");
    assert_refused(test, ERR_CONFLICT, "while 1 binding uses it",
                   role_delete(ctx, TEXT("crew"), &role));
    test_sql(test, "DELETE FROM role_binding");
    assert_kept(test, role_delete(ctx, TEXT("crew"), &role));
    assert_text_is(role->slug, "crew");
    assert_kept(test, role_delete(ctx, TEXT("crew"), &role));
    assert_null(role);
}

static void only_administrators_of_root_change_roles(void **state)
{
    struct kernel_test *test = *state;
    struct role *role;
    struct list list;
    struct role_input input = {.name = TEXT("a"), .actions = writing, .actions_count = 3};
    test_add_space(test, "team", "root");
    test->actor = test_actor(test, "key", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized", role_create(ctx, &input, &role));
    assert_refused(test, ERR_DENIED, "unauthorized", role_update(ctx, TEXT("x"), &input, &role));
    assert_refused(test, ERR_DENIED, "unauthorized", role_delete(ctx, TEXT("x"), &role));
    assert_read(test, role_list(ctx, &list));
    assert_int_equal(list.len, 4);
    assert_read(test, role_find(ctx, TEXT("space-reader"), &role));
    assert_non_null(role);
    test->actor = test_actor(test, "key", ACTION_SPACE_WRITE, "root");
    assert_read(test, role_list(ctx, &list));
    assert_int_equal(list.len, 0);
    assert_read(test, role_find(ctx, TEXT("space-reader"), &role));
    assert_null(role);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(system_roles_come_with_the_database),
        WITH_SPACES(actions_that_nobody_knows_are_left_out),
        WITH_SPACES(a_role_has_each_action_once_and_a_slug_of_its_own),
        WITH_SPACES(what_is_wrong_with_a_role_is_said),
        WITH_SPACES(an_update_changes_what_is_given),
        WITH_SPACES(system_roles_never_change),
        WITH_SPACES(a_role_that_is_bound_stays),
        WITH_SPACES(only_administrators_of_root_change_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
