/* Limits on failed attempts: who has to wait, for how long, and who never does. */
#include "identity/attempt_limit.h"

#include "base/arena.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct text key = TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5FAV");
static const struct text here = TEXT_INIT("192.0.2.1");
static const struct text there = TEXT_INIT("192.0.2.2");

static void fail_often(struct attempt_limit *limit, struct text whose, struct text address,
                       int times)
{
    for (int i = 0; i < times; i++)
        attempt_limit_note(limit, whose, address, CLOCK_HOUR);
}

static void an_address_waits_after_too_many(void **state)
{
    struct attempt_limit *limit = attempt_limit_new(6, 0);
    (void)state;
    fail_often(limit, key, here, 5);
    assert_int_equal(attempt_limit_wait(limit, key, here, CLOCK_HOUR), 0);
    fail_often(limit, TEXT("another"), here, 1);
    assert_int_equal(attempt_limit_wait(limit, key, here, CLOCK_HOUR), 10);
    assert_int_equal(attempt_limit_wait(limit, key, there, CLOCK_HOUR), 0);
    /* One is forgotten each ten seconds. */
    assert_int_equal(attempt_limit_wait(limit, key, here, CLOCK_HOUR + 10 * CLOCK_SECOND), 0);
    assert_int_equal(attempt_limit_figures(limit).failed, 6);
    assert_int_equal(attempt_limit_figures(limit).refused, 1);
    attempt_limit_free(limit);
}

static void guessing_at_a_key_does_not_lock_its_owner_out(void **state)
{
    struct attempt_limit *limit = attempt_limit_new(0, 3);
    (void)state;
    fail_often(limit, key, here, 100);
    attempt_limit_free(limit);
    limit = attempt_limit_new(1000, 3);
    fail_often(limit, key, here, 3);
    assert_int_equal(attempt_limit_wait(limit, key, here, CLOCK_HOUR), 20);
    assert_int_equal(attempt_limit_wait(limit, key, there, CLOCK_HOUR), 0);
    assert_int_equal(attempt_limit_wait(limit, TEXT("another"), here, CLOCK_HOUR), 0);
    /* Who comes from elsewhere has one attempt. */
    fail_often(limit, key, there, 1);
    assert_true(attempt_limit_wait(limit, key, there, CLOCK_HOUR) > 0);
    attempt_limit_free(limit);
}

/* Whoever has an IPv6 network has all of its addresses. */
static void the_addresses_of_one_network_are_one(void **state)
{
    struct attempt_limit *limit = attempt_limit_new(1000, 3);
    (void)state;
    fail_often(limit, key, TEXT("2001:db8::1"), 3);
    assert_true(attempt_limit_wait(limit, key, TEXT("2001:db8::2"), CLOCK_HOUR) > 0);
    assert_true(attempt_limit_wait(limit, key, TEXT("2001:db8::ffff:0:0:1"), CLOCK_HOUR) > 0);
    assert_int_equal(attempt_limit_wait(limit, key, TEXT("2001:db8:0:1::1"), CLOCK_HOUR), 0);
    attempt_limit_free(limit);
}

static void without_limits_nobody_waits(void **state)
{
    struct attempt_limit *limit = attempt_limit_new(0, 0);
    (void)state;
    fail_often(limit, key, here, 1000);
    assert_int_equal(attempt_limit_wait(limit, key, here, CLOCK_HOUR), 0);
    attempt_limit_free(limit);
}

static void many_strangers_do_not_push_out_the_one_who_tries(void **state)
{
    struct attempt_limit *limit = attempt_limit_new(6, 0);
    struct arena *arena = arena_new(64 << 20);
    (void)state;
    fail_often(limit, key, here, 50);
    for (int i = 0; i < 200000; i++)
        attempt_limit_note(limit, text_format(arena, "key %d", i),
                           text_format(arena, "address %d", i), CLOCK_HOUR);
    assert_true(attempt_limit_wait(limit, key, here, CLOCK_HOUR) > 0);
    arena_free(arena);
    attempt_limit_free(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_waits_after_too_many),
        cmocka_unit_test(guessing_at_a_key_does_not_lock_its_owner_out),
        cmocka_unit_test(the_addresses_of_one_network_are_one),
        cmocka_unit_test(without_limits_nobody_waits),
        cmocka_unit_test(many_strangers_do_not_push_out_the_one_who_tries),
    };
    return cmocka_run_group_tests_name("attempt_limit", tests, NULL, NULL);
}
