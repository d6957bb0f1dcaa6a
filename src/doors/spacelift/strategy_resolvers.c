/* The management strategy. */
#include "doors/spacelift/resolver.h"
#include "role/strategy.h"

bool spacelift_Query_managementStrategy(struct graphql_call *call)
{
    enum strategy strategy;
    if (!strategy_get(resolver_ctx(call), &strategy))
        return false;
    spacelift_Query_managementStrategy_give(call, 0, strategy);
    return true;
}

bool spacelift_Mutation_managementStrategySet(
    struct graphql_call *call, const struct spacelift_Mutation_managementStrategySet_args *args)
{
    if (!strategy_set(resolver_ctx(call), args->strategy))
        return false;
    spacelift_Mutation_managementStrategySet_give(call, 0, args->strategy);
    return true;
}
