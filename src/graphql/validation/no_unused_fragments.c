/* Fragments must be used: some operation reaches each. */
#include "graphql/validation/rules.h"

/* One search from all operations at once. */
static void mark(struct validation *validation, bool *used, uint32_t *queue)
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < validation->definition_count; i++)
        if (validation->definitions[i].node->kind == AST_OPERATION) {
            used[i] = true;
            queue[length++] = i;
        }
    for (uint32_t i = 0; i < length; i++) {
        const struct fact_definition *each = &validation->definitions[queue[i]];
        for (uint32_t j = each->first_spread; j < each->spread_end; j++) {
            const struct ast_selection *node = FACTS(validation->spreads, fact_spread)[j].node;
            const struct fact_definition *target =
                node->kind == AST_SPREAD ? map_get(&validation->fragments, node->name) : NULL;
            if (!target || used[target->index])
                continue;
            used[target->index] = true;
            queue[length++] = target->index;
        }
    }
}

void graphql_rule_no_unused_fragments(struct validation *validation)
{
    uint32_t count = validation->definition_count;
    if (validation->fragments.len == 0)
        return;
    bool *used = graphql_facts_alloc(validation, count, sizeof(*used));
    uint32_t *queue = graphql_facts_alloc(validation, count, sizeof(*queue));
    if (!used || !queue)
        return;
    mark(validation, used, queue);
    for (uint32_t i = 0; i < count; i++) {
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
