/* The shared tree of spaces: what is in it, and who sees which version of it. */
#include "access/access_test_support.h"

static size_t spaces_seen(struct kernel_test *test, enum db_mode mode)
{
    struct ctx *ctx = unit_begin(test, mode, test->actor);
    const struct space_tree *tree = space_tree_get(ctx);
    assert_non_null(tree);
    size_t count = tree->len;
    assert_true(unit_end(test, true));
    return count;
}

static uint64_t statements_of_a_read(struct kernel_test *test)
{
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_non_null(space_tree_get(ctx));
    uint64_t count = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return count;
}

static void a_space_knows_its_fields_and_its_parent(void **state)
{
    struct kernel_test *test = *state;
    test_sql(test, "INSERT INTO space (id, name, description, parent_id, inherit_entities, labels, "
                   "created_at) VALUES ('child', 'Child', 'of root', 'root', TRUE, "
                   "'[\"one\",\"two\"]', 1)");
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    const struct space_tree *tree = space_tree_get(ctx);
    const struct space *child = space_tree_find(tree, TEXT("child"));
    const struct space *root = space_tree_find(tree, TEXT("root"));
    assert_text_is(child->name, "Child");
    assert_text_is(child->description, "of root");
    assert_text_is(child->parent_space, "root");
    assert_true(child->inherit_entities);
    assert_int_equal(child->labels.len, 2);
    assert_text_is(child->labels.items[1], "two");
    assert_ptr_equal(child->parent, root);
    assert_null(root->parent);
    assert_int_equal(root->parent_space.len, 0);
    assert_null(space_tree_find(tree, TEXT("other")));
    assert_true(space_is_within(child, TEXT("child")));
    assert_true(space_is_within(child, TEXT("root")));
    assert_false(space_is_within(root, TEXT("child")));
    assert_false(space_is_within(NULL, TEXT("root")));
    assert_true(unit_end(test, true));
}

static void it_is_read_once_and_again_after_a_change(void **state)
{
    struct kernel_test *test = *state;
    assert_int_equal(statements_of_a_read(test), 1);
    assert_int_equal(statements_of_a_read(test), 0);
    test_add_space(test, "new", "root");
    assert_int_equal(statements_of_a_read(test), 1);
    assert_int_equal(spaces_seen(test, DB_READ), 2);
    assert_int_equal(statements_of_a_read(test), 0);
}

static void the_word_of_another_server_makes_it_stale(void **state)
{
    struct kernel_test *test = *state;
    assert_int_equal(spaces_seen(test, DB_READ), 1);
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, created_at) VALUES ('a', '', 'root', 1)");
    assert_int_equal(spaces_seen(test, DB_READ), 1);
    account_access_changed(&test->account);
    assert_int_equal(spaces_seen(test, DB_READ), 2);
}

static void a_writing_unit_sees_what_it_changed_and_keeps_it_to_itself(void **state)
{
    static const struct db_statement add_space =
        DB_STATEMENT("add_space", "INSERT INTO space (id, name, parent_id, created_at) "
                                  "VALUES ('mine', '', 'root', 1)");
    struct kernel_test *test = *state;
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    assert_int_equal(space_tree_get(ctx)->len, 1);
    assert_true(ctx_execute(ctx, &add_space, DB_NO_VALUES));
    assert_true(access_changed(ctx));
    assert_int_equal(space_tree_get(ctx)->len, 2);
    assert_false(unit_end(test, false));
    assert_int_equal(spaces_seen(test, DB_READ), 1);
}

static void a_writing_unit_that_changed_nothing_reads_nothing(void **state)
{
    struct kernel_test *test = *state;
    assert_int_equal(spaces_seen(test, DB_READ), 1);
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    size_t before = db_statement_count(ctx->session);
    assert_int_equal(space_tree_get(ctx)->len, 1);
    assert_int_equal(db_statement_count(ctx->session), before);
    assert_int_equal(space_tree_read(ctx)->len, 1);
    assert_int_equal(db_statement_count(ctx->session), before + 1);
    assert_true(access_changed(ctx));
    assert_non_null(space_tree_get(ctx));
    assert_true(db_statement_count(ctx->session) > before + 1);
    assert_true(unit_end(test, true));
}

/* A unit that began before a change and asks for the tree after it reads the rows from before:
 * these must not become everybody's. */
static void an_old_unit_does_not_publish_old_rows_as_new(void **state)
{
    static const struct db_statement any_read = DB_STATEMENT("any_read", "SELECT id FROM role");
    struct kernel_test *test = *state;
    struct db_rows rows;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(ctx_query_one(ctx, &any_read, DB_NO_VALUES, &rows));
    assert_true(db_end(&rows));
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, created_at) VALUES ('a', '', 'root', 1)");
    account_access_changed(&test->account);
    assert_int_equal(space_tree_get(ctx)->len, 1);
    assert_true(unit_end(test, true));
    assert_int_equal(spaces_seen(test, DB_READ), 2);
}

static void a_tree_lives_as_long_as_its_unit(void **state)
{
    struct kernel_test *test = *state;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    const struct space_tree *tree = space_tree_get(ctx);
    account_access_changed(&test->account);
    assert_true(unit_end(test, true));
    assert_int_equal(spaces_seen(test, DB_READ), 1);
    assert_text_is(tree->spaces[0].id, "root");
}

static void reading_that_fails_is_an_error_and_passes(void **state)
{
    struct kernel_test *test = *state;
    db_fail_after(test->database->db, 0);
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_null(space_tree_get(ctx));
    assert_false(unit_end(test, true));
    assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
    db_fail_after(test->database->db, -1);
    assert_int_equal(spaces_seen(test, DB_READ), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(a_space_knows_its_fields_and_its_parent),
        WITH_SPACES(it_is_read_once_and_again_after_a_change),
        WITH_SPACES(the_word_of_another_server_makes_it_stale),
        WITH_SPACES(a_writing_unit_sees_what_it_changed_and_keeps_it_to_itself),
        WITH_SPACES(a_writing_unit_that_changed_nothing_reads_nothing),
        WITH_SPACES(an_old_unit_does_not_publish_old_rows_as_new),
        WITH_SPACES(a_tree_lives_as_long_as_its_unit),
        WITH_SPACES(reading_that_fails_is_an_error_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
