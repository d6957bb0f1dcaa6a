/* Fragments must be used: some operation reaches each. */
#include "graphql/validation/rules.h"

/* What any operation reaches, in one search from all of them. */
static const bool *find_used(struct validation *validation)
{
    uint32_t *operations =
        graphql_facts_alloc(validation, validation->definition_count, sizeof(*operations));
    uint32_t count = 0;
    if (!operations)
        return NULL;
    for (uint32_t i = 0; i < validation->definition_count; i++)
        if (validation->definitions[i].node->kind == AST_OPERATION)
            operations[count++] = i;
    return graphql_facts_reach(validation, operations, count);
}

void graphql_rule_no_unused_fragments(struct validation *validation)
{
    if (validation->fragments.len == 0)
        return;
    const bool *used = find_used(validation);
    for (uint32_t i = 0; used && i < validation->definition_count; i++) {
        const struct ast_definition *node = validation->definitions[i].node;
        if (node->kind != AST_FRAGMENT)
            continue;
        /* Two of one name are one to those who spread it. */
        const struct fact_definition *named = map_get(&validation->fragments, node->name);
        if (!used[named->index])
            graphql_report(validation, node->at, "Fragment \"%.*s\" is never used.",
                           TEXT_ARG(node->name));
    }
}
