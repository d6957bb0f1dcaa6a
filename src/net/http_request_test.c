/* What handlers ask a request, without a server. */
#include "net/http_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct http_header headers[] = {
    {TEXT_INIT("Authorization"), TEXT_INIT("bearer  abc.def ")},
    {TEXT_INIT("Cookie"), TEXT_INIT("a=1; session=x=y;b=")},
    {TEXT_INIT("cookie"), TEXT_INIT("late=2")},
    {TEXT_INIT("Empty"), TEXT_INIT("")},
};

static const struct http_request request = {.headers = headers, .header_count = 4};

static void headers_are_found_in_any_case(void **state)
{
    UNUSED(state);
    assert_true(text_equal(http_header_get(&request, TEXT("COOKIE")), TEXT("a=1; session=x=y;b=")));
    struct text empty = http_header_get(&request, TEXT("empty"));
    assert_non_null(empty.at);
    assert_int_equal(empty.len, 0);
    assert_null(http_header_get(&request, TEXT("Cook")).at);
}

static void credentials_need_their_scheme(void **state)
{
    UNUSED(state);
    assert_true(text_equal(http_authorization_get(&request, TEXT("Bearer")), TEXT("abc.def")));
    assert_null(http_authorization_get(&request, TEXT("Basic")).at);
    assert_null(http_authorization_get(&request, TEXT("Bear")).at);
    assert_null(http_authorization_get(&(struct http_request){0}, TEXT("Bearer")).at);
}

static void cookies_are_found_by_name(void **state)
{
    UNUSED(state);
    assert_true(text_equal(http_cookie_get(&request, TEXT("a")), TEXT("1")));
    assert_true(text_equal(http_cookie_get(&request, TEXT("session")), TEXT("x=y")));
    assert_int_equal(http_cookie_get(&request, TEXT("b")).len, 0);
    assert_true(text_equal(http_cookie_get(&request, TEXT("late")), TEXT("2")));
    assert_null(http_cookie_get(&request, TEXT("sess")).at);
}

static bool accepts(const char *accept, const char *media_type)
{
    struct http_header header = {TEXT("Accept"), text_z(accept)};
    struct http_request asked = {.headers = &header, .header_count = 1};
    return http_accepts(&asked, text_z(media_type));
}

static void accept_headers_are_read(void **state)
{
    UNUSED(state);
    assert_true(http_accepts(&request, TEXT("application/json")));
    assert_true(accepts("application/json", "application/json"));
    assert_true(accepts("text/html, application/JSON;q=0.9", "application/json"));
    assert_true(accepts("*/*", "text/event-stream"));
    assert_true(accepts("text/*;q=0.1", "text/html"));
    assert_false(accepts("text/*", "application/json"));
    assert_false(accepts("application/json;q=0", "application/json"));
    assert_false(accepts("application/json; q=0.000", "application/json"));
    assert_false(accepts("application/jsonx", "application/json"));
    assert_false(accepts("", "application/json"));
}

static void decode(const char *source, bool plus, const char *expected)
{
    struct arena *arena = arena_new(4096);
    struct text out = {0};
    bool fine = http_percent_decode(arena, text_z(source), plus, &out);
    if (fine != (expected != NULL) || (fine && !text_equal_z(out, expected)))
        fail_msg("%s became %.*s", source, TEXT_ARG(out));
    arena_free(arena);
}

static void escapes_are_decoded(void **state)
{
    UNUSED(state);
    decode("", false, "");
    decode("plain", false, "plain");
    decode("a%20b%2Fc", false, "a b/c");
    decode("%e2%82%AC", false, "\xe2\x82\xac");
    decode("a+b", true, "a b");
    decode("a+b%2b", false, "a+b+");
    decode("%", false, NULL);
    decode("%4", false, NULL);
    decode("%4g", false, NULL);
    decode("a%00b", false, NULL);
}

static void decoding_needs_memory_only_for_escapes(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(4096);
    struct text out = {0};
    arena_fail_after(arena, 0);
    assert_true(http_percent_decode(arena, TEXT("plain"), false, &out));
    assert_false(http_percent_decode(arena, TEXT("%41"), false, &out));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found_in_any_case),
        cmocka_unit_test(credentials_need_their_scheme),
        cmocka_unit_test(cookies_are_found_by_name),
        cmocka_unit_test(accept_headers_are_read),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(decoding_needs_memory_only_for_escapes),
    };
    return cmocka_run_group_tests_name("http_request", tests, NULL, NULL);
}
