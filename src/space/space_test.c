/* The tree of spaces: making, moving, deleting, and who may. */
#include "access/access_test_support.h"
#include "space/space.h"

static struct space_input input_of(const char *name, const char *parent)
{
    return (struct space_input){.name = text_z(name), .parent_space = text_z(parent)};
}

static const struct space *make(struct kernel_test *test, const char *name, const char *parent)
{
    const struct space *space;
    struct space_input input = input_of(name, parent);
    assert_kept(test, space_create(ctx, &input, &space));
    return space;
}

static int64_t entries(struct kernel_test *test, const char *action)
{
    return test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = '%s'", action);
}

static void a_space_is_made_below_its_parent(void **state)
{
    static const struct text labels[] = {TEXT_INIT("a"), TEXT_INIT("b")};
    struct kernel_test *test = *state;
    const struct space *space;
    struct space_input input = {.name = TEXT("  Team Blue! "),
                                .description = TEXT("ours"),
                                .parent_space = TEXT("root"),
                                .labels = {labels, 2},
                                .inherit_entities = true};
    assert_kept(test, space_create(ctx, &input, &space));
    assert_text_is(space->name, "Team Blue!");
    assert_text_is(space->description, "ours");
    assert_text_is(space->parent_space, "root");
    assert_true(text_starts_with(space->id, TEXT("team-blue-")));
    assert_int_equal(space->id.len, strlen("team-blue-") + 26);
    assert_int_equal(space->labels.len, 2);
    assert_true(space->inherit_entities);
    assert_int_equal(entries(test, "space.create"), 1);
    const struct space *again = make(test, "Team Blue!", "root");
    assert_false(text_equal(space->id, again->id));
}

static void what_is_wrong_with_a_space_is_said(void **state)
{
    struct kernel_test *test = *state;
    const struct space *space;
    struct space_input input = input_of("  ", "root");
    assert_refused(test, ERR_INVALID, "a space needs a name", space_create(ctx, &input, &space));
    input = input_of("a", "nowhere");
    assert_refused(test, ERR_NOT_FOUND, "space \"nowhere\" not found",
                   space_create(ctx, &input, &space));
    char name[201] = {0};
    memset(name, 'x', 200);
    make(test, name, "root");
    char long_name[202] = {0};
    memset(long_name, 'x', 201);
    input = input_of(long_name, "root");
    assert_refused(test, ERR_INVALID, "200 bytes", space_create(ctx, &input, &space));
    static const struct text empty[] = {TEXT_INIT("")};
    input = input_of("a", "root");
    input.labels = (struct text_list){empty, 1};
    assert_refused(test, ERR_INVALID, "a label has 1 to", space_create(ctx, &input, &space));
    assert_refused(test, ERR_NOT_FOUND, "not found",
                   space_update(ctx, TEXT("nowhere"), &input, &space));
}

static void an_update_replaces_everything(void **state)
{
    struct kernel_test *test = *state;
    const struct space *space = make(test, "a", "root");
    struct space_input input = {.name = TEXT("b"),
                                .description = TEXT("new"),
                                .parent_space = TEXT("root"),
                                .inherit_entities = true};
    assert_kept(test, space_update(ctx, space->id, &input, &space));
    assert_text_is(space->name, "b");
    assert_true(space->inherit_entities);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'space.update' AND body LIKE '%%\"before\":{\"name\":"
                                        "\"a\"%%' AND body LIKE '%%\"after\":{\"name\":\"b\"%%'"),
                     1);
}

static void a_space_moves_but_not_below_itself(void **state)
{
    struct kernel_test *test = *state;
    const struct space *left = make(test, "left", "root"), *right = make(test, "right", "root");
    struct text left_id = left->id, right_id = right->id;
    const struct space *low = make(test, "low", text_terminated(test->arena, left_id));
    struct space_input input = {.name = TEXT("left"), .parent_space = low->id};
    assert_refused(test, ERR_CONFLICT, "cannot be moved below itself",
                   space_update(ctx, left_id, &input, &left));
    input.parent_space = left_id;
    assert_refused(test, ERR_CONFLICT, "cannot be moved below itself",
                   space_update(ctx, left_id, &input, &left));
    input.parent_space = right_id;
    assert_kept(test, space_update(ctx, left_id, &input, &left));
    assert_text_is(left->parent->id, text_terminated(test->arena, right_id));
    const struct space_tree *tree;
    assert_read(test, (tree = space_tree_get(ctx)) != NULL);
    test->actor =
        test_actor(test, "key", ACTION_SPACE_READ, text_terminated(test->arena, right_id));
    assert_read(test, access_require(ctx, ACTION_SPACE_READ, low->id, NULL));
}

static void root_stays_where_it_is(void **state)
{
    struct kernel_test *test = *state;
    const struct space *space;
    const struct space *child = make(test, "child", "root");
    struct space_input input = {.name = TEXT("Everything"), .parent_space = child->id};
    assert_refused(test, ERR_CONFLICT, "root cannot be moved",
                   space_update(ctx, TEXT("root"), &input, &space));
    input.parent_space = TEXT("root");
    input.inherit_entities = true;
    assert_kept(test, space_update(ctx, TEXT("root"), &input, &space));
    assert_text_is(space->name, "Everything");
    assert_null(space->parent);
    assert_false(space->inherit_entities);
}

static void a_tree_has_a_greatest_depth(void **state)
{
    struct kernel_test *test = *state;
    const char *parent = "root";
    for (int i = 0; i < SPACE_DEPTH_MAX; i++)
        parent = text_terminated(test->arena, make(test, "s", parent)->id);
    const struct space *space;
    struct space_input input = input_of("more", parent);
    assert_refused(test, ERR_INVALID, "20 spaces above it", space_create(ctx, &input, &space));
    const struct space *top = make(test, "top", "root");
    const struct space *below = make(test, "below", text_terminated(test->arena, top->id));
    input = input_of("top", parent);
    assert_refused(test, ERR_INVALID, "20 spaces above it",
                   space_update(ctx, top->id, &input, &below));
}

static void only_an_empty_space_is_deleted(void **state)
{
    struct kernel_test *test = *state;
    const struct space *space = make(test, "team", "root"), *deleted;
    const char *id = text_terminated(test->arena, space->id);
    const struct space *child = make(test, "child", id);
    test_sql(test,
             "INSERT INTO policy (id, name, type, engine, body, space_id, created_at, created_by, "
             "updated_at) VALUES ('p', 'p', 'PLAN', 'REGO_V1', '', '%s', 1, 'x', 1)",
             id);
    assert_refused(test, ERR_CONFLICT, "is not empty: it has policy \"p\", space \"child-",
                   space_delete(ctx, space->id, &deleted));
    test_sql(test, "DELETE FROM policy");
    assert_kept(test, space_delete(ctx, child->id, &deleted));
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "created_at, created_by) VALUES ('b', 'USER', 'u', '00000000000000000000000001', "
             "'%s', 1, 'x')",
             id);
    assert_kept(test, space_delete(ctx, space->id, &deleted));
    assert_text_is(deleted->id, id);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 0);
    assert_kept(test, space_delete(ctx, text_z(id), &deleted));
    assert_null(deleted);
    assert_int_equal(entries(test, "space.delete"), 2);
}

static void root_and_legacy_are_never_deleted(void **state)
{
    struct kernel_test *test = *state;
    const struct space *deleted;
    test_add_space(test, "legacy", "root");
    assert_refused(test, ERR_CONFLICT, "root cannot be deleted",
                   space_delete(ctx, TEXT("root"), &deleted));
    assert_refused(test, ERR_CONFLICT, "legacy cannot be deleted",
                   space_delete(ctx, TEXT("legacy"), &deleted));
}

static void many_things_are_not_all_named(void **state)
{
    struct kernel_test *test = *state;
    const struct space *deleted, *space = make(test, "team", "root");
    for (int i = 0; i < 7; i++)
        make(test, "child", text_terminated(test->arena, space->id));
    assert_refused(test, ERR_CONFLICT, " and more", space_delete(ctx, space->id, &deleted));
}

static void only_administrators_of_root_manage_the_tree(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    const struct space *space;
    const struct space_input input = input_of("child", "team");
    test->actor = test_actor(test, "team-admin", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized: space:admin in space \"root\"",
                   space_create(ctx, &input, &space));
    assert_refused(test, ERR_DENIED, "unauthorized",
                   space_update(ctx, TEXT("team"), &input, &space));
    assert_refused(test, ERR_DENIED, "unauthorized", space_delete(ctx, TEXT("team"), &space));
    assert_refused(test, ERR_DENIED, "unauthorized", space_delete(ctx, TEXT("none"), &space));
    assert_refused(test, ERR_DENIED, "unauthorized", space_managers_set(ctx, true));
}

static void administrators_of_a_space_manage_below_it_where_that_is_allowed(void **state)
{
    struct kernel_test *test = *state;
    const struct space *space;
    bool enabled;
    test_add_space(test, "team", "root");
    test_add_space(test, "other", "root");
    assert_kept(test, space_managers_set(ctx, true));
    assert_read(test, space_managers_get(ctx, &enabled));
    assert_true(enabled);
    test->actor = test_actor(test, "team-admin", ACTION_SPACE_ADMIN, "team");
    struct space_input input = input_of("child", "team");
    assert_refused(test, ERR_DENIED, "does not inherit", space_create(ctx, &input, &space));
    input.inherit_entities = true;
    assert_kept(test, space_create(ctx, &input, &space));
    struct text child = space->id;
    input.inherit_entities = false;
    assert_refused(test, ERR_DENIED, "does not inherit", space_update(ctx, child, &input, &space));
    input.inherit_entities = true;
    input.parent_space = TEXT("other");
    assert_refused(test, ERR_DENIED, "space \"other\"", space_update(ctx, child, &input, &space));
    assert_refused(test, ERR_DENIED, "space \"root\"",
                   space_update(ctx, TEXT("team"), &input, &space));
    assert_kept(test, space_delete(ctx, child, &space));
    test->actor = &actor_system;
    assert_kept(test, space_managers_set(ctx, false));
    test->actor = test_actor(test, "team-admin", ACTION_SPACE_ADMIN, "team");
    input.parent_space = TEXT("team");
    assert_refused(test, ERR_DENIED, "unauthorized", space_create(ctx, &input, &space));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(a_space_is_made_below_its_parent),
        WITH_SPACES(what_is_wrong_with_a_space_is_said),
        WITH_SPACES(an_update_replaces_everything),
        WITH_SPACES(a_space_moves_but_not_below_itself),
        WITH_SPACES(root_stays_where_it_is),
        WITH_SPACES(a_tree_has_a_greatest_depth),
        WITH_SPACES(only_an_empty_space_is_deleted),
        WITH_SPACES(root_and_legacy_are_never_deleted),
        WITH_SPACES(many_things_are_not_all_named),
        WITH_SPACES(only_administrators_of_root_manage_the_tree),
        WITH_SPACES(administrators_of_a_space_manage_below_it_where_that_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
