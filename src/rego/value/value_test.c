/* Values: the total order, collections of any size, JSON in and out, weights and depth. */
#include "rego/value/value.h"

#include "rego/value/collection.h"
#include "rego/value/intern.h"
#include "rego/value/json_value.h"

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

static struct value json(const char *source)
{
    struct value value = VALUE_NONE;
    struct error error = {0};
    if (!value_parse_json(arena, text_z(source), NULL, &value, &error))
        fail_msg("%s: %s", source, error.message);
    return value;
}

static struct value set_of(const char *source)
{
    struct value array = json(source);
    struct collection *set = set_new(arena, 0);
    for (uint32_t i = 0; i < array.len; i++)
        assert_true(set_add(set, array.as.items[i]));
    return collection_value(set);
}

static const char *printed(struct value value, void (*print)(struct buffer *, const struct value *))
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    print(&out, &value);
    assert_false(out.failed);
    return text_terminated(arena, buffer_text(&out));
}

static const char *json_of(struct value value)
{
    return printed(value, value_print_json);
}

static void the_total_order_goes_by_kind_then_content(void **state)
{
    UNUSED(state);
    const char *rising[] = {"null",
                            "false",
                            "true",
                            "-1",
                            "0",
                            "0.5",
                            "1",
                            "1.5",
                            "9007199254740993",
                            "1e30",
                            "\"\"",
                            "\"a\"",
                            "\"ab\"",
                            "\"b\"",
                            "[]",
                            "[1]",
                            "[1, 2]",
                            "[2]",
                            "{}",
                            "{\"a\":1}",
                            "{\"a\":2}",
                            "{\"a\":1,\"b\":0}",
                            "{\"b\":0}"};
    for (size_t i = 0; i < ARRAY_LENGTH(rising); i++) {
        for (size_t j = 0; j < ARRAY_LENGTH(rising); j++) {
            struct value a = json(rising[i]), b = json(rising[j]);
            int order = value_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(value_equal(&a, &b), i == j);
            assert_int_equal(value_hash(&a) == value_hash(&b), i == j);
        }
    }
    struct value set = set_of("[]"), object = json("{\"z\": 1}");
    assert_true(value_compare(&object, &set) < 0);
}

static void numbers_are_equal_by_value(void **state)
{
    UNUSED(state);
    struct value a = json("1"), b = json("1.0"), c = json("10e-1"), d = json("0.25"),
                 e = json("25e-2");
    assert_true(value_equal(&a, &b) && value_equal(&b, &c) && value_equal(&d, &e));
    assert_true(value_hash(&d) == value_hash(&e));
    assert_string_equal(json_of(d), "0.25");
    assert_string_equal(json_of(json("66.66667")), "66.66667");
    assert_string_equal(json_of(set_of("[1, 1.0]")), "[1]");
}

static void objects_answer_at_any_size(void **state)
{
    UNUSED(state);
    for (int64_t size = 0; size < 100; size++) {
        struct collection *object = object_new(arena, 0);
        for (int64_t i = size; i-- > 0;)
            assert_true(object_put(object, VALUE_INT(i * 7 % size), VALUE_INT(i)));
        assert_true(collection_sort(object));
        for (uint32_t i = 0; i < object->len; i++) {
            struct value absent = VALUE_INT(-1 - (int64_t)i);
            assert_ptr_equal(collection_get(object, collection_key(object, i)),
                             collection_item(object, i));
            assert_null(collection_get(object, &absent));
            if (i > 0)
                assert_true(collection_key(object, i - 1)->as.integer <
                            collection_key(object, i)->as.integer);
        }
    }
}

static void inserting_twice_shows_what_was_there(void **state)
{
    UNUSED(state);
    struct collection *object = object_new(arena, 1);
    const struct value *present;
    assert_true(object_insert(object, VALUE_TEXT("a"), VALUE_INT(1), &present));
    assert_null(present);
    assert_true(object_insert(object, VALUE_TEXT("a"), VALUE_INT(2), &present));
    assert_int_equal(present->as.integer, 1);
    assert_true(object_put(object, VALUE_TEXT("a"), VALUE_INT(3)));
    assert_int_equal(object_get_text(object, TEXT("a"))->as.integer, 3);
    assert_int_equal(object->len, 1);
}

static void references_into_sets_give_the_member(void **state)
{
    UNUSED(state);
    struct value set = set_of("[\"a\", false]"), member = VALUE_BOOL(false), other = VALUE_INT(0);
    assert_true(value_equal(value_get(&set, &member), &member));
    assert_null(value_get(&set, &other));
    struct value array = json("[10, 20]"), index = VALUE_INT(1), past = VALUE_INT(2);
    assert_int_equal(value_get(&array, &index)->as.integer, 20);
    assert_null(value_get(&array, &past));
}

static void json_round_trips(void **state)
{
    UNUSED(state);
    const char *cases[][2] = {
        {" [ 1 , true , null ] ", "[1,true,null]"},
        {"{\"b\":1,\"a\":[]}", "{\"a\":[],\"b\":1}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
        {"\"\\u00e9\\ud83d\\ude00\\n\"", "\"\xc3\xa9\xf0\x9f\x98\x80\\n\""},
        {"\"\\ud83d\"", "\"\xef\xbf\xbd\""},
        {"\"a\xff z\"", "\"a\xef\xbf\xbd z\""},
        {"-0", "0"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9223372036854775808"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_string_equal(json_of(json(cases[i][0])), cases[i][1]);
}

static void trees_of_base_become_values(void **state)
{
    UNUSED(state);
    const struct json *tree;
    struct value value;
    struct error error = {0};
    assert_true(json_parse(arena, TEXT("{\"a\":[1.50,true,null,\"x\"]}"), NULL, &tree, &error));
    assert_true(value_from_json(arena, tree, &value));
    assert_string_equal(json_of(value), "{\"a\":[1.50,true,null,\"x\"]}");
}

static void bad_json_names_the_place(void **state)
{
    UNUSED(state);
    const char *bad[] = {"",    "{",      "[1,]",    "{\"a\"}", "{\"a\":1,}", "01",  "1.",
                         "1e",  "+1",     "\"",      "\"\\x\"", "\"\\u12\"",  "nul", "[1 2]",
                         "1 2", "\"\n\"", "1e99999", "{1:2}",   "-",          ".5"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct value value;
        struct error error = {0};
        assert_false(value_parse_json(arena, text_z(bad[i]), NULL, &value, &error));
        assert_int_equal(error.kind, ERR_SYNTAX);
    }
    struct value value;
    struct error error = {0};
    assert_false(value_parse_json(arena, TEXT("[1,\n  x]"), NULL, &value, &error));
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 3);
}

static void deep_json_is_refused(void **state)
{
    UNUSED(state);
    char source[4096];
    memset(source, '[', sizeof source);
    struct value value;
    struct error error = {0};
    assert_false(
        value_parse_json(arena, (struct text){source, sizeof source}, NULL, &value, &error));
    assert_non_null(strstr(error.message, "deep"));
}

static void composites_cannot_grow_deeper_than_the_limit(void **state)
{
    UNUSED(state);
    struct value value = VALUE_INT(1);
    int depth = 0;
    while (value.kind != VALUE_UNDEFINED) {
        struct value *items = value_array_items(arena, 1);
        items[0] = value;
        value = value_array(items, 1);
        depth++;
    }
    assert_int_equal(depth, VALUE_MAX_DEPTH + 1);
}

static void shared_parts_weigh_as_often_as_they_occur(void **state)
{
    UNUSED(state);
    struct value value = VALUE_INT(1);
    for (int i = 0; i < 100; i++) {
        struct value *items = value_array_items(arena, 2);
        items[0] = items[1] = value;
        value = value_array(items, 2);
    }
    assert_true(value_weight(&value) >= UINT64_C(1) << 59);
}

static void text_of_the_language(void **state)
{
    UNUSED(state);
    struct collection *object = object_new(arena, 0);
    assert_true(object_put(object, set_of("[2, 1]"), json("[\"there\", 5]")));
    assert_true(object_put(object, VALUE_TEXT("a\n"), set_of("[]")));
    assert_string_equal(printed(collection_value(object), value_print_rego),
                        "{\"a\\n\": set(), {1, 2}: [\"there\", 5]}");
    assert_string_equal(json_of(collection_value(object)), "{\"a\\n\":[],\"[1,2]\":[\"there\",5]}");
}

static void keys_of_the_policy_come_out_interned(void **state)
{
    UNUSED(state);
    struct interner interner;
    struct value name, value;
    struct error error = {0};
    interner_init(&interner, arena);
    for (int i = 0; i < 200; i++)
        assert_true(interner_add(&interner, text_format(arena, "key%d", i), &name));
    assert_true(interner_add(&interner, TEXT("login"), &name));
    assert_true(value_parse_json(arena, TEXT("{\"login\":1,\"x\":2}"), &interner, &value, &error));
    const struct collection *object = value.as.collection;
    assert_ptr_equal(collection_raw_key(object, 0)->as.bytes, name.as.bytes);
    assert_int_equal(collection_raw_key(object, 0)->form, VALUE_INTERNED);
    assert_int_equal(collection_raw_key(object, 1)->form, VALUE_PLAIN);
    assert_non_null(collection_get(object, &name));
}

static void copies_stand_alone(void **state)
{
    UNUSED(state);
    struct arena *other = arena_new(1 << 20);
    struct value value = json("{\"a\":[1.5,\"x\",{\"b\":null}]}"), copy;
    assert_true(value_copy(other, &value, &copy));
    assert_true(value_equal(&value, &copy));
    assert_true(value_freeze(&copy));
    arena_free(other);
}

static void every_allocation_may_fail(void **state)
{
    UNUSED(state);
    struct arena *small = arena_new(1 << 20);
    bool done = false;
    for (int64_t n = 0; !done; n++) {
        struct value value;
        struct error error = {0};
        arena_reset(small);
        arena_fail_after(small, n);
        done =
            value_parse_json(small, TEXT("{\"a\":[1.25,\"\\n\",{\"k\":1}]}"), NULL, &value, &error);
        if (!done)
            assert_int_equal(error.kind, ERR_NO_MEMORY);
    }
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_total_order_goes_by_kind_then_content),
        cmocka_unit_test(numbers_are_equal_by_value),
        cmocka_unit_test(objects_answer_at_any_size),
        cmocka_unit_test(inserting_twice_shows_what_was_there),
        cmocka_unit_test(references_into_sets_give_the_member),
        cmocka_unit_test(json_round_trips),
        cmocka_unit_test(trees_of_base_become_values),
        cmocka_unit_test(bad_json_names_the_place),
        cmocka_unit_test(deep_json_is_refused),
        cmocka_unit_test(composites_cannot_grow_deeper_than_the_limit),
        cmocka_unit_test(shared_parts_weigh_as_often_as_they_occur),
        cmocka_unit_test(text_of_the_language),
        cmocka_unit_test(keys_of_the_policy_come_out_interned),
        cmocka_unit_test(copies_stand_alone),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("value", tests, make_arena, drop_arena);
}
