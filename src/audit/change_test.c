/* Changes: what of two sides gets into the audit trail, and that secrets do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "audit/change.h"
#include "base/macros.h"

#include <string.h>

static struct arena *arena;
static struct change change;

static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new(1 << 20);
    change_init(&change, arena);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void assert_prints(const char *expected)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    change_print(&change, writer);
    json_end_object(writer);
    struct text printed = json_print_end(&printer);
    assert_string_equal(text_terminated(arena, printed), expected);
}

static void describe(struct change_side *side, const char *name, bool big, int64_t size)
{
    change_text(side, "name", text_z(name));
    change_bool(side, "big", big);
    change_int64(side, "size", size);
}

static void what_stays_the_same_is_left_out(void **state)
{
    UNUSED(state);
    describe(&change.before, "one", false, 3);
    describe(&change.after, "two", false, 3);
    assert_prints("{\"before\":{\"name\":\"one\"},\"after\":{\"name\":\"two\"}}");
}

static void a_new_thing_has_no_before(void **state)
{
    UNUSED(state);
    describe(&change.after, "one", true, -1);
    assert_prints("{\"after\":{\"name\":\"one\",\"big\":true,\"size\":-1}}");
}

static void a_deleted_thing_has_no_after(void **state)
{
    UNUSED(state);
    describe(&change.before, "one", true, 0);
    assert_prints("{\"before\":{\"name\":\"one\",\"big\":true,\"size\":0}}");
}

static void what_only_one_side_has_is_null_on_the_other(void **state)
{
    static const struct text labels[] = {TEXT_INIT("a"), TEXT_INIT("b\"c")};
    UNUSED(state);
    change_text(&change.before, "gone", TEXT("was here"));
    change_bool(&change.before, "same", true);
    change_bool(&change.after, "same", true);
    change_text(&change.after, "gone", TEXT(""));
    change_texts(&change.after, "labels", (struct text_list){labels, ARRAY_LENGTH(labels)});
    assert_prints("{\"before\":{\"gone\":\"was here\",\"labels\":null},"
                  "\"after\":{\"labels\":[\"a\",\"b\\\"c\"],\"gone\":null}}");
}

static void nothing_that_differs_is_two_empty_sides(void **state)
{
    UNUSED(state);
    describe(&change.before, "one", true, 1);
    describe(&change.after, "one", true, 1);
    assert_prints("{\"before\":{},\"after\":{}}");
}

static void nothing_described_prints_nothing(void **state)
{
    UNUSED(state);
    assert_prints("{}");
}

static void json_stays_json(void **state)
{
    UNUSED(state);
    change_json(&change.after, "rule", TEXT("{\"a\":[1,2]}"));
    change_json(&change.after, "none", TEXT(""));
    assert_prints("{\"after\":{\"rule\":{\"a\":[1,2]}}}");
}

static void a_secret_is_never_shown(void **state)
{
    UNUSED(state);
    change_secret(&change.before, "same", TEXT("0011"));
    change_secret(&change.after, "same", TEXT("0011"));
    change_secret(&change.before, "replaced", TEXT("0022"));
    change_secret(&change.after, "replaced", TEXT("0033"));
    change_secret(&change.after, "added", TEXT("0044"));
    change_secret(&change.before, "removed", TEXT("0055"));
    change_secret(&change.before, "never", TEXT(""));
    assert_prints("{\"before\":{\"replaced\":\"set\",\"removed\":\"set\",\"added\":null},"
                  "\"after\":{\"replaced\":\"changed\",\"added\":\"set\",\"removed\":null}}");
}

static void a_long_text_is_its_length_and_digest(void **state)
{
    static char bytes[CHANGE_TEXT_MAX_BYTES + 1];
    UNUSED(state);
    memset(bytes, 'x', sizeof(bytes));
    change_text(&change.after, "body", (struct text){bytes, sizeof(bytes)});
    assert_prints("{\"after\":{\"body\":{\"length\":8193,\"sha256\":"
                  "\"e5c8309afda18ec4ec225ada92dab2d5768f7d845d8cebf2b9968392a6bfd6de\"}}}");
}

#define WITH_CHANGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHANGE(what_stays_the_same_is_left_out),
        WITH_CHANGE(a_new_thing_has_no_before),
        WITH_CHANGE(a_deleted_thing_has_no_after),
        WITH_CHANGE(what_only_one_side_has_is_null_on_the_other),
        WITH_CHANGE(nothing_that_differs_is_two_empty_sides),
        WITH_CHANGE(nothing_described_prints_nothing),
        WITH_CHANGE(json_stays_json),
        WITH_CHANGE(a_secret_is_never_shown),
        WITH_CHANGE(a_long_text_is_its_length_and_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
