/* Fragment spreads must not form cycles. */
#include "graphql/validation/rules.h"

struct search {
    struct validation *validation;
    bool *visited;      /* by definition */
    uint32_t *position; /* by definition: its place in the path + 1, 0 when it is not in it */
    struct list path;   /* of const struct ast_selection *: the spreads walked */
};

static void visit(struct search *search, const struct fact_definition *fragment);

static void report(struct search *search, uint32_t from)
{
    struct validation *validation = search->validation;
    const struct ast_selection *const *path =
        LIST_ITEMS(&search->path, const struct ast_selection *);
    size_t last = search->path.len - 1;
    struct buffer via;
    buffer_init(&via, validation->arena, 1 << 12);
    for (size_t i = from; i < last; i++)
        buffer_add_format(&via, "%s\"%.*s\"", i == from ? " via " : ", ", TEXT_ARG(path[i]->name));
    struct graphql_error *error = graphql_report(
        validation, path[from]->at, "Cannot spread fragment \"%.*s\" within itself%.*s.",
        TEXT_ARG(path[last]->name), TEXT_ARG(buffer_text(&via)));
    for (size_t i = from + 1; i <= last; i++)
        graphql_report_also(validation, error, path[i]->at);
}

static void follow(struct search *search, const struct ast_selection *spread)
{
    const struct fact_definition *target = map_get(&search->validation->fragments, spread->name);
    const struct ast_selection **slot = list_push(&search->path);
    if (!slot) {
        search->validation->failed = true;
        return;
    }
    *slot = spread;
    if (target && search->position[target->index] > 0)
        report(search, search->position[target->index] - 1);
    else if (target)
        visit(search, target);
    list_pop(&search->path);
}

/* The spreads of a fragment in the order in which they stand. */
static void visit(struct search *search, const struct fact_definition *fragment)
{
    if (search->visited[fragment->index] || search->validation->failed)
        return;
    search->visited[fragment->index] = true;
    search->position[fragment->index] = (uint32_t)search->path.len + 1;
    for (uint32_t i = fragment->first_spread; i < fragment->spread_end; i++) {
        const struct ast_selection *node = FACTS(search->validation->spreads, fact_spread)[i].node;
        if (node->kind == AST_SPREAD)
            follow(search, node);
    }
    search->position[fragment->index] = 0;
}

void graphql_rule_no_fragment_cycles(struct validation *validation)
{
    uint32_t count = validation->definition_count;
    struct search search = {
        .validation = validation,
        .visited = graphql_facts_alloc(validation, count, sizeof(bool)),
        .position = graphql_facts_alloc(validation, count, sizeof(uint32_t)),
    };
    list_init(&search.path, validation->arena, sizeof(struct ast_selection *));
    if (!search.visited || !search.position)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (validation->definitions[i].node->kind == AST_FRAGMENT)
            visit(&search, &validation->definitions[i]);
}
