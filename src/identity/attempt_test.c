/* Attempts of units that run again. */
#include "identity/attempt.h"

#include "identity/attempt_limit.h"
#include "kernel/once.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct text key = TEXT_INIT("key");

static void guess(struct ctx *ctx)
{
    if (attempt_wait(ctx, key) == 0)
        attempt_failed(ctx, key);
}

static void a_guess_counts_once_however_often_its_unit_runs(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(65536);
    struct account account = {.attempts = attempt_limit_new(2, 0)};
    struct once once = {.arena = arena};
    struct ctx ctx = {
        .account = &account, .once = &once, .address = TEXT("192.0.2.1"), .now = 1000000};
    /* The limit is reached by the second guess of the request, in its first run. */
    for (int run = 0; run < 3; run++) {
        once_begin(&once);
        guess(&ctx);
        guess(&ctx);
    }
    assert_int_equal(attempt_limit_figures(account.attempts).failed, 2);
    struct once next = {.arena = arena};
    ctx.once = &next;
    assert_true(attempt_wait(&ctx, key) > 0);
    attempt_limit_free(account.attempts);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guess_counts_once_however_often_its_unit_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
