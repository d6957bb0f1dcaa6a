/* Secrets: their form, and that a slip in one is noticed. */
#include "identity/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void a_new_secret_has_prefix_digits_and_checksum(void **state)
{
    UNUSED(state);
    struct text secret = secret_new(arena);
    assert_int_equal(secret.len, SECRET_LENGTH);
    assert_true(text_starts_with(secret, TEXT("gth_")));
    for (size_t i = 4; i < secret.len; i++)
        assert_non_null(memchr("0123456789abcdef", secret.at[i], 16));
    assert_true(secret_is_well_formed(secret));
}

static void no_two_are_alike(void **state)
{
    UNUSED(state);
    for (int i = 0; i < 100; i++)
        assert_false(text_equal(secret_new(arena), secret_new(arena)));
}

static void any_changed_character_is_noticed(void **state)
{
    UNUSED(state);
    struct text secret = secret_new(arena);
    for (size_t i = 0; i < secret.len; i++) {
        char *slip = text_terminated(arena, secret);
        slip[i] = slip[i] == '7' ? '1' : '7';
        assert_false(secret_is_well_formed(text_z(slip)));
    }
}

static void neighbours_that_changed_places_are_noticed(void **state)
{
    UNUSED(state);
    struct text secret = secret_new(arena);
    for (size_t i = 4; i + 1 < secret.len; i++) {
        char *slip = text_terminated(arena, secret);
        char first = slip[i];
        slip[i] = slip[i + 1];
        slip[i + 1] = first;
        if (slip[i] != first)
            assert_false(secret_is_well_formed(text_z(slip)));
    }
}

static void other_lengths_and_letters_are_no_secrets(void **state)
{
    UNUSED(state);
    struct text secret = secret_new(arena);
    assert_false(secret_is_well_formed(TEXT("")));
    assert_false(secret_is_well_formed(TEXT("gth_")));
    assert_false(secret_is_well_formed(text_slice(secret, 0, secret.len - 1)));
    assert_false(secret_is_well_formed(text_slice(secret, 1, secret.len)));
    assert_false(secret_is_well_formed(text_format(arena, "%.*s0", TEXT_ARG(secret))));
    assert_false(secret_is_well_formed(text_format(arena, " %.*s", TEXT_ARG(secret))));
    char *upper = text_terminated(arena, secret);
    for (char *at = upper; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    assert_false(secret_is_well_formed(text_z(upper)));
}

static void without_memory_there_is_none(void **state)
{
    UNUSED(state);
    for (int allocations = 0;; allocations++) {
        struct arena *small = arena_new(4096);
        arena_fail_after(small, allocations);
        size_t length = secret_new(small).len;
        arena_free(small);
        if (length)
            break;
        assert_in_range(allocations, 0, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_secret_has_prefix_digits_and_checksum),
        cmocka_unit_test(no_two_are_alike),
        cmocka_unit_test(any_changed_character_is_noticed),
        cmocka_unit_test(neighbours_that_changed_places_are_noticed),
        cmocka_unit_test(other_lengths_and_letters_are_no_secrets),
        cmocka_unit_test(without_memory_there_is_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
