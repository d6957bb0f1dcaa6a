/* Operation type existence: the schema has a root type for every operation. */
#include "graphql/validation/rules.h"

void graphql_rule_known_operation_types(struct validation *validation)
{
    static const char *const kinds[] = {
        [AST_QUERY] = "query", [AST_MUTATION] = "mutation", [AST_SUBSCRIPTION] = "subscription"};
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        if (definition->node->kind == AST_OPERATION && !definition->type)
            graphql_report(validation, definition->node->at,
                           "The %s operation is not supported by the schema.",
                           kinds[definition->node->operation]);
    }
}
