/* Tests of what queries may cost in a minute. */
#include "doors/spacelift/cost_budget.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct text someone = TEXT_INIT("01M81HJENDVSPD455BDCJMP04V");
static const int64_t start = INT64_C(1795341600) * CLOCK_SECOND;

static int make(void **state)
{
    *state = cost_budget_new(600);
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    cost_budget_free(*state);
    return 0;
}

static void what_is_spent_is_gone(void **state)
{
    int64_t left;
    assert_true(cost_budget_spend(*state, someone, 400, start, &left));
    assert_int_equal(left, 200);
    assert_false(cost_budget_spend(*state, someone, 201, start, &left));
    assert_int_equal(left, 200);
    assert_true(cost_budget_spend(*state, someone, 200, start, &left));
    assert_int_equal(left, 0);
}

static void it_comes_back_evenly_and_no_further_than_full(void **state)
{
    int64_t left;
    assert_true(cost_budget_spend(*state, someone, 600, start, &left));
    assert_true(cost_budget_spend(*state, someone, 0, start + 10 * CLOCK_SECOND, &left));
    assert_int_equal(left, 100);
    assert_true(cost_budget_spend(*state, someone, 0, start + 10 * CLOCK_MINUTE, &left));
    assert_int_equal(left, 600);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
    int64_t left;
    assert_true(cost_budget_spend(*state, someone, 600, start, &left));
    assert_false(cost_budget_spend(*state, someone, 1, start - CLOCK_MINUTE, &left));
}

static void each_has_a_budget_of_its_own(void **state)
{
    int64_t left;
    assert_true(cost_budget_spend(*state, someone, 600, start, &left));
    assert_true(cost_budget_spend(*state, TEXT("another"), 600, start, &left));
}

static void the_wait_is_as_long_as_it_takes(void **state)
{
    assert_int_equal(cost_budget_wait(*state, 300, 200), 10);
    assert_int_equal(cost_budget_wait(*state, 1, 1), 1);
}

static void who_spends_stays_known_among_many(void **state)
{
    int64_t left;
    char name[16];
    assert_true(cost_budget_spend(*state, someone, 600, start, &left));
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "key-%d", i);
        assert_true(cost_budget_spend(*state, text_z(name), 1, start, &left));
    }
    assert_false(cost_budget_spend(*state, someone, 1, start, &left));
}

static void without_a_limit_everything_goes(void **state)
{
    UNUSED(state);
    int64_t left;
    struct cost_budget *budget = cost_budget_new(0);
    assert_non_null(budget);
    assert_true(cost_budget_spend(budget, someone, INT64_MAX, start, &left));
    cost_budget_free(budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_spent_is_gone, make, drop),
        cmocka_unit_test_setup_teardown(it_comes_back_evenly_and_no_further_than_full, make, drop),
        cmocka_unit_test_setup_teardown(a_clock_that_goes_back_gives_nothing, make, drop),
        cmocka_unit_test_setup_teardown(each_has_a_budget_of_its_own, make, drop),
        cmocka_unit_test_setup_teardown(the_wait_is_as_long_as_it_takes, make, drop),
        cmocka_unit_test_setup_teardown(who_spends_stays_known_among_many, make, drop),
        cmocka_unit_test(without_a_limit_everything_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
