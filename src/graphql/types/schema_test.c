/* The type tables: made from SDL, looked up, described, compared. */
#include "graphql/types/schema_build.h"

#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/types/changes.h"
#include "graphql/types/introspection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = arena_new(16 << 20);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static bool build(struct arena *arena, const char *sdl, const struct graphql_schema **out,
                  struct error *error)
{
    struct ast_document *document;
    error_clear(error);
    return graphql_parse(arena, text_z(sdl), NULL, &document, error) &&
           graphql_schema_build(arena, document, NULL, out, error);
}

static void fields_are_sorted(const struct graphql_type *type)
{
    for (uint32_t i = 1; i < type->field_count; i++)
        assert_true(graphql_name_compare(type->fields[type->fields_by_name[i - 1]].name,
                                         type->fields[type->fields_by_name[i]].name) < 0);
    for (uint32_t i = 0; i < type->field_count; i++)
        assert_ptr_equal(graphql_type_field(type, type->fields[i].name), &type->fields[i]);
}

static void generated_tables(void **state)
{
    UNUSED(state);
    size_t count;
    const struct graphql_type *const *types = graphql_introspection_types(&count);
    for (size_t i = 0; i < count; i++)
        fields_are_sorted(types[i]);
    for (uint32_t i = 0; i < shop_schema.type_count; i++) {
        const struct graphql_type *type = shop_schema.types[i];
        fields_are_sorted(type);
        assert_ptr_equal(graphql_schema_type(&shop_schema, type->name), type);
    }
    assert_null(graphql_schema_type(&shop_schema, TEXT("Nope")));
    assert_non_null(graphql_schema_type(&shop_schema, TEXT("__Type")));
    assert_true(text_equal(shop_OrderStatus_name(SHOP_ORDER_RETURNED), TEXT("Returned")));
    assert_null(shop_CustomerLevel_name((enum shop_level)2).at);
    assert_null(shop_CustomerLevel_name((enum shop_level) - 1).at);
    enum shop_level level;
    assert_true(shop_CustomerLevel_parse(TEXT("GOLD"), &level));
    assert_int_equal(level, SHOP_LEVEL_GOLDEN);
    assert_false(shop_CustomerLevel_parse(TEXT("gold"), &level));
    const struct graphql_field *secret = graphql_type_field(&shop_type_Customer, TEXT("secret"));
    assert_true(text_equal(secret->access.action, TEXT("customer:secret")));
}

static void made_at_run_time(void **state)
{
    const struct graphql_schema *schema;
    struct error error = {0};
    assert_true(
        build(*state,
              "schema { query: Root } type Root implements I { a(x: In = {k: [1, 2], s: \"q\"}): "
              "[[Root!]!]! @deprecated(reason: \"old\") } interface I { a(x: In): [[Root!]!] } "
              "input In { k: [Int] s: String } union U = Root extend type Root { b: E } "
              "enum E { X Y @deprecated }",
              &schema, &error));
    const struct graphql_type *root = schema->query;
    assert_true(text_equal(root->name, TEXT("Root")));
    assert_int_equal(root->field_count, 2);
    const struct graphql_field *field = graphql_type_field(root, TEXT("a"));
    assert_true(text_equal(graphql_type_ref_print(*state, field->type), TEXT("[[Root!]!]!")));
    assert_true(text_equal(field->deprecation, TEXT("old")));
    assert_true(text_equal(field->arguments[0].default_text, TEXT("{k: [1, 2], s: \"q\"}")));
    assert_true(graphql_type_is_possible(graphql_schema_type(schema, TEXT("I")), root));
    assert_true(graphql_type_is_possible(graphql_schema_type(schema, TEXT("U")), root));
    assert_null(graphql_schema_type(schema, TEXT("Float")));
    assert_non_null(graphql_schema_type(schema, TEXT("Int")));
}

static void wrapped_values_fit(void **state)
{
    UNUSED(state);
    enum {
        PLAIN = 0,
        REQUIRED = GRAPHQL_WRAP_NON_NULL,
        LIST = GRAPHQL_WRAP_LIST,
        REQUIRED_LIST = REQUIRED | LIST << 2,
        LIST_OF_REQUIRED = LIST | REQUIRED << 2,
        LIST_OF_LISTS = LIST | LIST << 2,
    };
    static const struct {
        uint64_t given, wanted;
        bool fit;
    } cases[] = {
        {PLAIN, PLAIN, true},
        {REQUIRED, PLAIN, true},
        {PLAIN, REQUIRED, false},
        {LIST, PLAIN, false},
        {PLAIN, LIST, false},
        {REQUIRED, LIST, false},
        {REQUIRED_LIST, LIST, true},
        {LIST, REQUIRED_LIST, false},
        {LIST_OF_REQUIRED, LIST, true},
        {LIST, LIST_OF_REQUIRED, false},
        {LIST_OF_REQUIRED, REQUIRED_LIST, false},
        {LIST_OF_LISTS, LIST, false},
        {LIST, LIST_OF_LISTS, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (graphql_wrappers_fit(cases[i].given, cases[i].wanted) != cases[i].fit)
            fail_msg("case %zu", i);
}

static void not_made(void **state)
{
    static const struct {
        const char *sdl, *message;
    } cases[] = {
        {"type Query { a: Nope }", "Unknown type \"Nope\"."},
        {"type Query { a: Int } type Query { b: Int }", "only one type named \"Query\""},
        {"type Query { a(x: Int = \"s\"): Int }", "default of \"x\" does not fit"},
        {"type Query { a: Int } extend type Other { b: Int }", "Cannot extend type \"Other\""},
        {"type Query { a: Int } extend enum Query { B }", "Cannot extend type \"Query\""},
        {"type Query { a(x: In = {}): Int } input In { a: In = {} }", "does not fit"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct graphql_schema *schema;
        struct error error = {0};
        assert_false(build(*state, cases[i].sdl, &schema, &error));
        if (!strstr(error.message, cases[i].message))
            fail_msg("%s: %s", cases[i].sdl, error.message);
        assert_true(error.line > 0);
    }
}

static void changes(void **state)
{
    static const struct {
        const char *before, *after, *description;
        enum graphql_change_kind kind;
        bool was_deprecated;
    } cases[] = {
        {"a: Int b: Int", "a: Int", "Query.b was removed.", GRAPHQL_FIELD_REMOVED, false},
        {"a: Int b: Int @deprecated", "a: Int", "Query.b was removed.", GRAPHQL_FIELD_REMOVED,
         true},
        {"a: Int!", "a: Int", "Query.a changed type from Int! to Int.", GRAPHQL_FIELD_CHANGED_KIND,
         false},
        {"a(x: Int): Int", "a(x: Int!): Int", "Query.a arg x has changed type from Int to Int!.",
         GRAPHQL_ARG_CHANGED_KIND, false},
        {"a: Int", "a(x: Int!): Int", "A required arg x on Query.a was added.",
         GRAPHQL_REQUIRED_ARG_ADDED, false},
        {"a(x: Int = 1): Int", "a(x: Int = 2): Int",
         "Query.a arg x has changed defaultValue from 1 to 2.", GRAPHQL_ARG_DEFAULT_VALUE_CHANGE,
         false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct graphql_schema *before;
        const struct graphql_schema *after;
        struct error error = {0};
        struct list found;
        char sdl[2][256];
        snprintf(sdl[0], sizeof(sdl[0]), "type Query { %s }", cases[i].before);
        snprintf(sdl[1], sizeof(sdl[1]), "type Query { %s }", cases[i].after);
        assert_true(build(*state, sdl[0], &before, &error));
        assert_true(build(*state, sdl[1], &after, &error));
        list_init(&found, *state, sizeof(struct graphql_change));
        assert_true(graphql_changes_find(*state, before, after, &found));
        assert_int_equal(found.len, 1);
        const struct graphql_change *change = found.items;
        assert_int_equal(change->kind, cases[i].kind);
        assert_true(text_equal_z(change->description, cases[i].description));
        assert_int_equal(change->was_deprecated, cases[i].was_deprecated);
        found.len = 0;

        assert_true(graphql_changes_find(*state, before, before, &found));
        assert_int_equal(found.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(generated_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(made_at_run_time, setup, teardown),
        cmocka_unit_test(wrapped_values_fit),
        cmocka_unit_test_setup_teardown(not_made, setup, teardown),
        cmocka_unit_test_setup_teardown(changes, setup, teardown),
    };
    return cmocka_run_group_tests_name("graphql types", tests, NULL, NULL);
}
