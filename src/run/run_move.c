/* Moving runs, and the queue behind them. */
#include "run/run_move.h"

#include "run/run_store.h"
#include "stack/stack_state.h"

/* Runs that wait for a worker are announced with the commit, on every server. */
static bool announce(struct ctx *ctx, enum run_state state)
{
    if (state != RUN_READY && state != RUN_CONFIRMED)
        return true;
    return db_notify(ctx->session, run_channel, TEXT(""), ctx->error);
}

/* A stack shows where its tracked runs are; a state it does not know (QUEUED) changes nothing. */
static void show_on_stack(struct ctx *ctx, struct stack *stack, const struct run *run)
{
    enum stack_state state;
    if (run->type != RUN_TYPE_TRACKED && run->type != RUN_TYPE_DESTROY)
        return;
    if (!stack_state_parse(text_z(run_state_name(run->state)), &state))
        return;
    stack->state = state;
    stack->state_set_at = ctx->now;
    stack->state_set_by = ctx->actor->username;
}

static bool update_stack(struct ctx *ctx, struct run *run)
{
    struct stack *stack;
    if (!stack_of_run(ctx, run->stack_id, &stack))
        return false;
    show_on_stack(ctx, stack, run);
    bool blocks = text_equal(stack->blocker_id, run->id);
    if (run->finished && blocks)
        stack->blocker_id = (struct text){NULL, 0};
    if (!stack_progress(ctx, stack))
        return false;
    return !(run->finished && blocks) || run_schedule(ctx, run->stack_id);
}

static bool clean_up(struct ctx *ctx, struct run *run)
{
    if (!run->finished)
        return true;
    return run_row_drop_plan(ctx, run->id) && stack_state_release(ctx, run->id);
}

bool run_move(struct ctx *ctx, struct run *run, enum run_state to, enum run_cause cause,
              struct text note)
{
    if (!run_can_move(run->state, to, cause))
        return fail(ctx, ERR_CONFLICT, "run %.*s is %s and cannot become %s", TEXT_ARG(run->id),
                    run_state_name(run->state), run_state_name(to));
    run->state = to;
    run->state_version++;
    run->finished = run_state_is_terminal(to);
    run->updated_at = ctx->now;
    if (run_state_place(to) != RUN_PLACE_WORKER)
        run->lease_id = run->lease_worker = (struct text){NULL, 0};
    struct run_transition entry = {
        .run_id = run->id,
        .state = to,
        .state_version = run->state_version,
        .timestamp = ctx->now,
        .note = note,
        .username =
            ctx->actor->kind == ACTOR_SYSTEM ? (struct text){NULL, 0} : ctx->actor->username,
    };
    return run_row_set_state(ctx, run) && run_history_insert(ctx, &entry) && clean_up(ctx, run) &&
           update_stack(ctx, run) && announce(ctx, to);
}

static bool start_blocking_run(struct ctx *ctx, struct text stack_id)
{
    struct stack *stack;
    struct run *next;
    if (!stack_of_run(ctx, stack_id, &stack))
        return false;
    if (stack->blocker_id.len)
        return true;
    if (!run_row_next_blocking(ctx, stack_id, &next) || !next)
        return next == NULL && !error_is_set(ctx->error);
    stack->blocker_id = next->id;
    return stack_progress(ctx, stack) &&
           run_move(ctx, next, RUN_READY, RUN_CAUSE_SCHEDULER, TEXT(""));
}

static bool start_previews(struct ctx *ctx, struct text stack_id)
{
    struct list waiting;
    if (!run_row_queued_previews(ctx, stack_id, &waiting))
        return false;
    for (size_t i = 0; i < waiting.len; i++) {
        if (!run_move(ctx, list_at(&waiting, i), RUN_READY, RUN_CAUSE_SCHEDULER, TEXT("")))
            return false;
    }
    return true;
}

bool run_schedule(struct ctx *ctx, struct text stack_id)
{
    struct ctx as_server = *ctx;
    as_server.actor = &actor_system;
    return start_previews(&as_server, stack_id) && start_blocking_run(&as_server, stack_id);
}
