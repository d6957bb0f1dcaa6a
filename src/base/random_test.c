/* The random source: it varies, stays in bounds, and follows a seed. */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void draws_differ(void **state)
{
    UNUSED(state);
    unsigned char first[300] = {0};
    unsigned char second[300] = {0};
    random_bytes(first, sizeof(first));
    random_bytes(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    random_bytes(first, 0);
}

static void bounds_are_kept(void **state)
{
    UNUSED(state);
    int seen[6] = {0};
    for (int i = 0; i < 6000; i++)
        seen[random_below(6)]++;
    for (size_t i = 0; i < ARRAY_LENGTH(seen); i++)
        assert_in_range(seen[i], 700, 1300);
    assert_int_equal(random_below(1), 0);
    assert_true(random_below(UINT64_MAX) < UINT64_MAX);
}

static void a_seed_decides_all_draws(void **state)
{
    UNUSED(state);
    unsigned char first[21];
    unsigned char second[21];
    random_seed(42);
    random_bytes(first, sizeof(first));
    uint64_t word = random_uint64();
    random_seed(42);
    random_bytes(second, sizeof(second));
    assert_memory_equal(first, second, sizeof(first));
    assert_true(random_uint64() == word);
    random_seed(43);
    random_bytes(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    random_unseed();
    random_seed(42);
    random_unseed();
    random_bytes(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_differ),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(a_seed_decides_all_draws),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
