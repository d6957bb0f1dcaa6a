/* The grammar: what parses into what, and where it stops. */
#include "graphql/language/parser.h"

#include "graphql/language/lexer.h"
#include "graphql/language/print.h"

#include <setjmp.h>
#include <stdarg.h>
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

static const struct ast_document *parse(struct arena *arena, const char *source)
{
    struct ast_document *document;
    struct error error = {0};
    if (!graphql_parse(arena, text_z(source), NULL, &document, &error))
        fail_msg("%s: %d:%d %s", source, error.line, error.column, error.message);
    return document;
}

static void operations(void **state)
{
    const struct ast_document *document =
        parse(*state, "\xEF\xBB\xBFquery Q($a: [Int!]! = [1, 2] @d, $b:ID$c:X){...F a: b(x: $a) "
                      "@skip(if: true) { c } ... on T { d } ... @include(if: false) { e } }\n"
                      "fragment F on T { f }, { g }");
    const struct ast_definition *query = document->definitions;
    assert_int_equal(query->kind, AST_OPERATION);
    assert_true(text_equal(query->name, TEXT("Q")));
    const struct ast_variable *variable = query->variables;
    assert_int_equal(variable->type.wrappers,
                     GRAPHQL_WRAP_NON_NULL | GRAPHQL_WRAP_LIST << 2 | GRAPHQL_WRAP_NON_NULL << 4);
    assert_true(text_equal(graphql_print_value(*state, variable->default_value), TEXT("[1, 2]")));
    assert_true(text_equal(variable->next->next->name, TEXT("c")));
    const struct ast_selection *selection = query->selections;
    assert_int_equal(selection->kind, AST_SPREAD);
    selection = selection->next;
    assert_true(text_equal(ast_response_key(selection), TEXT("a")));
    assert_true(text_equal(selection->name, TEXT("b")));
    assert_true(text_equal(selection->directives->name, TEXT("skip")));
    assert_true(selection->has_set);
    assert_true(text_equal(selection->next->condition.name, TEXT("T")));
    assert_null(selection->next->next->condition.name.at);
    assert_int_equal(query->next->kind, AST_FRAGMENT);
    assert_int_equal(query->next->next->kind, AST_OPERATION);
    assert_int_equal(document->directive_count, 3);
}

static void strings(void **state)
{
    static const struct {
        const char *source, *value;
    } cases[] = {
        {"\"\"", ""},
        {"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t"},
        {"\"\\u00e9\\u{1F600}\\uD83D\\uDE00\"", "\xC3\xA9\xF0\x9F\x98\x80\xF0\x9F\x98\x80"},
        {"\"\"\"\"\"\"", ""},
        {"\"\"\"one \"quoted\" \\\"\"\" line\"\"\"", "one \"quoted\" \"\"\" line"},
        {"\"\"\"\n\n    first\n      second\r\n\n    third\n  \n\"\"\"",
         "first\n  second\n\nthird"},
        {"\"\"\"  kept\n    cut\"\"\"", "  kept\ncut"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ast_value *value;
        struct error error = {0};
        if (!graphql_parse_value(*state, text_z(cases[i].source), &value, &error))
            fail_msg("%s: %s", cases[i].source, error.message);
        assert_int_equal(value->kind, AST_STRING);
        if (!text_equal_z(value->text, cases[i].value))
            fail_msg("%s: %.*s", cases[i].source, TEXT_ARG(value->text));
    }
}

static void values(void **state)
{
    static const char *const sources[] = {
        "0",    "-0",   "12",   "-1.5e+10",    "1E3",
        "true", "null", "NAME", "[1, [], {}]", "{a: 1, b: [{c: \"x\"}]}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        struct ast_value *value;
        struct error error = {0};
        assert_true(graphql_parse_value(*state, text_z(sources[i]), &value, &error));
        assert_true(text_equal_z(graphql_print_value(*state, value), sources[i]));
    }
}

static void syntax_errors(void **state)
{
    static const struct {
        const char *source;
        int line, column;
        const char *message;
    } cases[] = {
        {"", 1, 1, "Unexpected <EOF>."},
        {"{", 1, 2, "Expected Name, found <EOF>."},
        {"{}", 1, 2, "Expected Name, found \"}\"."},
        {"{ a(", 1, 5, "Expected Name, found <EOF>."},
        {"{ a() }", 1, 5, "Expected Name, found \")\"."},
        {"query () { a }", 1, 8, "Expected \"$\", found \")\"."},
        {"{ a(x: $) }", 1, 9, "Expected Name, found \")\"."},
        {"query ($a: Int = $b) { c }", 1, 18, "Unexpected variable \"$b\" in constant value."},
        {"\n\r\n  { \xC3\xA9 }", 3, 5, "Unexpected character: U+00E9."},
        {"{ a(x: \"\xF0\x9F\x98\x80\" %) }", 1, 13, "Unexpected character: \"%\"."},
        {"{ a(x: 01) }", 1, 9, "Invalid number, unexpected digit after 0: \"1\"."},
        {"{ a(x: 1.) }", 1, 10, "Invalid number, expected digit but got: \")\"."},
        {"{ a(x: 1x) }", 1, 9, "Invalid number, expected digit but got: \"x\"."},
        {"{ a(x: \"b\n\") }", 1, 10, "Unterminated string."},
        {"{ a(x: \"\"\"b) }", 1, 15, "Unterminated string."},
        {"{ a(x: \"\\q\") }", 1, 9, "Invalid character escape sequence: \"\\q\"."},
        {"{ a(x: \"\\uD800\") }", 1, 9, "Invalid Unicode escape sequence: \"\\uD800\"."},
        {"{ a(x: \"\\u{110000}\") }", 1, 9, "Invalid Unicode escape sequence: \"\\u{110000}\"."},
        {"fragment on on T { a }", 1, 10, "Unexpected Name \"on\"."},
        {"\"d\" { a }", 1, 1,
         "Unexpected description, descriptions are not supported on shorthand queries."},
        {"enum E { true }", 1, 10,
         "Name \"true\" is reserved and cannot be used for an enum value."},
        {"extend type T", 1, 14, "Unexpected <EOF>."},
        {"directive @d on NOWHERE", 1, 17, "Unexpected Name \"NOWHERE\"."},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ast_document *document;
        struct error error = {0};
        assert_false(graphql_parse(*state, text_z(cases[i].source), NULL, &document, &error));
        assert_int_equal(error.kind, ERR_SYNTAX);
        struct text message = text_format(*state, "Syntax Error: %s", cases[i].message);
        if (error.line != cases[i].line || error.column != cases[i].column ||
            !text_equal_z(message, error.message))
            fail_msg("%s: %d:%d %s", cases[i].source, error.line, error.column, error.message);
    }
}

static void tolerated_parentheses(void **state)
{
    struct graphql_parse_options options = {.empty_parentheses = true};
    struct ast_document *document;
    struct error error = {0};
    assert_true(
        graphql_parse(*state, TEXT("query Q () { a() @d() { b } }"), &options, &document, &error));
    assert_null(document->definitions->variables);
    assert_null(document->definitions->selections->arguments);
    assert_false(graphql_parse(*state, TEXT("type T { a(): Int }"), &options, &document, &error));
}

static void bounds(void **state)
{
    struct graphql_parse_options options = {.max_tokens = 4};
    struct ast_document *document;
    struct error error = {0};
    assert_true(graphql_parse(*state, TEXT("{ a b }"), &options, &document, &error));
    assert_false(graphql_parse(*state, TEXT("{ a b c }"), &options, &document, &error));
    assert_int_equal(error.kind, ERR_TOO_LARGE);
    static const char *const openings[] = {"{ a ", "{ a(x: [", "query ($a: ["};
    static const char *const units[] = {"{ a ", "[", "["};
    for (size_t i = 0; i < ARRAY_LENGTH(openings); i++) {
        struct buffer source;
        buffer_init(&source, *state, 1 << 22);
        buffer_add(&source, text_z(openings[i]));
        for (int depth = 0; depth < 100000; depth++)
            buffer_add(&source, text_z(units[i]));
        error_clear(&error);
        assert_false(graphql_parse(*state, buffer_text(&source), NULL, &document, &error));
        assert_int_equal(error.kind, ERR_TOO_LARGE);
    }
}

static void type_system(void **state)
{
    const struct ast_document *document = parse(
        *state, "\"s\" schema @d { query: Q } extend schema { mutation: M } \"o\" type O "
                "implements & A & B @d "
                "{ \"f\" f(\"x\" x: Int = 1 @d): [T!]! @d } interface I implements J { a: Int } "
                "union U @d = | A | B enum E { \"v\" V @deprecated W } input In @oneOf { a: Int = "
                "2 @d b: X } "
                "scalar S @specifiedBy(url: \"u\") "
                "directive @d(a: Int) repeatable on | FIELD | QUERY extend union U = C");
    const struct ast_definition *node = document->definitions;
    assert_true(text_equal(node->description, TEXT("s")));
    assert_int_equal(node->roots->operation, AST_QUERY);
    node = node->next;
    assert_true(node->is_extension);
    node = node->next;
    assert_true(text_equal(node->interfaces->next->name, TEXT("B")));
    assert_true(text_equal(node->fields->description, TEXT("f")));
    assert_true(text_equal(node->fields->arguments->description, TEXT("x")));
    node = node->next->next;
    assert_int_equal(node->type_kind, GRAPHQL_UNION);
    assert_true(text_equal(node->members->next->name, TEXT("B")));
    node = node->next;
    assert_true(text_equal(node->values->directives->name, TEXT("deprecated")));
    node = node->next->next->next;
    assert_int_equal(node->kind, AST_DIRECTIVE);
    assert_true(node->is_repeatable);
    assert_int_equal(node->locations, 1 << GRAPHQL_AT_FIELD | 1 << GRAPHQL_AT_QUERY);
    assert_true(node->next->is_extension);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(operations, setup, teardown),
        cmocka_unit_test_setup_teardown(strings, setup, teardown),
        cmocka_unit_test_setup_teardown(values, setup, teardown),
        cmocka_unit_test_setup_teardown(syntax_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(tolerated_parentheses, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(type_system, setup, teardown),
    };
    return cmocka_run_group_tests_name("graphql language", tests, NULL, NULL);
}
