/* What escaping makes of all kinds of text. */
#include "doors/login/html.h"

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

static void assert_escaped(struct arena *arena, struct text text, const char *expected)
{
    struct buffer html;
    buffer_init(&html, arena, 4096);
    html_text(&html, text);
    if (!text_equal_z(buffer_text(&html), expected))
        fail_msg("\"%.*s\" instead of \"%s\"", TEXT_ARG(buffer_text(&html)), expected);
}

static void markup_becomes_text(void **state)
{
    assert_escaped(*state, TEXT("<script>alert('x')</script>"),
                   "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    assert_escaped(*state, TEXT("\" onclick=\"a&b"), "&quot; onclick=&quot;a&amp;b");
    assert_escaped(*state, TEXT("&lt;"), "&amp;lt;");
    assert_escaped(*state, TEXT(""), "");
}

static void letters_of_all_languages_stay(void **state)
{
    assert_escaped(*state, TEXT("Zoë Ωμέγα 🔑 a\tb\nc"), "Zoë Ωμέγα 🔑 a\tb\nc");
}

static void what_html_cannot_say_is_replaced(void **state)
{
    assert_escaped(*state, (struct text){"a\0b", 3},
                   "a\xef\xbf\xbd"
                   "b");
    assert_escaped(*state, TEXT("\x1b[31m\x7f"), "\xef\xbf\xbd[31m\xef\xbf\xbd");
    assert_escaped(*state, TEXT("\xc2\x85\xc2\xa0"), "\xef\xbf\xbd\xc2\xa0");
    /* A cut character must not swallow the quote behind it. */
    assert_escaped(*state, TEXT("\xc3\"\xf0\x9f"), "\xef\xbf\xbd&quot;\xef\xbf\xbd\xef\xbf\xbd");
}

static void places_are_filled_in_order(void **state)
{
    struct buffer html;
    buffer_init(&html, *state, 4096);
    HTML(&html, "<a href=\"/{}\">{}</a>", TEXT("x\"y"), TEXT("{}<b>"));
    HTML_MARKUP(&html, "<hr>");
    assert_true(text_equal_z(buffer_text(&html), "<a href=\"/x&quot;y\">{}&lt;b&gt;</a><hr>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(markup_becomes_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(letters_of_all_languages_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_html_cannot_say_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_are_filled_in_order, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
