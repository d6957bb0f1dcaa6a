/* The arena's contract: caps, marks, deferred calls, faults. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int calls;
static int order[4];

static void note_call(void *data)
{
    order[calls++] = *(int *)data;
}

static void allocations_are_zeroed_and_aligned(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    for (size_t size = 0; size < 9000; size += 97) {
        unsigned char *at = arena_alloc(arena, size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xff, size);
    }
    arena_free(arena);
}

static void the_cap_refuses_and_is_remembered(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(100);
    assert_non_null(arena_alloc(arena, 64));
    assert_false(arena_failed(arena));
    assert_null(arena_alloc(arena, 64));
    assert_true(arena_failed(arena));
    assert_null(arena_alloc_array(arena, SIZE_MAX, 2));
    assert_null(arena_alloc(arena, SIZE_MAX));
    arena_reset(arena);
    assert_false(arena_failed(arena));
    assert_non_null(arena_alloc(arena, 64));
    arena_free(arena);
}

static void rewinding_gives_memory_back(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 16);
    char *kept = arena_alloc(arena, 16);
    memcpy(kept, "kept", 5);
    size_t before = arena_used(arena);
    for (int i = 0; i < 100; i++) {
        struct arena_mark mark = arena_mark(arena);
        assert_non_null(arena_alloc(arena, 40000));
        arena_rewind(arena, mark);
    }
    assert_int_equal(arena_used(arena), before);
    assert_string_equal(kept, "kept");
    arena_free(arena);
}

static void deferred_calls_run_last_first(void **state)
{
    UNUSED(state);
    int one = 1, two = 2, three = 3;
    calls = 0;
    struct arena *arena = arena_new(1 << 16);
    assert_true(arena_defer(arena, note_call, &one));
    struct arena_mark mark = arena_mark(arena);
    assert_true(arena_defer(arena, note_call, &two));
    arena_rewind(arena, mark);
    assert_int_equal(calls, 1);
    assert_int_equal(order[0], 2);
    assert_true(arena_defer(arena, note_call, &three));
    arena_free(arena);
    assert_int_equal(calls, 3);
    assert_int_equal(order[1], 3);
    assert_int_equal(order[2], 1);
}

static void a_refused_deferral_runs_at_once(void **state)
{
    UNUSED(state);
    int one = 1;
    calls = 0;
    struct arena *arena = arena_new(1 << 16);
    arena_fail_after(arena, 0);
    assert_false(arena_defer(arena, note_call, &one));
    assert_int_equal(calls, 1);
    arena_free(arena);
    assert_int_equal(calls, 1);
}

static void growing_keeps_the_bytes(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    char *at = NULL;
    size_t size = 0;
    for (size_t next = 10; next < 100000; next *= 3) {
        at = arena_grow(arena, at, size, next);
        assert_non_null(at);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 'x');
        memset(at, 'x', next);
        size = next;
    }
    arena_free(arena);
}

static void the_nth_allocation_can_be_refused(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    arena_fail_after(arena, 2);
    assert_non_null(arena_alloc(arena, 1));
    assert_non_null(arena_alloc(arena, 1));
    assert_null(arena_alloc(arena, 1));
    assert_null(arena_alloc(arena, 1));
    assert_true(arena_failed(arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_zeroed_and_aligned),
        cmocka_unit_test(the_cap_refuses_and_is_remembered),
        cmocka_unit_test(rewinding_gives_memory_back),
        cmocka_unit_test(deferred_calls_run_last_first),
        cmocka_unit_test(a_refused_deferral_runs_at_once),
        cmocka_unit_test(growing_keeps_the_bytes),
        cmocka_unit_test(the_nth_allocation_can_be_refused),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
