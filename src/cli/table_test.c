/* Tables on a terminal and in a pipe, and text that would play tricks on a terminal. */
#include "cli/format.h"
#include "cli/table.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const headers[] = {"ID", TABLE_FREE_TEXT "NAME", "STATE", NULL};

static void fill(struct table *table, struct arena *arena)
{
    table_init(table, arena, headers);
    table_add(table, TEXT("hello"), STYLE_PLAIN);
    table_add(table, TEXT("Gr\u00fc\u00dfe from all who read this here"), STYLE_PLAIN);
    table_add(table, TEXT("FINISHED"), STYLE_GOOD);
    table_add(table, TEXT("b"), STYLE_PLAIN);
    table_add(table, TEXT("B"), STYLE_PLAIN);
    table_add(table, TEXT("FAILED"), STYLE_BAD);
}

static void assert_printed(struct arena *arena, const struct terminal *terminal,
                           const char *expected)
{
    char *printed = NULL;
    size_t size = 0;
    struct table table;
    FILE *out = open_memstream(&printed, &size);
    fill(&table, arena);
    table_print(&table, out, terminal);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static void on_a_terminal(void **state)
{
    assert_printed(*state, &(struct terminal){.is_tty = true, .width = 80},
                   "ID     NAME                               STATE\n"
                   "hello  Gr\u00fc\u00dfe from all who read this here  FINISHED\n"
                   "b      B                                  FAILED\n");
}

static void cut_to_fit(void **state)
{
    assert_printed(*state, &(struct terminal){.is_tty = true, .width = 30},
                   "ID     NAME           STATE\n"
                   "hello  Gr\u00fc\u00dfe from a\u2026  FINISHED\n"
                   "b      B              FAILED\n");
    /* Too narrow for anything: lines wrap, but nothing is lost to a crash. */
    assert_printed(*state, &(struct terminal){.is_tty = true, .width = 1},
                   "ID     NAME      STATE\n"
                   "hello  Gr\u00fc\u00dfe f\u2026  FINISHED\n"
                   "b      B         FAILED\n");
}

static void in_color(void **state)
{
    assert_printed(*state, &(struct terminal){.is_tty = true, .has_color = true, .width = 30},
                   "\033[1mID\033[0m     \033[1mNAME\033[0m           \033[1mSTATE\033[0m\n"
                   "hello  Gr\u00fc\u00dfe from a\u2026  \033[32mFINISHED\033[0m\n"
                   "b      B              \033[31mFAILED\033[0m\n");
}

static void in_a_pipe(void **state)
{
    assert_printed(*state, &(struct terminal){.width = 80},
                   "hello\tGr\u00fc\u00dfe from all who read this here\tFINISHED\n"
                   "b\tB\tFAILED\n");
}

static char *write_log(const char *text, bool has_color)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    terminal_write_log(out, &(struct terminal){.has_color = has_color}, text_z(text));
    fclose(out);
    return printed;
}

static void assert_log(const char *text, bool has_color, const char *expected)
{
    char *printed = write_log(text, has_color);
    assert_string_equal(printed, expected);
    free(printed);
}

static void hostile_text(void **state)
{
    UNUSED(state);
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    terminal_write(out, TEXT("a\033[2Jb\tc\nd\x7f\xc2\x9b"
                             "e\u00e9"));
    fclose(out);
    assert_string_equal(printed, "a?[2Jb?c?d??e\u00e9");
    free(printed);
    assert_log("\033[1;32mgreen\033[0m\ttab\r\n", true, "\033[1;32mgreen\033[0m\ttab\n");
    assert_log("\033[1;32mgreen\033[0m\r\n", false, "green\n");
    assert_log("\033]0;title\007\033[2J", true, "?]0;title??[2J");
    assert_log("\033[", true, "?[");
    assert_log("\033[1", true, "?[1");
}

static void times_and_expiries(void **state)
{
    struct json number = {.kind = JSON_NUMBER, .text = TEXT("1800000000")};
    struct json null = {.kind = JSON_NULL};
    struct error error = {0};
    int64_t expiry;
    struct text printed = format_time(*state, &number);
    assert_true(text_equal_z(printed, "2027-01-15 08:00"));
    assert_true(text_equal_z(format_time(*state, &null), "-"));
    assert_true(text_equal_z(format_time(*state, NULL), "-"));
    clock_hold(1800000000 * CLOCK_SECOND);
    assert_true(format_parse_expiry(TEXT("90d"), &expiry, &error));
    assert_int_equal(expiry, 1800000000 + 90 * 86400);
    assert_true(format_parse_expiry(TEXT("2h"), &expiry, &error));
    assert_int_equal(expiry, 1800000000 + 7200);
    assert_true(format_parse_expiry(TEXT("2027-01-15T08:00:01Z"), &expiry, &error));
    assert_int_equal(expiry, 1800000001);
    static const char *const bad[] = {"",
                                      "d",
                                      "0d",
                                      "-1d",
                                      "1y",
                                      "tomorrow",
                                      "2027-01-15",
                                      "9",
                                      "1.5h",
                                      "99999999999999999999d",
                                      "2020-01-01T00:00:00Z"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        error_clear(&error);
        assert_false(format_parse_expiry(text_z(bad[i]), &expiry, &error));
        assert_int_equal(error.kind, ERR_INVALID);
    }
    clock_replace(NULL);
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

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(on_a_terminal), WITH_ARENA(cut_to_fit),   WITH_ARENA(in_color),
        WITH_ARENA(in_a_pipe),     WITH_ARENA(hostile_text), WITH_ARENA(times_and_expiries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
