/* What a candidate would change, told from recorded logins. */
#include "policy/rehearsal.h"

#include "policy/policy_cache.h"
#include "policy/policy_test_support.h"

#define ALLOW_A "package spacelift\nallow { input.session.login == \"a\" }\n"

static void log_in(struct kernel_test *test, const char *login, int times)
{
    struct login_attempt attempt = test_attempt(login);
    attempt.actor_id = text_format(test->arena, "id-of-%s", login);
    for (int i = 0; i < times; i++) {
        (void)test_decide(test, &attempt);
        test->now += INT64_C(3600) * 1000000;
    }
}

static struct rehearsal rehearse(struct kernel_test *test, const char *body, const char *replaces)
{
    struct rehearsal out;
    const struct rehearsal_input input = {.body = text_z(body), .replaces = text_z(replaces)};
    assert_read(test, policy_rehearse(ctx, &input, &out));
    return out;
}

static void a_candidate_that_replaces_shows_who_gains_and_who_loses(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "prod", "root");
    test_add_login_policy(test, "live", POLICY_ENGINE_REGO_V0,
                          ALLOW_A "space_read[\"root\"] { true }\nspace_write[\"prod\"] { true }");
    log_in(test, "a", 3);
    log_in(test, "b", 2);
    log_in(test, "c", 1);
    struct rehearsal out = rehearse(
        test,
        "package spacelift\nallow { input.session.login == \"a\" }\nadmin { input.session.login == "
        "\"b\" }\nspace_admin[\"prod\"] { input.session.login == \"a\" }\nspace_read[\"root\"] { "
        "input.session.login == \"a\" }",
        "live");
    assert_int_equal(out.replayed, 6);
    assert_int_equal(out.unchanged, 1);
    assert_int_equal(out.gain_login, 2);
    assert_int_equal(out.lose_login, 0);
    assert_int_equal(out.gain_admin, 2);
    assert_int_equal(out.gain_roles, 3);
    assert_int_equal(out.lose_roles, 3);
    assert_int_equal(out.changes_count, 2);
    const struct rehearsed_change *b = out.changes[0];
    assert_text_is(b->actor_id, "id-of-b");
    assert_text_is(b->actor_kind, "API_KEY");
    assert_text_is(b->login, "b");
    assert_int_equal(b->logins, 2);
    assert_true(!b->allowed_before && b->allowed_after && b->admin_after && !b->admin_before);
    assert_text_is(b->reason_before, "no login policy allows this login");
    assert_text_is(b->reason_after, "policy live, line 3: admin");
    const struct rehearsed_change *a = out.changes[1];
    assert_int_equal(a->logins, 3);
    assert_int_equal(a->gained_count, 1);
    assert_text_is(a->gained[0]->space, "prod");
    assert_text_is(a->gained[0]->role, "space-admin");
    assert_int_equal(a->lost_count, 1);
    assert_text_is(a->lost[0]->role, "space-writer");
}

static void a_candidate_in_addition_is_merged_with_the_others(void **state)
{
    struct kernel_test *test = *state;
    test_add_login_policy(test, "live", POLICY_ENGINE_REGO_V0, "package spacelift\nallow { true }");
    log_in(test, "a", 1);
    log_in(test, "b", 1);
    struct rehearsal out =
        rehearse(test, "package spacelift\ndeny { input.session.login == \"a\" }", "");
    assert_int_equal(out.lose_login, 1);
    assert_int_equal(out.unchanged, 1);
    assert_text_is(out.changes[0]->reason_after, "policy candidate, line 2: deny");
    out = rehearse(test, "package spacelift\n", "");
    assert_int_equal(out.unchanged, 2);
    /* Without any policy members come in; with an empty one nobody does. */
    test_sql(test, "DELETE FROM policy");
    assert_kept(test, policy_cache_outdate(ctx));
    out = rehearse(test, "package spacelift\n", "");
    assert_int_equal(out.lose_login, 2);
}

static void only_the_logins_that_were_asked_for_are_replayed(void **state)
{
    struct kernel_test *test = *state;
    struct rehearsal out;
    log_in(test, "a", 4);
    struct rehearsal_input input = {.body = TEXT("package spacelift"), .limit = 3};
    assert_read(test, policy_rehearse(ctx, &input, &out));
    assert_int_equal(out.replayed, 3);
    input = (struct rehearsal_input){.body = TEXT("package spacelift"),
                                     .since = TEST_NOW + INT64_C(2) * 3600 * 1000000};
    assert_read(test, policy_rehearse(ctx, &input, &out));
    assert_int_equal(out.replayed, 2);
}

static void what_cannot_be_rehearsed_is_refused(void **state)
{
    struct kernel_test *test = *state;
    struct rehearsal out;
    struct rehearsal_input input = {.body = TEXT("package spacelift\nallow { x }")};
    assert_refused(test, ERR_INVALID, "line 2, column 9, rule allow: rego_unsafe_var_error",
                   policy_rehearse(ctx, &input, &out));
    input = (struct rehearsal_input){.body = TEXT("package spacelift"), .replaces = TEXT("x")};
    assert_refused(test, ERR_NOT_FOUND, "login policy \"x\" not found",
                   policy_rehearse(ctx, &input, &out));
    input = (struct rehearsal_input){.body = TEXT("package spacelift"), .limit = 5001};
    assert_refused(test, ERR_INVALID, "5000 logins", policy_rehearse(ctx, &input, &out));
    test->actor = test_actor(test, "boss", ACTION_SPACE_ADMIN, "prod");
    input.limit = 0;
    assert_refused(test, ERR_DENIED, "space:admin", policy_rehearse(ctx, &input, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICIES(a_candidate_that_replaces_shows_who_gains_and_who_loses),
        WITH_POLICIES(a_candidate_in_addition_is_merged_with_the_others),
        WITH_POLICIES(only_the_logins_that_were_asked_for_are_replayed),
        WITH_POLICIES(what_cannot_be_rehearsed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
