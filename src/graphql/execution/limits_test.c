/* Every limit stops what is past it, with an error of its own, and nothing before it. */
#include "graphql/execution/engine.h"

#include "graphql/shop_schema.h"
#include "graphql/testing/shop_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct outcome {
    bool is_valid;
    bool ran;
    char response[2048];
    struct error error;
};

static struct outcome request(const struct graphql_limits *limits, struct text query,
                              size_t response_max)
{
    const struct graphql_options options = {.limits = *limits, .cache_documents = 4};
    struct graphql_engine *engine = graphql_engine_new(&shop_schema, &options);
    struct arena *arena = arena_new(64 << 20);
    struct graphql_request graphql = {.query = query};
    struct shop_data data = {0};
    struct graphql_run run = {.context = &data};
    struct graphql_operation *operation;
    struct outcome outcome = {0};
    struct buffer out;
    buffer_init(&out, arena, response_max);
    assert_true(graphql_prepare(engine, arena, &graphql, &operation, &outcome.error));
    outcome.is_valid = graphql_operation_is_valid(operation);
    outcome.ran = graphql_run(operation, &run, &out, &outcome.error);
    if (outcome.ran)
        snprintf(outcome.response, sizeof(outcome.response), "%.*s", TEXT_ARG(buffer_text(&out)));
    arena_free(arena);
    graphql_engine_free(engine);
    return outcome;
}

static void expect_refused(const struct graphql_limits *limits, const char *query,
                           const char *message)
{
    struct outcome outcome = request(limits, text_z(query), 1 << 20);
    assert_false(outcome.is_valid);
    if (!strstr(outcome.response, message))
        print_error("got %s\n", outcome.response);
    assert_non_null(strstr(outcome.response, message));
}

static void expect_accepted(const struct graphql_limits *limits, const char *query)
{
    struct outcome outcome = request(limits, text_z(query), 1 << 20);
    if (!outcome.is_valid)
        print_error("got %s\n", outcome.response);
    assert_true(outcome.is_valid);
}

static void size_of_the_text(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_bytes = 11};
    expect_accepted(&limits, "{ version }");
    expect_refused(&limits, "{  version }", "longer than 11 bytes");
    limits = (struct graphql_limits){.max_tokens = 3};
    expect_accepted(&limits, "{ version }");
    expect_refused(&limits, "{ version version }", "more than 3 tokens");
    limits = (struct graphql_limits){.max_directives = 1};
    expect_accepted(&limits, "{ version @skip(if: false) }");
    expect_refused(&limits, "{ a: version @skip(if: false) b: version @skip(if: false) }",
                   "more than 1 directives");
}

static void shape_of_the_operation(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_depth = 2};
    expect_accepted(&limits, "{ customers { id } }");
    expect_refused(&limits, "{ customers { address { city } } }", "3 levels deep; 2 are allowed");
    expect_refused(&limits,
                   "{ ...A } fragment A on Query { customers { ...B } } fragment B on "
                   "Customer { address { city } }",
                   "3 levels deep");
    limits = (struct graphql_limits){.max_introspection_depth = 2, .max_depth = 1};
    expect_accepted(&limits, "{ __schema { description } }");
    expect_refused(&limits, "{ __schema { types { name } } }", "introspection is 3 levels deep");
    limits = (struct graphql_limits){.max_aliases = 2};
    expect_accepted(&limits, "{ a: version b: version }");
    expect_refused(&limits, "{ a: version ...F } fragment F on Query { b: version c: version }",
                   "more than 2 aliases");
    limits = (struct graphql_limits){.max_root_fields = 1};
    expect_accepted(&limits, "{ customers { id name } }");
    expect_refused(&limits, "{ version a: version }", "more than 1 root fields");
}

static void cost_before_execution(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_cost = 60};
    /* 1 for the list, and for each of its 50 customers 1 for the count. */
    expect_accepted(&limits, "{ customers { orderCount id name } }");
    expect_refused(&limits, "{ customers { orderCount orders { id } } }", "may cost 101");
    expect_refused(&limits, "{ customers(first: 60) { orderCount } }", "may cost 61");
    expect_accepted(&limits, "{ customers(first: 59) { orderCount } }");
    expect_refused(&limits, "{ customers(first: 5) { orders(first: 20) { customer { id } } } }",
                   "may cost 106");
    expect_refused(&limits,
                   "{ customers(first: 2147483647) { orders(first: 2147483647) { customer { "
                   "orders(first: 2147483647) { customer { id } } } } } }",
                   "may cost");
}

/* Each fragment spreads the next one twice: two to the power of twenty fields. */
static void exploding_fragments(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_plan_fields = 1000};
    struct arena *arena = arena_new(1 << 20);
    struct buffer query;
    buffer_init(&query, arena, 1 << 16);
    buffer_add(&query, TEXT("{ customers(first: 1) { ...F0 } }"));
    for (int i = 0; i < 20; i++)
        buffer_add_format(
            &query,
            " fragment F%d on Customer { a: orders { customer { ...F%d } } b: orders { "
            "customer { ...F%d } } }",
            i, i + 1, i + 1);
    buffer_add(&query, TEXT(" fragment F20 on Customer { id }"));
    struct outcome outcome = request(&limits, buffer_text(&query), 1 << 20);
    assert_false(outcome.is_valid);
    assert_non_null(strstr(outcome.response, "more than 1000 fields"));
    arena_free(arena);
}

static void many_errors(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_errors = 2};
    struct outcome outcome = request(&limits, TEXT("{ a b c d }"), 1 << 20);
    int count = 0;
    for (const char *at = outcome.response; (at = strstr(at, "\"message\"")); at++)
        count++;
    assert_int_equal(count, 2);
}

static void size_of_the_response(void **state)
{
    UNUSED(state);
    struct graphql_limits limits = {.max_response_bytes = 20};
    struct outcome outcome = request(&limits, TEXT("{ version v: version }"), 1 << 20);
    assert_false(outcome.ran);
    assert_int_equal(outcome.error.kind, ERR_TOO_LARGE);
    limits.max_response_bytes = 0;
    outcome = request(&limits, TEXT("{ version v: version }"), 20);
    assert_false(outcome.ran);
    outcome = request(&limits, TEXT("{ version v: version }"), 40);
    assert_true(outcome.ran);
}

static void introspection_switched_off(void **state)
{
    UNUSED(state);
    const struct graphql_options options = {.hide_schema = true};
    struct graphql_engine *engine = graphql_engine_new(&shop_schema, &options);
    struct arena *arena = arena_new(1 << 20);
    struct graphql_operation *operation;
    struct error error = {0};
    struct graphql_request request = {.query = TEXT("{ ...F } fragment F on Query { __schema { "
                                                    "description } }")};
    assert_true(graphql_prepare(engine, arena, &request, &operation, &error));
    assert_false(graphql_operation_is_valid(operation));
    request.query = TEXT("{ __typename }");
    assert_true(graphql_prepare(engine, arena, &request, &operation, &error));
    assert_true(graphql_operation_is_valid(operation));
    arena_free(arena);
    graphql_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_of_the_text),
        cmocka_unit_test(shape_of_the_operation),
        cmocka_unit_test(cost_before_execution),
        cmocka_unit_test(exploding_fragments),
        cmocka_unit_test(many_errors),
        cmocka_unit_test(size_of_the_response),
        cmocka_unit_test(introspection_switched_off),
    };
    return cmocka_run_group_tests_name("graphql limits", tests, NULL, NULL);
}
