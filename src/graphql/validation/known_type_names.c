/* Fragment spread type existence, and the same for the types of variables. */
#include "graphql/validation/rules.h"

static struct text suggest(struct validation *validation, struct text name)
{
    const struct graphql_schema *schema = validation->schema;
    if (validation->errors->items.len > 0)
        return TEXT("");
    struct text *names = graphql_facts_alloc(validation, schema->type_count, sizeof(*names));
    for (uint32_t i = 0; names && i < schema->type_count; i++)
        names[i] = schema->types[i]->name;
    return graphql_suggest(validation, name, names, names ? schema->type_count : 0, sizeof(*names));
}

static void check(struct validation *validation, struct text name, uint32_t at)
{
    if (graphql_schema_type(validation->schema, name))
        return;
    struct text hint = suggest(validation, name);
    graphql_report(validation, at, "Unknown type \"%.*s\".%.*s", TEXT_ARG(name), TEXT_ARG(hint));
}

void graphql_rule_known_type_names(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        for (const struct ast_variable *each = node->variables; each; each = each->next)
            check(validation, each->type.name, each->type.name_at);
        if (node->kind == AST_FRAGMENT)
            check(validation, node->condition.name, node->condition.at);
    }
    for (const struct fact_spread *each = FACTS(validation->spreads, fact_spread);
         each < FACTS_END(validation->spreads, fact_spread); each++)
        if (each->node->condition.name.at)
            check(validation, each->node->condition.name, each->node->condition.at);
}
