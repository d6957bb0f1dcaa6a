/* Memory that runs out at any point ends in a clean error: every allocation of a request fails
 * once. */
#include "graphql/execution/engine.h"
#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/testing/shop_data.h"
#include "graphql/types/schema_build.h"
#include "graphql/validation/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ALLOCATIONS_MAX = 200000 };

static const char *const valid =
    "query Q($s: [OrderStatus!], $yes: Boolean!, $i: SearchInput!) { customers(first: 2) { ...F "
    "orders(status: $s) @include(if: $yes) { id items { count product { name } } customer { name } "
    "} tags secret } search(input: $i) { things { __typename ... on Named { id } ...F } } "
    "__schema { types { name fields { name args { name defaultValue type { ofType { name } } } } } "
    "} } fragment F on Customer { name email address { city } history: addressHistory { floor } }";
static const char *const invalid =
    "query Q($s: [OrderStatuz!], $s: Nope) { customers(first: \"x\", q: 1) { ...G name { x } nam "
    "orders(status: [ODD]) { id } orders(first: 3) { id } } version @skip @odd version: nothing } "
    "fragment F on Customer { ...F } fragment F on Int { x } subscription { a b }";
static const char *const variables =
    "{\"s\":[\"PAID\",\"NEW\"],\"yes\":true,\"i\":{\"text\":\"t\",\"price\":{\"below\":5}}}";
static const char *const bad_variables =
    "{\"s\":[\"ODD\",null],\"i\":{\"first\":\"x\",\"odd\":1,\"price\":{}}}";

static const struct json *parse_json(struct arena *arena, const char *source)
{
    struct error error = {0};
    const struct json *value;
    assert_true(json_parse(arena, text_z(source), NULL, &value, &error));
    return value;
}

/* True when the request went through as if nothing had happened. */
static bool request(struct graphql_engine *engine, struct arena *arena, const char *query,
                    const struct json *sent, bool expect_valid)
{
    struct shop_data data = {0};
    struct graphql_request graphql = {.query = text_z(query), .variables = sent};
    struct graphql_operation *operation;
    struct error error = {0};
    struct buffer out;
    struct graphql_run run = {.context = &data};
    buffer_init(&out, arena, 8 << 20);
    if (!graphql_prepare(engine, arena, &graphql, &operation, &error)) {
        assert_int_equal(error.kind, ERR_NO_MEMORY);
        return false;
    }
    bool is_valid = graphql_operation_is_valid(operation);
    if (!graphql_run(operation, &run, &out, &error)) {
        assert_int_equal(error.kind, ERR_NO_MEMORY);
        return false;
    }
    assert_int_equal(is_valid, expect_valid);
    return true;
}

/* cached: the document is known, so only the request's own memory is at stake. */
static void fail_request(const char *query, const char *sent, bool cached, bool expect_valid)
{
    struct graphql_engine *engine = graphql_engine_new(&shop_schema, NULL);
    struct arena *input = arena_new(1 << 20);
    struct arena *arena = arena_new(64 << 20);
    const struct json *values = sent ? parse_json(input, sent) : NULL;
    bool done = false;
    if (cached)
        assert_true(request(engine, arena, query, values, expect_valid));
    for (int64_t n = 0; !done && n < ALLOCATIONS_MAX; n++) {
        arena_reset(arena);
        arena_fail_after(arena, n);
        done = request(engine, arena, query, values, expect_valid);
    }
    assert_true(done);
    arena_free(arena);
    arena_free(input);
    graphql_engine_free(engine);
}

static void requests(void **state)
{
    UNUSED(state);
    fail_request(valid, variables, true, true);
    fail_request(valid, variables, false, true);
    fail_request(valid, bad_variables, true, false);
    fail_request(invalid, NULL, false, false);
    fail_request("{ version", NULL, false, false);
    fail_request("mutation { orderCreate(customer: 1, input: {items: [{product: 1}]}) { id } }",
                 NULL, true, true);
}

/* The arena of a document belongs to the engine, so its phases are tried by themselves. */
static bool check(struct arena *arena, const char *query, bool expect_valid)
{
    static const struct graphql_options options = {.limits = {.max_errors = 100}};
    struct ast_document *document;
    struct graphql_errors errors;
    struct error error = {0};
    if (!graphql_parse(arena, text_z(query), NULL, &document, &error)) {
        assert_int_equal(error.kind, ERR_NO_MEMORY);
        return false;
    }
    graphql_errors_init(&errors, arena, 100);
    bool is_valid = graphql_validate(arena, &shop_schema, document, &options, &errors);
    if (arena_failed(arena)) {
        assert_true(!is_valid || expect_valid);
        return false;
    }
    assert_int_equal(is_valid, expect_valid);
    return true;
}

static void fail_check(const char *query, bool expect_valid)
{
    struct arena *arena = arena_new(64 << 20);
    bool done = false;
    for (int64_t n = 0; !done && n < ALLOCATIONS_MAX; n++) {
        arena_reset(arena);
        arena_fail_after(arena, n);
        done = check(arena, query, expect_valid);
    }
    assert_true(done);
    arena_free(arena);
}

static void parsing_and_validation(void **state)
{
    UNUSED(state);
    fail_check(valid, true);
    fail_check(invalid, false);
    fail_check("{ a(x: \"\\u00e9\", y: \"\"\"\n  b\n\"\"\", z: [{k: $v}]) }", false);
}

static bool build(struct arena *arena)
{
    static const char *const sdl =
        "schema { query: Q mutation: M } type Q implements I { a(x: In = {k: [1]}): [U!] "
        "@deprecated } "
        "interface I { a(x: In): [U!] } union U = Q | M type M { e: E s: S } enum E { A B } "
        "scalar S @specifiedBy(url: \"u\") input In { k: [Int!], e: E = A } directive @d(x: Int) "
        "repeatable on FIELD extend type Q { b: Int } extend enum E { C } extend input In { z: In "
        "}";
    struct ast_document *document;
    const struct graphql_schema *schema;
    struct error error = {0};
    if (graphql_parse(arena, text_z(sdl), NULL, &document, &error) &&
        graphql_schema_build(arena, document, NULL, &schema, &error))
        return true;
    assert_int_equal(error.kind, ERR_NO_MEMORY);
    return false;
}

static void schemas(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    bool done = false;
    for (int64_t n = 0; !done && n < ALLOCATIONS_MAX; n++) {
        arena_reset(arena);
        arena_fail_after(arena, n);
        done = build(arena);
    }
    assert_true(done);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(parsing_and_validation),
        cmocka_unit_test(schemas),
    };
    return cmocka_run_group_tests_name("graphql without memory", tests, NULL, NULL);
}
