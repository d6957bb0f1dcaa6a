/* The test runner and coverage, on a small policy with its tests. */
#include "rego/tools/test_run.h"

#include "rego/language/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char policy[] = "package example\n\n"
                             "default allow := false\n\n"
                             "allow if {\n\tinput.user == \"root\"\n}\n\n"
                             "allow if {\n\tinput.group == \"admin\"\n\tinput.mfa\n}\n";

static const char tests_of_policy[] =
    "package example_test\n\n"
    "import data.example\n\n"
    "test_root if example.allow with input as {\"user\": \"root\"}\n\n"
    "test_admin if example.allow with input as {\"group\": \"admin\"}\n\n"
    "test_broken if {\n\tx := [1, 2]\n\tcomplete(x[_]) == 1\n}\n\n"
    "complete(x) := y if y := [1, 2][_]\n\n"
    "todo_test_later if false\n";

struct run {
    struct arena *arena;
    struct source sources[2];
    struct module *modules[2];
    struct rego_policy *policy;
    struct policy_tests tests;
    struct coverage coverage;
};

static void set_up(struct run *run)
{
    struct diagnostics diagnostics;
    struct rego_diagnostics mistakes;
    run->arena = arena_new(64 << 20);
    run->sources[0] = (struct source){TEXT("example.rego"), text_z(policy)};
    run->sources[1] = (struct source){TEXT("example_test.rego"), text_z(tests_of_policy)};
    struct rego_source sources[2];
    for (int i = 0; i < 2; i++) {
        diagnostics_init(&diagnostics, run->arena);
        run->modules[i] = parse_module(run->arena, &run->sources[i], DIALECT_V1, &diagnostics);
        assert_non_null(run->modules[i]);
        sources[i] = (struct rego_source){
            .name = run->sources[i].name, .text = run->sources[i].text, .dialect = REGO_V1};
    }
    run->policy = rego_compile(sources, 2, NULL, run->arena, &mistakes);
    assert_non_null(run->policy);
    assert_true(policy_tests_find(&run->tests, run->arena, run->modules, 2));
    assert_true(coverage_init(&run->coverage, run->arena, run->modules, 1));
}

static void tear_down(struct run *run)
{
    rego_free(run->policy);
    arena_free(run->arena);
}

static void tests_are_found_run_and_judged(void **state)
{
    UNUSED(state);
    struct run run;
    set_up(&run);
    struct policy_test_options options = {.coverage = &run.coverage};
    assert_int_equal(run.tests.items.len, 4);
    assert_true(policy_tests_run(&run.tests, run.policy, &options));
    assert_int_equal(run.tests.passed, 1);
    assert_int_equal(run.tests.failed, 1);
    assert_int_equal(run.tests.errors, 1);
    assert_int_equal(run.tests.skipped, 1);
    struct policy_test *tests = run.tests.items.items;
    assert_true(text_equal_z(tests[1].name, "test_admin"));
    assert_int_equal(tests[1].line, 7);
    assert_true(text_contains(tests[1].failure, TEXT("input.mfa")));
    assert_true(text_contains(tests[2].message, TEXT("eval_conflict_error")));
    tear_down(&run);
}

static void reports_have_the_usual_shape(void **state)
{
    UNUSED(state);
    struct run run;
    set_up(&run);
    struct policy_test_options options = {.coverage = &run.coverage};
    struct buffer out;
    struct value report;
    assert_true(policy_tests_run(&run.tests, run.policy, &options));
    for (size_t i = 0; i < run.tests.items.len; i++)
        ((struct policy_test *)list_at(&run.tests.items, i))->nanoseconds = 5;
    buffer_init(&out, run.arena, 1 << 16);
    policy_tests_print(&run.tests, false, &out);
    struct text text = buffer_text(&out);
    assert_true(text_contains(text, TEXT("data.example_test.test_admin: FAIL (0.0")));
    assert_true(text_contains(text, TEXT("\nPASS: 1/4\nFAIL: 1/4\nERROR: 1/4\nSKIPPED: 1/4\n")));
    assert_true(policy_tests_report(&run.tests, &report));
    out.len = 0;
    value_print_json(&out, &report.as.items[1]);
    assert_string_equal(text_terminated(run.arena, buffer_text(&out)),
                        "{\"duration\":5,\"fail\":true,\"location\":{\"col\":1,\"file\":"
                        "\"example_test.rego\",\"row\":7},\"name\":\"test_admin\",\"package\":"
                        "\"data.example_test\"}");
    tear_down(&run);
}

static void coverage_counts_what_was_evaluated(void **state)
{
    UNUSED(state);
    struct run run;
    set_up(&run);
    run.tests.items.len = 1; /* test_root alone */
    struct policy_test_options options = {.coverage = &run.coverage};
    struct value report;
    struct buffer out;
    assert_true(policy_tests_run(&run.tests, run.policy, &options));
    assert_true(coverage_report(&run.coverage, &report));
    buffer_init(&out, run.arena, 1 << 16);
    value_print_json(&out, &report);
    struct text text = buffer_text(&out);
    assert_true(text_contains(text, TEXT("\"not_covered\":[{\"end\":{\"row\":3}")) ||
                text_contains(text, TEXT("{\"end\":{\"row\":11},\"start\":{\"row\":11}}")));
    assert_true(coverage_percent(&run.coverage) > 30 && coverage_percent(&run.coverage) < 100);
    tear_down(&run);
}

static void cancel_ends_the_run(void **state)
{
    UNUSED(state);
    struct run run;
    atomic_bool cancel = true;
    set_up(&run);
    struct policy_test_options options = {.limits = {.cancel = &cancel}};
    assert_false(policy_tests_run(&run.tests, run.policy, &options));
    assert_int_equal(run.tests.passed, 0);
    tear_down(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_are_found_run_and_judged),
        cmocka_unit_test(reports_have_the_usual_shape),
        cmocka_unit_test(coverage_counts_what_was_evaluated),
        cmocka_unit_test(cancel_ends_the_run),
    };
    return cmocka_run_group_tests_name("test_run", tests, NULL, NULL);
}
