/* Errors: the first one wins, long sentences are cut at a character. */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_first_error_wins(void **state)
{
    UNUSED(state);
    struct error error = {0};
    assert_false(error_is_set(&error));
    assert_false(error_set(&error, ERR_NOT_FOUND, "no stack named %s", "x"));
    error_set_field(&error, "stack");
    assert_false(error_set(&error, ERR_INTERNAL, "second"));
    assert_int_equal(error.kind, ERR_NOT_FOUND);
    assert_string_equal(error.message, "no stack named x");
    assert_string_equal(error.field, "stack");
    error_clear(&error);
    assert_false(error_set_at(&error, ERR_SYNTAX, 3, 7, "unexpected }"));
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 7);
}

static void long_sentences_stay_utf8(void **state)
{
    UNUSED(state);
    for (int pad = 0; pad < 4; pad++) {
        struct error error = {0};
        char text[1000] = "";
        memset(text, 'x', (size_t)pad);
        for (size_t at = (size_t)pad; at < 900; at += 3)
            memcpy(text + at, "\xe2\x82\xac", 3);
        error_set(&error, ERR_INVALID, "%s", text);
        assert_true(text_is_utf8(text_z(error.message)));
        assert_true(strlen(error.message) > ERROR_MESSAGE_SIZE - 6);
    }
}

static void every_kind_is_described(void **state)
{
    UNUSED(state);
    for (int kind = 0; kind < ERR_KIND_COUNT; kind++) {
        assert_true(error_http_status((enum error_kind)kind) >= 200);
        assert_true(strlen(error_code((enum error_kind)kind)) > 1);
        assert_true(strlen(error_sentence((enum error_kind)kind)) > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(long_sentences_stay_utf8),
        cmocka_unit_test(every_kind_is_described),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
