/* Command lines: options in every form, operands, and what is refused with a suggestion. */
#include "cli/command.h"
#include "cli/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const colors[] = {"red", "green", NULL};
static const struct option options[] = {
    {"color", 'c', "NAME", "the color", colors},
    {"label", 'l', "TEXT", "a label", NULL},
    {"force", 'f', NULL, "do it", NULL},
};
static const struct command command = {
    .name = "paint",
    .usage = "THING [THING]",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 2,
    .is_client = true,
};

static bool parse(struct arena *arena, struct command_line *line, struct error *error, int count,
                  const char *const *words)
{
    char **copies = ARENA_ARRAY(arena, char *, 32);
    for (int i = 0; i < count; i++)
        copies[i] = text_terminated(arena, text_z(words[i]));
    *line = (struct command_line){.arena = arena, .command = &command};
    error_clear(error);
    return command_line_parse(line, count, copies, error);
}

#define PARSE(...)                                                                                 \
    parse(*state, &line, &error, (int)ARRAY_LENGTH(((const char *const[]){__VA_ARGS__})),          \
          (const char *const[]){__VA_ARGS__})

static void every_form(void **state)
{
    struct command_line line;
    struct error error = {0};
    assert_true(PARSE("--color", "red", "wall", "--label=a=b", "-lx", "-l", "y", "-f", "--json"));
    assert_string_equal(command_line_value(&line, "color"), "red");
    assert_string_equal(command_line_value_at(&line, "label", 0), "a=b");
    assert_string_equal(command_line_value_at(&line, "label", 1), "x");
    assert_string_equal(command_line_value_at(&line, "label", 2), "y");
    assert_null(command_line_value_at(&line, "label", 3));
    assert_string_equal(command_line_value(&line, "label"), "y");
    assert_true(command_line_has(&line, "force"));
    assert_true(command_line_has(&line, "json"));
    assert_false(command_line_has(&line, "server"));
    assert_string_equal(command_line_operand(&line, 0), "wall");
    assert_null(command_line_operand(&line, 1));
}

static void operands(void **state)
{
    struct command_line line;
    struct error error = {0};
    assert_true(PARSE("--", "--color", "-"));
    assert_string_equal(command_line_operand(&line, 0), "--color");
    assert_string_equal(command_line_operand(&line, 1), "-");
    assert_true(PARSE("-"));
    assert_true(PARSE("--label=", "x"));
    assert_string_equal(command_line_value(&line, "label"), "");
    assert_true(PARSE("--help"));
}

static void refused(void **state)
{
    struct command_line line;
    struct error error = {0};
    assert_false(PARSE("--force"));
    assert_string_equal(error.message, "paint needs THING [THING]");
    assert_false(PARSE("a", "b", "c"));
    assert_string_equal(error.message, "paint does not know what to do with \"c\"");
    assert_false(PARSE("a", "--colour", "red"));
    assert_string_equal(error.message, "paint has no option --colour; did you mean --color?");
    assert_false(PARSE("a", "--zzz"));
    assert_string_equal(error.message, "paint has no option --zzz");
    assert_false(PARSE("a", "-z"));
    assert_string_equal(error.message, "paint has no option -z");
    assert_false(PARSE("a", "--color"));
    assert_string_equal(error.message, "--color needs a value: NAME");
    assert_false(PARSE("a", "--color", "blue"));
    assert_string_equal(error.message, "--color is one of red, green, not \"blue\"");
    assert_false(PARSE("a", "--force=yes"));
    assert_string_equal(error.message, "--force takes no value");
}

static const char *suggest(const char *typed, const char *const *names)
{
    struct suggestion suggestion;
    suggestion_init(&suggestion, text_z(typed));
    for (size_t i = 0; names[i]; i++)
        suggestion_offer(&suggestion, names[i]);
    return suggestion_best(&suggestion);
}

static void suggestions(void **state)
{
    static const char *const names[] = {"trigger", "follow", "confirm", "logs", NULL};
    UNUSED(state);
    assert_string_equal(suggest("xtrigger", names), "trigger");
    assert_string_equal(suggest("followx", names), "follow");
    assert_string_equal(suggest("log", names), "logs");
    assert_null(suggest("xyz", names));
    assert_null(suggest("", names));
    assert_null(suggest("a name that is far too long to be a command of ours", names));
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
        cmocka_unit_test_setup_teardown(every_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(operands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
        cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
