/* Directives are unique per location, unless they are repeatable. */
#include "graphql/validation/rules.h"

static void check(struct validation *validation, const struct ast_directive *first)
{
    struct map known;
    map_init(&known, validation->arena);
    for (const struct ast_directive *node = first; node; node = node->next) {
        const struct graphql_directive *directive =
            graphql_schema_directive(validation->schema, node->name);
        if (!directive || directive->is_repeatable)
            continue;
        const struct ast_directive *other = map_get(&known, node->name);
        if (!other) {
            graphql_facts_set(validation, &known, node->name, node);
            continue;
        }
        struct graphql_error *error =
            graphql_report(validation, other->at,
                           "The directive \"@%.*s\" can only be used once at this location.",
                           TEXT_ARG(node->name));
        graphql_report_also(validation, error, node->at);
    }
}

void graphql_rule_unique_directives_per_location(struct validation *validation)
{
    for (const struct fact_directives *each = FACTS(validation->directives, fact_directives);
         each < FACTS_END(validation->directives, fact_directives); each++)
        if (each->first->next)
            check(validation, each->first);
}
