/* From an attempt to a verdict: strategy, policies, merge. */
#include "policy/login_policy.h"

#include "policy/login_record.h"
#include "policy/login_round.h"
#include "policy/sample.h"

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

static bool run_round(struct ctx *ctx, const struct login_policies *policies,
                      const struct login_question *question, struct login_round *out)
{
    struct policy_cache *cache = ctx->account->policies;
    const struct login_world *world = policy_cache_world(ctx);
    if (!world)
        return false;
    struct rego_context *context = policy_cache_context(cache);
    bool done = context && login_round_run(ctx->arena, policies, world, question, context, out);
    policy_cache_return(cache, context);
    return done || fail_no_memory(ctx);
}

static bool ask_policies(struct ctx *ctx, const struct login_question *question,
                         struct login_verdict *out)
{
    struct login_round round;
    const struct login_policies *policies = policy_cache_policies(ctx);
    return policies && run_round(ctx, policies, question, &round) &&
           keep_samples(ctx, policies, round.outcomes) &&
           give(ctx, question->attempt, &round.merged, out);
}

/* Policies are not asked, and the reason says why. */
static bool pass(struct text reason, struct login_verdict *out)
{
    out->allowed = true;
    out->reason = reason;
    return true;
}

static struct login_question question_of(const struct ctx *ctx, const struct login_attempt *attempt)
{
    return (struct login_question){.attempt = attempt,
                                   .teams = attempt->teams,
                                   .account_name = ctx->account->name,
                                   .remote_ip = ctx->address,
                                   .asked_at = ctx->now};
}

static bool decide(struct ctx *ctx, const struct login_question *question,
                   struct login_verdict *out)
{
    return ask_policies(ctx, question, out) &&
           (!login_record_take_turn(ctx, question) || login_record_keep(ctx, question, out->json));
}

bool login_policy_decide(struct ctx *ctx, enum strategy strategy,
                         const struct login_attempt *attempt, struct login_verdict *out)
{
    const struct login_question question = question_of(ctx, attempt);
    *out = (struct login_verdict){.teams = attempt->teams, .json = TEXT("{}")};
    if (attempt->admin)
        return pass(TEXT("administrators skip login policies"), out);
    return strategy == STRATEGY_LOGIN_POLICIES ? decide(ctx, &question, out)
                                               : pass(TEXT("user management decides"), out);
}

bool login_policy_take_turn(struct ctx *ctx, const struct login_attempt *attempt)
{
    const struct login_question question = question_of(ctx, attempt);
    return login_record_take_turn(ctx, &question);
}

bool login_policy_record(struct ctx *ctx, const struct login_attempt *attempt)
{
    const struct login_question question = question_of(ctx, attempt);
    return login_record_keep(ctx, &question, TEXT("{}"));
}
