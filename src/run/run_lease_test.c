/* Leases: who gets which run, what follows from what a worker reports, and from its silence. */
#include "base/clock.h"
#include "run/run_lease.h"
#include "run/run_test_support.h"
#include "stack/stack_state.h"

#include <unistd.h>

static void a_job_has_what_the_worker_needs(void **state)
{
    struct kernel_test *test = *state;
    struct config_element *element;
    struct config_input secret = {.id = TEXT("TOKEN"), .value = TEXT("s"), .write_only = true};
    assert_kept(test, stack_config_add(ctx, WEB, &secret, &element));
    test_sql(test, "UPDATE stack SET manages_state_file = TRUE");
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct run_job *job = worker_takes(test);
    assert_true(text_equal(job->run->id, run->id));
    assert_text_is(job->stack->id, "web");
    assert_string_equal(job->phase, "plan");
    assert_int_equal(job->config.len, 1);
    assert_text_is(LIST_ITEMS(&job->config, struct config_element)[0].value, "s");
    assert_true(job->uses_state && job->local_repositories);
    assert_int_equal(job->expires_at, test->now + 30 * CLOCK_SECOND);
    assert_int_equal(job->run->lease_id.len, 32);
    assert_text_is(job->run->lease_worker, "local");
    assert_run_state(test, run, RUN_PREPARING);
    assert_null(worker_takes(test));
}

static void state_is_kept_for_engines_that_have_one(void **state)
{
    struct kernel_test *test = *state;
    static const struct {
        const char *vendor;
        bool uses_state;
    } cases[] = {{"TERRAFORM", true}, {"OPEN_TOFU", true}, {"ANSIBLE", false}, {"CUSTOM", false}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        test_sql(test, "UPDATE stack SET manages_state_file = TRUE, vendor = '%s'",
                 cases[i].vendor);
        test_run(test, RUN_TYPE_PROPOSED);
        assert_int_equal(worker_takes(test)->uses_state, cases[i].uses_state);
    }
    test_sql(test, "UPDATE stack SET manages_state_file = FALSE, vendor = 'TERRAFORM'");
    test_run(test, RUN_TYPE_PROPOSED);
    assert_false(worker_takes(test)->uses_state);
}

static void a_worker_gets_what_it_can_run(void **state)
{
    struct kernel_test *test = *state;
    static const struct text ansible = TEXT_INIT("ANSIBLE");
    const struct worker_info other = {.name = TEXT("other"), .vendors = {&ansible, 1}};
    const struct worker_info nothing = {.name = TEXT("none")};
    struct run_job *job;
    test_run(test, RUN_TYPE_TRACKED);
    assert_kept(test, run_lease_take(ctx, &other, &job));
    assert_null(job);
    assert_kept(test, run_lease_take(ctx, &nothing, &job));
    assert_null(job);
    assert_non_null(worker_takes(test));
}

/* Prioritised first, then blocking runs, previews, drift detection; the oldest of each first. */
static void runs_are_given_out_in_order(void **state)
{
    struct kernel_test *test = *state;
    struct run *changed, *tracked_elsewhere;
    struct run_input input = {.type = RUN_TYPE_TRACKED};
    test_stack(test, "other");
    struct run *drift = test_run(test, RUN_TYPE_PROPOSED);
    test_sql(test, "UPDATE run SET drift_detection = TRUE");
    struct run *preview = test_run(test, RUN_TYPE_PROPOSED);
    struct run *late_preview = test_run(test, RUN_TYPE_PROPOSED);
    struct run *tracked = test_run(test, RUN_TYPE_TRACKED);
    test->now += 1;
    assert_kept(test, run_trigger(ctx, TEXT("other"), &input, &tracked_elsewhere));
    assert_kept(test, run_set_priority(ctx, WEB, late_preview->id, true, &changed));
    const struct run *order[] = {late_preview, tracked, tracked_elsewhere, preview, drift};
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
        assert_true(text_equal(worker_takes(test)->run->id, order[i]->id));
}

static void phases_follow_type_and_state(void **state)
{
    struct kernel_test *test = *state;
    test_run(test, RUN_TYPE_PROPOSED);
    assert_string_equal(worker_takes(test)->phase, "plan");
    test_run(test, RUN_TYPE_TASK);
    struct run_job *job = worker_takes(test);
    assert_string_equal(job->phase, "perform");
    worker_reports(test, job->run->lease_id, RUN_PERFORMING);
    worker_ends(test, job->run->lease_id, RUN_OUTCOME_FINISHED, false);
    test_run(test, RUN_TYPE_DESTROY);
    job = worker_takes(test);
    assert_string_equal(job->phase, "destroy");
    worker_reports(test, job->run->lease_id, RUN_INITIALIZING);
    worker_reports(test, job->run->lease_id, RUN_DESTROYING);
    worker_ends(test, job->run->lease_id, RUN_OUTCOME_FINISHED, false);
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    assert_string_equal(worker_takes(test)->phase, "apply");
    assert_run_state(test, run, RUN_PREPARING_APPLY);
}

struct plan_case {
    enum run_type type;
    bool autodeploy, locked, changes, stop;
    enum run_outcome outcome;
    enum run_state expected;
};

static void a_plan_leads_where_its_run_wants_to_go(void **state)
{
    struct kernel_test *test = *state;
    static const struct plan_case cases[] = {
        {RUN_TYPE_TRACKED, .changes = true, .expected = RUN_UNCONFIRMED},
        {RUN_TYPE_TRACKED, .changes = false, .expected = RUN_FINISHED},
        {RUN_TYPE_TRACKED, .autodeploy = true, .changes = true, .expected = RUN_CONFIRMED},
        {RUN_TYPE_TRACKED, .autodeploy = true, .expected = RUN_FINISHED},
        {RUN_TYPE_TRACKED, .autodeploy = true, .locked = true, .changes = true,
         .expected = RUN_UNCONFIRMED},
        {RUN_TYPE_TRACKED, .autodeploy = true, .stop = true, .changes = true,
         .expected = RUN_STOPPED},
        {RUN_TYPE_TRACKED, .stop = true, .changes = true, .expected = RUN_STOPPED},
        {RUN_TYPE_TRACKED, .stop = true, .expected = RUN_FINISHED},
        {RUN_TYPE_PROPOSED, .changes = true, .autodeploy = true, .expected = RUN_FINISHED},
        {RUN_TYPE_PROPOSED, .changes = true, .stop = true, .expected = RUN_FINISHED},
        {RUN_TYPE_TRACKED, .outcome = RUN_OUTCOME_FAILED, .changes = true, .expected = RUN_FAILED},
        {RUN_TYPE_TRACKED, .outcome = RUN_OUTCOME_STOPPED, .expected = RUN_STOPPED},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct run_input input = {.type = cases[i].type, .force_apply = cases[i].autodeploy};
        struct run *run = test_run_with(test, &input), *out;
        struct text lease = worker_brings_to(test, RUN_PLANNING);
        test_sql(test, "UPDATE stack SET locked_by = %s", cases[i].locked ? "'x'" : "NULL");
        if (cases[i].stop)
            assert_kept(test, run_stop(ctx, WEB, run->id, TEXT(""), &out));
        worker_ends(test, lease, cases[i].outcome, cases[i].changes);
        assert_run_state(test, run, cases[i].expected);
        test_sql(test, "DELETE FROM run");
        test_sql(test, "UPDATE stack SET blocker_id = NULL, locked_by = NULL");
    }
}

static void a_failure_says_why_in_the_history(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_brings_to(test, RUN_PREPARING);
    struct run_report report = {.outcome = RUN_OUTCOME_FAILED, .error = TEXT("no such branch")};
    assert_kept(test, run_lease_report(ctx, lease, &report));
    assert_read(test, run_history(ctx, &run->id, 1, &list));
    assert_int_equal(LIST_ITEMS(&list, struct run_transition)[0].state, RUN_FAILED);
    assert_text_is(LIST_ITEMS(&list, struct run_transition)[0].note, "no such branch");
}

/* A wish to stop that came during the plan must not stop an apply in its midst. */
static void an_apply_is_not_stopped(void **state)
{
    struct kernel_test *test = *state;
    bool stop = true;
    struct run_input input = {.type = RUN_TYPE_TRACKED, .force_apply = true};
    struct run *run = test_run_with(test, &input), *out;
    worker_plans(test);
    struct text lease = worker_brings_to(test, RUN_APPLYING);
    assert_refused(test, ERR_CONFLICT, "cannot be stopped",
                   run_stop(ctx, WEB, run->id, TEXT(""), &out));
    test_sql(test, "UPDATE run SET stop_requested = TRUE");
    assert_kept(test, run_lease_renew(ctx, lease, &stop));
    assert_false(stop);
    worker_ends(test, lease, RUN_OUTCOME_STOPPED, false);
    assert_run_state(test, run, RUN_FAILED);
}

static void renewing_keeps_the_lease_and_brings_the_wish_to_stop(void **state)
{
    struct kernel_test *test = *state;
    bool stop = true;
    struct run *run = test_run(test, RUN_TYPE_TRACKED), *out;
    struct text lease = worker_takes_lease(test);
    for (int i = 0; i < 5; i++) {
        test->now += 29 * CLOCK_SECOND;
        assert_kept(test, run_lease_renew(ctx, lease, &stop));
        assert_false(stop);
        assert_kept(test, run_lease_expire(ctx));
    }
    assert_run_state(test, run, RUN_PREPARING);
    assert_kept(test, run_stop(ctx, WEB, run->id, TEXT(""), &out));
    assert_kept(test, run_lease_renew(ctx, lease, &stop));
    assert_true(stop);
}

static void a_report_that_is_repeated_changes_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_takes_lease(test);
    worker_reports(test, lease, RUN_PREPARING);
    worker_reports(test, lease, RUN_INITIALIZING);
    worker_reports(test, lease, RUN_INITIALIZING);
    assert_int_equal(test_run_now(test, run)->state_version, 4);
    assert_refused(test, ERR_CONFLICT, "cannot become",
                   run_lease_report_state(ctx, lease, RUN_APPLYING, TEXT("")));
    assert_refused(test, ERR_CONFLICT, "cannot become",
                   run_lease_report_state(ctx, lease, RUN_FINISHED, TEXT("")));
    worker_reports(test, lease, RUN_PLANNING);
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, true);
    struct run_report failed = {.outcome = RUN_OUTCOME_FAILED};
    assert_refused(test, ERR_NOT_FOUND, "the lease has ended",
                   run_lease_report(ctx, lease, &failed));
    assert_run_state(test, run, RUN_UNCONFIRMED);
}

static void a_lease_that_ended_opens_nothing(void **state)
{
    struct kernel_test *test = *state;
    bool stop;
    int64_t have;
    struct text plan;
    const struct commit commit = {.hash = TEXT("a")};
    struct run_report report = {0};
    test_run(test, RUN_TYPE_TRACKED);
    const struct text leases[] = {TEXT(""), TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV")};
    for (size_t i = 0; i < ARRAY_LENGTH(leases); i++) {
        struct text lease = leases[i];
        const char *part = "the lease has ended";
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_renew(ctx, lease, &stop));
        assert_refused(test, ERR_NOT_FOUND, part,
                       run_lease_report_state(ctx, lease, RUN_PLANNING, TEXT("")));
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_report_commit(ctx, lease, &commit));
        assert_refused(test, ERR_NOT_FOUND, part,
                       run_lease_append_log(ctx, lease, RUN_PLANNING, 0, TEXT("x"), &have));
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_read_plan(ctx, lease, &plan));
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_write_plan(ctx, lease, TEXT("x")));
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_report(ctx, lease, &report));
        assert_refused(test, ERR_NOT_FOUND, part, run_lease_release(ctx, lease, TEXT("")));
    }
}

static void fall_silent(struct kernel_test *test)
{
    test->now += 31 * CLOCK_SECOND;
    assert_kept(test, run_lease_expire(ctx));
}

static void a_lost_run_is_tried_again_and_fails_in_the_end(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_brings_to(test, RUN_PLANNING);
    fall_silent(test);
    assert_run_state(test, run, RUN_READY);
    struct text lease = worker_brings_to(test, RUN_INITIALIZING);
    fall_silent(test);
    assert_run_state(test, run, RUN_READY);
    assert_refused(test, ERR_NOT_FOUND, "ended",
                   run_lease_report_state(ctx, lease, RUN_PLANNING, TEXT("")));
    worker_brings_to(test, RUN_PREPARING);
    fall_silent(test);
    assert_run_state(test, run, RUN_FAILED);
    assert_int_equal(test_blocker(test).len, 0);
    assert_read(test, run_history(ctx, &run->id, 1, &list));
    assert_text_is(LIST_ITEMS(&list, struct run_transition)[0].note, "worker local went silent");
}

static void a_run_that_was_changing_things_fails_at_once(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    worker_brings_to(test, RUN_APPLYING);
    fall_silent(test);
    assert_run_state(test, run, RUN_FAILED);
    run = test_run(test, RUN_TYPE_TASK);
    worker_brings_to(test, RUN_PERFORMING);
    fall_silent(test);
    assert_run_state(test, run, RUN_FAILED);
}

static void tries_are_counted_for_each_phase(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    for (int i = 0; i < 2; i++) {
        worker_brings_to(test, RUN_PLANNING);
        fall_silent(test);
    }
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    for (int i = 0; i < 2; i++) {
        worker_brings_to(test, RUN_PREPARING_APPLY);
        fall_silent(test);
        assert_run_state(test, run, RUN_CONFIRMED);
    }
    worker_brings_to(test, RUN_PREPARING_APPLY);
    fall_silent(test);
    assert_run_state(test, run, RUN_FAILED);
}

static void a_lost_run_that_was_to_stop_stops(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED), *out;
    worker_brings_to(test, RUN_INITIALIZING);
    assert_kept(test, run_stop(ctx, WEB, run->id, TEXT(""), &out));
    fall_silent(test);
    assert_run_state(test, run, RUN_STOPPED);
}

/* Whatever a worker can hold, its silence ends it: nothing is left over and nothing goes wrong. */
static void no_state_outlives_its_worker(void **state)
{
    struct kernel_test *test = *state;
    for (int stop = 0; stop < 2; stop++) {
        for (int i = 0; i < RUN_STATE_COUNT; i++) {
            /* Nothing leads there yet. */
            if (run_state_place((enum run_state)i) != RUN_PLACE_WORKER || i == RUN_PREPARING_REPLAN)
                continue;
            struct run *run = test_run(test, RUN_TYPE_TRACKED);
            test_force_state(test, run, (enum run_state)i);
            test_sql(test, "UPDATE run SET stop_requested = %s, attempts = 1",
                     stop ? "TRUE" : "FALSE");
            assert_kept(test, run_lease_expire(ctx));
            enum run_state now = test_run_now(test, run)->state;
            assert_int_not_equal(run_state_place(now), RUN_PLACE_WORKER);
            test_sql(test, "DELETE FROM run");
            test_sql(test, "UPDATE stack SET blocker_id = NULL");
        }
    }
}

static void a_worker_gives_back_what_it_has_not_touched(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    for (int i = 0; i < 5; i++) {
        struct text lease = worker_brings_to(test, RUN_PLANNING);
        assert_kept(test, run_lease_release(ctx, lease, TEXT("shutting down")));
        assert_run_state(test, run, RUN_READY);
        assert_refused(test, ERR_NOT_FOUND, "ended",
                       run_lease_release(ctx, lease, TEXT("shutting down")));
    }
    assert_read(test, run_history(ctx, &run->id, 1, &list));
    assert_text_is(LIST_ITEMS(&list, struct run_transition)[0].note, "shutting down");
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    struct text lease = worker_brings_to(test, RUN_PREPARING_APPLY);
    assert_kept(test, run_lease_release(ctx, lease, TEXT("")));
    assert_run_state(test, run, RUN_CONFIRMED);
    lease = worker_brings_to(test, RUN_APPLYING);
    assert_refused(test, ERR_CONFLICT, "cannot be given back",
                   run_lease_release(ctx, lease, TEXT("")));
}

static void the_commit_gives_the_run_its_title_and_the_stack_its_head(void **state)
{
    struct kernel_test *test = *state;
    const struct commit commit = {.hash = TEXT("0123456789abcdef0123456789abcdef01234567"),
                                  .author_name = TEXT("Ada"),
                                  .message = TEXT("Grow the pool\n\nBecause."),
                                  .timestamp = 7000000};
    struct run *preview = test_run(test, RUN_TYPE_PROPOSED);
    struct text lease = worker_takes_lease(test);
    assert_kept(test, run_lease_report_commit(ctx, lease, &commit));
    assert_text_is(test_run_now(test, preview)->title, "Grow the pool");
    assert_null(test_find_stack(test, "web")->tracked_commit);
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    lease = worker_takes_lease(test);
    assert_kept(test, run_lease_report_commit(ctx, lease, &commit));
    assert_text_is(test_run_now(test, run)->commit->author_name, "Ada");
    assert_text_is(test_run_now(test, run)->commit->message, "Grow the pool\n\nBecause.");
    assert_int_equal(test_run_now(test, run)->commit->timestamp, 7000000);
    assert_true(text_equal(test_find_stack(test, "web")->tracked_commit->hash, commit.hash));
}

static void the_plan_is_sealed_and_dropped_at_the_end(void **state)
{
    struct kernel_test *test = *state;
    struct text plan = TEXT("unset");
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, run_lease_read_plan(ctx, lease, &plan));
    assert_null(plan.at);
    assert_kept(test, run_lease_write_plan(ctx, lease, TEXT("\0plan with a secret\xff")));
    assert_false(test_database_holds(test, TEXT("plan with a secret")));
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, true);
    assert_true(test_run_now(test, run)->has_plan);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    lease = worker_brings_to(test, RUN_APPLYING);
    assert_kept(test, run_lease_read_plan(ctx, lease, &plan));
    assert_true(text_equal(plan, TEXT("\0plan with a secret\xff")));
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, false);
    assert_false(test_run_now(test, run)->has_plan);
}

static void a_plan_opens_in_its_own_run_alone(void **state)
{
    struct kernel_test *test = *state;
    struct text plan;
    struct run *first = test_run(test, RUN_TYPE_PROPOSED);
    struct text lease = worker_takes_lease(test);
    assert_kept(test, run_lease_write_plan(ctx, lease, TEXT("plan")));
    test_run(test, RUN_TYPE_PROPOSED);
    lease = worker_takes_lease(test);
    test_sql(test,
             "UPDATE run SET sealed_plan = (SELECT r.sealed_plan FROM run r WHERE r.id = "
             "'%.*s')",
             TEXT_ARG(first->id));
    assert_refused(test, ERR_INTERNAL, "", run_lease_read_plan(ctx, lease, &plan));
}

static void results_are_kept(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    const struct run_delta delta = {1, 2, 3, 4};
    const struct run_change changes[] = {
        {.address = TEXT("a"), .type = TEXT("add")},
        {.address = TEXT("b"), .previous_address = TEXT("c"), .type = TEXT("move")}};
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct run_report plan = {
        .has_changes = true, .delta = &delta, .changes = changes, .change_count = 2};
    struct text lease = worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, run_lease_report(ctx, lease, &plan));
    run = test_run_now(test, run);
    assert_int_equal(run->delta->add_count, 1);
    assert_int_equal(run->delta->change_count, 2);
    assert_int_equal(run->delta->delete_count, 3);
    assert_int_equal(run->delta->resources, 4);
    assert_read(test, run_changes(ctx, &run->id, 1, &list));
    assert_int_equal(list.len, 2);
    assert_null(LIST_ITEMS(&list, struct run_change)[0].previous_address.at);
    assert_text_is(LIST_ITEMS(&list, struct run_change)[1].previous_address, "c");
    assert_text_is(LIST_ITEMS(&list, struct run_change)[1].type, "move");
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    const struct entity entity = {
        .id = TEXT("a"), .name = TEXT("a"), .type = TEXT("t"), .data = TEXT("{}")};
    const struct output output = {.id = TEXT("url"), .value = TEXT("\"x\"")};
    const struct stack_result result = {&entity, 1, &output, 1};
    const struct run_delta none = {0, 0, 0, 1};
    struct run_report apply = {.result = &result, .delta = &none};
    lease = worker_brings_to(test, RUN_APPLYING);
    assert_kept(test, run_lease_report(ctx, lease, &apply));
    const struct stack *stack = test_find_stack(test, "web");
    assert_int_equal(stack->entity_count, 1);
    assert_int_equal(stack->last_apply_at, test->now);
    assert_int_equal(stack->state, STACK_FINISHED);
    assert_read(test, stack_entity_list(ctx, &(struct text){"web", 3}, 1, &list));
    assert_true(text_equal(LIST_ITEMS(&list, struct entity)[0].creator_id, run->id));
    /* What the run changes is what its plan said. */
    assert_read(test, run_changes(ctx, &run->id, 1, &list));
    assert_int_equal(list.len, 2);
    assert_int_equal(test_run_now(test, run)->delta->add_count, 1);
}

static void a_leased_run_reaches_its_state_with_its_password(void **state)
{
    struct kernel_test *test = *state;
    struct run *found;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    assert_read(test, run_authenticate(ctx, run->id, TEXT(""), &found));
    assert_null(found);
    struct run_job *job = worker_takes(test);
    assert_in_range(job->state_password.len, 32, 32);
    assert_read(test, run_authenticate(ctx, run->id, job->state_password, &found));
    assert_true(text_equal(found->id, run->id));
    assert_false(test_database_holds(test, job->state_password));
    const struct text wrong[] = {TEXT(""), TEXT("x"), job->run->lease_id};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_read(test, run_authenticate(ctx, run->id, wrong[i], &found));
        assert_null(found);
    }
    assert_read(test, run_authenticate(ctx, TEXT("nothing"), job->state_password, &found));
    assert_null(found);
    fall_silent(test);
    assert_read(test, run_authenticate(ctx, run->id, job->state_password, &found));
    assert_null(found);
}

static void what_a_lost_worker_locked_is_free_again(void **state)
{
    struct kernel_test *test = *state;
    struct text held;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, stack_state_lock(ctx, WEB, run->id, TEXT("{\"ID\":\"a\"}"), &held));
    fall_silent(test);
    assert_kept(test, stack_state_lock(ctx, WEB, run->id, TEXT("{\"ID\":\"b\"}"), &held));
    assert_null(held.at);
    worker_ends(test, worker_brings_to(test, RUN_PLANNING), RUN_OUTCOME_FAILED, false);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack_state_lock"), 0);
}

static void the_end_of_a_run_starts_the_next(void **state)
{
    struct kernel_test *test = *state;
    test_run(test, RUN_TYPE_TRACKED);
    struct run *second = test_run(test, RUN_TYPE_TRACKED);
    struct run *third = test_run(test, RUN_TYPE_TASK);
    worker_ends(test, worker_brings_to(test, RUN_PLANNING), RUN_OUTCOME_FINISHED, false);
    assert_run_state(test, second, RUN_READY);
    worker_brings_to(test, RUN_PLANNING);
    test->settings.run_attempts = 1;
    fall_silent(test);
    assert_run_state(test, second, RUN_FAILED);
    assert_run_state(test, third, RUN_READY);
}

static void heard(void *data, struct text channel, struct text payload)
{
    UNUSED(payload);
    if (text_equal(channel, run_channel))
        atomic_fetch_add((atomic_int *)data, 1);
}

static int wait_for(atomic_int *count, int expected)
{
    int64_t until = clock_monotonic() + 20 * CLOCK_SECOND;
    while (*count < expected && clock_monotonic() < until)
        (void)usleep(1000);
    return *count;
}

static void runs_that_wait_for_a_worker_are_announced(void **state)
{
    struct kernel_test *test = *state;
    static atomic_int count;
    count = 0;
    assert_true(db_listen(test->database->db, heard, &count, &test->error));
    test_run(test, RUN_TYPE_TRACKED);
    assert_int_equal(wait_for(&count, 1), 1);
    test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_brings_to(test, RUN_PLANNING);
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, false);
    assert_int_equal(wait_for(&count, 2), 2);
}

static void a_failing_statement_leaves_no_half_of_a_report(void **state)
{
    struct kernel_test *test = *state;
    const struct run_change change = {.address = TEXT("a"), .type = TEXT("add")};
    const struct run_delta delta = {1, 0, 0, 1};
    struct run_report report = {
        .has_changes = true, .delta = &delta, .changes = &change, .change_count = 1};
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_brings_to(test, RUN_PLANNING);
    for (int failures = 0;; failures++) {
        db_fail_after(test->database->db, failures);
        bool kept = UNIT(test, DB_WRITE, run_lease_report(ctx, lease, &report));
        db_fail_after(test->database->db, -1);
        if (kept)
            break;
        assert_run_state(test, run, RUN_PLANNING);
        assert_null(test_run_now(test, run)->delta);
        assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run_change"), 0);
        assert_string_equal(test_stack_state(test), "PLANNING");
    }
    assert_run_state(test, run, RUN_UNCONFIRMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STACK(a_job_has_what_the_worker_needs),
        WITH_STACK(state_is_kept_for_engines_that_have_one),
        WITH_STACK(a_worker_gets_what_it_can_run),
        WITH_STACK(runs_are_given_out_in_order),
        WITH_STACK(phases_follow_type_and_state),
        WITH_STACK(a_plan_leads_where_its_run_wants_to_go),
        WITH_STACK(a_failure_says_why_in_the_history),
        WITH_STACK(an_apply_is_not_stopped),
        WITH_STACK(renewing_keeps_the_lease_and_brings_the_wish_to_stop),
        WITH_STACK(a_report_that_is_repeated_changes_nothing),
        WITH_STACK(a_lease_that_ended_opens_nothing),
        WITH_STACK(a_lost_run_is_tried_again_and_fails_in_the_end),
        WITH_STACK(a_run_that_was_changing_things_fails_at_once),
        WITH_STACK(tries_are_counted_for_each_phase),
        WITH_STACK(a_lost_run_that_was_to_stop_stops),
        WITH_STACK(no_state_outlives_its_worker),
        WITH_STACK(a_worker_gives_back_what_it_has_not_touched),
        WITH_STACK(the_commit_gives_the_run_its_title_and_the_stack_its_head),
        WITH_STACK(the_plan_is_sealed_and_dropped_at_the_end),
        WITH_STACK(a_plan_opens_in_its_own_run_alone),
        WITH_STACK(results_are_kept),
        WITH_STACK(a_leased_run_reaches_its_state_with_its_password),
        WITH_STACK(what_a_lost_worker_locked_is_free_again),
        WITH_STACK(the_end_of_a_run_starts_the_next),
        WITH_STACK(runs_that_wait_for_a_worker_are_announced),
        WITH_STACK(a_failing_statement_leaves_no_half_of_a_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
