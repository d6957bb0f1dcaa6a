/* Sessions of runs. */
#include "run/run_token.h"

#include "identity/session.h"

bool run_token_start(struct ctx *ctx, const struct run *run, struct text *jwt)
{
    struct session session = {
        .actor_kind = ACTOR_RUN,
        .actor_id = run->id,
        .method = SESSION_RUN,
        .expires_at = ctx->now + ctx->account->settings->api_key_token_lifetime,
    };
    struct text subject =
        text_format(ctx->arena, "%.*s/%.*s", TEXT_ARG(run->stack_id), TEXT_ARG(run->id));
    return session_start(ctx, &session, session_issuer(ACTOR_RUN), subject, jwt);
}

bool run_token_end(struct ctx *ctx, const struct run *run)
{
    return session_revoke_all_of_actor(ctx, ACTOR_RUN, run->id);
}
