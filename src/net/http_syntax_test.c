/* Byte classes at their borders. */
#include "net/http_syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* How many of the 256 bytes a class takes when they stand between two letters. */
static int count_bytes(bool (*is_fine)(struct text text))
{
    int count = 0;
    for (int byte = 0; byte < 256; byte++) {
        char text[3] = {'a', (char)byte, 'b'};
        count += is_fine((struct text){text, 3});
    }
    return count;
}

static void classes_take_what_they_name(void **state)
{
    UNUSED(state);
    assert_int_equal(count_bytes(http_is_token), 26 + 26 + 10 + 15);
    assert_int_equal(count_bytes(http_is_field_value), 256 - 33 + 1);
    assert_int_equal(count_bytes(http_is_host), 26 + 26 + 10 + 7);
}

static void only_a_token_must_not_be_empty(void **state)
{
    UNUSED(state);
    assert_false(http_is_token(TEXT("")));
    assert_true(http_is_field_value(TEXT("")));
    assert_true(http_is_host(TEXT("")));
}

static void a_host_has_a_length(void **state)
{
    UNUSED(state);
    char name[300];
    memset(name, 'a', sizeof(name));
    assert_true(http_is_host((struct text){name, 253}));
    assert_false(http_is_host((struct text){name, 300}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_take_what_they_name),
        cmocka_unit_test(only_a_token_must_not_be_empty),
        cmocka_unit_test(a_host_has_a_length),
    };
    return cmocka_run_group_tests_name("http_syntax", tests, NULL, NULL);
}
