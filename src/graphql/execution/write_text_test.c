/* The short way of writing a string against the JSON writer, which knows all of them. */
#include "base/json.h"
#include "graphql/execution/write_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { LONGEST = 40, ROOM = 8 * LONGEST };

static void check(struct arena *arena, struct text text)
{
    struct buffer ours, theirs;
    struct json_writer writer;
    buffer_init(&ours, arena, ROOM);
    buffer_init(&theirs, arena, ROOM);
    json_writer_init(&writer, &theirs);
    write_text(&ours, text);
    json_string(&writer, text);
    assert_false(ours.failed);
    assert_true(text_equal(buffer_text(&ours), buffer_text(&theirs)));
}

/* Every byte at every place of every length, so that no word's edge hides one. */
static void writes_what_the_json_writer_writes(void **state)
{
    struct arena *arena = *state;
    char bytes[LONGEST];
    for (size_t len = 0; len <= LONGEST; len++) {
        for (size_t at = 0; at < (len ? len : 1); at++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(bytes, 'a', sizeof(bytes));
                bytes[at] = (char)byte;
                check(arena, (struct text){bytes, len});
                arena_reset(arena);
            }
        }
    }
}

static void writes_no_byte_past_the_maximum(void **state)
{
    struct buffer out;
    buffer_init(&out, *state, 7);
    write_text(&out, TEXT("abcde"));
    assert_true(text_equal_z(buffer_text(&out), "\"abcde\"") && !out.failed);
    write_text(&out, TEXT(""));
    assert_true(out.failed && out.len == 7);
}

static void a_list_is_written_whole_or_not_at_all(void **state)
{
    const struct text items[] = {TEXT_INIT("a"), TEXT_INIT("quote \""), {NULL, 0}};
    struct buffer out;
    buffer_init(&out, *state, ROOM);
    buffer_add(&out, TEXT("before"));
    assert_false(write_texts(&out, (struct text_list){items, 3}));
    assert_true(text_equal_z(buffer_text(&out), "before"));
    assert_true(write_texts(&out, (struct text_list){items, 2}));
    assert_true(text_equal_z(buffer_text(&out), "before[\"a\",\"quote \\\"\"]"));
    assert_true(write_texts(&out, (struct text_list){items, 0}));
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_what_the_json_writer_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_no_byte_past_the_maximum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_is_written_whole_or_not_at_all, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("write_text", tests, NULL, NULL);
}
