/* Configuration of stacks: what is shown, what is hidden, what is sealed and to what. */
#include "base/digest.h"
#include "base/encoding.h"
#include "stack/stack_config.h"
#include "stack/stack_test_support.h"

static const struct text web[] = {TEXT_INIT("web")};

static struct config_element *add(struct kernel_test *test, const char *id, const char *value,
                                  bool write_only)
{
    struct config_element *element = NULL;
    struct config_input input = {
        .id = text_z(id), .value = text_z(value), .write_only = write_only};
    assert_kept(test, stack_config_add(ctx, web[0], &input, &element));
    return element;
}

static struct config_element *listed(struct kernel_test *test, size_t index, bool for_run)
{
    struct list list;
    assert_read(test, for_run ? stack_config_for_run(ctx, web[0], &list)
                              : stack_config_list(ctx, web, 1, &list));
    return list_at(&list, index);
}

static struct text sha256_hex(struct kernel_test *test, const char *value)
{
    struct digest digest;
    assert_true(digest_sha256(text_z(value), &digest));
    return digest_hex(test->arena, &digest);
}

static void a_plain_value_is_shown(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    struct config_element *added = add(test, "REGION", "north", false);
    assert_text_is(added->value, "north");
    const struct config_element *element = listed(test, 0, false);
    assert_text_is(element->stack_id, "web");
    assert_text_is(element->id, "REGION");
    assert_text_is(element->value, "north");
    assert_true(text_equal(element->checksum, sha256_hex(test, "north")));
    assert_int_equal(element->created_at, test->now);
    assert_int_equal(element->type, CONFIG_ENVIRONMENT_VARIABLE);
    assert_false(element->write_only || element->runtime);
}

static void a_write_only_value_is_shown_to_runs_alone(void **state)
{
    struct kernel_test *test = *state;
    struct config_element *deleted;
    test_stack(test, "web");
    struct config_element *added = add(test, "TOKEN", "a-secret-value", true);
    assert_null(added->value.at);
    assert_null(listed(test, 0, false)->value.at);
    assert_true(listed(test, 0, false)->write_only);
    assert_true(text_equal(listed(test, 0, false)->checksum, sha256_hex(test, "a-secret-value")));
    assert_text_is(listed(test, 0, true)->value, "a-secret-value");
    assert_kept(test, stack_config_delete(ctx, web[0], TEXT("TOKEN"), &deleted));
    assert_null(deleted->value.at);
}

static void no_value_lies_open_in_the_database_or_the_trail(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    add(test, "TOKEN", "hidden-value-1", true);
    add(test, "REGION", "shown-value-2", false);
    assert_false(test_database_holds(test, TEXT("hidden-value-1")));
    assert_false(test_database_holds(test, TEXT("shown-value-2")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE body LIKE "
                                        "'%%value-%%'"),
                     0);
    assert_int_equal(test_sql_int(test,
                                  "SELECT count(*) FROM audit_entry WHERE action = "
                                  "'stack.config_add' AND body = '{\"after\":{\"write_only\":true,"
                                  "\"file\":false,\"value\":\"set\"},"
                                  "\"element\":\"TOKEN\"}'"),
                     1);
}

static void the_trail_tells_what_was_replaced(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    add(test, "TOKEN", "hidden-value-1", false);
    add(test, "TOKEN", "hidden-value-2", true);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE body = "
                                        "'{\"before\":{\"write_only\":false,\"value\":\"set\"},"
                                        "\"after\":{\"write_only\":true,\"value\":\"changed\"},"
                                        "\"element\":\"TOKEN\"}'"),
                     1);
}

static void a_file_keeps_its_base64_and_the_checksum_is_of_that(void **state)
{
    struct kernel_test *test = *state;
    struct config_element *element;
    test_stack(test, "web");
    struct config_input input = {.id = TEXT("source/a.tfvars"),
                                 .type = CONFIG_FILE_MOUNT,
                                 .value = TEXT("aGVsbG8="),
                                 .description = TEXT("variables")};
    assert_kept(test, stack_config_add(ctx, web[0], &input, &element));
    element = listed(test, 0, false);
    assert_int_equal(element->type, CONFIG_FILE_MOUNT);
    assert_text_is(element->value, "aGVsbG8=");
    assert_true(text_equal(element->checksum, sha256_hex(test, "aGVsbG8=")));
    assert_text_is(element->description, "variables");
}

static void adding_again_replaces(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    add(test, "A", "old", true);
    add(test, "A", "new", false);
    assert_text_is(listed(test, 0, false)->value, "new");
    assert_null(listed(test, 1, false));
}

static void an_empty_value_is_a_value(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    add(test, "EMPTY", "", false);
    const struct config_element *element = listed(test, 0, false);
    assert_non_null(element->value.at);
    assert_int_equal(element->value.len, 0);
}

static void deleting_gives_back_what_was_there(void **state)
{
    struct kernel_test *test = *state;
    struct config_element *deleted;
    test_stack(test, "web");
    add(test, "A", "value", false);
    assert_kept(test, stack_config_delete(ctx, web[0], TEXT("B"), &deleted));
    assert_null(deleted);
    assert_kept(test, stack_config_delete(ctx, web[0], TEXT("A"), &deleted));
    assert_text_is(deleted->value, "value");
    assert_null(listed(test, 0, false));
    assert_kept(test, stack_config_delete(ctx, web[0], TEXT("A"), &deleted));
    assert_null(deleted);
}

static void input_is_checked(void **state)
{
    struct kernel_test *test = *state;
    static char huge[(2 << 20) + 4];
    memset(huge, 'A', sizeof(huge));
    struct config_element *element;
    test_stack(test, "web");
    const struct {
        enum error_kind kind;
        const char *part;
        struct config_input input;
    } cases[] = {
        {ERR_INVALID, "needs a name", {.id = TEXT("")}},
        {ERR_INVALID, "at most 500 bytes", {.id = {huge, 501}}},
        {ERR_INVALID, "not the name of an environment variable", {.id = TEXT("1A")}},
        {ERR_INVALID, "not the name of an environment variable", {.id = TEXT("A-B")}},
        {ERR_INVALID, "not the name of an environment variable", {.id = TEXT("A=B")}},
        {ERR_INVALID, "not the name of an environment variable", {.id = TEXT("A B")}},
        {ERR_INVALID, "NUL", {.id = TEXT("A"), .value = TEXT("a\0b")}},
        {ERR_TOO_LARGE, "2097152 bytes at most", {.id = TEXT("A"), .value = {huge, sizeof(huge)}}},
        {ERR_INVALID, "inside the workspace", {.id = TEXT("../a"), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID, "inside the workspace", {.id = TEXT("/a"), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID, "inside the workspace", {.id = TEXT("a/../../b"), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID, "names a file", {.id = TEXT("a/"), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID, "names a file", {.id = TEXT("."), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID, "names a file", {.id = TEXT("a/."), .type = CONFIG_FILE_MOUNT}},
        {ERR_INVALID,
         "must be base64",
         {.id = TEXT("a"), .type = CONFIG_FILE_MOUNT, .value = TEXT("not base64")}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_refused(test, cases[i].kind, cases[i].part,
                       stack_config_add(ctx, web[0], &cases[i].input, &element));
    struct config_input largest = {.id = TEXT("A"), .value = {huge, 2 << 20}};
    assert_kept(test, stack_config_add(ctx, web[0], &largest, &element));
}

static void rights_are_asked_for(void **state)
{
    struct kernel_test *test = *state;
    struct config_element *element;
    struct config_input input = {.id = TEXT("A")};
    test_stack(test, "web");
    add(test, "A", "value", false);
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED, "stack:add-config",
                   stack_config_add(ctx, web[0], &input, &element));
    assert_refused(test, ERR_DENIED, "stack:delete-config",
                   stack_config_delete(ctx, web[0], TEXT("A"), &element));
    test->actor = &actor_anonymous;
    assert_refused(test, ERR_NOT_FOUND, "not found",
                   stack_config_add(ctx, web[0], &input, &element));
    test->actor = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    assert_kept(test, stack_config_add(ctx, web[0], &input, &element));
    assert_kept(test, stack_config_delete(ctx, web[0], TEXT("A"), &element));
}

/* Who can write to the table cannot make a run of one stack use, or show, the secret of another. */
static void a_sealed_value_opens_in_its_own_row_alone(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    test_stack(test, "web");
    test_stack(test, "other");
    add(test, "A", "secret", true);
    test_sql(test, "INSERT INTO stack_config (stack_id, id, type, sealed_value, checksum, "
                   "write_only, created_at) SELECT 'other', id, type, sealed_value, checksum, "
                   "FALSE, 1 FROM stack_config");
    const struct text other = TEXT("other");
    assert_refused(test, ERR_INTERNAL, "", stack_config_list(ctx, &other, 1, &list));
    test_sql(test, "DELETE FROM stack_config WHERE stack_id = 'other'");
    test_sql(test, "UPDATE stack_config SET id = 'B'");
    assert_refused(test, ERR_INTERNAL, "", stack_config_for_run(ctx, web[0], &list));
}

static void deleting_a_stack_deletes_its_configuration(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    test_stack(test, "web");
    add(test, "A", "value", false);
    assert_kept(test, stack_delete(ctx, web[0], &stack));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_config"), 0);
}

static uint64_t statements_of_lists(struct kernel_test *test, int count)
{
    struct list list;
    const struct text *ids = test_bulk_ids(test, count);
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(stack_config_list(ctx, ids, (size_t)count, &list));
    assert_int_equal(list.len, count);
    uint64_t statements = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return statements;
}

static void lists_cost_the_same_statements_for_one_and_a_thousand(void **state)
{
    struct kernel_test *test = *state;
    test_add_many_stacks(test, 1000);
    struct config_element *element;
    struct config_input input = {.id = TEXT("A"), .write_only = true};
    assert_kept(test, stack_config_add(ctx, TEXT("bulk-0"), &input, &element));
    test_sql(test, "INSERT INTO stack_config (stack_id, id, type, sealed_value, checksum, "
                   "write_only, created_at) SELECT s.id, c.id, c.type, c.sealed_value, c.checksum, "
                   "c.write_only, 1 FROM stack s, stack_config c WHERE s.id <> 'bulk-0'");
    assert_int_equal(statements_of_lists(test, 1), 1);
    assert_int_equal(statements_of_lists(test, 1000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(a_plain_value_is_shown),
        WITH_ACCOUNT(a_write_only_value_is_shown_to_runs_alone),
        WITH_ACCOUNT(no_value_lies_open_in_the_database_or_the_trail),
        WITH_ACCOUNT(the_trail_tells_what_was_replaced),
        WITH_ACCOUNT(a_file_keeps_its_base64_and_the_checksum_is_of_that),
        WITH_ACCOUNT(adding_again_replaces),
        WITH_ACCOUNT(an_empty_value_is_a_value),
        WITH_ACCOUNT(deleting_gives_back_what_was_there),
        WITH_ACCOUNT(input_is_checked),
        WITH_ACCOUNT(rights_are_asked_for),
        WITH_ACCOUNT(a_sealed_value_opens_in_its_own_row_alone),
        WITH_ACCOUNT(deleting_a_stack_deletes_its_configuration),
        WITH_ACCOUNT(lists_cost_the_same_statements_for_one_and_a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
