/* Variable uniqueness. */
#include "graphql/validation/rules.h"

static void check(struct validation *validation, const struct ast_variable *first)
{
    size_t count = 0;
    for (const struct ast_variable *each = first; each; each = each->next)
        count++;
    struct fact_name *names = graphql_facts_alloc(validation, count, sizeof(*names));
    if (!names)
        return;
    size_t at = 0;
    for (const struct ast_variable *each = first; each; each = each->next)
        names[at++] = (struct fact_name){each->name, each->name_at};
    graphql_report_repeated(validation, names, count, "variable named \"$");
}

void graphql_rule_unique_variable_names(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct ast_variable *first = validation->definitions[i].node->variables;
        if (first && first->next)
            check(validation, first);
    }
}
