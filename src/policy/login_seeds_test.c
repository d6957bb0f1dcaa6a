/* The login policies of the manual as they are printed there, with keys that must and must not get
 * what they give; and the one that no engine takes. */
#include "base/json.h"
#include "policy/compiled_policy.h"
#include "policy/policy_test_support.h"

/* Who asks, when and from where, and which roles come of it: "space/role@line", sorted as given. */
struct expectation {
    const char *login;
    const char *address; /* NULL: anywhere */
    int64_t at;          /* microseconds; 0: any time */
    const char *roles;
};

struct manual_policy {
    const char *name;
    const char *body;
    struct expectation expected[6];
};

/* 2026-11-24 is a Tuesday. */
#define TUESDAY_3_AM INT64_C(1795489200000000)

static const struct manual_policy policies[] = {
    {"by key name",
     "package spacelift\n\nallow { input.session.member }\n\n# Assign role to specific API key\n"
     "roles[\"production\"][\"deployer-role-id\"] {\n"
     "    input.session.login == \"ci-cd-production\"\n}\n\n"
     "roles[\"infrastructure\"][\"provisioner-role-id\"] {\n"
     "    input.session.login == \"terraform-automation\"\n}\n",
     {{"ci-cd-production", NULL, 0, "production/deployer-role-id@6"},
      {"terraform-automation", NULL, 0, "infrastructure/provisioner-role-id@10"},
      {"ci-cd-productio", NULL, 0, ""}}},
    {"by key pattern",
     "package spacelift\n\nallow { input.session.member }\n\n# Assign roles based on key naming "
     "patterns\nroles[\"production\"][\"deployer-role-id\"] {\n"
     "    startswith(input.session.login, \"ci-cd-\")\n}\n\n"
     "roles[\"monitoring\"][\"reader-role-id\"] {\n"
     "    endswith(input.session.login, \"-monitoring\")\n}\n",
     {{"ci-cd-x", NULL, 0, "production/deployer-role-id@6"},
      {"x-monitoring", NULL, 0, "monitoring/reader-role-id@10"},
      {"ci-cd-monitoring", NULL, 0, "monitoring/reader-role-id@10,production/deployer-role-id@6"},
      {"x", NULL, 0, ""}}},
    {"separate keys per environment",
     "package spacelift\n\nallow { input.session.member }\n\n# Development environment keys\n"
     "roles[\"development\"][\"full-deployer-role-id\"] {\n    environment_keys := {\n"
     "        \"ci-cd-dev\",\n        \"terraform-dev\",\n        \"automation-dev\"\n    }\n"
     "    environment_keys[input.session.login]\n}\n\n"
     "# Production environment keys (more restrictive)\n"
     "roles[\"production\"][\"limited-deployer-role-id\"] {\n    production_keys := {\n"
     "        \"ci-cd-prod\",\n        \"terraform-prod\"\n    }\n"
     "    production_keys[input.session.login]\n}\n",
     {{"terraform-dev", NULL, 0, "development/full-deployer-role-id@6"},
      {"terraform-prod", NULL, 0, "production/limited-deployer-role-id@16"},
      {"terraform", NULL, 0, ""}}},
    {"multi-environment keys",
     "package spacelift\n\nallow { input.session.member }\n\n# Keys that work across multiple "
     "environments\nroles[space][\"cross-env-role-id\"] {\n"
     "    cross_env_keys := {\"backup-service\", \"monitoring-agent\"}\n"
     "    cross_env_keys[input.session.login]\n\n    # Define allowed spaces\n"
     "    allowed_spaces := {\"development\", \"staging\", \"production\"}\n"
     "    allowed_spaces[space]\n}\n",
     {{"backup-service", NULL, 0,
       "development/cross-env-role-id@6,production/cross-env-role-id@6,staging/"
       "cross-env-role-id@6"},
      {"backup", NULL, 0, ""}}},
    {"CI/CD pipeline keys",
     "package spacelift\n\nallow { input.session.member }\n\n# GitHub Actions deployment key\n"
     "roles[\"applications\"][\"github-deployer-role-id\"] {\n"
     "    input.session.login == \"github-actions-deploy\"\n}\n\n# GitLab CI deployment key\n"
     "roles[\"applications\"][\"gitlab-deployer-role-id\"] {\n"
     "    input.session.login == \"gitlab-ci-deploy\"\n}\n\n# Jenkins deployment key\n"
     "roles[\"applications\"][\"jenkins-deployer-role-id\"] {\n"
     "    input.session.login == \"jenkins-deploy\"\n}\n",
     {{"github-actions-deploy", NULL, 0, "applications/github-deployer-role-id@6"},
      {"gitlab-ci-deploy", NULL, 0, "applications/gitlab-deployer-role-id@11"},
      {"jenkins-deploy", NULL, 0, "applications/jenkins-deployer-role-id@16"}}},
    {"infrastructure tools",
     "package spacelift\n\nallow { input.session.member }\n\n# Terraform Cloud integration\n"
     "roles[\"infrastructure\"][\"terraform-cloud-role-id\"] {\n"
     "    input.session.login == \"terraform-cloud-integration\"\n}\n\n# Ansible automation\n"
     "roles[\"configuration\"][\"ansible-role-id\"] {\n"
     "    input.session.login == \"ansible-automation\"\n}\n\n# Kubernetes operator\n"
     "roles[\"kubernetes\"][\"k8s-operator-role-id\"] {\n"
     "    input.session.login == \"k8s-spacelift-operator\"\n}\n",
     {{"terraform-cloud-integration", NULL, 0, "infrastructure/terraform-cloud-role-id@6"},
      {"ansible-automation", NULL, 0, "configuration/ansible-role-id@11"},
      {"k8s-spacelift-operator", NULL, 0, "kubernetes/k8s-operator-role-id@16"}}},
    {"conditional access",
     "package spacelift\n\nallow { input.session.member }\n\n# Time-based API key restrictions\n"
     "roles[\"production\"][\"time-limited-role-id\"] {\n"
     "    input.session.login == \"scheduled-deployment\"\n    is_deployment_window\n}\n\n"
     "# Helper rule for deployment windows\nis_deployment_window {\n"
     "    now := input.request.timestamp_ns\n    clock := time.clock([now, \"UTC\"])\n\n"
     "    # Allow deployments only during maintenance window\n"
     "    # Tuesday and Thursday, 2-4 AM UTC\n    weekday := time.weekday(now)\n"
     "    maintenance_days := {\"Tuesday\", \"Thursday\"}\n    maintenance_days[weekday]\n\n"
     "    clock[0] >= 2\n    clock[0] <= 4\n}\n",
     {{"scheduled-deployment", NULL, TUESDAY_3_AM, "production/time-limited-role-id@6"},
      {"scheduled-deployment", NULL, TUESDAY_3_AM + INT64_C(2) * 3600 * 1000000, ""},
      {"scheduled-deployment", NULL, TUESDAY_3_AM + INT64_C(24) * 3600 * 1000000, ""},
      {"other", NULL, TUESDAY_3_AM, ""}}},
    {"IP-restricted keys",
     "package spacelift\n\nallow { input.session.member }\n\n# API keys restricted to specific "
     "networks\nroles[\"production\"][\"secure-deployer-role-id\"] {\n"
     "    secure_keys := {\"production-deploy\", \"critical-automation\"}\n"
     "    secure_keys[input.session.login]\n\n    # Only allow from secure networks\n"
     "    is_secure_network\n}\n\nis_secure_network {\n    secure_cidrs := {\n"
     "        \"10.0.0.0/8\",        # Corporate network\n"
     "        \"192.168.100.0/24\"   # Secure CI/CD subnet\n    }\n    secure_cidrs[cidr]\n"
     "    net.cidr_contains(cidr, input.request.remote_ip)\n}\n",
     {{"production-deploy", "10.20.30.40", 0, "production/secure-deployer-role-id@6"},
      {"critical-automation", "192.168.100.7", 0, "production/secure-deployer-role-id@6"},
      {"production-deploy", "192.168.101.7", 0, ""},
      {"other", "10.20.30.40", 0, ""}}},
};

/* What the policies name, so that their roles are found. */
static void add_what_they_name(struct kernel_test *test)
{
    static const char *const spaces[] = {"production",    "infrastructure", "monitoring",
                                         "development",   "staging",        "applications",
                                         "configuration", "kubernetes"};
    static const char *const roles[] = {
        "deployer-role-id",        "provisioner-role-id",      "reader-role-id",
        "full-deployer-role-id",   "limited-deployer-role-id", "cross-env-role-id",
        "github-deployer-role-id", "gitlab-deployer-role-id",  "jenkins-deployer-role-id",
        "terraform-cloud-role-id", "ansible-role-id",          "k8s-operator-role-id",
        "time-limited-role-id",    "secure-deployer-role-id"};
    for (size_t i = 0; i < ARRAY_LENGTH(spaces); i++)
        test_add_space(test, spaces[i], "root");
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
        test_add_role(test, roles[i], roles[i]);
}

static struct text print_roles(struct kernel_test *test, struct text verdict)
{
    const struct json *json;
    struct buffer out;
    assert_true(json_parse(test->arena, verdict, NULL, &json, &test->error));
    const struct json *grants = json_get_z(json, "grants");
    buffer_init(&out, test->arena, 1 << 16);
    for (uint32_t i = 0; i < grants->len; i++)
        buffer_add_format(&out, "%s%.*s/%.*s@%d", i ? "," : "",
                          TEXT_ARG(json_get_z(&grants->items[i], "space")->text),
                          TEXT_ARG(json_get_z(&grants->items[i], "role")->text),
                          (int)json_int64_or(json_get_z(&grants->items[i], "line"), 0));
    return buffer_text(&out);
}

static void check(struct kernel_test *test, const struct manual_policy *policy,
                  const struct expectation *expected)
{
    struct login_attempt attempt = test_attempt(expected->login);
    struct login_verdict verdict;
    struct ctx *unit = unit_begin(test, DB_WRITE, test->actor);
    if (expected->address)
        unit->address = text_z(expected->address);
    if (expected->at)
        unit->now = expected->at;
    assert_true(test_ask(unit, &attempt, &verdict));
    assert_true(unit_end(test, true));
    struct text roles = print_roles(test, verdict.json);
    if (!verdict.allowed || !text_equal_z(roles, expected->roles))
        fail_msg("%s, %s: %.*s instead of %s (%.*s)", policy->name, expected->login,
                 TEXT_ARG(roles), expected->roles, TEXT_ARG(verdict.reason));
}

static void the_policies_of_the_manual_work_as_printed(void **state)
{
    struct kernel_test *test = *state;
    add_what_they_name(test);
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++) {
        test_add_login_policy(test, "manual", POLICY_ENGINE_REGO_V0, policies[i].body);
        for (const struct expectation *expected = policies[i].expected; expected->login; expected++)
            check(test, &policies[i], expected);
        struct login_attempt stranger = test_attempt("ci-cd-production");
        stranger.member = false;
        assert_false(test_decide(test, &stranger).allowed);
        test_sql(test, "DELETE FROM policy");
    }
}

/* Its first example leaves space and role unbound: unsafe in every engine, and said so. */
static void the_one_that_leaves_space_and_role_open_is_refused(void **state)
{
    struct kernel_test *test = *state;
    static const char body[] =
        "package spacelift\n\n# Allow API key login\nallow {\n    input.session.login == "
        "\"api-key-name\"\n}\n\n# Assign role to API key\nroles[space][role_id] {\n    "
        "input.session.login == \"api-key-name\"\n}\n";
    struct compiled_policy compiled;
    assert_false(policy_compile(test->arena, POLICY_LOGIN, POLICY_ENGINE_REGO_V0, text_z(body),
                                &compiled, &test->error));
    assert_non_null(strstr(test->error.message, "line 9, column 7, rule roles: "
                                                "rego_unsafe_var_error: var space is unsafe"));
    assert_non_null(strstr(test->error.message, "var role_id is unsafe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICIES(the_policies_of_the_manual_work_as_printed),
        WITH_POLICIES(the_one_that_leaves_space_and_role_open_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
