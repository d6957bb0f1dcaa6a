/* From an attempt to a verdict: strategy, policies, merge. */
#include "policy/login_policy.h"

#include "access/strategy.h"
#include "policy/login_merge.h"

/* Asks one policy after the other; each that sets teams changes what the next ones see. */
static bool ask_each(struct ctx *ctx, const struct login_policies *policies,
                     const struct login_world *world, struct login_question *question,
                     struct rego_context *context, struct login_outcome *outcomes)
{
    for (size_t i = 0; i < policies->len; i++) {
        if (!login_outcome_read(ctx->arena, &policies->items[i], question, world, context,
                                &outcomes[i]))
            return fail_no_memory(ctx);
        if (outcomes[i].sets_teams)
            question->teams = outcomes[i].teams;
    }
    return true;
}

static bool ask(struct ctx *ctx, const struct login_policies *policies,
                const struct login_world *world, struct login_question *question,
                struct login_outcome *outcomes)
{
    struct policy_cache *cache = ctx->account->policies;
    struct rego_context *context = policy_cache_context(cache);
    if (!context)
        return fail_no_memory(ctx);
    bool done = ask_each(ctx, policies, world, question, context, outcomes);
    policy_cache_return(cache, context);
    return done;
}

static bool give(struct ctx *ctx, const struct login_attempt *attempt,
                 const struct login_merged *merged, struct login_verdict *out)
{
    *out = (struct login_verdict){
        .allowed = merged->allowed,
        .reason = merged->reason,
        .teams = merged->teams_replaced ? merged->teams : attempt->teams,
        .json = login_merged_print(ctx->arena, merged),
    };
    return out->json.at || fail_no_memory(ctx);
}

static bool ask_policies(struct ctx *ctx, const struct login_attempt *attempt,
                         const struct login_policies *policies, struct login_verdict *out)
{
    struct login_merged merged;
    struct login_question question = {.attempt = attempt,
                                      .teams = attempt->teams,
                                      .account_name = ctx->account->name,
                                      .remote_ip = ctx->address,
                                      .asked_at = ctx->now};
    const struct login_world *world = policy_cache_world(ctx);
    struct login_outcome *outcomes = ARENA_ARRAY(ctx->arena, struct login_outcome, policies->len);
    if (!world)
        return false;
    if (!outcomes)
        return fail_no_memory(ctx);
    if (!ask(ctx, policies, world, &question, outcomes))
        return false;
    if (!login_merge(ctx->arena, outcomes, policies->len, world, &merged))
        return fail_no_memory(ctx);
    return give(ctx, attempt, &merged, out);
}

static bool decide_without(const struct login_attempt *attempt, struct login_verdict *out)
{
    out->allowed = attempt->member;
    out->reason = attempt->member
                      ? TEXT("there are no login policies: every member may log in")
                      : TEXT("there are no login policies, and only members may log in");
    return true;
}

/* Policies are not asked, and the reason says why. */
static bool pass(struct text reason, struct login_verdict *out)
{
    out->allowed = true;
    out->reason = reason;
    return true;
}

bool login_policy_decide(struct ctx *ctx, const struct login_attempt *attempt,
                         struct login_verdict *out)
{
    enum strategy strategy;
    *out = (struct login_verdict){.teams = attempt->teams, .json = TEXT("{}")};
    if (!strategy_get(ctx, &strategy))
        return false;
    if (strategy == STRATEGY_USER_MANAGEMENT)
        return pass(TEXT("user management decides"), out);
    if (attempt->admin)
        return pass(TEXT("administrators skip login policies"), out);
    const struct login_policies *policies = policy_cache_policies(ctx);
    if (!policies)
        return false;
    return policies->len ? ask_policies(ctx, attempt, policies, out) : decide_without(attempt, out);
}
