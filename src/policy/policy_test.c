/* Policies: what may be put in, who sees and changes them, and what a change brings about. */
#include "policy/policy.h"

#include "access/session_cut.h"
#include "policy/policy_test_support.h"

static struct policy_input test_input(const char *name)
{
    return (struct policy_input){.name = text_z(name),
                                 .body = TEXT("package spacelift\nallow { true }"),
                                 .type = POLICY_LOGIN};
}

static void a_policy_is_kept_as_it_was_given(void **state)
{
    struct kernel_test *test = *state;
    static const struct text labels[] = {TEXT_INIT("a"), TEXT_INIT("b")};
    struct policy_input input = test_input("  Only Members!  ");
    struct policy *made, *found;
    test_add_space(test, "prod", "root");
    input.type = POLICY_TERRAFORM_PLAN;
    input.engine_type = POLICY_ENGINE_REGO_V1;
    input.body = TEXT("package spacelift\nwarn contains \"x\" if true");
    input.description = TEXT("What for");
    input.space = TEXT("prod");
    input.labels = (struct text_list){labels, 2};
    assert_kept(test, policy_create(ctx, &input, &made));
    assert_read(test, policy_find(ctx, made->id, &found));
    assert_text_is(found->id, "only-members");
    assert_text_is(found->name, "Only Members!");
    assert_text_is(found->description, "What for");
    assert_text_is(found->space, "prod");
    assert_int_equal(found->type, POLICY_PLAN);
    assert_int_equal(found->engine_type, POLICY_ENGINE_REGO_V1);
    assert_true(text_equal(found->body, input.body));
    assert_int_equal(found->labels.len, 2);
    assert_int_equal(found->created_at, TEST_NOW);
    assert_kept(test, policy_create(ctx, &input, &made));
    assert_text_is(made->id, "only-members-1");
}

static void a_change_empties_what_is_left_out_but_space_and_engine(void **state)
{
    struct kernel_test *test = *state;
    struct policy_input input = test_input("a");
    struct policy *policy;
    test_add_space(test, "prod", "root");
    input.type = POLICY_TASK;
    input.engine_type = POLICY_ENGINE_REGO_V1;
    input.body = TEXT("package spacelift");
    input.description = TEXT("x");
    input.space = TEXT("prod");
    assert_kept(test, policy_create(ctx, &input, &policy));
    test->now += 5000000;
    input = (struct policy_input){.name = TEXT("b"),
                                  .body = TEXT("package spacelift\ndeny contains \"x\" if true"),
                                  .keeps_engine = true};
    assert_kept(test, policy_update(ctx, TEXT("a"), &input, &policy));
    assert_read(test, policy_find(ctx, TEXT("a"), &policy));
    assert_text_is(policy->name, "b");
    assert_null(policy->description.at);
    assert_text_is(policy->space, "prod");
    assert_int_equal(policy->engine_type, POLICY_ENGINE_REGO_V1);
    assert_int_equal(policy->type, POLICY_TASK);
    assert_int_equal(policy->created_at, TEST_NOW);
    assert_int_equal(policy->updated_at, TEST_NOW + 5000000);
}

static void refusals_say_why(void **state)
{
    struct kernel_test *test = *state;
    struct policy_input input = test_input("a");
    struct policy *policy;
    test_add_space(test, "prod", "root");
    assert_kept(test, policy_create(ctx, &input, &policy));
    input.name = TEXT("  ");
    assert_refused(test, ERR_INVALID, "a policy needs a name", policy_create(ctx, &input, &policy));
    input = test_input("a");
    input.space = TEXT("prod");
    assert_refused(test, ERR_INVALID, "login policies live in the space root",
                   policy_create(ctx, &input, &policy));
    assert_refused(test, ERR_INVALID, "login policies live in the space root",
                   policy_update(ctx, TEXT("a"), &input, &policy));
    input.space = TEXT("nowhere");
    assert_refused(test, ERR_NOT_FOUND, "space \"nowhere\" not found",
                   policy_create(ctx, &input, &policy));
    input = test_input("a");
    input.body = TEXT("package spacelift\nallow { x }");
    assert_refused(test, ERR_INVALID, "line 2, column 9, rule allow: rego_unsafe_var_error",
                   policy_create(ctx, &input, &policy));
    assert_refused(test, ERR_INVALID, "line 2, column 9, rule allow: rego_unsafe_var_error",
                   policy_update(ctx, TEXT("a"), &input, &policy));
    assert_refused(test, ERR_NOT_FOUND, "policy \"b\" not found",
                   policy_update(ctx, TEXT("b"), &input, &policy));
    char *text = arena_alloc(test->arena, 10001);
    memset(text, 'x', 10001);
    input = test_input("a");
    input.name = (struct text){text, 201};
    assert_refused(test, ERR_INVALID, "200 bytes", policy_create(ctx, &input, &policy));
    input = test_input("a");
    input.description = (struct text){text, 10001};
    assert_refused(test, ERR_INVALID, "10000 bytes", policy_create(ctx, &input, &policy));
    assert_read(test, policy_find(ctx, TEXT("a"), &policy));
    assert_text_is(policy->body, "package spacelift\nallow { true }");
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM policy"), 1);
}

static void administrators_change_and_readers_see(void **state)
{
    struct kernel_test *test = *state;
    struct policy_input input = test_input("login");
    struct policy *policy;
    struct list list;
    test_add_space(test, "prod", "root");
    assert_kept(test, policy_create(ctx, &input, &policy));
    input.type = POLICY_TASK;
    input.name = TEXT("task");
    input.space = TEXT("prod");
    input.body = TEXT("package spacelift");
    assert_kept(test, policy_create(ctx, &input, &policy));

    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "root");
    assert_read(test, policy_list(ctx, &list));
    assert_int_equal(list.len, 1);
    assert_read(test, policy_find(ctx, TEXT("login"), &policy));
    assert_null(policy);
    assert_refused(test, ERR_DENIED, "", policy_create(ctx, &input, &policy));
    assert_refused(test, ERR_DENIED, "", policy_update(ctx, TEXT("task"), &input, &policy));
    assert_refused(test, ERR_DENIED, "", policy_delete(ctx, TEXT("task"), &policy));
    assert_kept(test, policy_delete(ctx, TEXT("login"), &policy));
    assert_null(policy);

    test->actor = test_actor(test, "boss", ACTION_SPACE_ADMIN, "prod");
    assert_kept(test, policy_update(ctx, TEXT("task"), &input, &policy));
    input.space = TEXT("root");
    assert_refused(test, ERR_DENIED, "", policy_update(ctx, TEXT("task"), &input, &policy));
    assert_kept(test, policy_delete(ctx, TEXT("task"), &policy));
    assert_text_is(policy->id, "task");

    test->actor = test_actor(test, "root", ACTION_SPACE_ADMIN, "root");
    assert_read(test, policy_list(ctx, &list));
    assert_int_equal(list.len, 1);
    test->actor = &actor_anonymous;
    assert_read(test, policy_list(ctx, &list));
    assert_int_equal(list.len, 0);
}

static struct session_cut cut_now(struct kernel_test *test)
{
    struct session_cut cut;
    assert_read(test, session_cut_get(ctx, &cut));
    return cut;
}

static void each_change_of_a_login_policy_ends_sessions_and_is_recorded(void **state)
{
    struct kernel_test *test = *state;
    struct policy_input input = test_input("a");
    struct login_attempt attempt = test_attempt("key");
    struct policy *policy;
    assert_kept(test, policy_create(ctx, &input, &policy));
    assert_int_equal(cut_now(test).at, TEST_NOW);
    assert_true(test_decide(test, &attempt).allowed);
    test->now += 1000;
    input.body = TEXT("package spacelift\ndeny { true }");
    assert_kept(test, policy_update(ctx, TEXT("a"), &input, &policy));
    assert_int_equal(cut_now(test).at, TEST_NOW + 1000);
    assert_false(test_decide(test, &attempt).allowed);
    test->now += 1000;
    assert_kept(test, policy_delete(ctx, TEXT("a"), &policy));
    assert_int_equal(cut_now(test).at, TEST_NOW + 2000);
    assert_true(test_decide(test, &attempt).allowed);
    test->now += 1000;
    input.type = POLICY_TASK;
    input.body = TEXT("package spacelift");
    assert_kept(test, policy_create(ctx, &input, &policy));
    assert_int_equal(cut_now(test).at, TEST_NOW + 2000);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE resource_type = "
                                        "'POLICY'"),
                     4);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'policy.update' AND "
                           "body LIKE '%%\"before\":{%%allow%%\"after\":{%%deny%%'"),
        1);
}

/* What a unit has changed and then not kept must not stay in what is shared. */
static void a_change_that_is_not_kept_leaves_no_trace(void **state)
{
    struct kernel_test *test = *state;
    struct policy_input input = test_input("a");
    struct login_attempt attempt = test_attempt("key");
    struct login_verdict verdict;
    struct policy *policy;
    assert_kept(test, policy_create(ctx, &input, &policy));
    struct ctx *unit = unit_begin(test, DB_WRITE, test->actor);
    input.body = TEXT("package spacelift\ndeny { true }");
    assert_true(policy_update(unit, TEXT("a"), &input, &policy));
    assert_true(test_ask(unit, &attempt, &verdict));
    assert_false(verdict.allowed);
    assert_false(unit_end(test, false));
    assert_true(test_decide(test, &attempt).allowed);
    input.name = TEXT("other");
    input.body = TEXT("package spacelift\nallow { true }");
    assert_kept(test, policy_create(ctx, &input, &policy));
    assert_true(test_decide(test, &attempt).allowed);
}

static void policies_are_searched(void **state)
{
    struct kernel_test *test = *state;
    static const struct text labels[] = {TEXT_INIT("team:web")};
    struct policy_input input = test_input("Beta");
    struct policy *policy;
    struct search_page page;
    assert_kept(test, policy_create(ctx, &input, &policy));
    input.name = TEXT("Alpha");
    input.type = POLICY_TASK;
    input.body = TEXT("package spacelift");
    input.labels = (struct text_list){labels, 1};
    assert_kept(test, policy_create(ctx, &input, &policy));
    struct search search = {0};
    assert_read(test, policy_search(ctx, &search, &page));
    assert_int_equal(page.len, 2);
    assert_text_is(page.end_cursor, "beta");
    const struct {
        const char *field, *pattern, *found;
    } cases[] = {
        {"name", "Al*", "alpha"},   {"label", "team:*", "alpha"}, {"type", "LOGIN", "beta"},
        {"space", "root", "alpha"}, {"id", "beta", "beta"},       {"engineType", "REGO_V1", ""},
        {"labels", "team:x", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct text pattern = text_z(cases[i].pattern);
        const struct search_predicate predicate = {.field = text_z(cases[i].field),
                                                   .matches = {&pattern, 1}};
        search = (struct search){.predicates = &predicate, .predicate_count = 1};
        assert_read(test, policy_search(ctx, &search, &page));
        assert_text_is(page.len ? ((const struct policy *)page.items[0])->id : TEXT(""),
                       cases[i].found);
    }
    search = (struct search){.order_by = TEXT("position")};
    assert_refused(test, ERR_INVALID, "policies cannot be ordered by \"position\"",
                   policy_search(ctx, &search, &page));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICIES(a_policy_is_kept_as_it_was_given),
        WITH_POLICIES(a_change_empties_what_is_left_out_but_space_and_engine),
        WITH_POLICIES(refusals_say_why),
        WITH_POLICIES(administrators_change_and_readers_see),
        WITH_POLICIES(each_change_of_a_login_policy_ends_sessions_and_is_recorded),
        WITH_POLICIES(a_change_that_is_not_kept_leaves_no_trace),
        WITH_POLICIES(policies_are_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
