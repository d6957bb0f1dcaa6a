/* Lists keep their items in order while they grow. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void items_stay_in_order(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    struct list list;
    list_init(&list, arena, sizeof(int));
    for (int i = 0; i < 1000; i++) {
        int *item = list_push(&list);
        assert_non_null(item);
        assert_int_equal(*item, 0);
        *item = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(LIST_ITEMS(&list, int)[i], i);
    assert_null(list_at(&list, 1000));
    list_pop(&list);
    assert_int_equal(list.len, 999);
    arena_free(arena);
}

static void a_full_arena_refuses(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(256);
    struct list list;
    list_init(&list, arena, 64);
    while (list_push(&list))
        ;
    assert_true(arena_failed(arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stay_in_order),
        cmocka_unit_test(a_full_arena_refuses),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
