/* Moving runs, and the queue behind them. */
#include "run/run_move.h"

#include "run/run_audit.h"
#include "run/run_store.h"
#include "run/run_token.h"
#include "stack/stack_state.h"

/* Runs that wait for a worker are announced with the commit, on every server. */
static bool announce(struct ctx *ctx, enum run_state state)
{
    if (state != RUN_READY && state != RUN_CONFIRMED)
        return true;
    return db_notify(ctx->session, run_channel, TEXT(""), ctx->error);
}

/* The state of the newest run that a stack can show, other than this one. */
static bool shown_before(struct ctx *ctx, const struct run *run, enum stack_state *out)
{
    struct text names[STACK_STATE_COUNT];
    struct text name;
    for (int i = 0; i < STACK_STATE_COUNT; i++)
        names[i] = text_z(stack_state_name((enum stack_state)i));
    if (!run_row_shown_state(ctx, run, names, ARRAY_LENGTH(names), &name))
        return false;
    if (!stack_state_parse(name, out))
        *out = STACK_NONE;
    return true;
}

/* A stack shows its blocking run while that is tracked; runs that only wait in the queue do not
 * touch it. One that was withdrawn leaves the stack as it was before. */
static bool show_on_stack(struct ctx *ctx, struct stack *stack, const struct run *run)
{
    if (run->type != RUN_TYPE_TRACKED && run->type != RUN_TYPE_DESTROY)
        return true;
    if (!stack_state_parse(text_z(run_state_name(run->state)), &stack->state) &&
        !shown_before(ctx, run, &stack->state))
        return false;
    stack->state_set_at = ctx->now;
    stack->state_set_by = ctx->actor->username;
    return true;
}

static bool update_stack(struct ctx *ctx, struct run *run)
{
    struct stack *stack;
    if (!stack_of_run(ctx, run->stack_id, &stack))
        return false;
    if (!text_equal(stack->blocker_id, run->id))
        return true;
    if (!show_on_stack(ctx, stack, run))
        return false;
    if (run->finished)
        stack->blocker_id = (struct text){NULL, 0};
    return stack_progress(ctx, stack) && (!run->finished || run_schedule(ctx, run->stack_id));
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
    enum run_state from = run->state;
    run->state = to;
    run->state_version++;
    run->finished = run_state_is_terminal(to);
    run->updated_at = ctx->now;
    bool lease_ends = run->lease_id.len && run_state_place(to) != RUN_PLACE_WORKER;
    if (lease_ends)
        run->lease_id = run->lease_worker = (struct text){NULL, 0};
    /* Tries are counted for each phase. */
    if (cause == RUN_CAUSE_RESULT)
        run->attempts = 0;
    struct run_transition entry = {
        .run_id = run->id,
        .state = to,
        .state_version = run->state_version,
        .timestamp = ctx->now,
        .note = note,
        .username =
            ctx->actor->kind == ACTOR_SYSTEM ? (struct text){NULL, 0} : ctx->actor->username,
    };
    return (!lease_ends || run_token_end(ctx, run)) && run_row_set_state(ctx, run) &&
           run_history_insert(ctx, &entry) && clean_up(ctx, run) && update_stack(ctx, run) &&
           run_record_move(ctx, run, from) && announce(ctx, to);
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
