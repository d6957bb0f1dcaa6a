/* Variables are input types. */
#include "graphql/validation/rules.h"

void graphql_rule_variables_are_input_types(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++)
        for (const struct ast_variable *each = validation->definitions[i].node->variables; each;
             each = each->next) {
            const struct graphql_type *type =
                graphql_schema_type(validation->schema, each->type.name);
            if (!type || graphql_type_is_input(type))
                continue;
            struct text shown = graphql_type_ref_print(
                validation->arena, (struct graphql_type_ref){type, each->type.wrappers});
            graphql_report(validation, each->type.at,
                           "Variable \"$%.*s\" cannot be non-input type \"%.*s\".",
                           TEXT_ARG(each->name), TEXT_ARG(shown));
        }
}
