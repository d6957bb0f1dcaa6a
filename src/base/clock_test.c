/* The clock: it runs, and it can be replaced. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static void the_system_clock_runs(void **state)
{
    UNUSED(state);
    /* The library's clock is coarser than ours. */
    int64_t first = (int64_t)time(NULL);
    int64_t seconds = clock_wall() / CLOCK_SECOND;
    int64_t last = (int64_t)time(NULL);
    assert_true(seconds >= first - 1 && seconds <= last + 1);
    int64_t before = clock_monotonic();
    assert_true(clock_monotonic() >= before);
}

static void a_held_clock_moves_when_told(void **state)
{
    UNUSED(state);
    clock_hold(5 * CLOCK_SECOND);
    assert_true(clock_wall() == 5 * CLOCK_SECOND);
    assert_true(clock_monotonic() == 0);
    clock_advance(CLOCK_MINUTE);
    assert_true(clock_wall() == 65 * CLOCK_SECOND);
    assert_true(clock_monotonic() == CLOCK_MINUTE);
    clock_replace(NULL);
    assert_true(clock_wall() > 1000 * CLOCK_DAY);
}

static int64_t count_up(void *data)
{
    return ++*(int64_t *)data;
}

static void any_source_may_take_its_place(void **state)
{
    UNUSED(state);
    int64_t calls = 0;
    const struct clock_source source = {count_up, count_up, &calls};
    clock_replace(&source);
    assert_true(clock_wall() == 1);
    assert_true(clock_monotonic() == 2);
    clock_replace(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_clock_runs),
        cmocka_unit_test(a_held_clock_moves_when_told),
        cmocka_unit_test(any_source_may_take_its_place),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
