/* Who came in during a month. */
#include "doors/spacelift/resolver.h"
#include "identity/session.h"
#include "identity/usage.h"

bool spacelift_Query_usage(struct graphql_call *call, const struct spacelift_Query_usage_args *args)
{
    struct usage *usage;
    if (!usage_get(resolver_ctx(call), args->month, &usage))
        return false;
    spacelift_Query_usage_give(call, 0, usage);
    return true;
}

bool spacelift_ActorUse_type(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ActorUse_type_give(
            call, i, text_z(session_actor_kind_name(spacelift_ActorUse_parent(call, i)->kind)));
    return true;
}
