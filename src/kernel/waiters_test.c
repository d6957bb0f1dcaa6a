/* Waiters: nobody is woken twice, no wake is missed, nobody waits past the deadline or the end. */
#include "kernel/waiters.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct sleeper {
    struct waiter waiter; /* first, so that one is the other */
    atomic_int woken;
};

static void count_wake(struct waiter *waiter)
{
    atomic_fetch_add(&((struct sleeper *)waiter)->woken, 1);
}

static struct sleeper asleep_until(int64_t deadline)
{
    return (struct sleeper){.waiter = {.wake = count_wake, .deadline = deadline}};
}

static int set_up(void **state)
{
    *state = waiters_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    waiters_free(*state);
    return 0;
}

#define WITH_WAITERS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void everybody_is_woken_once(void **state)
{
    struct waiters *waiters = *state;
    struct sleeper a = asleep_until(INT64_MAX), b = asleep_until(INT64_MAX);
    uint64_t generation = waiters_generation(waiters);
    assert_true(waiters_add(waiters, &a.waiter, generation));
    assert_true(waiters_add(waiters, &b.waiter, generation));
    waiters_wake(waiters);
    waiters_wake(waiters);
    assert_int_equal(a.woken, 1);
    assert_int_equal(b.woken, 1);
}

static void a_wake_between_looking_and_waiting_is_noticed(void **state)
{
    struct waiters *waiters = *state;
    struct sleeper late = asleep_until(INT64_MAX);
    uint64_t before = waiters_generation(waiters);
    waiters_wake(waiters);
    assert_false(waiters_add(waiters, &late.waiter, before));
    assert_int_equal(late.woken, 0);
    assert_true(waiters_add(waiters, &late.waiter, waiters_generation(waiters)));
    waiters_wake(waiters);
    assert_int_equal(late.woken, 1);
}

static void only_those_whose_time_has_come_are_expired(void **state)
{
    struct waiters *waiters = *state;
    struct sleeper a = asleep_until(10), b = asleep_until(20), c = asleep_until(30);
    uint64_t generation = waiters_generation(waiters);
    assert_true(waiters_add(waiters, &a.waiter, generation));
    assert_true(waiters_add(waiters, &b.waiter, generation));
    assert_true(waiters_add(waiters, &c.waiter, generation));
    waiters_expire(waiters, 9);
    assert_int_equal(a.woken + b.woken + c.woken, 0);
    waiters_expire(waiters, 20);
    assert_int_equal(a.woken, 1);
    assert_int_equal(b.woken, 1);
    assert_int_equal(c.woken, 0);
    /* Expiry is no event: whoever looked before it may still wait. */
    assert_int_equal(waiters_generation(waiters), generation);
    waiters_wake(waiters);
    assert_int_equal(a.woken + b.woken + c.woken, 3);
}

static void closing_wakes_everybody_and_lets_nobody_wait(void **state)
{
    struct waiters *waiters = *state;
    struct sleeper a = asleep_until(INT64_MAX);
    assert_true(waiters_add(waiters, &a.waiter, waiters_generation(waiters)));
    assert_false(waiters_closed(waiters));
    waiters_close(waiters);
    assert_true(waiters_closed(waiters));
    assert_int_equal(a.woken, 1);
    assert_false(waiters_add(waiters, &a.waiter, waiters_generation(waiters)));
    waiters_free(NULL);
}

struct again {
    struct waiter waiter;
    struct waiters *waiters;
    int rounds;
};

static void wait_again(struct waiter *waiter)
{
    struct again *again = (struct again *)waiter;
    again->rounds++;
    assert_true(waiters_add(again->waiters, waiter, waiters_generation(again->waiters)));
}

static void who_is_woken_may_wait_again_at_once(void **state)
{
    struct again again = {.waiter = {.wake = wait_again, .deadline = INT64_MAX}, .waiters = *state};
    assert_true(waiters_add(*state, &again.waiter, waiters_generation(*state)));
    waiters_wake(*state);
    waiters_wake(*state);
    assert_int_equal(again.rounds, 2);
}

enum { CONSUMERS = 3, ITEMS = 3000 };

/* Items are put and announced; consumers look, and wait only when they found none. A missed wake
 * would leave a consumer asleep with items left. */
struct shop {
    struct waiters *waiters;
    atomic_int items;
    atomic_int taken;
};

static bool take(struct shop *shop)
{
    int left = atomic_load(&shop->items);
    while (left > 0 && !atomic_compare_exchange_weak(&shop->items, &left, left - 1))
        ;
    return left > 0;
}

static void *consume(void *data)
{
    struct shop *shop = data;
    while (!waiters_closed(shop->waiters)) {
        uint64_t generation = waiters_generation(shop->waiters);
        if (take(shop)) {
            atomic_fetch_add(&shop->taken, 1);
            continue;
        }
        struct sleeper sleeper = asleep_until(INT64_MAX);
        if (!waiters_add(shop->waiters, &sleeper.waiter, generation))
            continue;
        while (sleeper.woken == 0)
            sched_yield();
    }
    return NULL;
}

static void no_wake_is_missed_among_threads(void **state)
{
    struct shop shop = {.waiters = *state};
    pthread_t threads[CONSUMERS];
    for (int i = 0; i < CONSUMERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, consume, &shop), 0);
    for (int i = 0; i < ITEMS; i++) {
        atomic_fetch_add(&shop.items, 1);
        waiters_wake(shop.waiters);
    }
    int64_t until = clock_monotonic() + 20 * CLOCK_SECOND;
    while (shop.taken < ITEMS && clock_monotonic() < until)
        sched_yield();
    waiters_close(shop.waiters);
    for (int i = 0; i < CONSUMERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shop.taken, ITEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WAITERS(everybody_is_woken_once),
        WITH_WAITERS(a_wake_between_looking_and_waiting_is_noticed),
        WITH_WAITERS(only_those_whose_time_has_come_are_expired),
        WITH_WAITERS(closing_wakes_everybody_and_lets_nobody_wait),
        WITH_WAITERS(who_is_woken_may_wait_again_at_once),
        WITH_WAITERS(no_wake_is_missed_among_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
