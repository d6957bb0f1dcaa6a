/* A second session like the first. */
#include "identity/command_line_login.h"

#include "audit/audit.h"
#include "identity/session.h"

bool command_line_login(struct ctx *ctx, struct text public_key, struct envelope *out)
{
    struct session *own;
    struct text jwt;
    if (!session_find(ctx, ctx->actor->session_id, &own))
        return false;
    if (!own)
        return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: there is no session to share");
    struct session session = *own;
    session.user_agent = TEXT("command line");
    return session_start(ctx, &session, session_issuer(own->actor_kind), ctx->actor->username,
                         &jwt) &&
           envelope_close(ctx->arena, public_key, jwt, out, ctx->error) &&
           audit_record(ctx, &(struct audit_event){.action = "login.command_line",
                                                   .resource_type = "LOGIN",
                                                   .resource_id = ctx->actor->id,
                                                   .related_type = "SESSION",
                                                   .related_id = session.id});
}
