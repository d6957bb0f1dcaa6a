/* Leases: who executes a run, for how long, and what follows from what they report. */
#include "run/run_lease.h"

#include "base/encoding.h"
#include "base/random.h"
#include "base/ulid.h"
#include "jose/seal.h"
#include "jose/secret_hash.h"
#include "run/run_log.h"
#include "run/run_move.h"
#include "run/run_store.h"
#include "run/run_token.h"
#include "stack/stack_state.h"

enum { PASSWORD_BYTES = 24 };

static const char *phase_of(const struct run *run)
{
    if (run->state == RUN_CONFIRMED)
        return "apply";
    switch (run->type) {
    case RUN_TYPE_TASK: return "perform";
    case RUN_TYPE_DESTROY: return "destroy";
    case RUN_TYPE_PROPOSED:
    case RUN_TYPE_TRACKED:
    case RUN_TYPE_COUNT: break;
    }
    return "plan";
}

static struct text new_password(struct arena *arena)
{
    char bytes[PASSWORD_BYTES];
    random_bytes(bytes, sizeof(bytes));
    return base64url_encode(arena, (struct text){bytes, sizeof(bytes)});
}

static bool set_lease(struct ctx *ctx, struct run *run, const struct worker_info *worker,
                      struct text password)
{
    struct secret_hash hash;
    if (!secret_hash(ctx->account->ring, password, &hash, ctx->error))
        return false;
    run->lease_id = new_password(ctx->arena); /* not to be guessed by another worker */
    run->lease_worker = worker->name;
    run->lease_expires_at = ctx->now + ctx->account->settings->lease;
    run->attempts++;
    return run_row_set_lease(
        ctx, run,
        hex_encode(ctx->arena, (struct text){(const char *)hash.bytes, sizeof(hash.bytes)}));
}

static bool fill_job(struct ctx *ctx, struct run *run, struct run_job *job)
{
    struct stack *stack;
    if (!stack_of_run(ctx, run->stack_id, &stack) ||
        !stack_config_for_run(ctx, run->stack_id, &job->config))
        return false;
    bool engine_with_state =
        stack->vendor.kind == VENDOR_TERRAFORM || stack->vendor.kind == VENDOR_OPEN_TOFU;
    job->run = run;
    job->stack = stack;
    job->phase = phase_of(run);
    job->local_repositories = ctx->account->local_repositories;
    job->uses_state = stack->manages_state_file && engine_with_state;
    job->state_password = new_password(ctx->arena);
    return job->state_password.len > 0 || fail_no_memory(ctx);
}

bool run_lease_take(struct ctx *ctx, const struct worker_info *worker, struct run_job **out)
{
    struct run *run;
    *out = NULL;
    if (!run_row_next_for_worker(ctx, worker->vendors.items, worker->vendors.len, &run))
        return false;
    if (!run)
        return true;
    struct run_job *job = ARENA_NEW(ctx->arena, struct run_job);
    if (!job)
        return fail_no_memory(ctx);
    if (!fill_job(ctx, run, job) || !set_lease(ctx, run, worker, job->state_password) ||
        !run_token_start(ctx, run, &job->token))
        return false;
    enum run_state next = run->state == RUN_CONFIRMED ? RUN_PREPARING_APPLY : RUN_PREPARING;
    job->expires_at = run->lease_expires_at;
    *out = job;
    return run_move(ctx, run, next, RUN_CAUSE_LEASE, TEXT(""));
}

static bool get_leased(struct ctx *ctx, struct text lease_id, struct run **out)
{
    if (!run_row_find_lease(ctx, lease_id, out))
        return false;
    return *out || fail(ctx, ERR_NOT_FOUND, "the lease has ended");
}

bool run_lease_renew(struct ctx *ctx, struct text lease_id, bool *stop)
{
    struct run *run;
    if (!get_leased(ctx, lease_id, &run))
        return false;
    *stop = run->stop_requested && run_can_move(run->state, RUN_STOPPED, RUN_CAUSE_RESULT);
    run->lease_expires_at = ctx->now + ctx->account->settings->lease;
    return run_row_extend_lease(ctx, run);
}

bool run_lease_report_state(struct ctx *ctx, struct text lease_id, enum run_state state,
                            struct text note)
{
    struct run *run;
    if (!get_leased(ctx, lease_id, &run))
        return false;
    /* A report that is repeated because its answer was lost. */
    if (run->state == state)
        return true;
    return run_move(ctx, run, state, RUN_CAUSE_WORKER, note);
}

bool run_lease_report_commit(struct ctx *ctx, struct text lease_id, const struct commit *commit)
{
    struct run *run;
    struct stack *stack;
    if (!get_leased(ctx, lease_id, &run) || !stack_of_run(ctx, run->stack_id, &stack))
        return false;
    run->commit = commit;
    if (!run->title.at)
        run->title = run_title(commit->message);
    if (!run_row_set_commit(ctx, run))
        return false;
    return run->type != RUN_TYPE_TRACKED || stack_follow_commit(ctx, stack, commit);
}

bool run_lease_append_log(struct ctx *ctx, struct text lease_id, enum run_state state,
                          int64_t offset, struct text content, int64_t *have)
{
    struct run *run;
    return get_leased(ctx, lease_id, &run) &&
           run_log_append(ctx, run, state, offset, content, have);
}

static struct seal_place plan_place(const struct run *run)
{
    return (struct seal_place){.table = TEXT("run.plan"), .row = run->id};
}

bool run_lease_read_plan(struct ctx *ctx, struct text lease_id, struct text *plan)
{
    struct run *run;
    struct text sealed;
    *plan = (struct text){NULL, 0};
    if (!get_leased(ctx, lease_id, &run) || !run_row_plan(ctx, run->id, &sealed))
        return false;
    return !sealed.at ||
           unseal(ctx->account->ring, plan_place(run), sealed, ctx->arena, plan, ctx->error);
}

bool run_lease_write_plan(struct ctx *ctx, struct text lease_id, struct text plan)
{
    struct run *run;
    struct text sealed;
    return get_leased(ctx, lease_id, &run) &&
           seal(ctx->account->ring, plan_place(run), plan, ctx->arena, &sealed, ctx->error) &&
           run_row_set_plan(ctx, run->id, sealed);
}

/* Where a plan that succeeded leads. */
static enum run_state after_plan(const struct run *run, const struct stack *stack,
                                 const struct run_report *report)
{
    if (run->type == RUN_TYPE_PROPOSED || !report->has_changes)
        return RUN_FINISHED;
    /* The worker was done before it heard of it, but nothing goes on from here. */
    if (run->stop_requested)
        return RUN_STOPPED;
    return run->autodeploy && !stack->locked_by.len ? RUN_CONFIRMED : RUN_UNCONFIRMED;
}

static enum run_state next_state(const struct run *run, const struct stack *stack,
                                 const struct run_report *report)
{
    switch (report->outcome) {
    case RUN_OUTCOME_FAILED: return RUN_FAILED;
    case RUN_OUTCOME_STOPPED:
        /* What has begun to change things cannot be stopped, only fail. */
        return run_can_move(run->state, RUN_STOPPED, RUN_CAUSE_RESULT) ? RUN_STOPPED : RUN_FAILED;
    case RUN_OUTCOME_FINISHED: break;
    }
    return run->state == RUN_PLANNING ? after_plan(run, stack, report) : RUN_FINISHED;
}

/* What a run changes is what its plan says: later phases report no plan of their own. */
static bool store_plan_result(struct ctx *ctx, struct run *run, const struct run_report *report)
{
    if (run->state != RUN_PLANNING)
        return true;
    run->delta = report->delta;
    return (!report->delta || run_row_set_delta(ctx, run)) &&
           run_change_replace(ctx, run->id, report->changes, report->change_count);
}

static bool store_stack_result(struct ctx *ctx, const struct run *run, struct stack *stack,
                               const struct run_report *report)
{
    bool applied = run->state == RUN_APPLYING && report->outcome == RUN_OUTCOME_FINISHED;
    if (applied)
        stack->last_apply_at = ctx->now;
    if (!report->result)
        return !applied || stack_progress(ctx, stack);
    stack->entity_count = (int64_t)report->result->entity_count;
    return stack_result_replace(ctx, stack->id, run->id, report->result) &&
           stack_progress(ctx, stack);
}

bool run_lease_report(struct ctx *ctx, struct text lease_id, const struct run_report *report)
{
    struct run *run;
    struct stack *stack;
    if (!get_leased(ctx, lease_id, &run) || !stack_of_run(ctx, run->stack_id, &stack))
        return false;
    enum run_state next = next_state(run, stack, report);
    return store_plan_result(ctx, run, report) && store_stack_result(ctx, run, stack, report) &&
           run_move(ctx, run, next, RUN_CAUSE_RESULT, report->error);
}

/* Where a run without changes so far waits for the next worker; RUN_STATE_COUNT when there were
 * some. */
static enum run_state way_back(const struct run *run)
{
    if (run_can_move(run->state, RUN_READY, RUN_CAUSE_LOST))
        return RUN_READY;
    if (run_can_move(run->state, RUN_CONFIRMED, RUN_CAUSE_LOST))
        return RUN_CONFIRMED;
    return RUN_STATE_COUNT;
}

/* Where a run goes whose worker went silent: back while nothing was changed and it has tries left.
 */
static enum run_state after_loss(struct ctx *ctx, const struct run *run)
{
    enum run_state back = way_back(run);
    if (run->stop_requested && run_can_move(run->state, RUN_STOPPED, RUN_CAUSE_LOST))
        return RUN_STOPPED;
    if (back == RUN_STATE_COUNT || run->attempts >= ctx->account->settings->run_attempts)
        return RUN_FAILED;
    return back;
}

bool run_lease_release(struct ctx *ctx, struct text lease_id, struct text reason)
{
    struct run *run;
    if (!get_leased(ctx, lease_id, &run))
        return false;
    if (way_back(run) == RUN_STATE_COUNT)
        return fail(ctx, ERR_CONFLICT, "run %.*s is %s and cannot be given back", TEXT_ARG(run->id),
                    run_state_name(run->state));
    /* A worker that says so has not failed the run. */
    run->attempts--;
    return stack_state_release(ctx, run->id) &&
           run_move(ctx, run, after_loss(ctx, run), RUN_CAUSE_LOST, reason);
}

bool run_lease_expire(struct ctx *ctx)
{
    struct list expired;
    if (!run_row_list_expired(ctx, &expired))
        return false;
    for (size_t i = 0; i < expired.len; i++) {
        struct run *run = list_at(&expired, i);
        struct text note =
            text_format(ctx->arena, "worker %.*s went silent", TEXT_ARG(run->lease_worker));
        /* The engine that held the state's lock is gone with its worker. */
        if (!stack_state_release(ctx, run->id) ||
            !run_move(ctx, run, after_loss(ctx, run), RUN_CAUSE_LOST, note))
            return false;
    }
    return true;
}

bool run_authenticate(struct ctx *ctx, struct text run_id, struct text password, struct run **out)
{
    struct text digits;
    struct text stored = TEXT("");
    *out = NULL;
    if (!run_row_state_password(ctx, run_id, &digits))
        return false;
    if (digits.len && !hex_decode(ctx->arena, digits, &stored, ctx->error))
        return false;
    if (!secret_hash_matches(ctx->account->ring, password, stored))
        return true;
    return run_row_find(ctx, run_id, out);
}
