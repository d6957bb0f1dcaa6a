/* Refusals on their way into the trail, when the unit that writes them is undone and runs again. */
#include "access/access_test_support.h"
#include "audit/denial.h"
#include "doors/spacelift/refusal.h"
#include "kernel/once.h"

static int setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.denials = denials_new();
    test->actor = test_actor(test, "key", ACTION_SPACE_READ, "root");
    return test->account.denials ? 0 : -1;
}

static int teardown(void **state)
{
    struct kernel_test *test = *state;
    denials_free(test->account.denials);
    return access_test_teardown(state);
}

static bool record(struct kernel_test *test, struct refusals *refusals, struct once *once,
                   bool keep)
{
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    once_begin(once);
    ctx->once = once;
    assert_true(refusals_record(refusals, ctx));
    return unit_end(test, keep);
}

static void refusals_are_written_by_the_run_that_is_kept(void **state)
{
    struct kernel_test *test = *state;
    struct ctx noting = {.arena = test->arena};
    struct once once = {.arena = test->arena};
    struct refusals refusals;
    refusals_init(&refusals, test->arena);
    refusals_note_action(&refusals, &noting, TEXT("stack:delete"));
    refusals_note_action(&refusals, &noting, TEXT("stack:update"));
    assert_false(record(test, &refusals, &once, false));
    assert_true(record(test, &refusals, &once, true));
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'access.denied'"), 2);
    assert_int_equal(denial_figures(test->account.denials).denied, 2);
}

static void what_was_forgotten_is_written_no_more(void **state)
{
    struct kernel_test *test = *state;
    struct ctx noting = {.arena = test->arena};
    struct once once = {.arena = test->arena};
    struct refusals refusals;
    refusals_init(&refusals, test->arena);
    refusals_note_action(&refusals, &noting, TEXT("stack:delete"));
    assert_true(record(test, &refusals, &once, true));
    refusals_forget(&refusals);
    assert_true(record(test, &refusals, &once, true));
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'access.denied'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refusals_are_written_by_the_run_that_is_kept, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_forgotten_is_written_no_more, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
