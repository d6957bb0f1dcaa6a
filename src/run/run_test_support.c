/* Runs and an obedient worker, for tests. */
#include "run/run_test_support.h"

static const struct text vendors[] = {TEXT_INIT("TERRAFORM"), TEXT_INIT("OPEN_TOFU"),
                                      TEXT_INIT("ANSIBLE"), TEXT_INIT("CUSTOM")};

const struct worker_info test_worker = {.id = TEXT_INIT("worker-1"),
                                        .name = TEXT_INIT("local"),
                                        .version = TEXT_INIT("1"),
                                        .vendors = {vendors, ARRAY_LENGTH(vendors)}};

int run_test_setup(void **state)
{
    if (account_test_setup(state) != 0)
        return -1;
    test_stack(*state, "web");
    return 0;
}

struct run *test_run_with(struct kernel_test *test, const struct run_input *input)
{
    struct run *run = NULL;
    assert_kept(test, run_trigger(ctx, WEB, input, &run));
    return run;
}

struct run *test_run(struct kernel_test *test, enum run_type type)
{
    struct run_input input = {.type = type};
    if (type == RUN_TYPE_TASK)
        input.command = TEXT("date");
    return test_run_with(test, &input);
}

struct run *test_run_now(struct kernel_test *test, const struct run *run)
{
    struct run *now = NULL;
    const struct actor *actor = test->actor;
    test->actor = &actor_system;
    assert_read(test, run_find(ctx, run->stack_id, run->id, &now));
    test->actor = actor;
    assert_non_null(now);
    return now;
}

void assert_run_state(struct kernel_test *test, const struct run *run, enum run_state state)
{
    const struct run *now = test_run_now(test, run);
    if (now->state != state)
        fail_msg("the run is %s and not %s", run_state_name(now->state), run_state_name(state));
}

void test_force_state(struct kernel_test *test, const struct run *run, enum run_state state)
{
    bool leased = run_state_place(state) == RUN_PLACE_WORKER;
    test_sql(test,
             "UPDATE run SET state = '%s', lease_id = %s, lease_worker = %s, lease_expires_at = %s "
             "WHERE id = '%.*s'",
             run_state_name(state), leased ? "id" : "NULL", leased ? "'local'" : "NULL",
             leased ? "1" : "NULL", TEXT_ARG(run->id));
}

static struct stack *web(struct kernel_test *test)
{
    const struct actor *actor = test->actor;
    test->actor = &actor_system;
    struct stack *stack = test_find_stack(test, "web");
    test->actor = actor;
    return stack;
}

const char *test_stack_state(struct kernel_test *test)
{
    return stack_state_name(web(test)->state);
}

struct text test_blocker(struct kernel_test *test)
{
    return web(test)->blocker_id;
}

struct run_job *worker_takes(struct kernel_test *test)
{
    struct run_job *job = NULL;
    const struct actor *actor = test->actor;
    test->actor = &actor_system;
    assert_kept(test, run_lease_take(ctx, &test_worker, &job));
    test->actor = actor;
    return job;
}

struct text worker_takes_lease(struct kernel_test *test)
{
    struct run_job *job = worker_takes(test);
    assert_non_null(job);
    return job->run->lease_id;
}

void worker_reports(struct kernel_test *test, struct text lease, enum run_state state)
{
    const struct actor *actor = test->actor;
    test->actor = &actor_system;
    assert_kept(test, run_lease_report_state(ctx, lease, state, TEXT("")));
    test->actor = actor;
}

struct text worker_brings_to(struct kernel_test *test, enum run_state state)
{
    struct text lease = worker_takes_lease(test);
    switch (state) {
    case RUN_INITIALIZING: worker_reports(test, lease, RUN_INITIALIZING); break;
    case RUN_PLANNING:
    case RUN_PERFORMING:
    case RUN_DESTROYING:
        worker_reports(test, lease, RUN_INITIALIZING);
        worker_reports(test, lease, state);
        break;
    case RUN_APPLYING: worker_reports(test, lease, RUN_APPLYING); break;
    default: break;
    }
    return lease;
}

void worker_ends(struct kernel_test *test, struct text lease, enum run_outcome outcome,
                 bool has_changes)
{
    struct run_report report = {.outcome = outcome, .has_changes = has_changes};
    const struct actor *actor = test->actor;
    test->actor = &actor_system;
    assert_kept(test, run_lease_report(ctx, lease, &report));
    test->actor = actor;
}

void worker_plans(struct kernel_test *test)
{
    worker_ends(test, worker_brings_to(test, RUN_PLANNING), RUN_OUTCOME_FINISHED, true);
}
