/* What the runs of one unit recall of each other. */
#include "kernel/once.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct once once;
    static struct ctx ctx;
    once = (struct once){.arena = arena_new(65536)};
    ctx = (struct ctx){.once = &once};
    *state = &ctx;
    return once.arena ? 0 : -1;
}

static int teardown(void **state)
{
    struct ctx *ctx = *state;
    arena_free(ctx->once->arena);
    return 0;
}

/* What is done the first time, with the value that it gets. */
static int64_t act(struct ctx *ctx, const char *of, int64_t value, int *times)
{
    int64_t kept;
    if (once_recall(ctx, "act", text_z(of), &kept))
        return kept;
    ++*times;
    once_keep(ctx, "act", text_z(of), value);
    return value;
}

static void the_next_run_decides_as_the_one_before(void **state)
{
    struct ctx *ctx = *state;
    int times = 0;
    for (int run = 1; run <= 3; run++) {
        once_begin(ctx->once);
        assert_int_equal(act(ctx, "a", run, &times), 1);
        assert_int_equal(act(ctx, "b", run + 10, &times), 11);
    }
    assert_int_equal(times, 2);
}

static void two_of_one_run_are_two(void **state)
{
    struct ctx *ctx = *state;
    int times = 0;
    for (int run = 0; run < 3; run++) {
        once_begin(ctx->once);
        assert_int_equal(act(ctx, "a", 5, &times), 5);
        assert_int_equal(act(ctx, "a", 6, &times), 6);
    }
    assert_int_equal(times, 2);
}

static void a_run_may_go_further_than_the_one_before(void **state)
{
    struct ctx *ctx = *state;
    int times = 0;
    once_begin(ctx->once);
    act(ctx, "a", 1, &times);
    once_begin(ctx->once);
    act(ctx, "a", 2, &times);
    assert_int_equal(act(ctx, "a", 3, &times), 3);
    assert_int_equal(times, 2);
}

static void a_unit_of_the_server_itself_recalls_nothing(void **state)
{
    struct ctx *ctx = *state;
    struct ctx own = {.arena = ctx->once->arena};
    int times = 0;
    act(&own, "a", 1, &times);
    act(&own, "a", 1, &times);
    assert_int_equal(times, 2);
}

#define WITH_ONCE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ONCE(the_next_run_decides_as_the_one_before),
        WITH_ONCE(two_of_one_run_are_two),
        WITH_ONCE(a_run_may_go_further_than_the_one_before),
        WITH_ONCE(a_unit_of_the_server_itself_recalls_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
