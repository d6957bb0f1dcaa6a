/* The login policies that users write, as they write them: inputs that must match and inputs that
 * must not. All of them are v0 and say so by nothing: the dialect is detected. */
#include "rego/rego.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct expectation {
    const char *input;
    const char *document; /* data.spacelift, as JSON */
};

struct policy_case {
    const char *name;
    const char *policy;
    struct expectation expected[8];
};

#define LOGIN(name) "{\"session\":{\"login\":\"" name "\",\"member\":true}}"

static const struct policy_case cases[] = {
    {
        "by key name",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Assign role to specific API key\n"
        "roles[\"production\"][\"deployer-role-id\"] {\n"
        "    input.session.login == \"ci-cd-production\"\n}\n\n"
        "roles[\"infrastructure\"][\"provisioner-role-id\"] {\n"
        "    input.session.login == \"terraform-automation\"\n}\n",
        {
            {LOGIN("ci-cd-production"),
             "{\"allow\":true,\"roles\":{\"infrastructure\":{},\"production\":"
             "{\"deployer-role-id\":true}}}"},
            {LOGIN("terraform-automation"),
             "{\"allow\":true,\"roles\":{\"infrastructure\":{\"provisioner-role-id\":true},"
             "\"production\":{}}}"},
            {LOGIN("ci-cd-productio"),
             "{\"allow\":true,\"roles\":{\"infrastructure\":{},\"production\":{}}}"},
            {"{\"session\":{\"login\":\"ci-cd-production\",\"member\":false}}",
             "{\"roles\":{\"infrastructure\":{},\"production\":{\"deployer-role-id\":true}}}"},
            {"{\"session\":{\"member\":0}}",
             "{\"allow\":true,\"roles\":{\"infrastructure\":{},\"production\":{}}}"},
            {"{}", "{\"roles\":{\"infrastructure\":{},\"production\":{}}}"},
        },
    },
    {
        "by key pattern",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Assign roles based on key naming patterns\n"
        "roles[\"production\"][\"deployer-role-id\"] {\n"
        "    startswith(input.session.login, \"ci-cd-\")\n}\n\n"
        "roles[\"monitoring\"][\"reader-role-id\"] {\n"
        "    endswith(input.session.login, \"-monitoring\")\n}\n",
        {
            {LOGIN("ci-cd-x"),
             "{\"allow\":true,\"roles\":{\"monitoring\":{},\"production\":{\"deployer-role-id\":"
             "true}}}"},
            {LOGIN("ci-cd-monitoring"),
             "{\"allow\":true,\"roles\":{\"monitoring\":{\"reader-role-id\":true},\"production\":"
             "{\"deployer-role-id\":true}}}"},
            {LOGIN("monitoring"),
             "{\"allow\":true,\"roles\":{\"monitoring\":{},\"production\":{}}}"},
            {LOGIN("x-ci-cd-"), "{\"allow\":true,\"roles\":{\"monitoring\":{},\"production\":{}}}"},
            {"{\"session\":{\"login\":7}}", "{\"roles\":{\"monitoring\":{},\"production\":{}}}"},
        },
    },
    {
        "separate keys per environment",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Development environment keys\n"
        "roles[\"development\"][\"full-deployer-role-id\"] {\n"
        "    environment_keys := {\n        \"ci-cd-dev\",\n        \"terraform-dev\",\n"
        "        \"automation-dev\"\n    }\n    environment_keys[input.session.login]\n}\n\n"
        "# Production environment keys (more restrictive)\n"
        "roles[\"production\"][\"limited-deployer-role-id\"] {\n"
        "    production_keys := {\n        \"ci-cd-prod\",\n        \"terraform-prod\"\n    }\n"
        "    production_keys[input.session.login]\n}\n",
        {
            {LOGIN("terraform-dev"),
             "{\"allow\":true,\"roles\":{\"development\":{\"full-deployer-role-id\":true},"
             "\"production\":{}}}"},
            {LOGIN("ci-cd-prod"), "{\"allow\":true,\"roles\":{\"development\":{},\"production\":"
                                  "{\"limited-deployer-role-id\":true}}}"},
            {LOGIN("automation-prod"),
             "{\"allow\":true,\"roles\":{\"development\":{},\"production\":{}}}"},
        },
    },
    {
        "multi-environment keys",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Keys that work across multiple environments\n"
        "roles[space][\"cross-env-role-id\"] {\n"
        "    cross_env_keys := {\"backup-service\", \"monitoring-agent\"}\n"
        "    cross_env_keys[input.session.login]\n\n"
        "    # Define allowed spaces\n"
        "    allowed_spaces := {\"development\", \"staging\", \"production\"}\n"
        "    allowed_spaces[space]\n}\n",
        {
            {LOGIN("backup-service"),
             "{\"allow\":true,\"roles\":{\"development\":{\"cross-env-role-id\":true},"
             "\"production\":{\"cross-env-role-id\":true},\"staging\":{\"cross-env-role-id\":"
             "true}}}"},
            {LOGIN("backup"), "{\"allow\":true,\"roles\":{}}"},
        },
    },
    {
        "CI/CD pipeline keys",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# GitHub Actions deployment key\n"
        "roles[\"applications\"][\"github-deployer-role-id\"] {\n"
        "    input.session.login == \"github-actions-deploy\"\n}\n\n"
        "# GitLab CI deployment key\n"
        "roles[\"applications\"][\"gitlab-deployer-role-id\"] {\n"
        "    input.session.login == \"gitlab-ci-deploy\"\n}\n\n"
        "# Jenkins deployment key\n"
        "roles[\"applications\"][\"jenkins-deployer-role-id\"] {\n"
        "    input.session.login == \"jenkins-deploy\"\n}\n",
        {
            {LOGIN("gitlab-ci-deploy"),
             "{\"allow\":true,\"roles\":{\"applications\":{\"gitlab-deployer-role-id\":true}}}"},
            {LOGIN("bitbucket"), "{\"allow\":true,\"roles\":{\"applications\":{}}}"},
        },
    },
    {
        "infrastructure tools",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Terraform Cloud integration\n"
        "roles[\"infrastructure\"][\"terraform-cloud-role-id\"] {\n"
        "    input.session.login == \"terraform-cloud-integration\"\n}\n\n"
        "# Ansible automation\n"
        "roles[\"configuration\"][\"ansible-role-id\"] {\n"
        "    input.session.login == \"ansible-automation\"\n}\n\n"
        "# Kubernetes operator\n"
        "roles[\"kubernetes\"][\"k8s-operator-role-id\"] {\n"
        "    input.session.login == \"k8s-spacelift-operator\"\n}\n",
        {
            {LOGIN("ansible-automation"),
             "{\"allow\":true,\"roles\":{\"configuration\":{\"ansible-role-id\":true},"
             "\"infrastructure\":{},\"kubernetes\":{}}}"},
            {LOGIN("k8s-spacelift-operator"),
             "{\"allow\":true,\"roles\":{\"configuration\":{},\"infrastructure\":{},"
             "\"kubernetes\":{\"k8s-operator-role-id\":true}}}"},
        },
    },
    {
        "conditional API key access: the deployment window",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# Time-based API key restrictions\n"
        "roles[\"production\"][\"time-limited-role-id\"] {\n"
        "    input.session.login == \"scheduled-deployment\"\n    is_deployment_window\n}\n\n"
        "# Helper rule for deployment windows\n"
        "is_deployment_window {\n    now := input.request.timestamp_ns\n"
        "    clock := time.clock([now, \"UTC\"])\n\n"
        "    # Allow deployments only during maintenance window\n"
        "    # Tuesday and Thursday, 2-4 AM UTC\n"
        "    weekday := time.weekday(now)\n"
        "    maintenance_days := {\"Tuesday\", \"Thursday\"}\n    maintenance_days[weekday]\n\n"
        "    clock[0] >= 2\n    clock[0] <= 4\n}\n",
        {
            /* Tuesday 8 July 2025, 02:30, 04:59:59 (the hour is 4), 05:00, 01:59 UTC. */
            {"{\"session\":{\"login\":\"scheduled-deployment\",\"member\":true},\"request\":"
             "{\"timestamp_ns\":1751941800000000000}}",
             "{\"allow\":true,\"is_deployment_window\":true,\"roles\":{\"production\":"
             "{\"time-limited-role-id\":true}}}"},
            {"{\"session\":{\"login\":\"scheduled-deployment\"},\"request\":{\"timestamp_ns\":"
             "1751950799999999999}}",
             "{\"is_deployment_window\":true,\"roles\":{\"production\":{\"time-limited-role-id\":"
             "true}}}"},
            {"{\"session\":{\"login\":\"scheduled-deployment\"},\"request\":{\"timestamp_ns\":"
             "1751950800000000000}}",
             "{\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"scheduled-deployment\"},\"request\":{\"timestamp_ns\":"
             "1751939999999999999}}",
             "{\"roles\":{\"production\":{}}}"},
            /* Wednesday at the same time, and another key on Tuesday. */
            {"{\"session\":{\"login\":\"scheduled-deployment\"},\"request\":{\"timestamp_ns\":"
             "1752028200000000000}}",
             "{\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"someone\"},\"request\":{\"timestamp_ns\":"
             "1751941800000000000}}",
             "{\"is_deployment_window\":true,\"roles\":{\"production\":{}}}"},
            {LOGIN("scheduled-deployment"), "{\"allow\":true,\"roles\":{\"production\":{}}}"},
        },
    },
    {
        "IP-restricted API keys",
        "package spacelift\n\n"
        "allow { input.session.member }\n\n"
        "# API keys restricted to specific networks\n"
        "roles[\"production\"][\"secure-deployer-role-id\"] {\n"
        "    secure_keys := {\"production-deploy\", \"critical-automation\"}\n"
        "    secure_keys[input.session.login]\n\n"
        "    # Only allow from secure networks\n    is_secure_network\n}\n\n"
        "is_secure_network {\n    secure_cidrs := {\n"
        "        \"10.0.0.0/8\",        # Corporate network\n"
        "        \"192.168.100.0/24\"   # Secure CI/CD subnet\n    }\n"
        "    secure_cidrs[cidr]\n    net.cidr_contains(cidr, input.request.remote_ip)\n}\n",
        {
            {"{\"session\":{\"login\":\"production-deploy\"},\"request\":{\"remote_ip\":"
             "\"10.255.255.255\"}}",
             "{\"is_secure_network\":true,\"roles\":{\"production\":{\"secure-deployer-role-id\":"
             "true}}}"},
            {"{\"session\":{\"login\":\"critical-automation\"},\"request\":{\"remote_ip\":"
             "\"192.168.100.7\"}}",
             "{\"is_secure_network\":true,\"roles\":{\"production\":{\"secure-deployer-role-id\":"
             "true}}}"},
            {"{\"session\":{\"login\":\"production-deploy\"},\"request\":{\"remote_ip\":"
             "\"192.168.101.7\"}}",
             "{\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"production-deploy\"},\"request\":{\"remote_ip\":"
             "\"11.0.0.1\"}}",
             "{\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"other\"},\"request\":{\"remote_ip\":\"10.0.0.1\"}}",
             "{\"is_secure_network\":true,\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"production-deploy\"},\"request\":{\"remote_ip\":"
             "\"010.0.0.1\"}}",
             "{\"roles\":{\"production\":{}}}"},
            {"{\"session\":{\"login\":\"production-deploy\"},\"request\":{\"remote_ip\":\"\"}}",
             "{\"roles\":{\"production\":{}}}"},
        },
    },
};

static struct rego_policy *compile(struct arena *arena, const char *text)
{
    struct rego_source source = {TEXT("policy.rego"), text_z(text), REGO_DETECT};
    struct rego_diagnostics found;
    struct rego_policy *policy = rego_compile(&source, 1, NULL, arena, &found);
    assert_non_null(policy);
    return policy;
}

static void expect(struct rego_policy *policy, const struct expectation *expectation)
{
    struct rego_context *context = rego_context_new(1 << 20);
    struct arena *arena = rego_context_arena(context);
    struct value input;
    struct error error = {.kind = ERR_NONE};
    assert_true(
        value_parse_json(arena, text_z(expectation->input), rego_interner(policy), &input, &error));
    struct rego_call call = {.input = &input};
    struct rego_result result;
    rego_evaluate(context, rego_entry_find(policy, TEXT("data.spacelift")), &call, &result);
    assert_int_equal(result.outcome, REGO_DEFINED);
    struct buffer out;
    buffer_init(&out, arena, 65536);
    value_print_json(&out, &result.value);
    buffer_add_byte(&out, '\0');
    assert_string_equal(buffer_text(&out).at, expectation->document);
    rego_context_free(context);
}

static void policies_of_the_manual_decide_as_written(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new(16 << 20);
        struct rego_policy *policy = compile(arena, cases[i].policy);
        assert_int_equal(rego_dialect_of(policy, 0), REGO_V0);
        for (size_t j = 0; j < ARRAY_LENGTH(cases[i].expected); j++)
            if (cases[i].expected[j].input)
                expect(policy, &cases[i].expected[j]);
        rego_free(policy);
        arena_free(arena);
    }
}

static void all_of_them_in_one_policy_add_up(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct rego_source sources[ARRAY_LENGTH(cases)];
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        sources[i] = (struct rego_source){text_z(cases[i].name), text_z(cases[i].policy), REGO_V0};
    struct rego_diagnostics found;
    struct rego_policy *policy = rego_compile(sources, ARRAY_LENGTH(sources), NULL, arena, &found);
    assert_non_null(policy);
    const struct expectation expectation = {
        LOGIN("backup-service"),
        "{\"allow\":true,\"roles\":{\"applications\":{},\"configuration\":{},\"development\":"
        "{\"cross-env-role-id\":true},\"infrastructure\":{},\"kubernetes\":{},\"monitoring\":{},"
        "\"production\":{\"cross-env-role-id\":true},\"staging\":{\"cross-env-role-id\":true}}}"};
    expect(policy, &expectation);
    rego_free(policy);
    arena_free(arena);
}

static void the_schematic_sample_is_refused_with_advice(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct rego_source source = {
        TEXT("login.rego"),
        TEXT("package spacelift\n\n# Allow API key login\nallow {\n    input.session.login == "
             "\"api-key-name\"\n}\n\n# Assign role to API key\nroles[space][role_id] {\n    "
             "input.session.login == \"api-key-name\"\n}\n"),
        REGO_DETECT};
    struct rego_diagnostics found;
    assert_null(rego_compile(&source, 1, NULL, arena, &found));
    assert_int_equal(found.len, 2);
    assert_int_equal(found.items[0].code, REGO_UNSAFE_VARIABLE_ERROR);
    assert_int_equal(found.items[0].line, 9);
    assert_int_equal(found.items[0].column, 7);
    assert_true(text_contains(found.items[0].message, TEXT("var space is unsafe")));
    assert_true(text_contains(found.items[0].hint, TEXT("write a constant such as \"")));
    assert_true(text_contains(found.items[1].message, TEXT("var role_id is unsafe")));
    arena_free(arena);
}

static void the_sample_with_names_filled_in_works(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(16 << 20);
    struct rego_policy *policy =
        compile(arena, "package spacelift\nallow { input.session.login == \"api-key-name\" }\n"
                       "roles[\"root\"][\"reader\"] { input.session.login == \"api-key-name\" }\n");
    const struct expectation yes = {LOGIN("api-key-name"),
                                    "{\"allow\":true,\"roles\":{\"root\":{\"reader\":true}}}"};
    const struct expectation no = {LOGIN("x"), "{\"roles\":{\"root\":{}}}"};
    expect(policy, &yes);
    expect(policy, &no);
    rego_free(policy);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_of_the_manual_decide_as_written),
        cmocka_unit_test(all_of_them_in_one_policy_add_up),
        cmocka_unit_test(the_schematic_sample_is_refused_with_advice),
        cmocka_unit_test(the_sample_with_names_filled_in_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
