/* All variable uses defined, in every operation that reaches the use. */
#include "graphql/validation/rules.h"

static void report(struct validation *validation, const struct ast_definition *operation,
                   const struct ast_value *variable)
{
    struct text by = operation->name.at ? text_format(validation->arena, " by operation \"%.*s\"",
                                                      TEXT_ARG(operation->name))
                                        : TEXT("");
    struct graphql_error *error =
        graphql_report(validation, variable->at, "Variable \"$%.*s\" is not defined%.*s.",
                       TEXT_ARG(variable->text), TEXT_ARG(by));
    graphql_report_also(validation, error, operation->at);
}

static void check(struct validation *validation, const struct fact_definition *operation)
{
    struct map defined;
    map_init(&defined, validation->arena);
    for (const struct ast_variable *each = operation->node->variables; each; each = each->next)
        graphql_facts_set(validation, &defined, each->name, each);
    const bool *reached = graphql_facts_reach(validation, &operation->index, 1);
    for (uint32_t i = 0; reached && i < validation->definition_count; i++) {
        if (!reached[i])
            continue;
        const struct fact_definition *definition = &validation->definitions[i];
        for (uint32_t j = definition->first_usage; j < definition->usage_end; j++) {
            const struct ast_value *variable = FACTS(validation->usages, fact_usage)[j].variable;
            if (!map_find(&defined, variable->text))
                report(validation, operation->node, variable);
        }
    }
}

void graphql_rule_no_undefined_variables(struct validation *validation)
{
    if (validation->usages.len == 0)
        return;
    for (uint32_t i = 0; i < validation->definition_count; i++)
        if (validation->definitions[i].node->kind == AST_OPERATION)
            check(validation, &validation->definitions[i]);
}
