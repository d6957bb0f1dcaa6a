/* The log: both formats, levels, escaping, cutting. */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2];
static char line[8192];

static int set_up(void **state)
{
    UNUSED(state);
    clock_hold(0);
    return pipe(ends);
}

static int tear_down(void **state)
{
    UNUSED(state);
    close(ends[0]);
    close(ends[1]);
    clock_replace(NULL);
    return 0;
}

static void configure(enum log_format format, enum log_level level)
{
    const struct log_options options = {.level = level, .format = format, .fd = ends[1]};
    log_configure(&options);
}

static const char *read_line(void)
{
    ssize_t len = read(ends[0], line, sizeof(line) - 1);
    assert_true(len > 0);
    line[len] = '\0';
    return line;
}

static void logfmt_quotes_what_it_must(void **state)
{
    UNUSED(state);
    configure(LOG_FORMAT_LOGFMT, LOG_LEVEL_INFO);
    log_info("run finished", LOG_Z("run", "01ARZ3"), LOG_INT("changes", -3), LOG_BOOL("ok", true),
             LOG_Z("note", "two words \"and\"\nlevel=error"), LOG_Z("none", NULL));
    assert_string_equal(read_line(),
                        "time=1970-01-01T00:00:00.000Z level=info message=\"run finished\" "
                        "run=01ARZ3 changes=-3 ok=true "
                        "note=\"two words \\\"and\\\"\\nlevel=error\" none=\"\"\n");
    log_warning("plain");
    assert_string_equal(read_line(), "time=1970-01-01T00:00:00.000Z level=warning message=plain\n");
}

static void json_lines_carry_the_request(void **state)
{
    UNUSED(state);
    struct error error = {0};
    configure(LOG_FORMAT_JSON, LOG_LEVEL_DEBUG);
    log_set_request(TEXT("abc"));
    assert_true(text_equal(log_request(), TEXT("abc")));
    error_set(&error, ERR_CONFLICT, "busy");
    log_error("could not lock", LOG_ERROR(&error), LOG_BOOL("retry", false));
    assert_string_equal(read_line(),
                        "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"error\","
                        "\"message\":\"could not lock\",\"request\":\"abc\",\"code\":\"CONFLICT\","
                        "\"error\":\"busy\",\"retry\":false}\n");
    log_set_request(TEXT(""));
    log_debug("free");
    assert_null(strstr(read_line(), "request"));
}

static void lower_levels_are_silent(void **state)
{
    UNUSED(state);
    enum log_level level;
    assert_true(log_level_parse(TEXT("warning"), &level));
    assert_false(log_level_parse(TEXT("loud"), &level));
    configure(LOG_FORMAT_LOGFMT, level);
    assert_false(log_is_on(LOG_LEVEL_INFO));
    log_info("not written");
    log_error("written");
    assert_non_null(strstr(read_line(), "message=written"));
}

/* However long the values are, a JSON line is whole and within its size. */
static void long_lines_are_cut_between_fields(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    char value[3000];
    for (size_t i = 0; i < sizeof(value); i += 2)
        memcpy(value + i, "\xc3\xbc", 2);
    struct text text = {value, sizeof(value)};
    configure(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    log_info("long", LOG_TEXT("a", text), LOG_TEXT("b", text), LOG_TEXT("c", text),
             LOG_TEXT("d", text), LOG_INT("e", 1));
    struct text written = text_z(read_line());
    const struct json *parsed = NULL;
    struct error error = {0};
    assert_true(written.len <= 4096);
    assert_true(json_parse(arena, written, NULL, &parsed, &error));
    assert_int_equal(json_get_text(parsed, "a").len, 1024);
    assert_non_null(json_get_z(parsed, "c"));
    assert_null(json_get_z(parsed, "d"));
    assert_true(json_bool_or(json_get_z(parsed, "cut"), false));
    arena_free(arena);
}

static void request_names_are_cut(void **state)
{
    UNUSED(state);
    char name[100];
    memset(name, 'x', sizeof(name));
    log_set_request((struct text){name, sizeof(name)});
    assert_int_equal(log_request().len, 63);
    log_set_request((struct text){NULL, 0});
    assert_int_equal(log_request().len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logfmt_quotes_what_it_must, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_lines_carry_the_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lower_levels_are_silent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_lines_are_cut_between_fields, set_up, tear_down),
        cmocka_unit_test(request_names_are_cut),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
