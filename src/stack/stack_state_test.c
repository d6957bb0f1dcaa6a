/* Kept states: versions, the lock, lineage, and that nothing of them can be read in the table. */
#include "stack/stack_state.h"
#include "stack/stack_test_support.h"

#define WEB TEXT("web")
#define RUN TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV")

static const char lock_a[] =
    "{\"ID\":\"lock-a\",\"Operation\":\"OperationTypeApply\",\"Who\":\"a\"}";
static const char lock_b[] = "{\"ID\":\"lock-b\",\"Who\":\"b\"}";

static struct text state_of(struct kernel_test *test, int serial, const char *lineage)
{
    return text_format(test->arena,
                       "{\"version\":4,\"serial\":%d,\"lineage\":\"%s\",\"outputs\":{\"password\":"
                       "{\"value\":\"in-the-state\"}}}",
                       serial, lineage);
}

static void write_state(struct kernel_test *test, struct text content, struct text lock_id)
{
    assert_kept(test, stack_state_write(ctx, WEB, RUN, lock_id, content));
}

static struct text read_state(struct kernel_test *test)
{
    struct text content = TEXT("unset");
    assert_read(test, stack_state_read(ctx, WEB, &content));
    return content;
}

static void take_lock(struct kernel_test *test, const char *info)
{
    struct text held;
    assert_kept(test, stack_state_lock(ctx, WEB, RUN, text_z(info), &held));
    assert_null(held.at);
}

static void there_is_none_at_first(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    assert_null(read_state(test).at);
}

static void the_newest_version_is_read(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    write_state(test, state_of(test, 1, "one"), TEXT(""));
    write_state(test, state_of(test, 2, "one"), TEXT(""));
    assert_true(text_equal(read_state(test), state_of(test, 2, "one")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state"), 2);
    assert_int_equal(test_sql_int(test, "SELECT serial FROM stack_state WHERE version = 2"), 2);
}

static void states_of_stacks_are_apart(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    test_stack(test, "other");
    write_state(test, state_of(test, 1, "one"), TEXT(""));
    struct text content;
    assert_read(test, stack_state_read(ctx, TEXT("other"), &content));
    assert_null(content.at);
    assert_kept(test,
                stack_state_write(ctx, TEXT("other"), RUN, TEXT(""), state_of(test, 1, "two")));
}

static void old_versions_are_pruned(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    for (int i = 1; i <= 103; i++)
        assert_true(stack_state_write(ctx, WEB, RUN, TEXT(""), state_of(test, i, "one")));
    assert_true(unit_end(test, true));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state"), 100);
    assert_int_equal(test_sql_int(test, "SELECT min(version) FROM stack_state"), 4);
    assert_true(text_equal(read_state(test), state_of(test, 103, "one")));
}

static void another_lineage_is_refused(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    write_state(test, state_of(test, 5, "one"), TEXT(""));
    assert_refused(test, ERR_CONFLICT, "another lineage",
                   stack_state_write(ctx, WEB, RUN, TEXT(""), state_of(test, 6, "two")));
    assert_true(text_equal(read_state(test), state_of(test, 5, "one")));
}

static void a_state_without_lineage_takes_any(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    write_state(test, TEXT("{\"version\":4}"), TEXT(""));
    write_state(test, state_of(test, 1, "one"), TEXT(""));
}

static void what_is_no_state_is_refused(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    static const char *const bad[] = {"", "[]", "null", "{\"serial\":", "{}x", "\xff"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_refused(test, ERR_INVALID, "the state is not a JSON object",
                       stack_state_write(ctx, WEB, RUN, TEXT(""), text_z(bad[i])));
    test->settings.max_state = 50;
    assert_refused(test, ERR_TOO_LARGE, "50 bytes at most",
                   stack_state_write(ctx, WEB, RUN, TEXT(""), state_of(test, 1, "one")));
    assert_null(read_state(test).at);
}

static void a_large_state_is_kept(void **state)
{
    struct kernel_test *test = *state;
    struct buffer content;
    test_stack(test, "web");
    buffer_init(&content, test->arena, SIZE_MAX);
    buffer_add(&content, TEXT("{\"serial\":1,\"lineage\":\"x\",\"data\":\""));
    for (int i = 0; i < 3 << 20; i++)
        buffer_add_byte(&content, (char)('a' + i % 26));
    buffer_add(&content, TEXT("\"}"));
    write_state(test, buffer_text(&content), TEXT(""));
    assert_true(text_equal(read_state(test), buffer_text(&content)));
}

static void a_lock_is_given_once(void **state)
{
    struct kernel_test *test = *state;
    struct text held;
    test_stack(test, "web");
    take_lock(test, lock_a);
    assert_kept(test, stack_state_lock(ctx, WEB, RUN, text_z(lock_b), &held));
    assert_text_is(held, lock_a);
    /* The answer to the first request was lost. */
    take_lock(test, lock_a);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state_lock"), 1);
}

static void only_the_holder_of_the_lock_writes(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    take_lock(test, lock_a);
    assert_refused(test, ERR_CONFLICT, "is locked",
                   stack_state_write(ctx, WEB, RUN, TEXT("lock-b"), state_of(test, 1, "one")));
    assert_refused(test, ERR_CONFLICT, "is locked",
                   stack_state_write(ctx, WEB, RUN, TEXT(""), state_of(test, 1, "one")));
    write_state(test, state_of(test, 1, "one"), TEXT("lock-a"));
}

static void a_foreign_lock_is_not_taken_away(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    take_lock(test, lock_a);
    assert_refused(test, ERR_CONFLICT, "is locked",
                   stack_state_unlock(ctx, WEB, RUN, text_z(lock_b)));
    assert_refused(test, ERR_INVALID, "not a JSON object",
                   stack_state_unlock(ctx, WEB, RUN, TEXT("lock-a")));
    assert_kept(test, stack_state_unlock(ctx, WEB, RUN, text_z(lock_a)));
    assert_kept(test, stack_state_unlock(ctx, WEB, RUN, text_z(lock_a)));
    take_lock(test, lock_b);
}

static void unlocking_without_a_name_frees_what_the_run_holds(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    take_lock(test, lock_a);
    assert_kept(test, stack_state_unlock(ctx, WEB, TEXT("another-run"), TEXT("")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state_lock"), 1);
    assert_kept(test, stack_state_unlock(ctx, WEB, RUN, TEXT("")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state_lock"), 0);
}

static void a_lock_needs_an_id(void **state)
{
    struct kernel_test *test = *state;
    struct text held;
    test_stack(test, "web");
    static const char *const bad[] = {"{}", "{\"ID\":\"\"}", "{\"ID\":7}"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_refused(test, ERR_INVALID, "the lock has no ID",
                       stack_state_lock(ctx, WEB, RUN, text_z(bad[i]), &held));
    assert_refused(test, ERR_INVALID, "the lock is not a JSON object",
                   stack_state_lock(ctx, WEB, RUN, TEXT("x"), &held));
}

static void no_state_lies_open_in_the_database(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    write_state(test, state_of(test, 1, "one"), TEXT(""));
    assert_false(test_database_holds(test, TEXT("in-the-state")));
    assert_false(test_database_holds(test, TEXT("\"outputs\":")));
}

static void a_version_opens_in_its_own_row_alone(void **state)
{
    struct kernel_test *test = *state;
    struct text content;
    test_stack(test, "web");
    write_state(test, state_of(test, 1, "one"), TEXT(""));
    write_state(test, state_of(test, 2, "one"), TEXT(""));
    /* An old version cannot be passed off as the newest. */
    test_sql(test, "UPDATE stack_state SET sealed_content = (SELECT s.sealed_content FROM "
                   "stack_state s WHERE s.version = 1) WHERE version = 2");
    assert_refused(test, ERR_INTERNAL, "", stack_state_read(ctx, WEB, &content));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(there_is_none_at_first),
        WITH_ACCOUNT(the_newest_version_is_read),
        WITH_ACCOUNT(states_of_stacks_are_apart),
        WITH_ACCOUNT(old_versions_are_pruned),
        WITH_ACCOUNT(another_lineage_is_refused),
        WITH_ACCOUNT(a_state_without_lineage_takes_any),
        WITH_ACCOUNT(what_is_no_state_is_refused),
        WITH_ACCOUNT(a_large_state_is_kept),
        WITH_ACCOUNT(a_lock_is_given_once),
        WITH_ACCOUNT(only_the_holder_of_the_lock_writes),
        WITH_ACCOUNT(a_foreign_lock_is_not_taken_away),
        WITH_ACCOUNT(unlocking_without_a_name_frees_what_the_run_holds),
        WITH_ACCOUNT(a_lock_needs_an_id),
        WITH_ACCOUNT(no_state_lies_open_in_the_database),
        WITH_ACCOUNT(a_version_opens_in_its_own_row_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
