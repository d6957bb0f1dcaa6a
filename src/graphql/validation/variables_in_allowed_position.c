/* All variable usages are allowed: the variable's type fits where it is used. */
#include "graphql/validation/rules.h"

static bool is_allowed(struct graphql_type_ref variable, const struct ast_value *default_value,
                       const struct fact_usage *usage)
{
    struct graphql_type_ref wanted = usage->type;
    if (graphql_is_non_null(wanted.wrappers) && !graphql_is_non_null(variable.wrappers)) {
        bool has_value = default_value && default_value->kind != AST_NULL;
        if (!has_value && !usage->has_default)
            return false;
        wanted.wrappers >>= 2;
    }
    return variable.type == wanted.type && graphql_wrappers_fit(variable.wrappers, wanted.wrappers);
}

static void report(struct validation *validation, const struct ast_variable *definition,
                   struct graphql_type_ref type, const struct fact_usage *usage)
{
    struct text shown = graphql_type_ref_print(validation->arena, type);
    struct graphql_error *error;
    if (!is_allowed(type, definition->default_value, usage)) {
        struct text wanted = graphql_type_ref_print(validation->arena, usage->type);
        error = graphql_report(
            validation, definition->at,
            "Variable \"$%.*s\" of type \"%.*s\" used in position expecting type \"%.*s\".",
            TEXT_ARG(definition->name), TEXT_ARG(shown), TEXT_ARG(wanted));
        graphql_report_also(validation, error, usage->variable->at);
    }
    if (usage->one_of && !graphql_is_non_null(type.wrappers)) {
        error = graphql_report(
            validation, definition->at,
            "Variable \"$%.*s\" is of type \"%.*s\" but must be non-nullable to be "
            "used for OneOf Input Object \"%.*s\".",
            TEXT_ARG(definition->name), TEXT_ARG(shown), TEXT_ARG(usage->one_of->name));
        graphql_report_also(validation, error, usage->variable->at);
    }
}

static void check(struct validation *validation, const struct fact_definition *operation)
{
    struct map variables;
    map_init(&variables, validation->arena);
    for (const struct ast_variable *each = operation->node->variables; each; each = each->next)
        graphql_facts_set(validation, &variables, each->name, each);
    const bool *reached = graphql_facts_reach(validation, &operation->index, 1);
    for (uint32_t i = 0; reached && i < validation->definition_count; i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        for (uint32_t j = definition->first_usage; reached[i] && j < definition->usage_end; j++) {
            const struct fact_usage *usage = &FACTS(validation->usages, fact_usage)[j];
            const struct ast_variable *variable = map_get(&variables, usage->variable->text);
            if (!variable || !usage->type.type)
                continue;
            struct graphql_type_ref type = {
                graphql_schema_type(validation->schema, variable->type.name),
                variable->type.wrappers};
            if (type.type)
                report(validation, variable, type, usage);
        }
    }
}

void graphql_rule_variables_in_allowed_position(struct validation *validation)
{
    if (validation->usages.len == 0)
        return;
    for (uint32_t i = 0; i < validation->definition_count; i++)
        if (validation->definitions[i].node->kind == AST_OPERATION)
            check(validation, &validation->definitions[i]);
}
