/* Fragment spread target defined. */
#include "graphql/validation/rules.h"

void graphql_rule_known_fragment_names(struct validation *validation)
{
    for (const struct fact_spread *each = FACTS(validation->spreads, fact_spread);
         each < FACTS_END(validation->spreads, fact_spread); each++)
        if (each->node->kind == AST_SPREAD && !map_get(&validation->fragments, each->node->name))
            graphql_report(validation, each->node->name_at, "Unknown fragment \"%.*s\".",
                           TEXT_ARG(each->node->name));
}
