/* JSON: what is read, what is refused and where, conversion, and writing. */
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct error error;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static const struct json *parse(struct text source)
{
    const struct json *value = NULL;
    error_clear(&error);
    return json_parse(arena, source, NULL, &value, &error) ? value : NULL;
}

static const struct json *or_fail(const struct json *value)
{
    static const struct json nothing = {.kind = JSON_KIND_COUNT};
    if (!value)
        fail_msg("%s", error.message);
    return value ? value : &nothing;
}

static const struct json *must_parse(struct text source)
{
    return or_fail(parse(source));
}

static const struct json *parse_last(struct text source)
{
    struct json_limits limits = json_default_limits;
    const struct json *value = NULL;
    limits.duplicates = JSON_DUPLICATES_LAST;
    error_clear(&error);
    return or_fail(json_parse(arena, source, &limits, &value, &error) ? value : NULL);
}

static struct text print(const struct json *value, uint8_t indent)
{
    static struct buffer out;
    struct json_writer writer;
    buffer_init(&out, arena, 1 << 20);
    json_writer_init(&writer, &out);
    writer.indent = indent;
    json_value(&writer, value);
    assert_false(out.failed);
    return buffer_text(&out);
}

static void assert_round_trip(const char *source)
{
    const struct json *value = must_parse(text_z(source));
    struct text printed = print(value, 0);
    if (!text_equal_z(printed, source))
        fail_msg("%s became %.*s", source, TEXT_ARG(printed));
}

static void reads_every_kind(void **state)
{
    UNUSED(state);
    static const char *const sources[] = {
        "null",
        "true",
        "false",
        "0",
        "-0.50e+10",
        "\"\"",
        "\"a string longer than eight bytes, gr\xc3\xbc\xc3\x9f\"",
        "[]",
        "{}",
        "[[],{},[{}]]",
        "{\"a\":1,\"b\":[true,null,\"x\"],\"c\":{\"d\":{\"e\":[]}}}",
        "123456789012345678901234567890.000",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
        assert_round_trip(sources[i]);
    const struct json *value = must_parse(TEXT(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n"));
    assert_true(text_equal(print(value, 0), TEXT("{\"a\":[1,2]}")));
}

static void finds_members(void **state)
{
    UNUSED(state);
    const struct json *value = must_parse(TEXT("{\"a\":\"x\",\"t\":true,\"n\":7,\"\":null}"));
    assert_true(text_equal(json_text_or(json_get_z(value, "a"), TEXT("")), TEXT("x")));
    assert_true(json_bool_or(json_get_z(value, "t"), false));
    assert_true(json_bool_or(json_get_z(value, "n"), true));
    assert_int_equal(json_int64_or(json_get_z(value, "n"), 0), 7);
    assert_true(json_is(json_get(value, TEXT("")), JSON_NULL));
    assert_null(json_get_z(value, "missing"));
    assert_null(json_get_z(json_get_z(value, "a"), "x"));
    assert_null(json_get_z(NULL, "x"));
    assert_false(json_is(NULL, JSON_NULL));
}

static void reads_texts(void **state)
{
    UNUSED(state);
    const struct json *value = must_parse(TEXT("{\"a\":\"x\",\"n\":7,\"l\":[\"y\",1,\"\"]}"));
    assert_true(text_equal(json_get_text(value, "a"), TEXT("x")));
    assert_int_equal(json_get_text(value, "n").len, 0);
    assert_int_equal(json_get_text(value, "missing").len, 0);
    assert_int_equal(json_get_text(NULL, "a").len, 0);
    struct text_list texts = json_to_texts(arena, json_get_z(value, "l"));
    assert_int_equal(texts.len, 3);
    assert_true(text_equal(texts.items[0], TEXT("y")));
    assert_int_equal(texts.items[1].len, 0);
    assert_int_equal(json_to_texts(arena, json_get_z(value, "a")).len, 0);
    assert_int_equal(json_to_texts(arena, NULL).len, 0);
}

static void writes_texts(void **state)
{
    UNUSED(state);
    struct json_printer printer;
    const struct text items[] = {TEXT_INIT("a"), TEXT_INIT("\"")};
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_strings(writer, "l", (struct text_list){items, 2});
    json_member_strings(writer, "none", (struct text_list){NULL, 0});
    json_end_object(writer);
    assert_true(text_equal(json_print_end(&printer), TEXT("{\"l\":[\"a\",\"\\\"\"],\"none\":[]}")));
}

static void decodes_escapes(void **state)
{
    UNUSED(state);
    const struct json *value =
        must_parse(TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00fc\\u20AC\\uD83C\\uDF89 end\""));
    assert_non_null(value);
    assert_true(
        text_equal(value->text, TEXT("\"\\/\b\f\n\r\tA\xc3\xbc\xe2\x82\xac\xf0\x9f\x8e\x89 end")));
    value = must_parse(TEXT("\"\\u0000\""));
    assert_int_equal(value->text.len, 1);
    assert_int_equal(value->text.at[0], 0);
    value = must_parse(TEXT("\"\\uDBFF\\uDFFF\""));
    assert_true(text_equal(value->text, TEXT("\xf4\x8f\xbf\xbf")));
}

/* Every string length around the word-wise scan, with the special byte at each place. */
static void scans_strings_of_every_length(void **state)
{
    UNUSED(state);
    char source[40];
    for (size_t len = 0; len < 30; len++) {
        memset(source, 'x', sizeof(source));
        source[0] = '"';
        source[len + 1] = '"';
        const struct json *value = must_parse((struct text){source, len + 2});
        assert_int_equal(value->text.len, len);
        for (size_t at = 1; at <= len; at++) {
            source[at] = '\x1f';
            assert_null(parse((struct text){source, len + 2}));
            assert_int_equal(error.column, at + 1);
            source[at] = '\xff';
            assert_null(parse((struct text){source, len + 2}));
            source[at] = 'x';
        }
    }
}

static void borrows_plain_strings(void **state)
{
    UNUSED(state);
    struct text source = TEXT("[\"plain\"]");
    const struct json *value = must_parse(source);
    assert_ptr_equal(value->items[0].text.at, source.at + 2);
}

struct refusal {
    const char *source;
    int line, column;
};

static void refuses_with_a_place(void **state)
{
    UNUSED(state);
    static const struct refusal refusals[] = {
        {"", 1, 1},
        {"  ", 1, 3},
        {"nul", 1, 1},
        {"truE", 1, 1},
        {"[1,]", 1, 4},
        {"[1 2]", 1, 4},
        {"[1", 1, 3},
        {"{\"a\":1,}", 1, 8},
        {"{\"a\" 1}", 1, 6},
        {"{a:1}", 1, 2},
        {"{\"a\":1\n,\n  \"b\" 2}", 3, 7},
        {"\"\xc3\xbc\xc3\xbc\n\"", 1, 4},
        {"1 2", 1, 3},
        {"[1]]", 1, 4},
        {"[1}", 1, 3},
        {"01", 1, 1},
        {"-", 1, 1},
        {"1.", 1, 1},
        {".5", 1, 1},
        {"1e", 1, 1},
        {"+1", 1, 1},
        {"NaN", 1, 1},
        {"\"open", 1, 6},
        {"\"open\\", 1, 6},
        {"\"open\\\"", 1, 6},
        {"\"\\x\"", 1, 2},
        {"\"\\u12\"", 1, 2},
        {"\"\\uD800\"", 1, 2},
        {"\"\\uDC00\"", 1, 2},
        {"\"\\uD800\\u0041\"", 1, 2},
        {"\"\\uD800x\"", 1, 2},
        {"\"\xed\xa0\x80\"", 1, 2},
        {"\"\xc0\xaf\\n\"", 1, 2},
        {"\xef\xbb\xbf{}", 1, 1},
        {"/**/1", 1, 1},
        {"{\"a\":1, \"a\":2}", 1, 10},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        assert_null(parse(text_z(refusals[i].source)));
        assert_int_equal(error.kind, ERR_SYNTAX);
        if (error.line != refusals[i].line || error.column != refusals[i].column)
            fail_msg("%s: %s", refusals[i].source, error.message);
    }
}

static void keeps_the_limits(void **state)
{
    UNUSED(state);
    char deep[2 * 128 + 2];
    memset(deep, '[', 129);
    memset(deep + 129, ']', 129);
    assert_non_null(parse((struct text){deep + 1, 256}));
    assert_null(parse((struct text){deep, 258}));
    assert_int_equal(error.kind, ERR_INVALID);
    assert_int_equal(error.column, 129);

    size_t size = 100000;
    char *open = arena_alloc(arena, size);
    memset(open, '[', size);
    assert_null(parse((struct text){open, size}));

    struct json_limits limits = {.max_bytes = 4, .max_depth = 0};
    const struct json *value;
    error_clear(&error);
    assert_false(json_parse(arena, TEXT("12345"), &limits, &value, &error));
    assert_int_equal(error.kind, ERR_TOO_LARGE);
    error_clear(&error);
    assert_true(json_parse(arena, TEXT("1234"), &limits, &value, &error));
    assert_false(json_parse(arena, TEXT("[]"), &limits, &value, &error));
}

static struct text many_members(size_t count, size_t distinct)
{
    static struct buffer out;
    buffer_init(&out, arena, 4 << 20);
    buffer_add_byte(&out, '{');
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&out, "%s\"key %zu\":%zu", i ? "," : "", i % distinct, i);
    buffer_add_byte(&out, '}');
    assert_false(out.failed);
    return buffer_text(&out);
}

static void settles_duplicates(void **state)
{
    UNUSED(state);
    const struct json *value = parse_last(TEXT("{\"a\":1,\"b\":2,\"a\":3,\"\\u0062\":4}"));
    assert_true(text_equal(print(value, 0), TEXT("{\"a\":3,\"b\":4}")));
    assert_null(parse(TEXT("{\"b\":2,\"\\u0062\":4}")));

    static const size_t counts[] = {15, 16, 17, 18, 31, 32, 33, 5000, 30000};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        size_t count = counts[i];
        value = must_parse(many_members(count, count));
        assert_int_equal(value->len, count);
        assert_null(parse(many_members(count, count - 1)));
        value = parse_last(many_members(count, count / 2));
        assert_int_equal(value->len, count / 2);
        assert_int_equal(json_int64_or(json_get_z(value, "key 0"), -1),
                         (int64_t)(count % 2 ? count - 1 : count / 2));
    }
}

static void large_documents_grow_the_stack(void **state)
{
    UNUSED(state);
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    for (int outer = 0; outer < 100; outer++) {
        buffer_add(&out, outer ? TEXT(",[") : TEXT("[["));
        for (int inner = 0; inner < 100; inner++)
            buffer_add_format(&out, "%s{\"i\":%d}", inner ? "," : "", inner);
        buffer_add_byte(&out, ']');
    }
    buffer_add_byte(&out, ']');
    const struct json *value = parse(buffer_text(&out));
    assert_non_null(value);
    assert_true(text_equal(print(value, 0), buffer_text(&out)));
}

static void fails_cleanly_without_memory(void **state)
{
    UNUSED(state);
    struct text source = text_copy(arena, many_members(200, 200));
    struct arena *small = arena_new(8 << 20);
    bool parsed = false;
    for (int64_t allowed = 0; !parsed; allowed++) {
        const struct json *value;
        struct error refused = {0};
        arena_fail_after(small, allowed);
        parsed = json_parse(small, source, NULL, &value, &refused);
        assert_true(parsed || refused.kind == ERR_NO_MEMORY);
        arena_reset(small);
    }
    arena_free(small);
}

static void converts_to_int64(void **state)
{
    UNUSED(state);
    static const struct {
        const char *source;
        int64_t value;
    } exact[] = {
        {"0", 0},
        {"-0", 0},
        {"-0.0e5", 0},
        {"10.0", 10},
        {"1e1", 10},
        {"1.5e1", 15},
        {"1500E-2", 15},
        {"0e999999999999999999999", 0},
        {"-9223372036854775808", INT64_MIN},
        {"9223372036854775807", INT64_MAX},
        {"922337203685477580.7e1", INT64_MAX},
        {"9223372036854775807000e-3", INT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(exact); i++) {
        int64_t value;
        assert_true(json_to_int64(parse(text_z(exact[i].source)), &value));
        assert_true(value == exact[i].value);
    }
    static const char *const inexact[] = {"1.5",     "15e-1",
                                          "1e19",    "9223372036854775808",
                                          "1e-400",  "-9223372036854775809",
                                          "\"1\"",   "1e99999999999999999999",
                                          "0.1e-10", "1e-99999999999999999999"};
    for (size_t i = 0; i < ARRAY_LENGTH(inexact); i++) {
        int64_t value;
        assert_false(json_to_int64(parse(text_z(inexact[i])), &value));
    }
}

static void converts_to_double(void **state)
{
    UNUSED(state);
    double value;
    assert_true(json_to_double(parse(TEXT("0.1")), &value));
    assert_true(value == 0.1);
    assert_true(json_to_double(parse(TEXT("-1.7976931348623157e308")), &value));
    assert_true(json_to_double(parse(TEXT("1e-400")), &value));
    assert_true(value == 0.0);
    assert_false(json_to_double(parse(TEXT("1e400")), &value));
    assert_false(json_to_double(parse(TEXT("true")), &value));
    assert_true(json_to_double(
        parse(TEXT("0.10000000000000000000000000000000000000000000000000000000000000000000001")),
        &value));
    assert_true(value == 0.1);
}

static void prints_the_shortest_double(void **state)
{
    UNUSED(state);
    static const struct {
        double value;
        const char *printed;
    } cases[] = {
        {0.1, "0.1"},
        {1.0, "1"},
        {1e300, "1e+300"},
        {-2.5, "-2.5"},
        {0.0, "0"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3.0, "0.3333333333333333"},
        {(double)INFINITY, "null"},
        {(double)NAN, "null"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buffer out;
        struct json_writer writer;
        buffer_init(&out, arena, 100);
        json_writer_init(&writer, &out);
        json_double(&writer, cases[i].value);
        assert_true(text_equal_z(buffer_text(&out), cases[i].printed));
    }
}

static void writes_by_hand(void **state)
{
    UNUSED(state);
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, arena, 1000);
    json_writer_init(&writer, &out);
    json_begin_object(&writer);
    json_member_string(&writer, "s", TEXT("q\"b\\n\n\x01\x7f gr\xc3\xbc\xc3\x9f \xff!"));
    json_member_int64(&writer, "i", INT64_MIN);
    json_member_bool(&writer, "b", true);
    json_key_z(&writer, "a");
    json_begin_array(&writer);
    json_end_array(&writer);
    json_key_z(&writer, "list");
    json_begin_array(&writer);
    json_string_z(&writer, NULL);
    json_raw(&writer, TEXT("{\"ready\":1}"));
    json_end_array(&writer);
    json_end_object(&writer);
    assert_true(
        text_equal(buffer_text(&out),
                   TEXT("{\"s\":\"q\\\"b\\\\n\\n\\u0001\x7f gr\xc3\xbc\xc3\x9f \xef\xbf\xbd!\","
                        "\"i\":-9223372036854775808,\"b\":true,\"a\":[],"
                        "\"list\":[null,{\"ready\":1}]}")));
}

static void writes_indented(void **state)
{
    UNUSED(state);
    const struct json *value = must_parse(TEXT("{\"a\":[1,{}],\"b\":{\"c\":[]}}"));
    assert_true(text_equal(print(value, 2), TEXT("{\n  \"a\": [\n    1,\n    {}\n  ],\n"
                                                 "  \"b\": {\n    \"c\": []\n  }\n}")));
}

/* What the short way reads must be what the parser reads. */
static void check_texts(struct text source)
{
    const struct json *value = NULL;
    error_clear(&error);
    struct text_list texts = json_texts_or_none(arena, source);
    bool is_array = json_parse(arena, source, NULL, &value, &error) && json_is(value, JSON_ARRAY);
    assert_int_equal(texts.len, is_array ? value->len : 0);
    for (size_t i = 0; i < texts.len; i++)
        assert_true(text_equal(texts.items[i], json_text_or(&value->items[i], TEXT(""))));
}

static void reads_arrays_of_texts(void **state)
{
    UNUSED(state);
    static const char *const sources[] = {
        "",
        "[]",
        "[ ]",
        "[\"\"]",
        "[\"a\"]",
        "[\"a\",\"b,c\",\"\"]",
        "[ \"a\" , \"b\" ]",
        "[\"a\\n\",\"b\"]",
        "[\"\xc3\xa9\",\"b\"]",
        "[\"\xff\"]",
        "[\"a\",1,null,\"b\"]",
        "[\"a\"",
        "[\"a\",",
        "[\"a\",]",
        "[\"a\"]]",
        "[\"a",
        "[\"a\" \"b\"]",
        "[,]",
        "[\"a\"],",
        "{\"a\":1}",
        "\"abc\"",
        "nonsense",
        "[\"a\tb\"]",
        "[\"twelve bytes\",\"and more than that\"]",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
        check_texts(text_z(sources[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(finds_members),
        cmocka_unit_test(reads_texts),
        cmocka_unit_test(writes_texts),
        cmocka_unit_test(decodes_escapes),
        cmocka_unit_test(scans_strings_of_every_length),
        cmocka_unit_test(borrows_plain_strings),
        cmocka_unit_test(refuses_with_a_place),
        cmocka_unit_test(keeps_the_limits),
        cmocka_unit_test(settles_duplicates),
        cmocka_unit_test(large_documents_grow_the_stack),
        cmocka_unit_test(fails_cleanly_without_memory),
        cmocka_unit_test(converts_to_int64),
        cmocka_unit_test(converts_to_double),
        cmocka_unit_test(prints_the_shortest_double),
        cmocka_unit_test(reads_arrays_of_texts),
        cmocka_unit_test(writes_by_hand),
        cmocka_unit_test(writes_indented),
    };
    return cmocka_run_group_tests_name("json", tests, set_up, tear_down);
}
