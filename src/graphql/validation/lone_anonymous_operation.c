/* Lone anonymous operation: one without a name is the only one. */
#include "graphql/validation/rules.h"

void graphql_rule_lone_anonymous_operation(struct validation *validation)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < validation->definition_count; i++)
        count += validation->definitions[i].node->kind == AST_OPERATION;
    for (uint32_t i = 0; count > 1 && i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        if (node->kind == AST_OPERATION && !node->name.at)
            graphql_report(validation, node->at,
                           "This anonymous operation must be the only defined operation.");
    }
}
