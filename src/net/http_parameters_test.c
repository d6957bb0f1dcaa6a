/* Queries and forms, there and back. */
#include "net/http_parameters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = arena_new(1 << 20);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static struct http_parameters parse(struct arena *arena, const char *source)
{
    struct error error = {0};
    struct http_parameters parameters;
    assert_true(http_parameters_parse(arena, text_z(source), &parameters, &error));
    return parameters;
}

static void assert_value(const struct http_parameters *parameters, const char *name,
                         const char *expected)
{
    assert_true(text_equal_z(http_parameters_get(parameters, text_z(name)), expected));
}

static void names_and_values(void **state)
{
    struct http_parameters parameters =
        parse(*state, "user=jane+doe&password=a%26b%3D%25&&flag&user=x");
    assert_int_equal(parameters.len, 4);
    assert_value(&parameters, "user", "jane doe");
    assert_value(&parameters, "password", "a&b=%");
    assert_value(&parameters, "flag", "");
    assert_null(http_parameters_get(&parameters, TEXT("nothing")).at);
    parameters = parse(*state, "");
    assert_int_equal(parameters.len, 0);
}

static void assert_refused(struct arena *arena, struct text source)
{
    struct error error = {0};
    struct http_parameters parameters;
    assert_false(http_parameters_parse(arena, source, &parameters, &error));
    assert_int_equal(error.kind, ERR_INVALID);
}

static void malformed_ones_are_refused(void **state)
{
    assert_refused(*state, TEXT("a=%"));
    assert_refused(*state, TEXT("a=%4"));
    assert_refused(*state, TEXT("a=%zz"));
    assert_refused(*state, TEXT("a=%00"));
    char many[2 * HTTP_PARAMETERS_MAX + 2];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 ? '&' : 'a';
    assert_refused(*state, (struct text){many, sizeof many});
}

static void what_was_added_reads_back(void **state)
{
    struct buffer query;
    buffer_init(&query, *state, 4096);
    http_parameters_add(&query, TEXT("next"), TEXT("/cli_login?key=a&port=1"));
    http_parameters_add(&query, TEXT("a b"), TEXT("Zoë+\"<"));
    assert_true(text_equal_z(buffer_text(&query), "next=%2Fcli_login%3Fkey%3Da%26port%3D1"
                                                  "&a%20b=Zo%C3%AB%2B%22%3C"));
    struct http_parameters parameters = parse(*state, text_terminated(*state, buffer_text(&query)));
    assert_value(&parameters, "next", "/cli_login?key=a&port=1");
    assert_value(&parameters, "a b", "Zoë+\"<");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_and_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_ones_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_added_reads_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
