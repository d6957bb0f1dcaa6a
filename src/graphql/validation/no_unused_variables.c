/* All variables used, by the operation or a fragment that it reaches. */
#include "graphql/validation/rules.h"

static void note_uses(struct validation *validation, const struct fact_definition *operation,
                      struct map *used)
{
    const bool *reached = graphql_facts_reach(validation, &operation->index, 1);
    for (uint32_t i = 0; reached && i < validation->definition_count; i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        for (uint32_t j = definition->first_usage; reached[i] && j < definition->usage_end; j++)
            graphql_facts_set(validation, used,
                              FACTS(validation->usages, fact_usage)[j].variable->text, NULL);
    }
}

void graphql_rule_no_unused_variables(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        if (!node->variables)
            continue;
        struct map used;
        map_init(&used, validation->arena);
        note_uses(validation, &validation->definitions[i], &used);
        struct text in = node->name.at ? text_format(validation->arena, " in operation \"%.*s\"",
                                                     TEXT_ARG(node->name))
                                       : TEXT("");
        for (const struct ast_variable *each = node->variables; each; each = each->next)
            if (!map_find(&used, each->name))
                graphql_report(validation, each->at, "Variable \"$%.*s\" is never used%.*s.",
                               TEXT_ARG(each->name), TEXT_ARG(in));
    }
}
