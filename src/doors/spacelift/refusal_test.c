/* Refusals on their way into the trail, when the unit that writes them is undone and runs again. */
#include "audit/denial_test_support.h"
#include "doors/spacelift/refusal.h"
#include "kernel/once.h"

static void note(struct kernel_test *test, struct refusals *refusals, struct text action)
{
    struct ctx noting = {.arena = test->arena};
    refusals_note_action(refusals, &noting, action);
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
    struct once once = {.arena = test->arena};
    struct refusals refusals;
    refusals_init(&refusals, test->arena);
    note(test, &refusals, TEXT("stack:delete"));
    note(test, &refusals, TEXT("stack:update"));
    assert_false(record(test, &refusals, &once, false));
    assert_true(record(test, &refusals, &once, true));
    assert_int_equal(test_denial_count(test), 2);
    assert_int_equal(denial_figures(test->account.denials).denied, 2);
}

static void what_was_forgotten_is_written_no_more(void **state)
{
    struct kernel_test *test = *state;
    struct once once = {.arena = test->arena};
    struct refusals refusals;
    refusals_init(&refusals, test->arena);
    note(test, &refusals, TEXT("stack:delete"));
    assert_true(record(test, &refusals, &once, true));
    refusals_forget(&refusals);
    assert_true(record(test, &refusals, &once, true));
    assert_int_equal(test_denial_count(test), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DENIALS(refusals_are_written_by_the_run_that_is_kept),
        WITH_DENIALS(what_was_forgotten_is_written_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
