/* From an attempt to a verdict: strategy, policies, merge. */
#include "policy/login_policy.h"

#include "access/strategy.h"
#include "policy/login_merge.h"
#include "policy/login_record.h"
#include "policy/sample.h"

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

static struct text outcome_name(const struct login_outcome *outcome)
{
    if (outcome->deny.holds)
        return TEXT("deny");
    if (outcome->admin.holds && !outcome->deny_admin.holds)
        return TEXT("admin");
    return outcome->allow.holds ? TEXT("allow") : TEXT("undecided");
}

static bool keep_samples(struct ctx *ctx, const struct login_policies *policies,
                         const struct login_outcome *outcomes)
{
    for (size_t i = 0; i < policies->len; i++) {
        const struct policy_sample sample = {.policy_id = policies->items[i].id,
                                             .outcome = outcome_name(&outcomes[i]),
                                             .input = outcomes[i].input,
                                             .body = policies->items[i].body,
                                             .result = outcomes[i].result};
        bool wanted =
            outcomes[i].sample && policy_cache_may_sample(ctx->account->policies, ctx->now);
        if (wanted && !sample_keep(ctx, &sample))
            return false;
    }
    return true;
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

static bool ask_policies(struct ctx *ctx, const struct login_question *question,
                         const struct login_policies *policies, struct login_verdict *out)
{
    struct login_merged merged;
    const struct login_world *world = policy_cache_world(ctx);
    struct login_outcome *outcomes = ARENA_ARRAY(ctx->arena, struct login_outcome, policies->len);
    if (!world)
        return false;
    if (!outcomes)
        return fail_no_memory(ctx);
    struct login_question changing = *question;
    if (!ask(ctx, policies, world, &changing, outcomes))
        return false;
    if (!login_merge(ctx->arena, outcomes, policies->len, world, &merged))
        return fail_no_memory(ctx);
    return keep_samples(ctx, policies, outcomes) && give(ctx, question->attempt, &merged, out);
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

static bool decide(struct ctx *ctx, const struct login_question *question, enum strategy strategy,
                   struct login_verdict *out)
{
    if (strategy == STRATEGY_USER_MANAGEMENT)
        return pass(TEXT("user management decides"), out);
    const struct login_policies *policies = policy_cache_policies(ctx);
    if (!policies)
        return false;
    return policies->len ? ask_policies(ctx, question, policies, out)
                         : decide_without(question->attempt, out);
}

bool login_policy_decide(struct ctx *ctx, const struct login_attempt *attempt,
                         struct login_verdict *out)
{
    enum strategy strategy;
    const struct login_question question = {.attempt = attempt,
                                            .teams = attempt->teams,
                                            .account_name = ctx->account->name,
                                            .remote_ip = ctx->address,
                                            .asked_at = ctx->now};
    *out = (struct login_verdict){.teams = attempt->teams, .json = TEXT("{}")};
    if (attempt->admin)
        return pass(TEXT("administrators skip login policies"), out);
    return strategy_get(ctx, &strategy) && decide(ctx, &question, strategy, out) &&
           login_record_keep(ctx, &question, out);
}
