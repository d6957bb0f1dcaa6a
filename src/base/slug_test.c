/* Names as identifiers. */
#include "base/slug.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_become_slugs(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    static const struct {
        const char *name, *slug;
    } cases[] = {
        {"My Stack!", "my-stack"},
        {"a", "a"},
        {"  a  b  ", "a-b"},
        {"A_B.C/D", "a-b-c-d"},
        {"--a--", "a"},
        {"2024 Q1", "2024-q1"},
        {"", "thing"},
        {"!!!", "thing"},
        {"\xc3\x9cnit\xc3\xa9", "nit"},
        {"caf\xc3\xa9 bar", "caf-bar"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_true(text_equal_z(slug_make(arena, text_z(cases[i].name), "thing"), cases[i].slug));
    char long_name[200];
    memset(long_name, 'x', sizeof(long_name));
    struct text slug = slug_make(arena, (struct text){long_name, sizeof(long_name)}, "thing");
    assert_in_range(slug.len, 70, 80);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_slugs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
