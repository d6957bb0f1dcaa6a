/* The account, its viewer, and the exchange of keys for tokens. */
#include "doors/spacelift/resolver.h"
#include "identity/github_login.h"

bool spacelift_Query_debugInfo(struct graphql_call *call)
{
    /* Empty: the server counts as the newest edition, and clients offer every command. */
    static const struct spacelift_DebugInfo info = {.self_hosted_version = TEXT_INIT("")};
    spacelift_Query_debugInfo_give(call, 0, &info);
    return true;
}

bool spacelift_Query_id(struct graphql_call *call)
{
    spacelift_Query_id_give(call, 0, resolver_ctx(call)->account->name);
    return true;
}

bool spacelift_Query_name(struct graphql_call *call)
{
    spacelift_Query_name_give(call, 0, resolver_ctx(call)->account->name);
    return true;
}

bool spacelift_Query_outgoingIPAddresses(struct graphql_call *call)
{
    spacelift_Query_outgoingIPAddresses_give(call, 0, (struct text_list){NULL, 0});
    return true;
}

bool spacelift_Query_spaceliftAwsAccountId(struct graphql_call *call)
{
    spacelift_Query_spaceliftAwsAccountId_give(call, 0, TEXT(""));
    return true;
}

bool spacelift_Query_tier(struct graphql_call *call)
{
    spacelift_Query_tier_give(call, 0, TEXT("SELF_HOSTED"));
    return true;
}

bool spacelift_Query_type(struct graphql_call *call)
{
    spacelift_Query_type_give(call, 0, TEXT("SELF_HOSTED"));
    return true;
}

bool spacelift_Query_viewer(struct graphql_call *call)
{
    const struct actor *actor = resolver_ctx(call)->actor;
    if (actor->kind == ACTOR_ANONYMOUS)
        return true;
    struct spacelift_Viewer *viewer = ARENA_NEW(call->arena, struct spacelift_Viewer);
    if (!viewer)
        return error_set_no_memory(call->error);
    viewer->id = actor->username;
    viewer->name = actor->name;
    spacelift_Query_viewer_give(call, 0, viewer);
    return true;
}

bool spacelift_Mutation_apiKeyUser(struct graphql_call *call,
                                   const struct spacelift_Mutation_apiKeyUser_args *args)
{
    struct token *token;
    if (!token_exchange(resolver_ctx(call), args->id, args->secret, &token))
        return false;
    if (token)
        spacelift_Mutation_apiKeyUser_give(call, 0, token);
    else
        graphql_fail(call, 0, ERR_DENIED, "unauthorized: the API key and its secret do not match");
    return true;
}

bool spacelift_Mutation_oauthUser(struct graphql_call *call,
                                  const struct spacelift_Mutation_oauthUser_args *args)
{
    struct user_login login;
    if (!github_login(resolver_ctx(call), args->token, &login))
        return false;
    if (login.token)
        spacelift_Mutation_oauthUser_give(call, 0, login.token);
    else
        graphql_fail(call, 0, ERR_DENIED, "%.*s", TEXT_ARG(login.problem));
    return true;
}
