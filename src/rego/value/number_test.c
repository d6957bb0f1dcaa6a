/* Numbers: exact at any size, floats with a 64-bit mantissa and their shortest text. */
#include "rego/value/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
    UNUSED(state);
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int drop_arena(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static struct value number(const char *text)
{
    struct value value = VALUE_NONE;
    if (!number_parse(arena, text_z(text), &value))
        fail_msg("%s", text);
    return value;
}

static const char *text_of(struct value value)
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    number_print(&out, &value);
    return text_terminated(arena, buffer_text(&out));
}

typedef enum number_outcome (*operation_fn)(struct arena *arena, const struct value *a,
                                            const struct value *b, struct value *out);

static void check(operation_fn operation, const char *a, const char *b, const char *expected)
{
    struct value left = number(a), right = number(b), result;
    assert_int_equal(operation(arena, &left, &right, &result), NUMBER_OK);
    assert_string_equal(text_of(result), expected);
}

static void whole_numbers_are_exact_at_any_size(void **state)
{
    UNUSED(state);
    check(number_add, "9223372036854775807", "1", "9223372036854775808");
    check(number_subtract, "-9223372036854775808", "1", "-9223372036854775809");
    check(number_subtract, "9223372036854775808", "1", "9223372036854775807");
    check(number_multiply, "4294967296", "4294967296", "18446744073709551616");
    check(number_add, "28857836529306024611913", "-28857836529306024611912", "1");
    check(number_multiply, "-100000000000000000000", "0", "0");
    check(number_divide, "10", "5", "2");
    check(number_divide, "100000000000000000000", "10", "10000000000000000000");
    check(number_remainder, "-7", "3", "-1");
    check(number_remainder, "-9223372036854775808", "-1", "0");
    check(number_remainder, "100000000000000000007", "10", "7");
}

static void fractions_have_a_64_bit_mantissa(void **state)
{
    UNUSED(state);
    check(number_add, "0.1", "0.2", "0.3");
    check(number_subtract, "0.3", "0.1", "0.20000000000000000002");
    check(number_divide, "1", "3", "0.33333333333333333334");
    check(number_divide, "2", "3", "0.6666666666666666667");
    check(number_multiply, "1.5", "2", "3");
    check(number_multiply, "0.5", "-0.5", "-0.25");
    check(number_add, "1.5", "-1.5", "0");
    check(number_add, "1234567", "0.5", "1.2345675e+06");
    check(number_add, "1e300", "0.5",
          text_of(number("1"
                         "00000000000000000000000000000000000000000000000000"
                         "00000000000000000000000000000000000000000000000000"
                         "00000000000000000000000000000000000000000000000000"
                         "00000000000000000000000000000000000000000000000000"
                         "00000000000000000000000000000000000000000000000000"
                         "00000000000000000000000000000000000000000000000000")));
    check(number_subtract, "1", "1e-20", "1");
    check(number_subtract, "1", "1e-18", "0.999999999999999999");
}

static void division_by_zero_is_undefined(void **state)
{
    UNUSED(state);
    struct value a = number("1"), zero = number("0.0"), half = number("0.5"), out;
    assert_int_equal(number_divide(arena, &a, &zero, &out), NUMBER_UNDEFINED);
    assert_int_equal(number_remainder(arena, &a, &zero, &out), NUMBER_UNDEFINED);
    assert_int_equal(number_remainder(arena, &a, &half, &out), NUMBER_UNDEFINED);
}

static void rounding_goes_away_from_zero_on_half(void **state)
{
    UNUSED(state);
    static const struct {
        const char *from, *round, *ceil, *floor;
    } cases[] = {
        {"2.5", "3", "3", "2"},        {"-2.5", "-3", "-2", "-3"}, {"2.4999", "2", "3", "2"},
        {"-0.4", "0", "0", "-1"},      {"0.04", "0", "1", "0"},    {"7", "7", "7", "7"},
        {"99.99", "100", "100", "99"}, {"0.5", "1", "1", "0"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value from = number(cases[i].from), out;
        assert_int_equal(number_round(arena, &from, NUMBER_ROUND, &out), NUMBER_OK);
        assert_string_equal(text_of(out), cases[i].round);
        assert_int_equal(number_round(arena, &from, NUMBER_CEIL, &out), NUMBER_OK);
        assert_string_equal(text_of(out), cases[i].ceil);
        assert_int_equal(number_round(arena, &from, NUMBER_FLOOR, &out), NUMBER_OK);
        assert_string_equal(text_of(out), cases[i].floor);
    }
}

static void bits_are_twos_complement_without_end(void **state)
{
    UNUSED(state);
    struct value a = number("-1"), b = number("36893488147419103231"), out;
    assert_int_equal(number_bitwise(arena, NUMBER_AND, &a, &b, &out), NUMBER_OK);
    assert_string_equal(text_of(out), "36893488147419103231");
    assert_int_equal(number_bitwise(arena, NUMBER_XOR, &a, &b, &out), NUMBER_OK);
    assert_string_equal(text_of(out), "-36893488147419103232");
    struct value three = number("-3"), one = number("1");
    assert_int_equal(number_shift(arena, &three, -1, &out), NUMBER_OK);
    assert_string_equal(text_of(out), "-2");
    assert_int_equal(number_shift(arena, &three, -200, &out), NUMBER_OK);
    assert_string_equal(text_of(out), "-1");
    assert_int_equal(number_shift(arena, &one, 70, &out), NUMBER_OK);
    assert_string_equal(text_of(out), "1180591620717411303424");
    assert_int_equal(number_shift(arena, &one, INT64_MAX, &out), NUMBER_TOO_LARGE);
}

static void doubles_round_to_nearest(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        double expected;
    } cases[] = {{"0.1", 0.1},
                 {"1e308", 1e308},
                 {"4.9e-324", 4.9e-324},
                 {"2.4703282292062327e-324", 0.0},
                 {"2.4703282292062328e-324", 4.9e-324},
                 {"9007199254740993", 9007199254740992.0},
                 {"-1.5", -1.5}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value value = number(cases[i].text), back;
        double number_as_double;
        assert_true(number_to_double(arena, &value, &number_as_double));
        assert_memory_equal(&number_as_double, &cases[i].expected, sizeof(double));
        assert_true(number_from_double(arena, number_as_double, &back));
    }
    struct value value;
    assert_true(number_from_double(arena, 0.1, &value));
    assert_string_equal(text_of(value), "0.1");
    assert_true(number_from_double(arena, 5e-324, &value));
    assert_string_equal(text_of(value), "5e-324");
    assert_true(number_from_double(arena, 123456789.0, &value));
    assert_string_equal(text_of(value), "123456789");
}

static void limits_hold(void **state)
{
    UNUSED(state);
    struct value big = number("1e15000"), out;
    assert_int_equal(number_multiply(arena, &big, &big, &out), NUMBER_TOO_LARGE);
    assert_false(number_parse(arena, TEXT("1e20001"), &out));
    assert_false(number_parse(arena, TEXT("1e-99999999999999999999"), &out));
    struct value tiny = number("1e-15000");
    assert_int_equal(number_multiply(arena, &tiny, &tiny, &out), NUMBER_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_exact_at_any_size),
        cmocka_unit_test(fractions_have_a_64_bit_mantissa),
        cmocka_unit_test(division_by_zero_is_undefined),
        cmocka_unit_test(rounding_goes_away_from_zero_on_half),
        cmocka_unit_test(bits_are_twos_complement_without_end),
        cmocka_unit_test(doubles_round_to_nearest),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests_name("number", tests, make_arena, drop_arena);
}
