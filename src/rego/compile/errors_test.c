/* What is wrong with a policy is said with the right code, at the right place, in the right words.
 * One row a mistake. */
#include "rego/rego.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct row {
    enum rego_dialect dialect;
    const char *policy;
    enum rego_code code;
    uint32_t line, column;
    const char *message; /* part of it */
    const char *hint;    /* part of it; NULL: any */
};

static const struct row rows[] = {
    /* Parsing. */
    {REGO_V1, "p := 1", REGO_PARSE_ERROR, 1, 1, "expected package", "package example"},
    {REGO_V1, "package a\np := ", REGO_PARSE_ERROR, 2, 6, "expected a term", NULL},
    {REGO_V1, "package a\np if { x := [1, 2 }", REGO_PARSE_ERROR, 2, 19, "expected ,", NULL},
    {REGO_V1, "package a\np := \"abc", REGO_PARSE_ERROR, 2, 6, "non-terminated string", NULL},
    {REGO_V1, "package a\np := 01", REGO_PARSE_ERROR, 2, 6, "leading zero", NULL},
    {REGO_V1, "package a\np := \"\\x\"", REGO_PARSE_ERROR, 2, 6, "escape", NULL},
    {REGO_V1, "package a\np { true }", REGO_PARSE_ERROR, 2, 3, "`if` keyword is required", "v0"},
    {REGO_V1, "package a\np[\"x\"]", REGO_PARSE_ERROR, 2, 1, "`contains` keyword is required",
     "contains"},
    {REGO_V1, "package a\np", REGO_PARSE_ERROR, 2, 1, "must have value assignment", NULL},
    {REGO_V0, "package a\np", REGO_PARSE_ERROR, 2, 1, "var cannot be used for rule name", NULL},
    {REGO_V0, "package a\np if { true }", REGO_PARSE_ERROR, 2, 1, "var cannot be used",
     "import rego.v1"},
    {REGO_V0, "package a\np contains 1 { true }", REGO_PARSE_ERROR, 2, 3, "contains",
     "import rego.v1"},
    {REGO_V0, "package a\np { some x in [1] }", REGO_PARSE_ERROR, 2, 12, "in",
     "import future.keywords.in"},
    {REGO_V0, "package a\np { !true }", REGO_PARSE_ERROR, 2, 5, "write `not`", NULL},
    {REGO_V1, "package a\np if { }", REGO_PARSE_ERROR, 2, 8, "found empty body", NULL},
    {REGO_V1, "package a\np if { 1 == 1 2 == 2 }", REGO_PARSE_ERROR, 2, 15, "; or a new line",
     NULL},
    {REGO_V1, "package a\nimport foo.bar", REGO_PARSE_ERROR, 2, 8, "must begin with", NULL},
    {REGO_V1, "package a\nimport future.keywords.maybe", REGO_PARSE_ERROR, 2, 24,
     "unexpected keyword", NULL},
    {REGO_V1, "package a\nimport rego.v2", REGO_PARSE_ERROR, 2, 8, "rego.v1", NULL},
    {REGO_V1, "package a\ndefault p", REGO_PARSE_ERROR, 2, 10, "default rule must have one", NULL},
    {REGO_V1, "package a\ndefault p := q\nq := 1", REGO_PARSE_ERROR, 2, 14, "cannot contain var",
     NULL},
    {REGO_V1, "package a\ndefault p := count([1])", REGO_PARSE_ERROR, 2, 14, "cannot contain call",
     NULL},
    {REGO_V1, "package a\ndefault f([x]) := 1", REGO_PARSE_ERROR, 2, 11, "only variables", NULL},
    {REGO_V1, "package a\np contains 1 if true else := 2", REGO_PARSE_ERROR, 2, 22,
     "else keyword cannot be used on multi-value", NULL},
    {REGO_V1, "package a\np if every [x] in [1] { true }", REGO_PARSE_ERROR, 2, 6,
     "every takes variables", NULL},
    {REGO_V1, "package a\np := $\"{x\"", REGO_PARSE_ERROR, 2, 10, "", NULL},
    {REGO_V1, "package \xff", REGO_PARSE_ERROR, 0, 0, "UTF-8", NULL},
    {REGO_V1, "package a\nf(x) contains 1 if x", REGO_PARSE_ERROR, 2, 6, "not functions", NULL},

    /* Names. */
    {REGO_V1, "package a\np if { x := 1; x := 2 }", REGO_COMPILE_ERROR, 2, 16,
     "var x assigned above", NULL},
    {REGO_V1, "package a\np if { some x; x := 2 }", REGO_COMPILE_ERROR, 2, 16,
     "var x declared above", NULL},
    {REGO_V1, "package a\np if { x == 1; x := 2 }", REGO_COMPILE_ERROR, 2, 16,
     "var x referenced above", NULL},
    {REGO_V1, "package a\nf(x) := 1 if { x := 2 }", REGO_COMPILE_ERROR, 2, 16, "arg x redeclared",
     NULL},
    {REGO_V1, "package a\np if { some x; true }", REGO_COMPILE_ERROR, 2, 13,
     "declared var x unused", NULL},
    {REGO_V1, "package a\np if { 1 := 2 }", REGO_COMPILE_ERROR, 2, 8, "cannot assign to number",
     NULL},
    {REGO_V1, "package a\np if { input.x := 2 }", REGO_COMPILE_ERROR, 2, 8, "cannot assign to ref",
     NULL},
    {REGO_V1, "package a\np if { not x := 2 }", REGO_COMPILE_ERROR, 2, 12,
     "cannot assign vars inside negated", NULL},
    {REGO_V1, "package a\np if { input := 2; input }", REGO_COMPILE_ERROR, 2, 8,
     "must not shadow input", NULL},
    {REGO_V1, "package a\ndata := 1", REGO_COMPILE_ERROR, 2, 1, "must not shadow data", NULL},
    {REGO_V1, "package a\nimport data.x\nimport data.y.x\np := x", REGO_COMPILE_ERROR, 3, 1,
     "must not shadow import x", NULL},

    /* Functions. */
    {REGO_V1, "package a\np if { nope(1) }", REGO_TYPE_ERROR, 2, 8, "undefined function nope",
     NULL},
    {REGO_V1, "package a\np if { containss(input.a, \"b\") }", REGO_TYPE_ERROR, 2, 8,
     "undefined function containss", "did you mean contains?"},
    {REGO_V1, "package a\np if { data.b.f(1) }", REGO_TYPE_ERROR, 2, 8,
     "undefined function data.b.f", NULL},
    {REGO_V1, "package a\np if { count(1, 2, 3) }", REGO_TYPE_ERROR, 2, 8, "arity 1, got 3", NULL},
    {REGO_V1, "package a\nf(x) := x\np if { f() }", REGO_TYPE_ERROR, 3, 8, "arity 1, got 0", NULL},
    {REGO_V1, "package a\np if { re_match(\"a\", \"b\") }", REGO_TYPE_ERROR, 2, 8, "deprecated",
     NULL},
    {REGO_V1, "package a\np := http.send({})", REGO_TYPE_ERROR, 2, 6, "http.send is not allowed",
     "input and data"},
    {REGO_V1, "package a\np := time.now_ns()", REGO_TYPE_ERROR, 2, 6, "is not allowed", NULL},
    {REGO_V1, "package a\nf(x) := x\np if f(1) with f as http.send", REGO_TYPE_ERROR, 3, 21,
     "http.send is not allowed", NULL},
    {REGO_V1, "package a\np if { count([]) == 0 with opa.runtime as 1 }", REGO_TYPE_ERROR, 2, 28,
     "not allowed", NULL},

    {REGO_V1, "package a\np if { count([]) == 0 with count as walk }", REGO_TYPE_ERROR, 2, 37,
     "walk cannot replace", NULL},
    {REGO_V1, "package a\np if { count([]) == 0 with count as graphql.parse }", REGO_TYPE_ERROR, 2,
     37, "graphql.parse cannot replace", NULL},
    {REGO_V1, "package a\np if { walk(1, x) with walk as f; x }\nf(x) := x", REGO_TYPE_ERROR, 2, 24,
     "walk cannot be replaced", NULL},
    {REGO_V1, "package a\np := graphql.parse(1, 2)", REGO_TYPE_ERROR, 2, 6,
     "graphql.parse is not available", NULL},

    /* Safety. */
    {REGO_V1, "package a\np if { x := 1; not x == y }", REGO_UNSAFE_VARIABLE_ERROR, 2, 25,
     "var y is unsafe", NULL},
    {REGO_V1, "package a\np if { x > 1 }", REGO_UNSAFE_VARIABLE_ERROR, 2, 8, "var x is unsafe",
     "positive expression"},
    {REGO_V1, "package a\np := x if true", REGO_UNSAFE_VARIABLE_ERROR, 2, 6, "var x is unsafe",
     NULL},
    {REGO_V1, "package a\np contains x if true", REGO_UNSAFE_VARIABLE_ERROR, 2, 12,
     "var x is unsafe", NULL},
    {REGO_V1, "package a\np if not input.x[y]", REGO_UNSAFE_VARIABLE_ERROR, 2, 18,
     "var y is unsafe", NULL},
    {REGO_V1, "package a\np := [x | y := 1]", REGO_UNSAFE_VARIABLE_ERROR, 2, 7, "var x is unsafe",
     NULL},
    {REGO_V1, "package a\np if every x in xs { x > y }", REGO_UNSAFE_VARIABLE_ERROR, 2, 17, "xs",
     NULL},
    {REGO_V1, "package a\np if { f(x) }\nf(x) := x", REGO_UNSAFE_VARIABLE_ERROR, 2, 10,
     "var x is unsafe", NULL},
    {REGO_V1, "package a\np if { x = y; y = x }", REGO_UNSAFE_VARIABLE_ERROR, 2, 8,
     "var x is unsafe", NULL},
    {REGO_V1, "package a\np if { true with input as x }", REGO_UNSAFE_VARIABLE_ERROR, 2, 27,
     "var x is unsafe", NULL},
    {REGO_V0, "package a\nroles[space][role_id] { input.session.login == \"x\" }",
     REGO_UNSAFE_VARIABLE_ERROR, 2, 7, "var space is unsafe", "write a constant such as"},

    /* Conflicts. */
    {REGO_V1, "package a\np := 1\np(x) := x", REGO_TYPE_ERROR, 3, 1,
     "conflicting rules data.a.p found", NULL},
    {REGO_V1, "package a\np := 1\np contains 2", REGO_TYPE_ERROR, 3, 1, "conflicting rules", NULL},
    {REGO_V1, "package a\nf(x) := x\nf(x, y) := x + y", REGO_TYPE_ERROR, 3, 1, "arities differ",
     NULL},
    {REGO_V1, "package a\ndefault p := 1\ndefault p := 2", REGO_TYPE_ERROR, 3, 1,
     "multiple default rules data.a.p", NULL},
    {REGO_V1, "package a\np := 1\np.q := 2", REGO_TYPE_ERROR, 3, 1, "conflicts with the rule",
     NULL},
    {REGO_V1, "package a\np[x] := 1 if { x := 2 } else := 3", REGO_TYPE_ERROR, 2, 25,
     "else keyword cannot be used on partial", NULL},
    {REGO_V1, "package a\nq := 1 with data.a.p.x as 1\np := {\"x\": 2}", REGO_PARSE_ERROR, 2, 8, "",
     NULL},
    {REGO_V1, "package a\nq if p with data.a.p.x as 1\np := {\"x\": 2}", REGO_TYPE_ERROR, 2, 13,
     "cannot partially replace virtual", NULL},

    /* Recursion. */
    {REGO_V1, "package a\np if p", REGO_RECURSION_ERROR, 2, 1, "data.a.p -> data.a.p", NULL},
    {REGO_V1, "package a\np if q\nq if not p", REGO_RECURSION_ERROR, 2, 1,
     "data.a.p -> data.a.q -> data.a.p", NULL},
    {REGO_V1, "package a\nf(x) := f(x - 1)", REGO_RECURSION_ERROR, 2, 1, "data.a.f is recursive",
     NULL},
    {REGO_V1, "package a\np if data[x].p", REGO_RECURSION_ERROR, 2, 1, "data.a.p is recursive",
     NULL},
    {REGO_V1, "package a\np := [x | x := data.a[_]]", REGO_RECURSION_ERROR, 2, 1, "is recursive",
     NULL},

    /* Types. */
    {REGO_V1, "package a\np := count(5)", REGO_TYPE_ERROR, 2, 12, "count: invalid argument(s)",
     NULL},
    {REGO_V1, "package a\np if 1 == \"a\"", REGO_TYPE_ERROR, 2, 6, "match error", "never be equal"},
    {REGO_V1, "package a\np if { x := [1]; x == \"a\" }", REGO_TYPE_ERROR, 2, 18, "left is array",
     NULL},
    {REGO_V1, "package a\np if { x := {1, 2}; startswith(x, \"a\") }", REGO_TYPE_ERROR, 2, 32,
     "startswith: invalid argument(s)", NULL},
    {REGO_V1, "package a\nq contains 1\np if { q == \"a\" }", REGO_TYPE_ERROR, 3, 8, "left is set",
     NULL},
};

static bool text_holds(struct text text, const char *part)
{
    return text_contains(text, text_z(part));
}

static bool fits(const struct row *row, const struct rego_diagnostic *found)
{
    return found->code == row->code && found->line == row->line && found->column == row->column &&
           text_holds(found->message, row->message) &&
           (!row->hint || text_holds(found->hint, row->hint));
}

static bool check(const struct row *row)
{
    struct arena *arena = arena_new(64 << 20);
    struct rego_source source = {TEXT("test.rego"), text_z(row->policy), row->dialect};
    struct rego_diagnostics found;
    struct rego_policy *policy = rego_compile(&source, 1, NULL, arena, &found);
    bool ok = !policy && found.len > 0 && fits(row, &found.items[0]);
    if (!ok) {
        struct buffer out;
        buffer_init(&out, arena, 65536);
        if (found.len > 0)
            rego_diagnostic_print(&found.items[0], &out);
        print_error("%s\ngives: %.*s\n", row->policy, TEXT_ARG(buffer_text(&out)));
    }
    rego_free(policy);
    arena_free(arena);
    return ok;
}

static void each_mistake_is_named(void **state)
{
    UNUSED(state);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        wrong += !check(&rows[i]);
    assert_int_equal(wrong, 0);
}

static void a_diagnostic_points_at_its_place(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct rego_source source = {TEXT("a.rego"), TEXT("package a\n\tp if \xc3\xa4 == 1"), REGO_V1};
    struct rego_diagnostics found;
    assert_null(rego_compile(&source, 1, NULL, arena, &found));
    struct rego_source unsafe = {TEXT("b.rego"), TEXT("package a\n\tp if { \"\xc3\xa4\" == x }"),
                                 REGO_V1};
    assert_null(rego_compile(&unsafe, 1, NULL, arena, &found));
    struct buffer out;
    buffer_init(&out, arena, 65536);
    rego_diagnostic_print(&found.items[0], &out);
    buffer_add_byte(&out, '\0');
    assert_non_null(strstr(buffer_text(&out).at, "b.rego:2:16: rego_unsafe_var_error: var x is "
                                                 "unsafe\n\t\tp if { \"\xc3\xa4\" == x }\n\t\t"
                                                 "              ^\nhint: "));
    arena_free(arena);
}

static void many_mistakes_are_told_at_once(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct rego_source source = {TEXT("a.rego"), TEXT("package a\np := x\nq := y\nr := z\n"),
                                 REGO_V1};
    struct rego_diagnostics found;
    assert_null(rego_compile(&source, 1, NULL, arena, &found));
    assert_int_equal(found.len, 3);
    arena_free(arena);
}

static void deep_nesting_is_refused(void **state)
{
    UNUSED(state);
    static const char *const openings[] = {"[", "{", "(", "f(", "{1:", "[x|", "x[", "$\"{", "1+("};
    struct arena *arena = arena_new(512 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(openings); i++) {
        struct buffer text;
        buffer_init(&text, arena, 1 << 20);
        buffer_add(&text, TEXT("package a\np := "));
        for (int j = 0; j < 20000; j++)
            buffer_add(&text, text_z(openings[i]));
        struct rego_source source = {TEXT("a.rego"), buffer_text(&text), REGO_V1};
        struct rego_diagnostics found;
        assert_null(rego_compile(&source, 1, NULL, arena, &found));
        assert_int_equal(found.items[0].code, REGO_PARSE_ERROR);
    }
    arena_free(arena);
}

/* x0 = x1; x1 = x2; ...: only the last can go first. */
static void the_worst_order_ends(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    struct buffer text;
    buffer_init(&text, arena, 8 << 20);
    buffer_add(&text, TEXT("package a\n"));
    for (int rule = 0; rule < 20; rule++) {
        buffer_add(&text, TEXT("p if {\n"));
        for (int i = 0; i < 4000; i++)
            buffer_add_format(&text, "x%d = x%d\n", i, i + 1);
        buffer_add(&text, TEXT("x4000 = 1 }\n"));
    }
    struct rego_source source = {TEXT("a.rego"), buffer_text(&text), REGO_V1};
    struct rego_diagnostics found;
    assert_null(rego_compile(&source, 1, NULL, arena, &found));
    assert_true(text_holds(found.items[0].message, "too complex"));
    arena_free(arena);
}

static void long_chains_of_operators_are_refused(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    struct buffer text;
    buffer_init(&text, arena, 1 << 20);
    buffer_add(&text, TEXT("package a\np := 1"));
    for (int i = 0; i < 10000; i++)
        buffer_add(&text, TEXT(" + 1"));
    struct rego_source source = {TEXT("a.rego"), buffer_text(&text), REGO_V1};
    struct rego_diagnostics found;
    assert_null(rego_compile(&source, 1, NULL, arena, &found));
    assert_true(text_holds(found.items[0].message, "nested too deeply"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named),
        cmocka_unit_test(a_diagnostic_points_at_its_place),
        cmocka_unit_test(many_mistakes_are_told_at_once),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(long_chains_of_operators_are_refused),
        cmocka_unit_test(the_worst_order_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
