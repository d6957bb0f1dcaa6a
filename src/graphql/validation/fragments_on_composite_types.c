/* Fragments on object, interface or union types. */
#include "graphql/validation/rules.h"

static bool is_unfit(const struct validation *validation, struct text name)
{
    const struct graphql_type *type = graphql_schema_type(validation->schema, name);
    return type && !graphql_type_is_composite(type);
}

void graphql_rule_fragments_on_composite_types(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        if (node->kind == AST_FRAGMENT && is_unfit(validation, node->condition.name))
            graphql_report(validation, node->condition.at,
                           "Fragment \"%.*s\" cannot condition on non composite type \"%.*s\".",
                           TEXT_ARG(node->name), TEXT_ARG(node->condition.name));
    }
    for (const struct fact_spread *each = FACTS(validation->spreads, fact_spread);
         each < FACTS_END(validation->spreads, fact_spread); each++) {
        const struct ast_named *condition = &each->node->condition;
        if (condition->name.at && is_unfit(validation, condition->name))
            graphql_report(validation, condition->at,
                           "Fragment cannot condition on non composite type \"%.*s\".",
                           TEXT_ARG(condition->name));
    }
}
