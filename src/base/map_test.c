/* Maps: absent, present, replaced, in insertion order. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void entries_are_found_again(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 22);
    struct map map;
    map_init(&map, arena);
    assert_null(map_get(&map, TEXT("absent")));
    int values[3000];
    for (int i = 0; i < 3000; i++)
        assert_true(map_set(&map, text_format(arena, "key %d", i), &values[i]));
    for (int i = 0; i < 3000; i++)
        assert_ptr_equal(map_get(&map, text_format(arena, "key %d", i)), &values[i]);
    assert_null(map_get(&map, TEXT("key 3000")));
    assert_ptr_equal(map.entries[7].value, &values[7]);
    arena_free(arena);
}

static void a_second_value_replaces_the_first(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 16);
    struct map map;
    map_init(&map, arena);
    int one, two;
    assert_true(map_set(&map, TEXT("k"), &one));
    assert_true(map_set(&map, TEXT("k"), &two));
    assert_int_equal(map.len, 1);
    assert_ptr_equal(map_get(&map, TEXT("k")), &two);
    assert_true(map_set(&map, TEXT("null"), NULL));
    assert_non_null(map_find(&map, TEXT("null")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_found_again),
        cmocka_unit_test(a_second_value_replaces_the_first),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
