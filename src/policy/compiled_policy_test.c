/* What the server says about a policy that it cannot use. */
#include "kernel/kernel_test_support.h"
#include "policy/compiled_policy.h"

struct mistake {
    enum policy_type type;
    enum policy_engine engine;
    const char *body;
    const char *message;
};

static const struct mistake mistakes[] = {
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package other\nallow { true }",
     "the policy does not compile: line 1, column 9: its package must be spacelift"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift.login\nallow { true }",
     "the policy does not compile: line 1, column 9: its package must be spacelift"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\n\nallow { x }",
     "the policy does not compile: line 3, column 9, rule allow: rego_unsafe_var_error: var x is "
     "unsafe"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0,
     "package spacelift\nroles[space][role_id] {\n  input.session.login == \"a\"\n}",
     "line 2, column 7, rule roles: rego_unsafe_var_error: var space is unsafe (nothing gives "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0,
     "package spacelift\nallow { http.send({\"url\": \"http://x\"}) }",
     "line 2, column 9, rule allow: rego_type_error: "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\nallow { time.now_ns() > 1 }",
     "rule allow: rego_type_error: "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\nallow { trace(\"x\") }",
     "rule allow: rego_type_error: "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\nallow { opa.runtime() }",
     "rule allow: rego_type_error: "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0,
     "package spacelift\nallow { rego.parse_module(\"a\", \"b\") }",
     "rule allow: rego_type_error: "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\ndeny[\"reason\"] { true }",
     "the policy does not compile: line 2, rule deny: it must be true or false in a policy of type "
     "LOGIN, not a set or an object"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V1, "package spacelift\ndeny contains \"x\" if true",
     "line 2, rule deny: it must be true or false"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V1, "package spacelift\nallow { true }",
     "line 2, column 7: rego_parse_error: `if` keyword is required before rule body (v1 needs "},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift\nallow {", "rego_parse_error"},
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "", "rego_parse_error"},
};

static void mistakes_have_line_column_and_rule(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        const struct mistake *mistake = &mistakes[i];
        struct compiled_policy compiled;
        struct error error = {0};
        if (policy_compile(arena, mistake->type, mistake->engine, text_z(mistake->body), &compiled,
                           &error) ||
            error.kind != ERR_INVALID || !strstr(error.message, mistake->message))
            fail_msg("case %zu: \"%s\" instead of \"%s\"", i, error.message, mistake->message);
    }
    arena_free(arena);
}

struct good {
    enum policy_type type;
    enum policy_engine engine;
    const char *body;
    const char *input;
    const char *result;
};

static const struct good goods[] = {
    /* Defaults are there, whatever the policy says, and it may have its own. */
    {POLICY_LOGIN, POLICY_ENGINE_REGO_V0, "package spacelift", "{}",
     "{\"admin\":false,\"allow\":false,\"deny\":false,\"deny_admin\":false,\"flag\":[],\"roles\":{"
     "},\"sample\":false,\"space_admin\":[],\"space_read\":[],\"space_write\":[],\"team\":[]}"},
    {POLICY_TASK, POLICY_ENGINE_REGO_V0,
     "package spacelift\ndefault sample = true\ndeny[\"no\"] { input.x == 1 }", "{\"x\":1}",
     "{\"deny\":[\"no\"],\"flag\":[],\"sample\":true}"},
    {POLICY_ACCESS, POLICY_ENGINE_REGO_V1,
     "package spacelift\nread if not deny\nflag contains \"seen\"", "{}",
     "{\"deny\":false,\"deny_write\":false,\"flag\":[\"seen\"],\"read\":true,\"sample\":false,"
     "\"write\":false}"},
    {POLICY_PLAN, POLICY_ENGINE_REGO_V1,
     "package spacelift\nwarn contains sanitized(\"mysql\")\ndeny contains x if { x := "
     "sanitized(\"5.7\"); x == input.version }",
     "{\"version\":\"fc40d152\"}",
     "{\"deny\":[\"fc40d152\"],\"flag\":[],\"sample\":false,\"warn\":[\"eae35047\"]}"},
    /* A rule that is undefined counts as nothing. */
    {POLICY_TRIGGER, POLICY_ENGINE_REGO_V0, "package spacelift\ntrigger = {\"a\"} { input.never }",
     "{}", "{\"flag\":[],\"sample\":false,\"trigger\":[]}"},
};

static void results_have_every_rule_of_the_type(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    struct rego_context *context = rego_context_new(POLICY_SIMULATION_MEMORY);
    for (size_t i = 0; i < ARRAY_LENGTH(goods); i++) {
        struct compiled_policy compiled;
        struct error error = {0};
        struct value input, result;
        struct text failure;
        struct buffer printed;
        if (!policy_compile(arena, goods[i].type, goods[i].engine, text_z(goods[i].body), &compiled,
                            &error) ||
            !value_parse_json(arena, text_z(goods[i].input), NULL, &input, &error))
            fail_msg("case %zu: %s", i, error.message);
        if (!policy_evaluate(&compiled, context, &input, &policy_simulation_limits, arena, &result,
                             &failure))
            fail_msg("case %zu: %.*s", i, TEXT_ARG(failure));
        buffer_init(&printed, arena, 1 << 20);
        value_print_json(&printed, &result);
        assert_text_is(buffer_text(&printed), goods[i].result);
        rego_context_reset(context);
    }
    rego_context_free(context);
    arena_free(arena);
}

static void sizes_are_limited(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct compiled_policy compiled;
    struct error error = {0};
    char *body = arena_alloc(arena, POLICY_BODY_MAX_BYTES + 1);
    assert_false(policy_compile(arena, POLICY_LOGIN, POLICY_ENGINE_REGO_V0,
                                (struct text){body, POLICY_BODY_MAX_BYTES + 1}, &compiled, &error));
    assert_int_equal(error.kind, ERR_TOO_LARGE);
    arena_free(arena);
}

static void names_of_types_and_engines_are_read(void **state)
{
    UNUSED(state);
    enum policy_type type;
    enum policy_engine engine;
    assert_true(policy_type_parse(TEXT("LOGIN"), &type) && type == POLICY_LOGIN);
    assert_true(policy_type_parse(TEXT("TERRAFORM_PLAN"), &type) && type == POLICY_PLAN);
    assert_true(policy_type_parse(TEXT("TASK_RUN"), &type) && type == POLICY_TASK);
    assert_true(policy_type_parse(TEXT("STACK_ACCESS"), &type) && type == POLICY_ACCESS);
    assert_false(policy_type_parse(TEXT("login"), &type));
    assert_true(policy_engine_parse(TEXT("REGO_V1"), &engine) && engine == POLICY_ENGINE_REGO_V1);
    assert_false(policy_engine_parse(TEXT("REGO_V2"), &engine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_have_line_column_and_rule),
        cmocka_unit_test(results_have_every_rule_of_the_type),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(names_of_types_and_engines_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
