/* Each rule of the specification: documents that break it and nothing else, with the place of the
 * error, and documents that do not. Against many more documents the rules are compared with another
 * implementation by tests/differential. */
#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/validation/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct graphql_options options;

static struct graphql_errors validate(struct arena *arena, const struct graphql_options *with,
                                      const char *query)
{
    struct ast_document *document;
    struct graphql_errors errors;
    struct error error = {0};
    if (!graphql_parse(arena, text_z(query), NULL, &document, &error))
        fail_msg("%s: %s", query, error.message);
    graphql_errors_init(&errors, arena, 0);
    bool ok = graphql_validate(arena, &shop_schema, document, with, &errors);
    assert_int_equal(ok, errors.items.len == 0);
    return errors;
}

static const struct {
    const char *rule;
    const char *query;
    int column;
} broken[] = {
    {"ExecutableDefinitions", "{ version } type T { a: Int }", 13},
    {"UniqueOperationNames", "query A { version } query A { version }", 7},
    {"LoneAnonymousOperation", "{ version } query A { version }", 1},
    {"SingleFieldSubscriptions", "subscription { orderTaken { id } b: orderTaken { id } }", 34},
    {"SingleFieldSubscriptions", "subscription { __typename }", 16},
    {"KnownTypeNames", "{ search(input: {}) { things { ... on Nope { id } } } }", 39},
    {"FragmentsOnCompositeTypes", "{ ... on Int { id } }", 10},
    {"VariablesAreInputTypes", "query ($a: Order) { version @skip(if: $a) }", 12},
    {"ScalarLeafs", "{ version { id } }", 11},
    {"ScalarLeafs", "{ customers }", 3},
    {"FieldsOnCorrectType", "{ nothing }", 3},
    {"FieldsOnCorrectType", "{ search(input: {}) { things { id } } }", 32},
    {"UniqueFragmentNames",
     "{ ...F } fragment F on Query { version } fragment F on Query { version }", 19},
    {"KnownFragmentNames", "{ ...F }", 6},
    {"NoUnusedFragments", "{ version } fragment F on Query { version }", 13},
    {"PossibleFragmentSpreads", "{ customers { ... on Product { id } } }", 15},
    {"NoFragmentCycles", "{ ...F } fragment F on Query { version ...F }", 40},
    {"UniqueVariableNames", "query ($a: ID!, $a: ID!) { customer(id: $a) { id } }", 9},
    {"NoUndefinedVariables", "{ customer(id: $a) { id } }", 16},
    {"NoUnusedVariables", "query ($a: ID) { version }", 8},
    {"KnownDirectives", "{ version @nope }", 11},
    {"KnownDirectives", "query @skip(if: true) { version }", 7},
    {"UniqueDirectivesPerLocation", "{ version @skip(if: true) @skip(if: true) }", 11},
    {"KnownArgumentNames", "{ version(x: 1) }", 11},
    {"UniqueArgumentNames", "{ customer(id: 1, id: 1) { id } }", 12},
    {"ValuesOfCorrectType", "{ customers(first: \"x\") { id } }", 20},
    {"ValuesOfCorrectType", "{ customers(first: 2147483648) { id } }", 20},
    {"ValuesOfCorrectType", "{ customers { orders(status: [ODD]) { id } } }", 31},
    {"ValuesOfCorrectType", "{ search(input: {odd: 1}) { total } }", 18},
    {"ValuesOfCorrectType", "{ search(input: {price: {}}) { total } }", 25},
    {"ValuesOfCorrectType", "{ search(input: {price: {below: 1, above: 2}}) { total } }", 25},
    {"ValuesOfCorrectType", "{ search(input: {price: {below: null}}) { total } }", 25},
    {"ValuesOfCorrectType", "{ search(input: null) { total } }", 17},
    {"ValuesOfCorrectType", "mutation { orderCreate(customer: 1, input: {}) { id } }", 44},
    {"ProvidedRequiredArguments", "{ customer { id } }", 3},
    {"ProvidedRequiredArguments", "{ version @skip }", 11},
    {"VariablesInAllowedPosition", "query ($a: ID) { customer(id: $a) { id } }", 8},
    {"VariablesInAllowedPosition",
     "query ($a: Int) { search(input: {price: {below: $a}}) { total } }", 8},
    {"OverlappingFieldsCanBeMerged", "{ a: version a: __typename }", 3},
    {"OverlappingFieldsCanBeMerged", "{ customers(first: 1) { id } customers(first: 2) { id } }",
     3},
    {"OverlappingFieldsCanBeMerged",
     "{ search(input: {}) { things { ... on Customer { a: vip } ... on Product { a: price } } } }",
     50},
    {"UniqueInputFieldNames", "{ search(input: {first: 1, first: 2}) { total } }", 18},
};

static void broken_rules(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        struct graphql_errors errors = validate(arena, &options, broken[i].query);
        const struct graphql_error *first = errors.items.items;
        /* A variable of no input type fits nowhere, so its use is an error too. */
        size_t expected = strcmp(broken[i].rule, "VariablesAreInputTypes") == 0 ? 2 : 1;
        if (errors.items.len != expected || strcmp(first->rule, broken[i].rule) != 0 ||
            first->places[0].column != broken[i].column)
            fail_msg("%s: %zu errors, the first of %s at %d", broken[i].query, errors.items.len,
                     errors.items.len ? first->rule : "none",
                     errors.items.len ? first->places[0].column : 0);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void kept_rules(void **state)
{
    UNUSED(state);
    static const char *const queries[] = {
        "{ __typename __schema { types { name } } __type(name: \"Order\") { kind } }",
        "query A { version } query B { version } mutation C { orderCancel(id: 1) { id } }",
        "query ($n: Int = 3) { customers(first: $n) { id } }",
        "query ($t: OrderStatus!) { customers { orders(status: [$t, NEW]) { id } } }",
        "query ($t: ID = 1) { customer(id: $t) { id } }",
        "query ($p: Int!) { search(input: {price: {below: $p}}) { total } }",
        "{ customers { orders(status: NEW) { id } } }",
        "{ a: customers(first: 1) { id } a: customers(first: 1) { name } }",
        "{ search(input: {}) { things { ... on Customer { name } ... on Product { name } } } }",
        "{ ...A ...B } fragment A on Query { ...B } fragment B on Query { version }",
        "{ version @include(if: true) @skip(if: false) }",
        "subscription { ...F } fragment F on Subscription { orderTaken { id } }",
        "mutation { orderCreate(customer: 1, input: {items: [], note: null}) { id } }",
    };
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        struct graphql_errors errors = validate(arena, &options, queries[i]);
        if (errors.items.len > 0)
            fail_msg("%s: %.*s", queries[i],
                     TEXT_ARG(((const struct graphql_error *)errors.items.items)->message));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void suggestions(void **state)
{
    UNUSED(state);
    static const struct {
        const char *query, *hint;
    } cases[] = {
        {"{ xversion }", "Did you mean \"version\"?"},
        {"{ customers(firrst: 1) { id } }", "Did you mean \"first\"?"},
        {"{ customers { orders(status: [PIAD]) { id } } }", "Did you mean \"PAID\"?"},
        {"{ search(input: {}) { things { price } } }", "inline fragment on \"Product\"?"},
        {"{ ... on Custmer { id } }", "Did you mean \"Customer\"?"},
    };
    const struct graphql_options silent = {.no_suggestions = true};
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct graphql_errors errors = validate(arena, &options, cases[i].query);
        struct text message = ((const struct graphql_error *)errors.items.items)->message;
        if (!text_contains(message, text_z(cases[i].hint)))
            fail_msg("%.*s", TEXT_ARG(message));
        errors = validate(arena, &silent, cases[i].query);
        message = ((const struct graphql_error *)errors.items.items)->message;
        assert_false(text_contains(message, TEXT("Did you mean")));
    }
    arena_free(arena);
}

/* All pairs of 3,000 equal fields would be nine million comparisons; a chain of fragments that each
 * spread the next one twice would be two to the power of thirty sets. */
static void merging_in_linear_time(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(256 << 20);
    struct buffer query;
    buffer_init(&query, arena, 1 << 20);
    buffer_add_byte(&query, '{');
    for (int i = 0; i < 3000; i++)
        buffer_add(&query, TEXT(" customers { id }"));
    buffer_add(&query, TEXT(" customers { ...F0 } }"));
    for (int i = 0; i < 30; i++)
        buffer_add_format(
            &query,
            " fragment F%d on Customer { a: orders { customer { ...F%d } } b: orders { "
            "customer { ...F%d } } }",
            i, i + 1, i + 1);
    buffer_add(&query, TEXT(" fragment F30 on Customer { id }"));
    buffer_add_byte(&query, '\0');
    struct graphql_errors errors = validate(arena, &options, query.at);
    assert_int_equal(errors.items.len, 0);
    assert_true(arena_used(arena) < 64 << 20);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_rules),
        cmocka_unit_test(kept_rules),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(merging_in_linear_time),
    };
    return cmocka_run_group_tests_name("graphql rules", tests, NULL, NULL);
}
