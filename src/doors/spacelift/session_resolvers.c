/* Sessions. */
#include "doors/spacelift/resolver.h"
#include "identity/session_admin.h"
#include "identity/token.h"

bool spacelift_Query_sessions(struct graphql_call *call)
{
    struct list sessions;
    if (!session_list(resolver_ctx(call), &sessions))
        return false;
    spacelift_Query_sessions_give_array(call, 0, sessions.items, sessions.len);
    return true;
}

bool spacelift_Query_session(struct graphql_call *call,
                             const struct spacelift_Query_session_args *args)
{
    struct session *session;
    if (!session_get(resolver_ctx(call), args->id, &session))
        return false;
    spacelift_Query_session_give(call, 0, session);
    return true;
}

bool spacelift_Mutation_sessionDelete(struct graphql_call *call,
                                      const struct spacelift_Mutation_sessionDelete_args *args)
{
    struct session *session;
    if (!session_end(resolver_ctx(call), args->id, &session))
        return false;
    spacelift_Mutation_sessionDelete_give(call, 0, session);
    return true;
}

bool spacelift_Mutation_sessionDeleteAll(
    struct graphql_call *call, const struct spacelift_Mutation_sessionDeleteAll_args *args)
{
    int64_t count;
    if (!session_end_all(resolver_ctx(call), args->actor, &count))
        return false;
    spacelift_Mutation_sessionDeleteAll_give(call, 0, count);
    return true;
}

/* Who left, with a token that is none any more. */
bool spacelift_Mutation_logout(struct graphql_call *call)
{
    struct ctx *ctx = resolver_ctx(call);
    struct session *session;
    if (!session_end_own(ctx, &session))
        return false;
    struct token *token = session ? ARENA_NEW(call->arena, struct token) : NULL;
    if (session && !token)
        return error_set_no_memory(call->error);
    if (token)
        *token = (struct token){.id = session->actor_id,
                                .login = session->actor_name,
                                .type = text_z(session_actor_kind_name(session->actor_kind)),
                                .jwt = TEXT(""),
                                .valid_until = ctx->now};
    spacelift_Mutation_logout_give(call, 0, token);
    return true;
}

bool spacelift_Session_actorType(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_Session_actorType_give(
            call, i,
            text_z(session_actor_kind_name(spacelift_Session_parent(call, i)->actor_kind)));
    return true;
}

bool spacelift_Session_current(struct graphql_call *call)
{
    struct text own = resolver_ctx(call)->actor->session_id;
    for (size_t i = 0; i < call->count; i++)
        spacelift_Session_current_give(call, i,
                                       text_equal(spacelift_Session_parent(call, i)->id, own));
    return true;
}

bool spacelift_Session_method(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_Session_method_give(
            call, i, text_z(session_method_name(spacelift_Session_parent(call, i)->method)));
    return true;
}
