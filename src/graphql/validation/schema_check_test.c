/* The type system rules: schemas that break one each, with the sentence that says so. */
#include "graphql/validation/schema_check.h"

#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/types/schema_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct graphql_errors check(struct arena *arena, const char *sdl)
{
    struct ast_document *document;
    const struct graphql_schema *schema;
    struct graphql_errors errors;
    struct error error = {0};
    if (!graphql_parse(arena, text_z(sdl), NULL, &document, &error) ||
        !graphql_schema_build(arena, document, NULL, &schema, &error))
        fail_msg("%s: %s", sdl, error.message);
    graphql_errors_init(&errors, arena, 0);
    bool ok = graphql_schema_check(arena, schema, &errors);
    assert_int_equal(ok, errors.items.len == 0);
    return errors;
}

static const struct {
    const char *sdl, *message;
} broken[] = {
    {"type A { a: Int }", "Query root type must be provided."},
    {"schema { query: E } enum E { A }", "Query root type must be Object type, it cannot be E."},
    {"schema { query: Q mutation: Q } type Q { a: Int }", "All root types must be different"},
    {"type Query { __a: Int }", "must not begin with \"__\""},
    {"type Query { a: Int } type T", "Type T must define one or more fields."},
    {"type Query { a: Int a: Int }", "Field \"Query.a\" can only be defined once."},
    {"type Query { a: In } input In { a: Int }", "must be Output Type but got: In."},
    {"type Query { a(x: Query): Int }", "Query.a(x:) must be Input Type but got: Query."},
    {"type Query { a(x: Int, x: Int): Int }", "Argument Query.a(x:) can only be defined once."},
    {"type Query { a(x: Int! @deprecated): Int }", "Required argument Query.a(x:) cannot be"},
    {"type Query implements Query { a: Int }", "must only implement Interface types"},
    {"type Query { a: Int } interface I implements I { a: Int }", "cannot implement itself"},
    {"type Query implements I & I { a: Int } interface I { a: Int }", "can only implement I once."},
    {"type Query implements I { a: Int } interface I { b: Int }",
     "Interface field I.b expected but Query does not provide it."},
    {"type Query implements I { a: Int } interface I { a: Int! }",
     "Interface field I.a expects type Int! but Query.a is type Int."},
    {"type Query implements I { a: Int } interface I { a(x: Int): Int }",
     "Interface field argument I.a(x:) expected but Query.a does not provide it."},
    {"type Query implements I { a(x: ID): Int } interface I { a(x: Int): Int }",
     "expects type Int but Query.a(x:) is type ID."},
    {"type Query implements I { a(x: Int!): Int } interface I { a: Int }",
     "must not be required type \"Int!\""},
    {"type Query implements J { a: Int } interface I { a: Int } interface J implements I { a: Int "
     "}",
     "Type Query must implement I because it is implemented by J."},
    {"type Query { a: U } union U", "Union type U must define one or more member types."},
    {"type Query { a: U } union U = Query | Query", "can only include type Query once."},
    {"type Query { a: U } union U = E enum E { A }", "can only include Object types"},
    {"type Query { a: E } enum E", "Enum type E must define one or more values."},
    {"type Query { a: E } enum E { A A }", "Enum value \"E.A\" can only be defined once."},
    {"type Query { a(x: In): Int } input In",
     "Input Object type In must define one or more fields."},
    {"type Query { a(x: In): Int } input In { q: Query }", "In.q must be Input Type"},
    {"type Query { a(x: In): Int } input In { q: Int! @deprecated }",
     "Required input field In.q cannot be deprecated."},
    {"type Query { a(x: In): Int } input In @oneOf { q: Int! }", "In.q must be nullable."},
    {"type Query { a(x: In): Int } input In @oneOf { q: Int = 1 }",
     "In.q cannot have a default value."},
    {"type Query { a(x: In): Int } input In { o: Other! } input Other { i: In! }",
     "Cannot reference Input Object \"In\" within itself"},
    {"type Query { a: Int } directive @d(x: Query) on FIELD", "@d(x:) must be Input Type"},
};

static void broken_schemas(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        struct graphql_errors errors = check(arena, broken[i].sdl);
        bool found = false;
        for (size_t j = 0; j < errors.items.len; j++)
            found |= text_contains(LIST_ITEMS(&errors.items, struct graphql_error)[j].message,
                                   text_z(broken[i].message));
        if (!found)
            fail_msg("%s: %zu errors", broken[i].sdl, errors.items.len);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void sound_schemas(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct graphql_errors errors = check(
        arena, "type Query implements I & J { a(x: Int, y: Int): Query! l: [Query!]! } "
               "interface I { a(x: Int): J } interface J implements I { a(x: Int): J l: [I] } "
               "input In { o: In l: [In!]! d: Int! = 1 @deprecated } union U = Query");
    assert_int_equal(errors.items.len, 0);
    graphql_errors_init(&errors, arena, 0);
    assert_true(graphql_schema_check(arena, &shop_schema, &errors));
    arena_free(arena);
}

/* Each input object holds the next ones twice: paths double with every step, types do not. */
static void many_paths(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    struct buffer sdl;
    buffer_init(&sdl, arena, 1 << 20);
    buffer_add(&sdl, TEXT("type Query { a(x: T0): Int } input T60 { a: Int }"));
    for (int i = 0; i < 60; i++)
        buffer_add_format(&sdl, " input T%d { a: T%d! b: T%d! }", i, i + 1, i + 1);
    buffer_add_byte(&sdl, '\0');
    struct graphql_errors errors = check(arena, sdl.at);
    assert_int_equal(errors.items.len, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_schemas),
        cmocka_unit_test(sound_schemas),
        cmocka_unit_test(many_paths),
    };
    return cmocka_run_group_tests_name("graphql schema check", tests, NULL, NULL);
}
