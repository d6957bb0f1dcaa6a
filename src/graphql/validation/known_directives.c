/* Directives are defined, and in valid locations. */
#include "graphql/validation/rules.h"

void graphql_rule_known_directives(struct validation *validation)
{
    for (const struct fact_directives *each = FACTS(validation->directives, fact_directives);
         each < FACTS_END(validation->directives, fact_directives); each++)
        for (const struct ast_directive *node = each->first; node; node = node->next) {
            const struct graphql_directive *directive =
                graphql_schema_directive(validation->schema, node->name);
            if (!directive)
                graphql_report(validation, node->at, "Unknown directive \"@%.*s\".",
                               TEXT_ARG(node->name));
            else if (!(directive->locations >> each->location & 1))
                graphql_report(validation, node->at, "Directive \"@%.*s\" may not be used on %s.",
                               TEXT_ARG(node->name), graphql_location_name(each->location));
        }
}
