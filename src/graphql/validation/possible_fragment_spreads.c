/* Fragment spread is possible: some object can have both types. */
#include "graphql/validation/rules.h"

static bool overlap(const struct graphql_type *a, const struct graphql_type *b)
{
    if (!graphql_type_is_abstract(a))
        return graphql_type_is_possible(b, a);
    if (a == b)
        return true;
    for (uint32_t i = 0; i < a->possible_count; i++)
        if (graphql_type_is_possible(b, a->possible[i]))
            return true;
    return false;
}

void graphql_rule_possible_fragment_spreads(struct validation *validation)
{
    for (const struct fact_spread *each = FACTS(validation->spreads, fact_spread);
         each < FACTS_END(validation->spreads, fact_spread); each++) {
        if (!each->type || !each->parent || overlap(each->type, each->parent))
            continue;
        if (each->node->kind == AST_SPREAD)
            graphql_report(
                validation, each->node->at,
                "Fragment \"%.*s\" cannot be spread here as objects of type \"%.*s\" can "
                "never be of type \"%.*s\".",
                TEXT_ARG(each->node->name), TEXT_ARG(each->parent->name),
                TEXT_ARG(each->type->name));
        else
            graphql_report(
                validation, each->node->at,
                "Fragment cannot be spread here as objects of type \"%.*s\" can never be "
                "of type \"%.*s\".",
                TEXT_ARG(each->parent->name), TEXT_ARG(each->type->name));
    }
}
