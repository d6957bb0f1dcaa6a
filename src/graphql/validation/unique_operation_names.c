/* Operation name uniqueness. */
#include "graphql/validation/rules.h"

void graphql_rule_unique_operation_names(struct validation *validation)
{
    struct map names;
    map_init(&names, validation->arena);
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        if (node->kind != AST_OPERATION || !node->name.at)
            continue;
        const struct ast_definition *known = map_get(&names, node->name);
        if (!known) {
            graphql_facts_set(validation, &names, node->name, node);
            continue;
        }
        struct graphql_error *error =
            graphql_report(validation, known->name_at,
                           "There can be only one operation named \"%.*s\".", TEXT_ARG(node->name));
        graphql_report_also(validation, error, node->name_at);
    }
}
