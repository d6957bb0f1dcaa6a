/* Buffers: growth, the maximum, formatting. */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void appends_of_every_kind(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    struct buffer buffer;
    buffer_init(&buffer, arena, 1 << 16);
    buffer_add(&buffer, TEXT("a"));
    buffer_add_byte(&buffer, 'b');
    buffer_add_int64(&buffer, INT64_MIN);
    buffer_add_int64(&buffer, 0);
    buffer_add_format(&buffer, "%0300d", 5);
    assert_false(buffer.failed);
    struct text text = buffer_text(&buffer);
    assert_int_equal(text.len, 2 + 20 + 1 + 300);
    assert_true(text_starts_with(text, TEXT("ab-922337203685477580800000")));
    buffer_truncate(&buffer, 2);
    assert_true(text_equal(buffer_text(&buffer), TEXT("ab")));
    arena_free(arena);
}

static void the_maximum_is_kept(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    struct buffer buffer;
    buffer_init(&buffer, arena, 10);
    buffer_add(&buffer, TEXT("0123456789"));
    assert_false(buffer.failed);
    buffer_add_byte(&buffer, '!');
    assert_true(buffer.failed);
    assert_true(text_equal(buffer_text(&buffer), TEXT("0123456789")));
    assert_null(buffer_reserve(&buffer, 1));
    arena_free(arena);
}

static void a_full_arena_fails_the_buffer(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1000);
    struct buffer buffer;
    buffer_init(&buffer, arena, 1 << 16);
    for (int i = 0; i < 2000; i++)
        buffer_add_byte(&buffer, 'x');
    assert_true(buffer.failed);
    assert_true(arena_failed(arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_of_every_kind),
        cmocka_unit_test(the_maximum_is_kept),
        cmocka_unit_test(a_full_arena_fails_the_buffer),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
