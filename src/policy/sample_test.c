/* Evaluations that are kept, logins that are recorded, and policies that are only tried. */
#include "policy/sample.h"

#include "policy/login_record.h"
#include "policy/policy_test_support.h"
#include "policy/simulation.h"

#define SAMPLING                                                                                   \
    "package spacelift\nsample { true }\nallow { input.session.login == \"a\" }\ndeny { "          \
    "input.session.login == \"c\" }\nadmin { input.session.login == \"d\" }"

static struct list records(struct kernel_test *test, const char *policy)
{
    const struct text id = text_z(policy);
    struct list samples;
    assert_read(test, sample_list_many(ctx, &id, 1, &samples));
    return samples;
}

static void a_policy_that_asks_for_it_has_its_evaluations_kept(void **state)
{
    struct kernel_test *test = *state;
    static const char *const logins[] = {"a", "b", "c", "d"};
    static const char *const outcomes[] = {"allow", "undecided", "deny", "admin"};
    test_add_login_policy(test, "sampled", POLICY_ENGINE_REGO_V0, SAMPLING);
    test_add_login_policy(test, "quiet", POLICY_ENGINE_REGO_V0, "package spacelift");
    for (size_t i = 0; i < ARRAY_LENGTH(logins); i++) {
        struct login_attempt attempt = test_attempt(logins[i]);
        (void)test_decide(test, &attempt);
        test->now += 1000000;
    }
    struct list samples = records(test, "sampled");
    assert_int_equal(samples.len, 4);
    assert_int_equal(records(test, "quiet").len, 0);
    for (size_t i = 0; i < samples.len; i++)
        assert_text_is(LIST_ITEMS(&samples, struct policy_sample)[3 - i].outcome, outcomes[i]);
    struct policy_sample *sample;
    const struct policy_sample *first = list_at(&samples, 3);
    assert_read(test, sample_get(ctx, TEXT("sampled"), first->key, &sample));
    assert_text_is(sample->body, SAMPLING);
    assert_true(text_contains(sample->input, TEXT("\"login\":\"a\"")));
    assert_true(text_contains(sample->input, TEXT("\"slug\":\"space-admin\"")));
    assert_true(text_contains(sample->result, TEXT("\"allow\":true")));
    assert_false(test_database_holds(test, TEXT("\"remote_ip\"")));
    assert_refused(test, ERR_NOT_FOUND, "sample \"x\" of policy \"sampled\" not found",
                   sample_get(ctx, TEXT("sampled"), TEXT("x"), &sample));
    assert_refused(test, ERR_NOT_FOUND, "not found",
                   sample_get(ctx, TEXT("quiet"), first->key, &sample));
}

static void samples_are_for_administrators(void **state)
{
    struct kernel_test *test = *state;
    const struct text id = TEXT("sampled");
    struct list samples;
    struct policy_sample *sample;
    test->actor = test_actor(test, "reader", ACTION_SPACE_WRITE, "root");
    assert_refused(test, ERR_DENIED, "space:admin", sample_list_many(ctx, &id, 1, &samples));
    assert_refused(test, ERR_DENIED, "space:admin", sample_get(ctx, id, TEXT("x"), &sample));
}

static void samples_are_searched_by_outcome_and_ordered_by_time(void **state)
{
    struct kernel_test *test = *state;
    struct search_page page;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "sampled", POLICY_ENGINE_REGO_V0, SAMPLING);
    (void)test_decide(test, &attempt);
    attempt = test_attempt("c");
    (void)test_decide(test, &attempt);
    const struct text deny = TEXT("deny");
    const struct search_predicate predicate = {.field = TEXT("outcome"), .matches = {&deny, 1}};
    struct search search = {.predicates = &predicate, .predicate_count = 1};
    assert_read(test, sample_search(ctx, TEXT("sampled"), &search, &page));
    assert_int_equal(page.len, 1);
    search = (struct search){.order_by = TEXT("createdAt"), .descending = true, .first = 1};
    assert_read(test, sample_search(ctx, TEXT("sampled"), &search, &page));
    assert_true(page.has_next);
    search.order_by = TEXT("name");
    assert_refused(test, ERR_INVALID, "evaluation records cannot be ordered by \"name\"",
                   sample_search(ctx, TEXT("sampled"), &search, &page));
}

static void what_is_kept_is_limited_in_number_and_age(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_add_login_policy(test, "sampled", POLICY_ENGINE_REGO_V0, SAMPLING);
    for (int i = 0; i < 130; i++) {
        (void)test_decide(test, &attempt);
        test->now += 100000;
    }
    assert_int_equal(records(test, "sampled").len, 100);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM policy_sample"), 130);
    assert_kept(test, sample_delete_old(ctx));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM policy_sample"), 100);
    for (int i = 0; i < 30; i++)
        (void)test_decide(test, &attempt);
    assert_in_range(test_sql_int(test, "SELECT count(*) FROM policy_sample"), 110, 120);
    test->now += INT64_C(7) * 86400 * 1000000;
    assert_int_equal(records(test, "sampled").len, 0);
    assert_kept(test, sample_delete_old(ctx));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM policy_sample"), 0);
}

static void logins_are_recorded_once_an_hour(void **state)
{
    struct kernel_test *test = *state;
    static const struct text teams[] = {TEXT_INIT("ops"), TEXT_INIT("dev")};
    struct login_attempt attempt = test_attempt("a");
    struct list list;
    attempt.teams = (struct text_list){teams, 2};
    attempt.stack_id = TEXT("infra");
    for (int i = 0; i < 3; i++)
        (void)test_decide(test, &attempt);
    attempt.member = false;
    (void)test_decide(test, &attempt);
    attempt.admin = true;
    (void)test_decide(test, &attempt);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM login_record"), 2);
    attempt.admin = false;
    test->now += INT64_C(3600) * 1000000;
    (void)test_decide(test, &attempt);
    assert_read(test, login_record_list(ctx, 0, 10, &list));
    assert_int_equal(list.len, 3);
    const struct login_record *record = list_at(&list, 2);
    assert_text_is(record->attempt.login, "a");
    assert_text_is(record->attempt.stack_id, "infra");
    assert_text_is(record->remote_ip, "192.0.2.7");
    assert_int_equal(record->attempt.teams.len, 2);
    assert_text_is(record->attempt.teams.items[1], "dev");
    assert_true(record->attempt.member && record->attempt.machine && !record->attempt.admin);
    assert_int_equal(record->attempt.kind, ACTOR_API_KEY);
    assert_false(test_database_holds(test, TEXT("remote_ip")));
    test->now += test->settings.login_record_retention;
    assert_kept(test, login_record_delete_old(ctx));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM login_record"), 0);
    test->settings.login_record_retention = 0;
    (void)test_decide(test, &attempt);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM login_record"), 0);
}

static void logins_are_recorded_although_policies_do_not_decide(void **state)
{
    struct kernel_test *test = *state;
    struct login_attempt attempt = test_attempt("a");
    test_sql(test, "DELETE FROM setting");
    assert_true(test_decide(test, &attempt).allowed);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM login_record"), 0);
    assert_kept(test, login_policy_take_turn(ctx, &attempt));
    assert_false(UNIT(test, DB_WRITE, login_policy_take_turn(ctx, &attempt)));
    assert_kept(test, login_policy_record(ctx, &attempt));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM login_record"), 1);
}

static void simulation_answers_the_result_and_keeps_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct text result;
    const struct text v0 = TEXT("package spacelift\ndeny[\"no\"] { input.x == 1 }");
    const struct text v1 = TEXT("package spacelift\ndeny contains \"no\" if input.x == 1");
    assert_read(test, policy_simulate(ctx, POLICY_TASK, v0, TEXT("{\"x\":1}"), &result));
    assert_text_is(result, "{\"deny\":[\"no\"],\"flag\":[],\"sample\":false}");
    assert_read(test, policy_simulate(ctx, POLICY_TASK_RUN, v1, TEXT("{\"x\":2}"), &result));
    assert_text_is(result, "{\"deny\":[],\"flag\":[],\"sample\":false}");
    assert_refused(test, ERR_INVALID, "the input is not JSON: line 2, column 4:",
                   policy_simulate(ctx, POLICY_TASK, v0, TEXT("{\n\"x\"1}"), &result));
    assert_refused(test, ERR_INVALID, "line 2, column 8, rule deny: rego_unsafe_var_error",
                   policy_simulate(ctx, POLICY_TASK, TEXT("package spacelift\ndeny { y == 1 }"),
                                   TEXT("{}"), &result));
    assert_refused(
        test, ERR_INVALID, "the policy cannot be evaluated: line 2, column 1: eval_conflict_error",
        policy_simulate(ctx, POLICY_LOGIN, TEXT("package spacelift\nallow = x { x := [1, 2][_] }"),
                        TEXT("{}"), &result));
    assert_refused(test, ERR_INVALID, "eval_budget_error",
                   policy_simulate(ctx, POLICY_TASK,
                                   TEXT("package spacelift\ndeny[x] { n := numbers.range(1, "
                                        "100000); x := n[_]; n[_] < 0 }"),
                                   TEXT("{}"), &result));
    char *huge = arena_alloc(test->arena, SIMULATION_INPUT_MAX_BYTES + 1);
    assert_refused(test, ERR_TOO_LARGE, "1048576",
                   policy_simulate(ctx, POLICY_TASK, v0,
                                   (struct text){huge, SIMULATION_INPUT_MAX_BYTES + 1}, &result));
    test->actor = test_actor(test, "boss", ACTION_SPACE_ADMIN, "prod");
    assert_read(test, policy_simulate(ctx, POLICY_TASK, v0, TEXT("{}"), &result));
    test->actor = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    assert_refused(test, ERR_DENIED, "space:admin",
                   policy_simulate(ctx, POLICY_TASK, v0, TEXT("{}"), &result));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICIES(a_policy_that_asks_for_it_has_its_evaluations_kept),
        WITH_POLICIES(samples_are_for_administrators),
        WITH_POLICIES(samples_are_searched_by_outcome_and_ordered_by_time),
        WITH_POLICIES(what_is_kept_is_limited_in_number_and_age),
        WITH_POLICIES(logins_are_recorded_once_an_hour),
        WITH_POLICIES(logins_are_recorded_although_policies_do_not_decide),
        WITH_POLICIES(simulation_answers_the_result_and_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
