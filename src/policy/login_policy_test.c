/* Verdicts: rule by rule, and several policies together. */
#include "policy/policy_test_support.h"

#define V0 POLICY_ENGINE_REGO_V0
#define V1 POLICY_ENGINE_REGO_V1

static void expect(struct kernel_test *test, const struct login_attempt *attempt, bool allowed,
                   const char *reason, const char *json)
{
    struct login_verdict verdict = test_decide(test, attempt);
    assert_text_is(verdict.reason, reason);
    assert_int_equal(verdict.allowed, allowed);
    assert_text_is(verdict.json, json);
}

#define NOTHING "{\"admin\":false,\"grants\":[],\"unknown\":[]}"

static void other_strategies_and_administrators_skip_policies(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "nobody", V0, "package spacelift\ndeny { true }");
    attempt.admin = true;
    expect(test, &attempt, true, "administrators skip login policies", "{}");
    attempt.admin = false;
    expect(test, &attempt, false, "policy nobody, line 2: deny", NOTHING);
    test_sql(test, "UPDATE setting SET value = 'USER_MANAGEMENT' WHERE name = "
                   "'management_strategy'");
    expect(test, &attempt, true, "user management decides", "{}");
}

static void without_policies_members_come_in(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    expect(test, &attempt, true, "there are no login policies: every member may log in", NOTHING);
    attempt.member = false;
    expect(test, &attempt, false, "there are no login policies, and only members may log in",
           NOTHING);
}

static void no_rule_that_holds_means_no_login(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "quiet", V0,
                          "package spacelift\nspace_read[\"root\"] { true }\nallow { false }");
    expect(test, &attempt, false, "no login policy allows this login", NOTHING);
}

static void every_rule_that_gives_roles_says_where(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_space(test, "production", "root");
    test_add_role(test, "01KANK5M80DEP0000000000000", "deployer");
    test_add_login_policy(test, "all", V0,
                          "package spacelift\n"
                          "allow { input.session.login == \"b\" }\n"
                          "allow { input.session.member }\n"
                          "space_admin[\"root\"] { true }\n"
                          "space_write[s] { s := \"production\" }\n"
                          "space_read[s] { s := input.spaces[_].id; s == \"production\" }\n"
                          "roles[\"production\"][\"space-reader\"] { false }\n"
                          "roles[\"production\"][\"deployer\"] { input.session.login == \"a\" }\n"
                          "roles[s][\"01kank5m80dep0000000000000\"] { s := \"root\" }\n"
                          "roles[\"production\"][\"nobody\"] { true }\n");
    expect(test, &attempt, true, "policy all, line 3: allow",
           "{\"admin\":false,\"grants\":["
           "{\"space\":\"production\",\"role\":\"01KANK5M80DEP0000000000000\",\"policy\":\"all\","
           "\"rule\":\"roles\",\"line\":8},"
           "{\"space\":\"root\",\"role\":\"01KANK5M80DEP0000000000000\",\"policy\":\"all\","
           "\"rule\":\"roles\",\"line\":9},"
           "{\"space\":\"root\",\"role\":\"00000000000000000000000003\",\"policy\":\"all\","
           "\"rule\":\"space_admin\",\"line\":4},"
           "{\"space\":\"production\",\"role\":\"00000000000000000000000002\",\"policy\":\"all\","
           "\"rule\":\"space_write\",\"line\":5},"
           "{\"space\":\"production\",\"role\":\"00000000000000000000000001\",\"policy\":\"all\","
           "\"rule\":\"space_read\",\"line\":6}],"
           "\"unknown\":[{\"space\":\"production\",\"role\":\"nobody\",\"policy\":\"all\","
           "\"rule\":\"roles\",\"line\":10}]}");
}

static void both_shapes_of_roles_are_read(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "sets", V1,
                          "package spacelift\n"
                          "allow if input.session.member\n"
                          "roles[space.id] contains role.slug if {\n"
                          "  some space in input.spaces\n"
                          "  some role in input.roles\n"
                          "  role.ulid == \"00000000000000000000000001\"\n"
                          "}\n"
                          "roles[\"root\"] contains \"space-writer\" if input.session.machine\n");
    expect(test, &attempt, true, "policy sets, line 2: allow",
           "{\"admin\":false,\"grants\":["
           "{\"space\":\"root\",\"role\":\"00000000000000000000000001\",\"policy\":\"sets\","
           "\"rule\":\"roles\",\"line\":3},"
           "{\"space\":\"root\",\"role\":\"00000000000000000000000002\",\"policy\":\"sets\","
           "\"rule\":\"roles\",\"line\":8}],\"unknown\":[]}");
}

static void the_input_is_the_documented_document(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("key");
    attempt.teams = (struct text_list){(const struct text[]){TEXT("ops"), TEXT("dev")}, 2};
    attempt.stack_id = TEXT("infra");
    test_sql(test, "INSERT INTO space (id, name, parent_id, labels, created_at) VALUES ('prod', "
                   "'Production', 'root', '[\"live\"]', 1)");
    assert_kept(test, access_changed(ctx));
    test_add_login_policy(
        test, "input", V0,
        "package spacelift\n"
        "allow {\n"
        "  object.keys(input) == {\"request\", \"session\", \"spaces\", \"roles\", "
        "\"attachment\"}\n"
        "  input.request == {\"remote_ip\": \"192.0.2.7\", \"timestamp_ns\": "
        "1795341600000001000}\n"
        "  input.session == {\"login\": \"key\", \"name\": \"key\", \"member\": true, \"admin\": "
        "false, \"machine\": true, \"teams\": [\"ops\", \"dev\"], \"creator_ip\": \"192.0.2.7\", "
        "\"account_name\": \"test\", \"stack_id\": \"infra\"}\n"
        "  input.spaces[0] == {\"id\": \"prod\", \"name\": \"Production\", \"labels\": "
        "[\"live\"]}\n"
        "  input.roles[0] == {\"id\": \"space-reader\", \"name\": \"Space Reader\", \"slug\": "
        "\"space-reader\", \"ulid\": \"00000000000000000000000001\"}\n"
        "  input.attachment == null\n"
        "}");
    expect(test, &attempt, true, "policy input, line 2: allow", NOTHING);
}

static void one_deny_wins_and_errors_refuse(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "open", V0, "package spacelift\nadmin { true }");
    expect(test, &attempt, true, "policy open, line 2: admin",
           "{\"admin\":true,\"adminPolicy\":\"open\",\"adminLine\":2,\"grants\":[],"
           "\"unknown\":[]}");
    test_add_login_policy(test, "tamed", V0, "package spacelift\ndeny_admin { true }");
    expect(test, &attempt, false, "no login policy allows this login", NOTHING);
    test_add_login_policy(test, "plain", V0, "package spacelift\nallow { true }");
    expect(test, &attempt, true, "policy plain, line 2: allow", NOTHING);
    test_add_login_policy(test, "conflict", V0,
                          "package spacelift\nallow = x { x := [true, false][_] }");
    expect(test, &attempt, false,
           "policy conflict cannot be evaluated: line 2, column 1: eval_conflict_error: complete "
           "rules must not produce multiple outputs",
           NOTHING);
    test_add_login_policy(test, "broken", V0, "package spacelift\nallow { x }");
    test_add_login_policy(test, "closed", V0, "package spacelift\n\n\ndeny { true }");
    expect(test, &attempt, false, "policy closed, line 4: deny", NOTHING);
}

static void teams_that_a_policy_sets_are_seen_by_the_others(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    attempt.teams = (struct text_list){(const struct text[]){TEXT("old")}, 1};
    test_add_login_policy(test, "sees", V0,
                          "package spacelift\nallow { input.session.teams[_] == \"new\" }\n"
                          "deny { input.session.teams[_] == \"old\" }");
    expect(test, &attempt, false, "policy sees, line 3: deny", NOTHING);
    test_add_login_policy(test, "sets", V0, "package spacelift\nteam[\"new\"] { true }\n");
    expect(test, &attempt, true, "policy sees, line 2: allow",
           "{\"admin\":false,\"teams\":[\"new\"],\"grants\":[],\"unknown\":[]}");
    struct login_verdict verdict = test_decide(test, &attempt);
    assert_int_equal(verdict.teams.len, 1);
    assert_text_is(verdict.teams.items[0], "new");
}

static void a_hostile_policy_ends_and_refuses(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "endless", V0,
                          "package spacelift\nallow { n := numbers.range(1, 100000); n[_] + n[_] "
                          "< 0 }");
    struct login_verdict verdict = test_decide(test, &attempt);
    assert_false(verdict.allowed);
    assert_true(text_contains(verdict.reason, TEXT("eval_budget_error")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICIES(other_strategies_and_administrators_skip_policies),
        WITH_POLICIES(without_policies_members_come_in),
        WITH_POLICIES(no_rule_that_holds_means_no_login),
        WITH_POLICIES(every_rule_that_gives_roles_says_where),
        WITH_POLICIES(both_shapes_of_roles_are_read),
        WITH_POLICIES(the_input_is_the_documented_document),
        WITH_POLICIES(one_deny_wins_and_errors_refuse),
        WITH_POLICIES(teams_that_a_policy_sets_are_seen_by_the_others),
        WITH_POLICIES(a_hostile_policy_ends_and_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
