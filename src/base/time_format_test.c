/* RFC 3339: printing, parsing, the calendar's edges. */
#include "base/time_format.h"

#include "base/clock.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void assert_parses(const char *source, const char *expected)
{
    int64_t parsed;
    char printed[TIME_TEXT_SIZE];
    struct error error = {0};
    assert_true(time_parse(text_z(source), &parsed, &error));
    time_print_to(parsed, TIME_MICROSECONDS, printed);
    assert_string_equal(printed, expected);
}

static void every_form_is_read(void **state)
{
    UNUSED(state);
    assert_parses("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z");
    assert_parses("2026-11-22t09:51:19.1z", "2026-11-22T09:51:19.100000Z");
    assert_parses("2026-11-22 09:51:19.123456789+01:30", "2026-11-22T08:21:19.123456Z");
    assert_parses("2026-12-31T23:30:00-00:45", "2027-01-01T00:15:00.000000Z");
    assert_parses("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z");
    assert_parses("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z");
    assert_parses("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z");
    assert_parses("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z");
}

static void other_texts_are_refused(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {
        "",
        "2026-11-22",
        "2026:11:22T09:51:19Z",
        "2026-11:22T09:51:19Z",
        "2026-11-22T09-51-19Z",
        "2026-11-22T09:51-19Z",
        "20261122T09:51:19Z",
        "2026-11-22T09:51:19",
        "2026-11-22T09:51Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:00Z",
        "2026-11-22T09:51:61Z",
        "2026-11-22T09:51:19.Z",
        "2026-11-22T09:51:19,5Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "2026-11-22T09:51:19+0100",
        "2026-11-22T09:51:19+24:00",
        "2026-11-22T09:51:19Z ",
        "+026-11-22T09:51:19Z",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        int64_t parsed;
        struct error error = {0};
        if (time_parse(text_z(bad[i]), &parsed, &error))
            fail_msg("%s was read", bad[i]);
        assert_int_equal(error.kind, ERR_INVALID);
    }
}

static void precision_cuts(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 12);
    int64_t time = 1999999;
    assert_true(text_equal_z(time_print(arena, time, TIME_SECONDS), "1970-01-01T00:00:01Z"));
    assert_true(
        text_equal_z(time_print(arena, time, TIME_MILLISECONDS), "1970-01-01T00:00:01.999Z"));
    assert_true(text_equal_z(time_print(arena, -1, TIME_SECONDS), "1969-12-31T23:59:59Z"));
    assert_true(text_equal_z(time_print(arena, INT64_MIN, TIME_SECONDS), "0001-01-01T00:00:00Z"));
    assert_true(text_equal_z(time_print(arena, INT64_MAX, TIME_SECONDS), "9999-12-31T23:59:59Z"));
    arena_free(arena);
}

/* Random times agree with the C library's calendar, and go there and back. */
static void the_calendar_agrees_with_the_c_library(void **state)
{
    UNUSED(state);
    const int64_t first = INT64_C(-62135596800);
    const uint64_t span = UINT64_C(253402300800 + 62135596800);
    for (int i = 0; i < 20000; i++) {
        time_t seconds = (time_t)(first + (int64_t)random_below(span));
        struct tm expected;
        gmtime_r(&seconds, &expected);
        struct time_fields fields = time_to_fields(seconds * CLOCK_SECOND + 7);
        assert_int_equal(fields.year, expected.tm_year + 1900);
        assert_int_equal(fields.month, expected.tm_mon + 1);
        assert_int_equal(fields.day, expected.tm_mday);
        assert_int_equal(fields.hour, expected.tm_hour);
        assert_int_equal(fields.second, expected.tm_sec);
        assert_int_equal(fields.weekday, expected.tm_wday);
        assert_true(time_from_fields(&fields) == seconds * CLOCK_SECOND + 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(precision_cuts),
        cmocka_unit_test(the_calendar_agrees_with_the_c_library),
    };
    return cmocka_run_group_tests_name("time_format", tests, NULL, NULL);
}
