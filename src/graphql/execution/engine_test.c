/* Whole requests over the shop: members, resolvers by level, errors, mutations. */
#include "graphql/execution/engine.h"

#include "graphql/shop_schema.h"
#include "graphql/testing/shop_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct graphql_engine *engine;
    struct arena *arena;
    struct shop_data data;
    bool is_valid;
};

static bool authorize(struct graphql_call *call)
{
    const struct shop_data *data = call->context;
    if (data->deny_everything)
        return error_set(call->error, ERR_DENIED, "unauthorized");
    bool is_secret = text_equal(call->field->access.action, TEXT("customer:secret"));
    if (!is_secret || !data->deny_secrets)
        return true;
    for (size_t i = 1; i < call->count; i++)
        graphql_fail(call, i, ERR_DENIED, "unauthorized");
    return true;
}

static bool begin(struct graphql_call *call)
{
    ((struct shop_data *)call->context)->steps++;
    return true;
}

static bool end(struct graphql_call *call, bool succeeded)
{
    ((struct shop_data *)call->context)->rolled_back += !succeeded;
    return true;
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    fixture->engine = graphql_engine_new(&shop_schema, NULL);
    fixture->arena = arena_new(64 << 20);
    *state = fixture;
    return fixture->engine && fixture->arena ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    graphql_engine_free(fixture->engine);
    free(fixture);
    return 0;
}

static struct text execute(struct fixture *fixture, const char *query, const char *variables)
{
    struct error error = {0};
    struct graphql_operation *operation;
    struct graphql_request request = {.query = text_z(query)};
    struct buffer out;
    if (variables)
        assert_true(
            json_parse(fixture->arena, text_z(variables), NULL, &request.variables, &error));
    assert_true(graphql_prepare(fixture->engine, fixture->arena, &request, &operation, &error));
    fixture->is_valid = graphql_operation_is_valid(operation);
    struct graphql_run run = {
        .context = &fixture->data, .authorize = authorize, .begin = begin, .end = end};
    buffer_init(&out, fixture->arena, 1 << 20);
    assert_true(graphql_run(operation, &run, &out, &error));
    return buffer_text(&out);
}

static void expect(struct fixture *fixture, const char *query, const char *variables,
                   const char *expected)
{
    struct text got = execute(fixture, query, variables);
    if (!text_equal_z(got, expected))
        print_error("query:    %s\nexpected: %s\ngot:      %.*s\n", query, expected, TEXT_ARG(got));
    assert_true(text_equal_z(got, expected));
}

static void members(void **state)
{
    expect(
        *state,
        "{ customers { id name email tags createdAt lastOrderAt level discount vip __typename } }",
        NULL,
        "{\"data\":{\"customers\":[{\"id\":\"1\",\"name\":\"Ada\",\"email\":\"ada@example.org\","
        "\"tags\":[\"early\",\"loud\"],\"createdAt\":1700000000,\"lastOrderAt\":null,"
        "\"level\":\"GOLD\",\"discount\":0.25,\"vip\":true,\"__typename\":\"Customer\"},"
        "{\"id\":\"2\",\"name\":\"Bo \\\"B\\\" \xC3\x96\",\"email\":null,\"tags\":[],"
        "\"createdAt\":1700000001,\"lastOrderAt\":1700000002,\"level\":\"BRONZE\","
        "\"discount\":null,\"vip\":false,\"__typename\":\"Customer\"}]}}");
}

static void nested_members(void **state)
{
    expect(*state,
           "{ customers { address { city floor } history: addressHistory { floor } "
           "settings { newsletter } } }",
           NULL,
           "{\"data\":{\"customers\":[{\"address\":{\"city\":\"York\",\"floor\":null},"
           "\"history\":[{\"floor\":null},{\"floor\":3}],\"settings\":{\"newsletter\":false}},"
           "{\"address\":null,\"history\":[],\"settings\":{\"newsletter\":true}}]}}");
}

static void resolvers_by_level(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture,
           "query ($s: [OrderStatus!]) { customers { orders(status: $s) { id status items { count "
           "product { name } } customer { name } } } }",
           "{\"s\":[\"PAID\"]}",
           "{\"data\":{\"customers\":[{\"orders\":[{\"id\":\"o1\",\"status\":\"PAID\",\"items\":["
           "{\"count\":2,\"product\":{\"name\":\"Tea\"}},{\"count\":1,\"product\":{\"name\":"
           "\"Pot\"}}],\"customer\":{\"name\":\"Ada\"}}]},{\"orders\":[]}]}}");
    assert_int_equal(fixture->data.calls, 3);
}

static void arguments_of_all_kinds(void **state)
{
    expect(*state, "{ customers(first: 1) { orders(first: 1) { id } } }", NULL,
           "{\"data\":{\"customers\":[{\"orders\":[{\"id\":\"o1\"}]}]}}");
    expect(*state, "query ($n: Int) { customers(first: $n) { id } }", "{\"n\":0}",
           "{\"data\":{\"customers\":[]}}");
    expect(*state, "query ($n: Int) { customers(first: $n) { id } }", NULL,
           "{\"data\":{\"customers\":[{\"id\":\"1\"},{\"id\":\"2\"}]}}");
    expect(*state, "{ customer(id: 2) { id } none: customer(id: \"9\") { id } }", NULL,
           "{\"data\":{\"customer\":{\"id\":\"2\"},\"none\":null}}");
    expect(*state, "{ customers(first: 1) { orders() { id } } }", NULL,
           "{\"data\":{\"customers\":[{\"orders\":[{\"id\":\"o1\"},{\"id\":\"o2\"}]}]}}");
}

static void unions_and_generated_structs(void **state)
{
    expect(
        *state,
        "query ($i: SearchInput!) { search(input: $i) { total best page { endCursor hasNextPage } "
        "things { __typename ... on Named { id } ... on Product { price } "
        "... on Customer { orderCount } } } }",
        "{\"i\":{\"text\":\"t\",\"price\":{\"below\":5}}}",
        "{\"data\":{\"search\":{\"total\":3,\"best\":5,\"page\":{\"endCursor\":\"t\","
        "\"hasNextPage\":false},\"things\":[{\"__typename\":\"Customer\",\"id\":\"1\","
        "\"orderCount\":2},{\"__typename\":\"Product\",\"id\":\"p1\",\"price\":350},"
        "{\"__typename\":\"Product\",\"id\":\"p2\",\"price\":2500}]}}}");
}

static void errors_with_path_and_null(void **state)
{
    expect(
        *state, "{ customer(id: \"2\") { name orderCount } version }", NULL,
        "{\"data\":{\"customer\":null,\"version\":\"1.2\"},\"errors\":[{\"message\":\"not found\","
        "\"locations\":[{\"line\":1,\"column\":28}],\"path\":[\"customer\",\"orderCount\"],"
        "\"extensions\":{\"code\":\"NOT_FOUND\"}}]}");
    expect(*state, "{ version customer(id: \"broken\") { id } }", NULL,
           "{\"data\":{\"version\":\"1.2\",\"customer\":null},\"errors\":[{\"message\":\"The "
           "customers are out.\",\"locations\":[{\"line\":1,\"column\":11}],\"path\":["
           "\"customer\"],\"extensions\":{\"code\":\"UNAVAILABLE\"}}]}");
    expect(*state, "{ customers { orderCount } }", NULL,
           "{\"data\":null,\"errors\":[{\"message\":\"not found\",\"locations\":[{\"line\":1,"
           "\"column\":15}],\"path\":[\"customers\",1,\"orderCount\"],\"extensions\":{\"code\":"
           "\"NOT_FOUND\"}}]}");
}

static void access_of_single_objects(void **state)
{
    struct fixture *fixture = *state;
    fixture->data.deny_secrets = true;
    expect(fixture, "{ customers { secret } }", NULL,
           "{\"data\":{\"customers\":[{\"secret\":\"likes tea\"},{\"secret\":null}]},\"errors\":[{"
           "\"message\":\"unauthorized\",\"locations\":[{\"line\":1,\"column\":15}],\"path\":["
           "\"customers\",1,\"secret\"],\"extensions\":{\"code\":\"FORBIDDEN\"}}]}");
}

static void mutations_step_by_step(void **state)
{
    struct fixture *fixture = *state;
    expect(
        fixture,
        "mutation ($in: OrderInput!) { a: orderCreate(customer: 1, input: $in) { id status items "
        "{ count } } b: orderCancel(id: \"o1\", reason: TOO_SLOW) { id } "
        "c: orderCancel(id: \"o1\") { id } }",
        "{\"in\":{\"items\":[{\"product\":\"p1\"},{\"product\":\"p2\",\"count\":7}],"
        "\"status\":\"Returned\"}}",
        "{\"data\":{\"a\":{\"id\":\"o3\",\"status\":\"Returned\",\"items\":[{\"count\":1},"
        "{\"count\":7}]},\"b\":null,\"c\":{\"id\":\"o1\"}},\"errors\":[{\"message\":\"too late\","
        "\"locations\":[{\"line\":1,\"column\":101}],\"path\":[\"b\"],\"extensions\":{\"code\":"
        "\"CONFLICT\"}}]}");
    assert_int_equal(fixture->data.steps, 3);
    assert_int_equal(fixture->data.rolled_back, 1);
}

static void conditions(void **state)
{
    const char *query = "query ($x: Boolean!) { version @skip(if: $x) customer(id: 1) @include(if: "
                        "$x) { id } }";
    expect(*state, query, "{\"x\":true}", "{\"data\":{\"customer\":{\"id\":\"1\"}}}");
    expect(*state, query, "{\"x\":false}", "{\"data\":{\"version\":\"1.2\"}}");
    expect(*state, query, "{\"x\":true}", "{\"data\":{\"customer\":{\"id\":\"1\"}}}");
}

static void merged_fields(void **state)
{
    expect(*state,
           "{ customers(first: 1) { id ...F } customers(first: 1) { name } } "
           "fragment F on Customer { address { city } address { street } }",
           NULL,
           "{\"data\":{\"customers\":[{\"id\":\"1\",\"address\":{\"city\":\"York\",\"street\":"
           "\"Long Lane 1\"},\"name\":\"Ada\"}]}}");
}

static void refused_requests(void **state)
{
    struct fixture *fixture = *state;
    expect(
        fixture, "{ version", NULL,
        "{\"errors\":[{\"message\":\"Syntax Error: Expected Name, found <EOF>.\",\"locations\":[{"
        "\"line\":1,\"column\":10}],\"extensions\":{\"code\":\"GRAPHQL_PARSE_FAILED\"}}]}");
    assert_false(fixture->is_valid);
    expect(fixture, "query ($i: SearchInput!) { search(input: $i) { total } }",
           "{\"i\":{\"first\":\"x\"}}",
           "{\"errors\":[{\"message\":\"Variable \\\"$i\\\" got invalid value \\\"x\\\" at "
           "\\\"i.first\\\"; Int cannot represent non-integer value: \\\"x\\\"\",\"locations\":[{"
           "\"line\":1,\"column\":8}],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}");
    assert_false(fixture->is_valid);
}

/* Wherever it was put, and whatever is wrong with it. */
static void a_value_is_quoted_in_no_error_when_values_are_hidden(void **state)
{
    static const struct {
        const char *query, *variables, *message;
    } cases[] = {
        {"query ($i: SearchInput!) { search(input: $i) { total } }", "{\"i\":{\"first\":\"hush\"}}",
         "Variable \\\"$i\\\" got invalid value [redacted] at \\\"i.first\\\"; Int cannot "
         "represent "
         "non-integer value: [redacted]\""},
        {"query ($i: SearchInput!) { search(input: $i) { total } }", "{\"i\":[\"hush\"]}",
         "Variable \\\"$i\\\" got invalid value [redacted]"},
        {"query ($i: SearchInput!) { search(input: $i) { total } }", "{\"i\":{\"firxt\":\"hush\"}}",
         "Field \\\"firxt\\\" is not defined"},
        {"{ search(input: {first: \"hush\"}) { total } }", NULL,
         "Int cannot represent non-integer value: [redacted]\""},
        {"{ search(input: [{first: {hush: 1}}]) { total } }", NULL, "[redacted]"},
        {"query ($i: Int = \"hush\") { search(input: {first: $i}) { total } }", NULL, "[redacted]"},
        {"{ search(input: \"hush\" \"hush\") { total } }", NULL, "Expected Name, found String.\""},
        {"{ search(input \"\"\"hush\"\"\") { total } }", NULL, "found BlockString.\""},
        {"{ search(input 4711) { total } }", NULL, "found Int.\""},
    };
    struct fixture *fixture = *state;
    const struct graphql_options options = {.limits = graphql_default_limits, .hide_values = true};
    graphql_engine_free(fixture->engine);
    fixture->engine = graphql_engine_new(&shop_schema, &options);
    assert_non_null(fixture->engine);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text answer = execute(fixture, cases[i].query, cases[i].variables);
        if (!text_contains(answer, text_z(cases[i].message)) ||
            text_contains(answer, TEXT("hush")) || text_contains(answer, TEXT("4711")))
            fail_msg("%s: %.*s", cases[i].query, TEXT_ARG(answer));
    }
}

static void subscriptions(void **state)
{
    struct fixture *fixture = *state;
    struct shop_order_item none = {0};
    struct shop_order event = {.id = TEXT("o9"), .status = SHOP_ORDER_PAID, .items = &none};
    struct graphql_run run = {.context = &fixture->data, .authorize = authorize};
    struct graphql_request request = {
        .query = TEXT("subscription { orderTaken(customer: 7) { id status } }")};
    struct graphql_operation *operation;
    struct graphql_source source;
    struct error error = {0};
    assert_true(graphql_prepare(fixture->engine, fixture->arena, &request, &operation, &error));
    assert_int_equal(graphql_operation_kind(operation), GRAPHQL_SUBSCRIPTION);
    assert_true(graphql_subscribe(operation, &run, &source, &error));
    const struct shop_Subscription_orderTaken_args *args = source.args;
    assert_true(text_equal(source.field->name, TEXT("orderTaken")));
    assert_true(text_equal(args->customer, TEXT("7")));
    for (int i = 0; i < 3; i++) {
        struct buffer out;
        run.arena = arena_new(1 << 20);
        run.root = &event;
        buffer_init(&out, run.arena, 1 << 16);
        assert_true(graphql_run(operation, &run, &out, &error));
        assert_true(
            text_equal(buffer_text(&out),
                       TEXT("{\"data\":{\"orderTaken\":{\"id\":\"o9\",\"status\":\"PAID\"}}}")));
        arena_free(run.arena);
    }
    run.arena = NULL;
    fixture->data.deny_everything = true;
    assert_false(graphql_subscribe(operation, &run, &source, &error));
    assert_int_equal(error.kind, ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(members, setup, teardown),
        cmocka_unit_test_setup_teardown(nested_members, setup, teardown),
        cmocka_unit_test_setup_teardown(resolvers_by_level, setup, teardown),
        cmocka_unit_test_setup_teardown(arguments_of_all_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(unions_and_generated_structs, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_with_path_and_null, setup, teardown),
        cmocka_unit_test_setup_teardown(access_of_single_objects, setup, teardown),
        cmocka_unit_test_setup_teardown(mutations_step_by_step, setup, teardown),
        cmocka_unit_test_setup_teardown(conditions, setup, teardown),
        cmocka_unit_test_setup_teardown(merged_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(subscriptions, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_is_quoted_in_no_error_when_values_are_hidden, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("graphql engine", tests, NULL, NULL);
}
