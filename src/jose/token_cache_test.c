/* The token cache: hits, expiry, the epoch, bounds, and many threads at once. */
#include "jose/test_support.h"
#include "jose/token_cache.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int freed;

static void count_free(void *value)
{
    atomic_fetch_add(&freed, 1);
    free(value);
}

static int *new_value(int number)
{
    int *value = malloc(sizeof *value);
    assert_non_null(value);
    *value = number;
    return value;
}

static void finds_until_expiry(void **state)
{
    atomic_store(&freed, 0);
    struct token_cache *cache = token_cache_new(64, count_free);
    assert_null(token_cache_find(cache, *state, TEXT("token"), 100));
    const int *value =
        token_cache_add(cache, *state, TEXT("token"), 200, token_cache_epoch(cache), new_value(7));
    assert_int_equal(*value, 7);
    assert_ptr_equal(token_cache_find(cache, *state, TEXT("token"), 199), value);
    assert_null(token_cache_find(cache, *state, TEXT("token"), 200));
    assert_null(token_cache_find(cache, *state, TEXT("other"), 100));
    struct token_cache_figures figures = token_cache_figures(cache);
    assert_int_equal(figures.hits, 1);
    assert_int_equal(figures.misses, 3);
    arena_reset(*state);
    assert_int_equal(atomic_load(&freed), 0);
    token_cache_free(cache);
    assert_int_equal(atomic_load(&freed), 1);
}

static void clear_makes_all_stale(void **state)
{
    atomic_store(&freed, 0);
    struct token_cache *cache = token_cache_new(64, count_free);
    uint64_t epoch = token_cache_epoch(cache);
    const int *value = token_cache_add(cache, *state, TEXT("a"), 200, epoch, new_value(1));
    token_cache_clear(cache);
    assert_null(token_cache_find(cache, *state, TEXT("a"), 100));
    assert_int_equal(*value, 1); /* still held */
    /* Verified before the clear, added after it: lent, not kept. */
    value = token_cache_add(cache, *state, TEXT("b"), 200, epoch, new_value(2));
    assert_int_equal(*value, 2);
    assert_null(token_cache_find(cache, *state, TEXT("b"), 100));
    arena_reset(*state);
    assert_int_equal(atomic_load(&freed), 1); /* b; a waits for its place to be needed */
    token_cache_free(cache);
    assert_int_equal(atomic_load(&freed), 2);
}

static void finds_what_is_stale_where_that_will_do(void **state)
{
    atomic_store(&freed, 0);
    struct token_cache *cache = token_cache_new(64, count_free);
    const int *value =
        token_cache_add(cache, *state, TEXT("a"), 200, token_cache_epoch(cache), new_value(1));
    token_cache_clear(cache);
    assert_ptr_equal(token_cache_find_stale(cache, *state, TEXT("a"), 199), value);
    assert_null(token_cache_find_stale(cache, *state, TEXT("a"), 200));
    assert_null(token_cache_find_stale(cache, *state, TEXT("b"), 100));
    /* It takes the place of what it was found by. */
    value = token_cache_add(cache, *state, TEXT("a"), 200, token_cache_epoch(cache), new_value(2));
    assert_ptr_equal(token_cache_find(cache, *state, TEXT("a"), 100), value);
    assert_int_equal(token_cache_figures(cache).hits, 1);
    assert_int_equal(token_cache_figures(cache).misses, 0);
    arena_reset(*state);
    assert_int_equal(atomic_load(&freed), 1);
    token_cache_free(cache);
    assert_int_equal(atomic_load(&freed), 2);
}

static void replaces_and_stays_bounded(void **state)
{
    atomic_store(&freed, 0);
    struct token_cache *cache = token_cache_new(64, count_free);
    for (int i = 0; i < 1000; i++) {
        struct text token = text_format(*state, "token %d", i % 500);
        assert_non_null(
            token_cache_add(cache, *state, token, 200, token_cache_epoch(cache), new_value(i)));
    }
    const int *value = token_cache_find(cache, *state, TEXT("token 499"), 100);
    assert_int_equal(*value, 999);
    arena_reset(*state);
    assert_true(atomic_load(&freed) >= 1000 - 64);
    assert_true(token_cache_figures(cache).evictions >= 1000 - 2 * 64);
    token_cache_free(cache);
    assert_int_equal(atomic_load(&freed), 1000);
}

static void without_memory(void **state)
{
    atomic_store(&freed, 0);
    struct token_cache *cache = token_cache_new(64, count_free);
    arena_fail_after(*state, 0);
    assert_null(token_cache_add(cache, *state, TEXT("a"), 200, 0, new_value(1)));
    assert_null(token_cache_find(cache, *state, TEXT("a"), 100));
    arena_reset(*state);
    const int *value = token_cache_find(cache, *state, TEXT("a"), 100);
    assert_int_equal(*value, 1);
    arena_reset(*state);
    token_cache_free(cache);
    assert_int_equal(atomic_load(&freed), 1);
}

struct worker {
    pthread_t thread;
    struct token_cache *cache;
    atomic_bool *wrong;
};

/* Finds or adds, and checks that a token never leads to another's value. */
static void *use_cache(void *data)
{
    struct worker *worker = data;
    struct arena *arena = arena_new(1 << 16);
    for (int i = 0; i < 20000; i++) {
        int number = i % 200;
        struct text token = text_format(arena, "%d", number);
        uint64_t epoch = token_cache_epoch(worker->cache);
        const int *value = token_cache_find(worker->cache, arena, token, 1);
        if (!value) {
            int *made = malloc(sizeof *made);
            *made = number;
            value = token_cache_add(worker->cache, arena, token, 2, epoch, made);
        }
        if (!value || *value != number)
            atomic_store(worker->wrong, true);
        if (i % 1000 == 0)
            token_cache_clear(worker->cache);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void many_threads(void **state)
{
    UNUSED(state);
    atomic_bool wrong = false;
    struct worker workers[4];
    struct token_cache *cache = token_cache_new(128, count_free);
    for (size_t i = 0; i < ARRAY_LENGTH(workers); i++) {
        workers[i] = (struct worker){.cache = cache, .wrong = &wrong};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, use_cache, &workers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(workers); i++)
        pthread_join(workers[i].thread, NULL);
    assert_false(atomic_load(&wrong));
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(finds_until_expiry),
        WITH_ARENA(clear_makes_all_stale),
        WITH_ARENA(finds_what_is_stale_where_that_will_do),
        WITH_ARENA(replaces_and_stays_bounded),
        WITH_ARENA(without_memory),
        WITH_ARENA(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
