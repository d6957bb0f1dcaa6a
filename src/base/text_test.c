/* Borrowed text: comparison, search, parts, numbers, UTF-8. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void comparison(void **state)
{
    UNUSED(state);
    assert_true(text_equal(TEXT("a"), TEXT("a")));
    assert_false(text_equal(TEXT("a"), TEXT("A")));
    assert_true(text_equal((struct text){NULL, 0}, TEXT("")));
    assert_true(text_equal_ignoring_case(TEXT("Content-Type"), TEXT("content-TYPE")));
    assert_true(text_compare(TEXT("a"), TEXT("ab")) < 0);
    assert_true(text_compare(TEXT("b"), TEXT("ab")) > 0);
    assert_true(text_equal_secret(TEXT("secret"), TEXT("secret")));
    assert_false(text_equal_secret(TEXT("secret"), TEXT("secreT")));
    assert_false(text_equal_secret(TEXT("secret"), TEXT("secre")));
}

static void search(void **state)
{
    UNUSED(state);
    assert_int_equal(text_find(TEXT("abcabc"), TEXT("ca"), 0), 2);
    assert_int_equal(text_find(TEXT("abcabc"), TEXT("abc"), 1), 3);
    assert_int_equal(text_find(TEXT("abc"), TEXT("abcd"), 0), 3);
    assert_int_equal(text_find(TEXT("abc"), TEXT("a"), 9), 3);
    assert_true(text_contains(TEXT(""), TEXT("")));
    assert_true(text_starts_with(TEXT("ci-cd-production"), TEXT("ci-cd-")));
    assert_false(text_ends_with(TEXT("x"), TEXT("-monitoring")));
    assert_true(text_equal(text_trim(TEXT(" \t a b \r\n")), TEXT("a b")));
    assert_true(text_is_empty(text_trim(TEXT(" \n"))));
    assert_true(text_is_empty(text_slice(TEXT("abc"), 5, 9)));
}

static size_t count_parts(struct text rest)
{
    size_t count = 0;
    struct text part;
    while (text_next_part(&rest, ',', &part))
        count++;
    return count;
}

static void parts(void **state)
{
    UNUSED(state);
    assert_int_equal(count_parts(TEXT("")), 0);
    assert_int_equal(count_parts(TEXT("a")), 1);
    assert_int_equal(count_parts(TEXT("a,b")), 2);
    assert_int_equal(count_parts(TEXT("a,,b")), 3);
    assert_int_equal(count_parts(TEXT("a,")), 1);
    assert_int_equal(count_parts(TEXT(",a")), 2);
}

static void numbers(void **state)
{
    UNUSED(state);
    int64_t value;
    assert_true(text_to_int64(TEXT("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_true(text_to_int64(TEXT("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    static const struct text bad[] = {TEXT_INIT(""),
                                      TEXT_INIT("-"),
                                      TEXT_INIT("9223372036854775808"),
                                      TEXT_INIT("-9223372036854775809"),
                                      TEXT_INIT("1 "),
                                      TEXT_INIT("+1"),
                                      TEXT_INIT("1e3")};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(text_to_int64(bad[i], &value));
}

static void names(void **state)
{
    UNUSED(state);
    static const struct text good[] = {TEXT_INIT("a"), TEXT_INIT("Z"), TEXT_INIT("_"),
                                       TEXT_INIT("TF_VAR_region_2"), TEXT_INIT("z9")};
    static const struct text bad[] = {TEXT_INIT(""),    TEXT_INIT("9z"),
                                      TEXT_INIT("a-b"), TEXT_INIT("a b"),
                                      TEXT_INIT("a="),  TEXT_INIT("a\0"),
                                      TEXT_INIT("a.b"), TEXT_INIT("@"),
                                      TEXT_INIT("["),   TEXT_INIT("`"),
                                      TEXT_INIT("{"),   TEXT_INIT("a/"),
                                      TEXT_INIT("a:"),  TEXT_INIT("gr\xc3\xbc\xc3\x9f")};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(text_is_name(good[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(text_is_name(bad[i]));
}

static void utf8(void **state)
{
    UNUSED(state);
    static const struct text good[] = {TEXT_INIT(""),
                                       TEXT_INIT("plain ascii, longer than eight"),
                                       TEXT_INIT("gr\xc3\xbc\xc3\x9f"),
                                       TEXT_INIT("\xe2\x82\xac"),
                                       TEXT_INIT("\xf0\x9f\x8e\x89"),
                                       TEXT_INIT("\xf4\x8f\xbf\xbf")};
    static const struct text bad[] = {
        TEXT_INIT("\x80"),         TEXT_INIT("\xc0\xaf"),         TEXT_INIT("\xe0\x9f\xbf"),
        TEXT_INIT("\xed\xa0\x80"), TEXT_INIT("\xf4\x90\x80\x80"), TEXT_INIT("\xe2\x82"),
        TEXT_INIT("abcdefgh\xff")};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(text_is_utf8(good[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(text_is_utf8(bad[i]));
}

static void a_cut_leaves_no_half_of_a_letter(void **state)
{
    UNUSED(state);
    static const struct text party = TEXT_INIT("a\xf0\x9f\x8e\x89z");
    static const size_t expected[] = {0, 1, 1, 1, 1, 5, 6, 6};
    for (size_t max = 0; max < ARRAY_LENGTH(expected); max++)
        assert_int_equal(text_cut(party, max).len, expected[max]);
    assert_true(text_is_empty(text_cut((struct text){NULL, 0}, 4)));
}

static void copies(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 16);
    assert_true(text_equal(text_format(arena, "%d-%s", 7, "x"), TEXT("7-x")));
    const struct text words[] = {TEXT_INIT("a"), TEXT_INIT(""), TEXT_INIT("c")};
    assert_true(text_equal(text_join(arena, TEXT(", "), words, 3), TEXT("a, , c")));
    assert_true(text_is_empty(text_join(arena, TEXT(", "), words, 0)));
    assert_string_equal(text_terminated(arena, TEXT("z")), "z");
    assert_null(text_terminated(arena, (struct text){"a\0b", 3}));
    assert_true(text_equal(text_lower_ascii(arena, TEXT("MiX")), TEXT("mix")));
    assert_true(text_hash(TEXT("same")) == text_hash(text_copy(arena, TEXT("same"))));
    assert_true(text_hash(TEXT("same")) != text_hash(TEXT("other")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparison),
        cmocka_unit_test(search),
        cmocka_unit_test(parts),
        cmocka_unit_test(numbers),
        cmocka_unit_test(names),
        cmocka_unit_test(utf8),
        cmocka_unit_test(a_cut_leaves_no_half_of_a_letter),
        cmocka_unit_test(copies),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
