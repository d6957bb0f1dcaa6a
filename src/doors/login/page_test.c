/* Where a login may go on to, and what a browser is called. */
#include "doors/login/browser_name.h"
#include "doors/login/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_next(const char *path, const char *expected)
{
    if (!text_equal_z(page_after_login(text_z(path)), expected))
        fail_msg("\"%s\" does not lead to \"%s\"", path, expected);
}

static void our_own_pages(void **state)
{
    UNUSED(state);
    assert_next("/cli_login?key=abc-_&port=4000", "/cli_login?key=abc-_&port=4000");
    assert_next("/graphiql", "/graphiql");
    assert_next("", "/account");
    assert_next("/account", "/account");
    assert_next("/login", "/account");
}

static void no_other_site(void **state)
{
    UNUSED(state);
    static const char *const targets[] = {
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "\\\\example.com",
        "javascript:alert(1)",
        "/cli_login@example.com",
        "/cli_login.example.com",
        " /cli_login?a",
        "/cli_login?\nLocation: //e.com",
        "/cli_login?\t",
        "/graphiql/../../x",
        "/cli_login?\xc3\xa9",
        "https:/cli_login?key=abc",
        "/account/sessions/x/end",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(targets); i++)
        assert_next(targets[i], "/account");
    char long_target[4000] = "/cli_login?";
    memset(long_target + 11, 'x', sizeof long_target - 12);
    assert_next(long_target, "/account");
}

static void assert_browser(struct arena *arena, const char *line, const char *expected)
{
    assert_true(text_equal_z(browser_name(arena, text_z(line)), expected));
}

static void browsers_have_names(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    UNUSED(state);
    assert_browser(
        arena, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Firefox on Windows");
    assert_browser(
        arena,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/18.0 Safari/605.1.15",
        "Safari on macOS");
    assert_browser(
        arena,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        "Edge on Windows");
    assert_browser(arena, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                   "Firefox on Linux");
    assert_browser(arena, "curl/7.88.1", "curl");
    assert_browser(arena, "command line", "command line");
    assert_browser(arena, "", "a program");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_pages),
        cmocka_unit_test(no_other_site),
        cmocka_unit_test(browsers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
