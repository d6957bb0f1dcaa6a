/* Asking policies in their order. */
#include "policy/login_round.h"

static void decide_without(const struct login_attempt *attempt, struct login_merged *out)
{
    *out = (struct login_merged){
        .allowed = attempt->member,
        .reason = attempt->member
                      ? TEXT("there are no login policies: every member may log in")
                      : TEXT("there are no login policies, and only members may log in")};
}

/* Each policy that sets teams changes what the next ones see. */
static bool ask_each(struct arena *arena, const struct login_policies *policies,
                     const struct login_world *world, struct login_question question,
                     struct rego_context *context, struct login_outcome *outcomes)
{
    for (size_t i = 0; i < policies->len; i++) {
        if (!login_outcome_read(arena, &policies->items[i], &question, world, context,
                                &outcomes[i]))
            return false;
        if (outcomes[i].sets_teams)
            question.teams = outcomes[i].teams;
    }
    return true;
}

bool login_round_run(struct arena *arena, const struct login_policies *policies,
                     const struct login_world *world, const struct login_question *question,
                     struct rego_context *context, struct login_round *out)
{
    struct login_outcome *outcomes = ARENA_ARRAY(arena, struct login_outcome, policies->len);
    *out = (struct login_round){.outcomes = outcomes};
    if (!outcomes)
        return false;
    if (policies->len == 0) {
        decide_without(question->attempt, &out->merged);
        return true;
    }
    return ask_each(arena, policies, world, *question, context, outcomes) &&
           login_merge(arena, outcomes, policies->len, world, &out->merged);
}
