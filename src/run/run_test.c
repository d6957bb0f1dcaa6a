/* What people do with runs: every move, the queue of a stack, and what the stack shows of it. */
#include "run/run_move.h"
#include "run/run_test_support.h"

static struct text id_of(const struct run *run)
{
    return run->id;
}

static void a_triggered_run_is_ready_and_blocks_its_stack(void **state)
{
    struct kernel_test *test = *state;
    test->actor = test_actor(test, "key", ACTION_SPACE_WRITE, "root");
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    assert_int_equal(run->state, RUN_READY);
    assert_int_equal(run->id.len, 26);
    assert_text_is(run->triggered_by, "api::key");
    assert_text_is(run->branch, "main");
    assert_int_equal(run->created_at, test->now);
    assert_null(run->commit_requested.at);
    assert_null(run->commit);
    assert_null(run->title.at);
    assert_null(run->delta);
    assert_false(run->autodeploy || run->finished || run->drift_detection || run->has_plan);
    assert_true(text_equal(test_blocker(test), run->id));
    assert_string_equal(test_stack_state(test), "READY");
}

static void history_is_newest_first_with_who_did_it(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    test->actor = test_actor(test, "key", ACTION_SPACE_WRITE, "root");
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    test->now += 5;
    assert_kept(test, run_cancel(ctx, WEB, run->id, TEXT("not now"), &run));
    assert_read(test, run_history(ctx, &run->id, 1, &list));
    const struct run_transition *entries = list.items;
    assert_int_equal(list.len, 3);
    assert_int_equal(entries[0].state, RUN_CANCELED);
    assert_int_equal(entries[0].state_version, 3);
    assert_text_is(entries[0].note, "not now");
    assert_text_is(entries[0].username, "api::key");
    assert_int_equal(entries[0].timestamp, test->now);
    assert_true(entries[0].terminal);
    assert_false(entries[0].has_logs);
    assert_int_equal(entries[1].state, RUN_READY);
    assert_null(entries[1].username.at);
    assert_null(entries[1].note.at);
    assert_int_equal(entries[2].state, RUN_QUEUED);
    assert_text_is(entries[2].username, "api::key");
    assert_int_equal(entries[2].state_version, 1);
}

static void input_is_checked(void **state)
{
    struct kernel_test *test = *state;
    static char huge[70000];
    memset(huge, 'x', sizeof(huge));
    const struct {
        const char *part;
        struct run_input input;
    } cases[] = {
        {"a task needs a command", {.type = RUN_TYPE_TASK}},
        {"a task needs a command", {.type = RUN_TYPE_TASK, .command = TEXT(" \n")}},
        {"65536 bytes at most", {.type = RUN_TYPE_TASK, .command = {huge, 65537}}},
        {"whole hash", {.type = RUN_TYPE_TRACKED, .commit = TEXT("main")}},
        {"whole hash", {.type = RUN_TYPE_TRACKED, .commit = TEXT("--upload-pack=id")}},
        {"16384 bytes at most", {.type = RUN_TYPE_TRACKED, .metadata = {huge, 16385}}},
    };
    struct run *run;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_refused(test, ERR_INVALID, cases[i].part,
                       run_trigger(ctx, WEB, &cases[i].input, &run));
    assert_refused(test, ERR_NOT_FOUND, "stack \"nothing\" not found",
                   run_trigger(ctx, TEXT("nothing"), &cases[0].input, &run));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run"), 0);
}

static void a_run_keeps_what_it_was_asked_with(void **state)
{
    struct kernel_test *test = *state;
    struct run_input input = {.type = RUN_TYPE_TASK,
                              .commit = TEXT("0123456789abcdef0123456789abcdef01234567"),
                              .command = TEXT("  echo hi\necho there"),
                              .skip_initialization = true,
                              .metadata = TEXT("from \"here\"")};
    struct run *run = test_run_now(test, test_run_with(test, &input));
    assert_int_equal(run->type, RUN_TYPE_TASK);
    assert_text_is(run->commit_requested, "0123456789abcdef0123456789abcdef01234567");
    assert_text_is(run->command, "  echo hi\necho there");
    assert_text_is(run->title, "echo hi");
    assert_true(run->skip_initialization);
    assert_int_equal(run->metadata.len, 1);
    assert_text_is(run->metadata.items[0], "from \"here\"");
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'task.create' AND "
                           "resource_type = 'TASK' AND related_id = 'web'"),
        1);
}

static void titles_are_cut_between_characters(void **state)
{
    struct kernel_test *test = *state;
    struct buffer command;
    buffer_init(&command, test->arena, SIZE_MAX);
    buffer_add(&command, TEXT("x"));
    for (int i = 0; i < 150; i++)
        buffer_add(&command, TEXT("\xc3\xa9"));
    struct run_input input = {.type = RUN_TYPE_TASK, .command = buffer_text(&command)};
    struct run *run = test_run_with(test, &input);
    assert_int_equal(run->title.len, 199);
    assert_true(text_is_utf8(run->title));
    assert_null(run_title(TEXT(" \n ")).at);
    assert_text_is(run_title(TEXT("\n  first \r\nsecond")), "first");
}

static void a_run_applies_by_itself_when_the_stack_or_the_call_says_so(void **state)
{
    struct kernel_test *test = *state;
    struct run_input forced = {.type = RUN_TYPE_TRACKED, .force_apply = true};
    assert_true(test_run_with(test, &forced)->autodeploy);
    assert_false(test_run(test, RUN_TYPE_TRACKED)->autodeploy);
    test_sql(test, "UPDATE stack SET autodeploy = TRUE");
    assert_true(test_run(test, RUN_TYPE_TRACKED)->autodeploy);
}

static void a_pinned_commit_is_used_unless_another_is_named(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    const char *pinned = "1111111111111111111111111111111111111111";
    const char *named = "2222222222222222222222222222222222222222";
    assert_kept(test, stack_set_current_commit(ctx, WEB, text_z(pinned), &stack));
    assert_text_is(test_run(test, RUN_TYPE_TRACKED)->commit_requested, pinned);
    struct run_input input = {.type = RUN_TYPE_TRACKED, .commit = text_z(named)};
    assert_text_is(test_run_with(test, &input)->commit_requested, named);
}

static void locked_and_disabled_stacks_take_no_runs(void **state)
{
    struct kernel_test *test = *state;
    struct run_input input = {.type = RUN_TYPE_PROPOSED};
    struct run *run;
    test_sql(test, "UPDATE stack SET locked_by = 'api::owner'");
    test->actor = test_actor(test, "other", ACTION_SPACE_ADMIN, "root");
    assert_refused(test, ERR_CONFLICT, "is locked by api::owner",
                   run_trigger(ctx, WEB, &input, &run));
    test->actor = test_actor(test, "owner", ACTION_SPACE_WRITE, "root");
    assert_kept(test, run_trigger(ctx, WEB, &input, &run));
    test_sql(test, "UPDATE stack SET is_disabled = TRUE, locked_by = NULL");
    assert_refused(test, ERR_CONFLICT, "is disabled", run_trigger(ctx, WEB, &input, &run));
}

/* Forces each state in turn on a blocking run and asks for the one thing. */
static void try_in_every_state(struct kernel_test *test, enum run_state to, enum run_cause cause,
                               bool (*call)(struct ctx *ctx, struct text stack, struct text run,
                                            struct text note, struct run **out))
{
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        enum run_state at = (enum run_state)i;
        struct run *run = test_run(test, RUN_TYPE_TRACKED), *changed;
        bool allowed = run_can_move(at, to, cause);
        test_force_state(test, run, at);
        if (allowed) {
            assert_kept(test, call(ctx, WEB, run->id, TEXT("note"), &changed));
        } else {
            assert_refused(test, ERR_CONFLICT, run_state_name(at),
                           call(ctx, WEB, run->id, TEXT("note"), &changed));
            assert_run_state(test, run, at);
        }
        test_sql(test, "DELETE FROM run");
        test_sql(test, "UPDATE stack SET blocker_id = NULL");
    }
}

static bool confirm(struct ctx *ctx, struct text stack, struct text run, struct text note,
                    struct run **out)
{
    return run_confirm(ctx, stack, run, note, TEXT(""), out);
}

static void confirm_works_where_the_table_says(void **state)
{
    try_in_every_state(*state, RUN_CONFIRMED, RUN_CAUSE_PERSON, confirm);
}

static void discard_works_where_the_table_says(void **state)
{
    try_in_every_state(*state, RUN_DISCARDED, RUN_CAUSE_PERSON, run_discard);
}

static void cancel_works_where_the_table_says(void **state)
{
    try_in_every_state(*state, RUN_CANCELED, RUN_CAUSE_PERSON, run_cancel);
}

static void stop_works_where_the_table_says(void **state)
{
    try_in_every_state(*state, RUN_STOPPED, RUN_CAUSE_RESULT, run_stop);
}

static void stop_is_a_wish_until_the_worker_hears_it(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, run_stop(ctx, WEB, run->id, TEXT("enough"), &run));
    assert_true(run->stop_requested);
    assert_run_state(test, run, RUN_PLANNING);
}

/* Every pair of states for every cause, through the one function that moves runs. */
static void moves_that_are_not_in_the_table_do_not_happen(void **state)
{
    struct kernel_test *test = *state;
    const struct run *model = test_run(test, RUN_TYPE_TRACKED);
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    int refused = 0;
    for (int from = 0; from < RUN_STATE_COUNT; from++) {
        for (int to = 0; to < RUN_STATE_COUNT; to++) {
            for (int cause = 0; cause <= RUN_CAUSE_LOST; cause++) {
                struct run run = *model;
                run.state = (enum run_state)from;
                if (run_can_move(run.state, (enum run_state)to, (enum run_cause)cause))
                    continue;
                assert_false(
                    run_move(ctx, &run, (enum run_state)to, (enum run_cause)cause, TEXT("")));
                assert_int_equal(ctx->error->kind, ERR_CONFLICT);
                error_clear(ctx->error);
                assert_int_equal(run.state, from);
                refused++;
            }
        }
    }
    assert_true(unit_end(test, true));
    assert_in_range(refused, 2000, 2400);
    assert_run_state(test, model, RUN_READY);
}

static void moves_of_the_table_write_row_history_and_stack(void **state)
{
    struct kernel_test *test = *state;
    size_t count;
    const struct run_move *moves = run_moves(&count);
    for (size_t i = 0; i < count; i++) {
        struct run *run = test_run(test, RUN_TYPE_TRACKED);
        bool ends = run_state_is_terminal(moves[i].to);
        test_force_state(test, run, moves[i].from);
        run = test_run_now(test, run);
        int64_t version = run->state_version;
        assert_kept(test, run_move(ctx, run, moves[i].to, moves[i].cause, TEXT("why")));
        struct run *now = test_run_now(test, run);
        assert_int_equal(now->state, moves[i].to);
        assert_int_equal(now->state_version, version + 1);
        assert_int_equal(now->finished, ends);
        assert_int_equal(now->lease_id.at != NULL,
                         run_state_place(moves[i].to) == RUN_PLACE_WORKER &&
                             run_state_place(moves[i].from) == RUN_PLACE_WORKER);
        assert_int_equal(test_blocker(test).len, ends ? 0 : 26);
        assert_int_equal(test_sql_int(test,
                                      "SELECT count(*) FROM run_history WHERE run_id = '%.*s' AND "
                                      "version = %d AND state = '%s' AND note = 'why'",
                                      TEXT_ARG(run->id), (int)version + 1,
                                      run_state_name(moves[i].to)),
                         1);
        test_sql(test, "DELETE FROM run");
        test_sql(test, "UPDATE stack SET blocker_id = NULL");
    }
}

static void without_a_name_the_blocking_run_is_meant(void **state)
{
    struct kernel_test *test = *state;
    struct run *run, *changed;
    assert_refused(test, ERR_CONFLICT, "no run blocks stack \"web\"",
                   run_confirm(ctx, WEB, TEXT(""), TEXT(""), TEXT(""), &changed));
    run = test_run(test, RUN_TYPE_TRACKED);
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, TEXT(""), TEXT("go"), TEXT("meta"), &changed));
    assert_true(text_equal(changed->id, run->id));
    assert_text_is(test_run_now(test, run)->metadata.items[0], "meta");
    assert_string_equal(test_stack_state(test), "CONFIRMED");
}

static void a_run_of_another_stack_is_not_found(void **state)
{
    struct kernel_test *test = *state;
    struct run *run, *found;
    test_stack(test, "other");
    run = test_run(test, RUN_TYPE_TRACKED);
    assert_refused(test, ERR_NOT_FOUND, "not found",
                   run_cancel(ctx, TEXT("other"), run->id, TEXT(""), &found));
    assert_refused(test, ERR_NOT_FOUND, "not found",
                   run_cancel(ctx, WEB, TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV"), TEXT(""), &found));
    assert_read(test, run_find(ctx, TEXT("other"), run->id, &found));
    assert_null(found);
    assert_read(test, run_find(ctx, TEXT("nothing"), run->id, &found));
    assert_null(found);
    assert_read(test, run_find(ctx, WEB, TEXT("nothing"), &found));
    assert_null(found);
}

static void who_may_not_see_the_stack_sees_no_run(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED), *found;
    struct stack *stack;
    assert_read(test, run_stack(ctx, run->id, &stack));
    assert_text_is(stack->id, "web");
    test->actor = &actor_anonymous;
    assert_read(test, run_find(ctx, WEB, run->id, &found));
    assert_null(found);
    assert_read(test, run_stack(ctx, run->id, &stack));
    assert_null(stack);
    assert_refused(test, ERR_NOT_FOUND, "stack \"web\" not found",
                   run_cancel(ctx, WEB, run->id, TEXT(""), &found));
}

struct right {
    enum action action;
    enum run_type type;
    enum run_state at;
    bool (*call)(struct ctx *ctx, struct text run);
};

static bool try_trigger(struct ctx *ctx, struct text run)
{
    UNUSED(run);
    struct run *out;
    struct run_input input = {.type = RUN_TYPE_PROPOSED};
    return run_trigger(ctx, WEB, &input, &out);
}

static bool try_trigger_with_config(struct ctx *ctx, struct text run)
{
    UNUSED(run);
    struct run *out;
    struct run_input input = {.type = RUN_TYPE_PROPOSED, .runtime_config = TEXT("{}")};
    return run_trigger(ctx, WEB, &input, &out);
}

static bool try_task(struct ctx *ctx, struct text run)
{
    UNUSED(run);
    struct run *out;
    struct run_input input = {.type = RUN_TYPE_TASK, .command = TEXT("date")};
    return run_trigger(ctx, WEB, &input, &out);
}

static bool try_confirm(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_confirm(ctx, WEB, run, TEXT(""), TEXT(""), &out);
}

static bool try_discard(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_discard(ctx, WEB, run, TEXT(""), &out);
}

static bool try_cancel(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_cancel(ctx, WEB, run, TEXT(""), &out);
}

static bool try_stop(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_stop(ctx, WEB, run, TEXT(""), &out);
}

static bool try_prioritize(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_set_priority(ctx, WEB, run, true, &out);
}

static bool try_retry(struct ctx *ctx, struct text run)
{
    struct run *out;
    return run_retry(ctx, WEB, run, &out);
}

static bool try_comment(struct ctx *ctx, struct text run)
{
    struct run_comment *out;
    return run_comment_add(ctx, WEB, run, TEXT("nice"), &out);
}

static void each_act_needs_its_own_right(void **state)
{
    struct kernel_test *test = *state;
    static const struct right rights[] = {
        {ACTION_RUN_TRIGGER, RUN_TYPE_TRACKED, RUN_READY, try_trigger},
        {ACTION_RUN_TRIGGER_WITH_CUSTOM_RUNTIME_CONFIG, RUN_TYPE_TRACKED, RUN_READY,
         try_trigger_with_config},
        {ACTION_TASK_CREATE, RUN_TYPE_TRACKED, RUN_READY, try_task},
        {ACTION_RUN_CONFIRM, RUN_TYPE_TRACKED, RUN_UNCONFIRMED, try_confirm},
        {ACTION_RUN_DISCARD, RUN_TYPE_TRACKED, RUN_UNCONFIRMED, try_discard},
        {ACTION_RUN_CANCEL_BLOCKING, RUN_TYPE_TRACKED, RUN_READY, try_cancel},
        {ACTION_RUN_CANCEL, RUN_TYPE_PROPOSED, RUN_READY, try_cancel},
        {ACTION_RUN_STOP_BLOCKING, RUN_TYPE_TASK, RUN_PREPARING, try_stop},
        {ACTION_RUN_STOP, RUN_TYPE_PROPOSED, RUN_PLANNING, try_stop},
        {ACTION_RUN_PRIORITIZE_SET, RUN_TYPE_PROPOSED, RUN_READY, try_prioritize},
        {ACTION_RUN_RETRY_BLOCKING, RUN_TYPE_TRACKED, RUN_FAILED, try_retry},
        {ACTION_RUN_RETRY, RUN_TYPE_PROPOSED, RUN_FAILED, try_retry},
        {ACTION_RUN_COMMENT, RUN_TYPE_TRACKED, RUN_FINISHED, try_comment},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rights); i++) {
        struct grant grants[2] = {{.space_id = TEXT("root")}, {.space_id = TEXT("root")}};
        struct actor actor = {.kind = ACTOR_API_KEY, .username = TEXT("api::x"), .grants = grants};
        action_set_add(&grants[0].actions, ACTION_STACK_LOCK); /* some other right */
        action_set_add(&grants[0].actions, ACTION_SPACE_SHARE_MODULE);
        action_set_add(&grants[1].actions, rights[i].action);
        test->actor = &actor_system;
        struct run *run = test_run(test, rights[i].type);
        test_force_state(test, run, rights[i].at);
        test->actor = &actor;
        actor.grant_count = 1;
        /* Seeing needs a right of its own, and some acts come with it. */
        assert_refused(test, ERR_NOT_FOUND, "not found", rights[i].call(ctx, run->id));
        struct action_set set = {{0}};
        action_set_add(&set, ACTION_SPACE_READ);
        action_set_add(&grants[0].actions, ACTION_SPACE_READ);
        if (!action_set_allows(&set, rights[i].action))
            assert_refused(test, ERR_DENIED, action_words(rights[i].action),
                           rights[i].call(ctx, run->id));
        actor.grant_count = 2;
        assert_kept(test, rights[i].call(ctx, run->id));
        test_sql(test, "DELETE FROM run");
        test_sql(test, "UPDATE stack SET blocker_id = NULL");
    }
}

static void blocking_runs_wait_for_one_another(void **state)
{
    struct kernel_test *test = *state;
    struct run *first = test_run(test, RUN_TYPE_TRACKED);
    struct run *second = test_run(test, RUN_TYPE_TASK);
    struct run *third = test_run(test, RUN_TYPE_TRACKED);
    assert_int_equal(first->state, RUN_READY);
    assert_int_equal(second->state, RUN_QUEUED);
    assert_int_equal(third->state, RUN_QUEUED);
    assert_kept(test, run_cancel(ctx, WEB, first->id, TEXT(""), &first));
    assert_run_state(test, second, RUN_READY);
    assert_run_state(test, third, RUN_QUEUED);
    assert_true(text_equal(test_blocker(test), id_of(second)));
    assert_kept(test, run_discard(ctx, WEB, second->id, TEXT(""), &second));
    assert_run_state(test, third, RUN_READY);
}

static void previews_neither_wait_nor_block(void **state)
{
    struct kernel_test *test = *state;
    struct run *preview = test_run(test, RUN_TYPE_PROPOSED);
    for (int i = 0; i < RUN_TYPE_COUNT; i++)
        assert_int_equal(run_type_is_blocking((enum run_type)i), i != RUN_TYPE_PROPOSED);
    assert_int_equal(preview->state, RUN_READY);
    assert_int_equal(test_blocker(test).len, 0);
    assert_string_equal(test_stack_state(test), "NONE");
    assert_int_equal(test_run(test, RUN_TYPE_TRACKED)->state, RUN_READY);
    assert_int_equal(test_run(test, RUN_TYPE_PROPOSED)->state, RUN_READY);
    assert_int_equal(test_run(test, RUN_TYPE_PROPOSED)->state, RUN_READY);
}

static void a_prioritised_run_overtakes_the_queue(void **state)
{
    struct kernel_test *test = *state;
    struct run *first = test_run(test, RUN_TYPE_TRACKED);
    struct run *second = test_run(test, RUN_TYPE_TRACKED);
    struct run *third = test_run(test, RUN_TYPE_TRACKED), *changed;
    assert_kept(test, run_set_priority(ctx, WEB, third->id, true, &changed));
    assert_true(changed->prioritized);
    assert_kept(test, run_cancel(ctx, WEB, first->id, TEXT(""), &first));
    assert_run_state(test, third, RUN_READY);
    assert_run_state(test, second, RUN_QUEUED);
    assert_kept(test, run_cancel(ctx, WEB, third->id, TEXT(""), &third));
    assert_run_state(test, second, RUN_READY);
    assert_refused(test, ERR_CONFLICT, "has ended",
                   run_set_priority(ctx, WEB, third->id, true, &changed));
}

static void stacks_do_not_wait_for_one_another(void **state)
{
    struct kernel_test *test = *state;
    struct run *run;
    struct run_input input = {.type = RUN_TYPE_TRACKED};
    test_stack(test, "other");
    test_run(test, RUN_TYPE_TRACKED);
    assert_kept(test, run_trigger(ctx, TEXT("other"), &input, &run));
    assert_int_equal(run->state, RUN_READY);
}

static void the_stack_shows_its_tracked_run(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    assert_string_equal(test_stack_state(test), "READY");
    struct text lease = worker_takes_lease(test);
    assert_string_equal(test_stack_state(test), "PREPARING");
    worker_reports(test, lease, RUN_INITIALIZING);
    assert_string_equal(test_stack_state(test), "INITIALIZING");
    worker_reports(test, lease, RUN_PLANNING);
    assert_string_equal(test_stack_state(test), "PLANNING");
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, true);
    assert_string_equal(test_stack_state(test), "UNCONFIRMED");
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    lease = worker_takes_lease(test);
    assert_string_equal(test_stack_state(test), "PREPARING_APPLY");
    worker_reports(test, lease, RUN_APPLYING);
    assert_string_equal(test_stack_state(test), "APPLYING");
    worker_ends(test, lease, RUN_OUTCOME_FINISHED, false);
    assert_string_equal(test_stack_state(test), "FINISHED");
    assert_int_equal(test_blocker(test).len, 0);
    test_run(test, RUN_TYPE_PROPOSED);
    test_run(test, RUN_TYPE_TASK);
    assert_string_equal(test_stack_state(test), "FINISHED");
}

static void a_withdrawn_run_leaves_the_stack_as_it_was(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    assert_kept(test, run_cancel(ctx, WEB, run->id, TEXT(""), &run));
    assert_string_equal(test_stack_state(test), "NONE");
    run = test_run(test, RUN_TYPE_TRACKED);
    worker_ends(test, worker_brings_to(test, RUN_PLANNING), RUN_OUTCOME_FAILED, false);
    assert_string_equal(test_stack_state(test), "FAILED");
    run = test_run(test, RUN_TYPE_TRACKED);
    assert_string_equal(test_stack_state(test), "READY");
    assert_kept(test, run_cancel(ctx, WEB, run->id, TEXT(""), &run));
    assert_string_equal(test_stack_state(test), "FAILED");
}

static void a_run_that_only_waited_does_not_touch_the_stack(void **state)
{
    struct kernel_test *test = *state;
    test_run(test, RUN_TYPE_TRACKED);
    struct run *waiting = test_run(test, RUN_TYPE_TRACKED),
               *other = test_run(test, RUN_TYPE_TRACKED);
    worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, run_discard(ctx, WEB, waiting->id, TEXT(""), &waiting));
    assert_kept(test, run_cancel(ctx, WEB, other->id, TEXT(""), &other));
    assert_string_equal(test_stack_state(test), "PLANNING");
    assert_int_equal(test_blocker(test).len, 26);
}

static void confirming_on_a_stack_that_was_locked_or_disabled_waits(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED), *changed;
    worker_plans(test);
    test_sql(test, "UPDATE stack SET locked_by = 'api::owner'");
    assert_refused(test, ERR_CONFLICT, "is locked",
                   run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &changed));
    test_sql(test, "UPDATE stack SET locked_by = NULL, is_disabled = TRUE");
    assert_refused(test, ERR_CONFLICT, "is disabled",
                   run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &changed));
    /* There is a way out all the same. */
    assert_kept(test, run_discard(ctx, WEB, run->id, TEXT(""), &changed));
}

static void a_confirmed_run_that_no_worker_takes_can_be_declined(void **state)
{
    struct kernel_test *test = *state;
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_plans(test);
    assert_kept(test, run_confirm(ctx, WEB, run->id, TEXT(""), TEXT(""), &run));
    assert_kept(test, run_discard(ctx, WEB, run->id, TEXT("nobody came"), &run));
    assert_string_equal(test_stack_state(test), "DISCARDED");
    assert_null(worker_takes(test));
}

static void everything_that_waits_is_discarded_at_once(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    for (int i = 0; i < RUN_PAGE + 3; i++)
        test_run(test, RUN_TYPE_TRACKED);
    test_run(test, RUN_TYPE_TASK);
    test_run(test, RUN_TYPE_PROPOSED);
    assert_kept(test, run_discard_all(ctx, WEB, TEXT("all"), &list));
    assert_int_equal(list.len, RUN_PAGE + 5);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run WHERE state <> 'DISCARDED'"), 0);
    assert_int_equal(test_blocker(test).len, 0);
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    worker_brings_to(test, RUN_PLANNING);
    assert_kept(test, run_discard_all(ctx, WEB, TEXT(""), &list));
    assert_int_equal(list.len, 0);
    assert_run_state(test, run, RUN_PLANNING);
}

static void a_run_that_ended_can_be_tried_again(void **state)
{
    struct kernel_test *test = *state;
    struct run_input input = {.type = RUN_TYPE_TASK,
                              .command = TEXT("date"),
                              .skip_initialization = true,
                              .commit = TEXT("0123456789abcdef0123456789abcdef01234567")};
    struct run *run = test_run_with(test, &input), *again;
    assert_refused(test, ERR_CONFLICT, "only runs that have ended",
                   run_retry(ctx, WEB, run->id, &again));
    assert_kept(test, run_cancel(ctx, WEB, run->id, TEXT(""), &run));
    assert_kept(test, run_retry(ctx, WEB, run->id, &again));
    assert_false(text_equal(again->id, run->id));
    assert_int_equal(again->state, RUN_READY);
    assert_int_equal(again->type, RUN_TYPE_TASK);
    assert_text_is(again->command, "date");
    assert_text_is(again->commit_requested, "0123456789abcdef0123456789abcdef01234567");
    assert_true(again->skip_initialization);
}

static void notes_and_comments_are_bounded(void **state)
{
    struct kernel_test *test = *state;
    static char huge[5000];
    memset(huge, 'x', sizeof(huge));
    struct run *run = test_run(test, RUN_TYPE_TRACKED), *out;
    struct run_comment *comment;
    struct list list;
    assert_refused(test, ERR_INVALID, "4096 bytes at most",
                   run_cancel(ctx, WEB, run->id, (struct text){huge, 4097}, &out));
    assert_refused(test, ERR_INVALID, "needs a text",
                   run_comment_add(ctx, WEB, run->id, TEXT(" "), &comment));
    assert_kept(test, run_comment_add(ctx, WEB, run->id, TEXT("first"), &comment));
    assert_kept(test, run_comment_add(ctx, WEB, run->id, TEXT("second"), &comment));
    assert_read(test, run_comment_list(ctx, &run->id, 1, &list));
    assert_int_equal(list.len, 2);
    assert_text_is(LIST_ITEMS(&list, struct run_comment)[0].body, "first");
    assert_text_is(LIST_ITEMS(&list, struct run_comment)[1].username, "gatehouse");
}

static void lists_are_newest_first_in_pages(void **state)
{
    struct kernel_test *test = *state;
    struct list page;
    struct text ids[RUN_PAGE + 5];
    for (int i = 0; i < RUN_PAGE + 5; i++)
        ids[i] = test_run(test, RUN_TYPE_TRACKED)->id;
    test_run(test, RUN_TYPE_PROPOSED);
    test_run(test, RUN_TYPE_TASK);
    const struct text web = WEB;
    assert_read(test, run_list(ctx, RUN_LIST_TRACKED, &web, 1, TEXT(""), &page));
    assert_int_equal(page.len, RUN_PAGE);
    assert_true(text_equal(LIST_ITEMS(&page, struct run)[0].id, ids[RUN_PAGE + 4]));
    assert_read(test, run_list(ctx, RUN_LIST_TRACKED, &web, 1, ids[5], &page));
    assert_int_equal(page.len, 5);
    assert_true(text_equal(LIST_ITEMS(&page, struct run)[0].id, ids[4]));
    assert_read(test, run_list(ctx, RUN_LIST_TRACKED, &web, 1, ids[0], &page));
    assert_int_equal(page.len, 0);
    assert_read(test, run_list(ctx, RUN_LIST_PROPOSED, &web, 1, TEXT(""), &page));
    assert_int_equal(page.len, 1);
    assert_read(test, run_list(ctx, RUN_LIST_TASKS, &web, 1, TEXT(""), &page));
    assert_int_equal(page.len, 1);
}

static void stacks_get_a_page_each(void **state)
{
    struct kernel_test *test = *state;
    struct list page;
    struct run *run;
    struct run_input input = {.type = RUN_TYPE_TRACKED};
    test_stack(test, "other");
    for (int i = 0; i < RUN_PAGE + 1; i++)
        test_run(test, RUN_TYPE_TRACKED);
    assert_kept(test, run_trigger(ctx, TEXT("other"), &input, &run));
    const struct text both[] = {TEXT("web"), TEXT("other")};
    assert_read(test, run_list(ctx, RUN_LIST_TRACKED, both, 2, TEXT(""), &page));
    assert_int_equal(page.len, RUN_PAGE + 1);
    assert_text_is(LIST_ITEMS(&page, struct run)[0].stack_id, "other");
    const struct text ids[] = {TEXT("nothing"), run->id};
    const struct run *found[2];
    assert_read(test, run_find_many(ctx, ids, 2, found));
    assert_null(found[0]);
    assert_text_is(found[1]->stack_id, "other");
}

static void add_many_runs(struct kernel_test *test)
{
    test_sql(test, "INSERT INTO run (id, stack_id, type, state, state_version, triggered_by, "
                   "branch, autodeploy, created_at, updated_at) SELECT id, id, 'TRACKED', "
                   "'FINISHED', 1, 'test', 'main', FALSE, 1, 1 FROM stack");
    test_sql(test, "INSERT INTO run_history (run_id, version, state, created_at) SELECT id, 1, "
                   "'FINISHED', 1 FROM run");
    test_sql(test, "INSERT INTO run_change (run_id, position, address, type) SELECT id, 0, 'a', "
                   "'add' FROM run");
    test_sql(test,
             "INSERT INTO run_comment (id, run_id, body, username, created_at) SELECT id, id, "
             "'a', 'b', 1 FROM run");
}

static uint64_t statements_of_lists(struct kernel_test *test, int count)
{
    const struct text *ids = test_bulk_ids(test, count);
    const struct run **found = ARENA_ARRAY(test->arena, const struct run *, (size_t)count);
    struct list list;
    size_t many = (size_t)count;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(run_list(ctx, RUN_LIST_TRACKED, ids, many, TEXT(""), &list) && list.len == many);
    assert_true(run_find_many(ctx, ids, many, found) && found[count - 1]);
    assert_true(run_history(ctx, ids, many, &list) && list.len == many);
    assert_true(run_changes(ctx, ids, many, &list) && list.len == many);
    assert_true(run_comment_list(ctx, ids, many, &list) && list.len == many);
    uint64_t statements = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return statements;
}

static void lists_cost_the_same_statements_for_one_and_a_thousand(void **state)
{
    struct kernel_test *test = *state;
    test_add_many_stacks(test, 1000);
    add_many_runs(test);
    assert_int_equal(statements_of_lists(test, 1), 5);
    assert_int_equal(statements_of_lists(test, 1000), 5);
}

static void assert_untouched(struct kernel_test *test, int64_t audited)
{
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run"), 0);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run_history"), 0);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry"), audited);
    assert_int_equal(test_blocker(test).len, 0);
    assert_string_equal(test_stack_state(test), "NONE");
}

static void a_failing_statement_leaves_no_half_of_a_run(void **state)
{
    struct kernel_test *test = *state;
    struct run_input input = {.type = RUN_TYPE_TRACKED};
    struct run *run;
    int64_t audited = test_sql_int(test, "SELECT count(*) FROM audit_entry");
    int failures = 0;
    for (;; failures++) {
        db_fail_after(test->database->db, failures);
        bool kept = UNIT(test, DB_WRITE, run_trigger(ctx, WEB, &input, &run));
        db_fail_after(test->database->db, -1);
        if (kept)
            break;
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
        assert_untouched(test, audited);
    }
    assert_in_range(failures, 12, 40);
    assert_run_state(test, run, RUN_READY);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run"), 1);
}

static void memory_that_runs_out_leaves_no_half_of_a_run(void **state)
{
    struct kernel_test *test = *state;
    struct run_input input = {.type = RUN_TYPE_TRACKED, .metadata = TEXT("x")};
    struct run *run;
    int64_t audited = test_sql_int(test, "SELECT count(*) FROM audit_entry");
    bool kept = false;
    for (int allocations = 0; !kept; allocations++) {
        test->unit_arena = arena_new(1 << 20);
        arena_fail_after(test->unit_arena, allocations);
        kept = UNIT(test, DB_WRITE, run_trigger(ctx, WEB, &input, &run));
        arena_free(test->unit_arena);
        test->unit_arena = NULL;
        if (!kept) {
            assert_int_equal(test->error.kind, ERR_NO_MEMORY);
            assert_untouched(test, audited);
        }
        assert_in_range(allocations, 0, 2000);
    }
    assert_int_equal(
        test_sql_int(test,
                     "SELECT count(*) FROM run WHERE state = 'READY' AND metadata = '[\"x\"]'"),
        1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STACK(a_triggered_run_is_ready_and_blocks_its_stack),
        WITH_STACK(history_is_newest_first_with_who_did_it),
        WITH_STACK(input_is_checked),
        WITH_STACK(a_run_keeps_what_it_was_asked_with),
        WITH_STACK(titles_are_cut_between_characters),
        WITH_STACK(a_run_applies_by_itself_when_the_stack_or_the_call_says_so),
        WITH_STACK(a_pinned_commit_is_used_unless_another_is_named),
        WITH_STACK(locked_and_disabled_stacks_take_no_runs),
        WITH_STACK(confirm_works_where_the_table_says),
        WITH_STACK(discard_works_where_the_table_says),
        WITH_STACK(cancel_works_where_the_table_says),
        WITH_STACK(stop_works_where_the_table_says),
        WITH_STACK(stop_is_a_wish_until_the_worker_hears_it),
        WITH_STACK(moves_that_are_not_in_the_table_do_not_happen),
        WITH_STACK(moves_of_the_table_write_row_history_and_stack),
        WITH_STACK(without_a_name_the_blocking_run_is_meant),
        WITH_STACK(a_run_of_another_stack_is_not_found),
        WITH_STACK(who_may_not_see_the_stack_sees_no_run),
        WITH_STACK(each_act_needs_its_own_right),
        WITH_STACK(blocking_runs_wait_for_one_another),
        WITH_STACK(previews_neither_wait_nor_block),
        WITH_STACK(a_prioritised_run_overtakes_the_queue),
        WITH_STACK(stacks_do_not_wait_for_one_another),
        WITH_STACK(the_stack_shows_its_tracked_run),
        WITH_STACK(a_withdrawn_run_leaves_the_stack_as_it_was),
        WITH_STACK(a_run_that_only_waited_does_not_touch_the_stack),
        WITH_STACK(confirming_on_a_stack_that_was_locked_or_disabled_waits),
        WITH_STACK(a_confirmed_run_that_no_worker_takes_can_be_declined),
        WITH_STACK(everything_that_waits_is_discarded_at_once),
        WITH_STACK(a_run_that_ended_can_be_tried_again),
        WITH_STACK(notes_and_comments_are_bounded),
        WITH_STACK(lists_are_newest_first_in_pages),
        WITH_STACK(stacks_get_a_page_each),
        WITH_STACK(lists_cost_the_same_statements_for_one_and_a_thousand),
        WITH_STACK(a_failing_statement_leaves_no_half_of_a_run),
        WITH_STACK(memory_that_runs_out_leaves_no_half_of_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
