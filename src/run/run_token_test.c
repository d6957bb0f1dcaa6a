/* The token of a run: whose rights it has, and that it ends with the lease. */
#include "access/decision.h"
#include "base/clock.h"
#include "identity/actor_read.h"
#include "identity/token.h"
#include "run/run_lease.h"
#include "run/run_test_support.h"

static void bind(struct kernel_test *test, const char *role, const char *space)
{
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "created_at, created_by) VALUES ('%s', 'STACK', 'web', (SELECT id FROM role WHERE "
             "slug = '%s'), '%s', 1, 'x')",
             role, role, space);
    assert_kept(test, access_changed(ctx));
}

static bool may(struct kernel_test *test, struct text token, enum action action, const char *space)
{
    const struct actor *actor;
    struct decision decision;
    assert_read(test, token_authenticate(ctx, token, &actor) &&
                          access_decide_for(ctx, actor, action, text_z(space), &decision));
    return decision.allowed;
}

static void a_run_is_an_actor_of_its_stack(void **state)
{
    struct kernel_test *test = *state;
    const struct actor *actor;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text token = worker_takes(test)->token;
    assert_read(test, token_authenticate(ctx, token, &actor));
    assert_int_equal(actor->kind, ACTOR_RUN);
    assert_true(text_equal(actor->id, run->id));
    assert_true(text_starts_with(actor->username, TEXT("run::web/")));
    assert_true(text_equal(run_id_of_username(actor->username), run->id));
    assert_text_is(run_id_of_username(TEXT("api::web/x")), "");
    assert_text_is(run_id_of_username(TEXT("run::")), "");
    assert_int_equal(actor->grant_count, 0);
}

static void it_has_the_roles_that_its_stack_has(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    bind(test, "space-writer", "team");
    test_run(test, RUN_TYPE_TRACKED);
    struct text token = worker_takes(test)->token;
    assert_true(may(test, token, ACTION_RUN_TRIGGER, "team"));
    assert_false(may(test, token, ACTION_SPACE_READ, "root"));
    bind(test, "space-reader", "root");
    assert_true(may(test, token, ACTION_SPACE_READ, "root"));
    test_sql(test, "UPDATE stack SET administrative = TRUE");
    test->now += CLOCK_SECOND;
    assert_false(may(test, token, ACTION_SPACE_READ, "root"));
}

static void it_ends_with_the_lease(void **state)
{
    struct kernel_test *test = *state;
    const struct actor *actor;
    test_run(test, RUN_TYPE_TRACKED);
    struct run_job *job = worker_takes(test);
    assert_read(test, token_authenticate(ctx, job->token, &actor));
    struct run_report report = {.outcome = RUN_OUTCOME_FAILED, .error = TEXT("no")};
    assert_kept(test, run_lease_report(ctx, job->run->lease_id, &report));
    test->now += CLOCK_SECOND;
    assert_refused(test, ERR_UNAUTHENTICATED, "session has ended",
                   token_authenticate(ctx, job->token, &actor));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session WHERE revoked_at IS NULL"),
                     0);
}

static void each_lease_has_a_token_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    const struct actor *actor;
    test_run(test, RUN_TYPE_TRACKED);
    struct run_job *first = worker_takes(test);
    assert_kept(test, run_lease_release(ctx, first->run->lease_id, TEXT("shutting down")));
    struct run_job *second = worker_takes(test);
    assert_non_null(second);
    assert_false(text_equal(first->token, second->token));
    assert_refused(test, ERR_UNAUTHENTICATED, "session has ended",
                   token_authenticate(ctx, first->token, &actor));
    assert_read(test, token_authenticate(ctx, second->token, &actor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STACK(a_run_is_an_actor_of_its_stack),
        WITH_STACK(it_has_the_roles_that_its_stack_has),
        WITH_STACK(it_ends_with_the_lease),
        WITH_STACK(each_lease_has_a_token_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
