/* Single root field: a subscription has one, and it is not a field of introspection. */
#include "graphql/validation/rules.h"

struct search {
    struct validation *validation;
    struct map keys; /* response key to the first field with it */
    struct map fragments;
    struct list fields; /* of const struct ast_selection *, in order */
};

static void collect(struct search *search, const struct ast_selection *selections)
{
    for (; selections; selections = selections->next) {
        if (selections->kind == AST_INLINE) {
            collect(search, selections->selections);
        } else if (selections->kind == AST_SPREAD) {
            const struct fact_definition *fragment =
                map_get(&search->validation->fragments, selections->name);
            if (!fragment || map_find(&search->fragments, selections->name))
                continue;
            graphql_facts_set(search->validation, &search->fragments, selections->name, fragment);
            collect(search, fragment->node->selections);
        } else {
            const struct ast_selection **slot = list_push(&search->fields);
            if (slot)
                *slot = selections;
            if (!map_find(&search->keys, ast_response_key(selections)))
                graphql_facts_set(search->validation, &search->keys, ast_response_key(selections),
                                  selections);
        }
    }
}

static void report(struct search *search, const struct ast_definition *node, bool introspection)
{
    struct text name = node->name.at ? text_format(search->validation->arena,
                                                   "Subscription \"%.*s\"", TEXT_ARG(node->name))
                                     : TEXT("Anonymous Subscription");
    struct graphql_error *error = NULL;
    bool reported = false;
    for (size_t i = 0; i < search->fields.len; i++) {
        const struct ast_selection *field =
            LIST_ITEMS(&search->fields, const struct ast_selection *)[i];
        bool is_first_key = text_equal(ast_response_key(field), search->keys.entries[0].key);
        bool is_meta = text_starts_with(field->name, TEXT("__"));
        if (introspection ? !is_meta : is_first_key)
            continue;
        if (reported)
            graphql_report_also(search->validation, error, field->at);
        else
            error = graphql_report(search->validation, field->at, "%.*s must %s.", TEXT_ARG(name),
                                   introspection ? "not select an introspection top level field"
                                                 : "select only one top level field");
        reported = true;
    }
}

void graphql_rule_single_field_subscriptions(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        if (definition->node->kind != AST_OPERATION ||
            definition->node->operation != AST_SUBSCRIPTION || !definition->type)
            continue;
        struct search search = {.validation = validation};
        map_init(&search.keys, validation->arena);
        map_init(&search.fragments, validation->arena);
        list_init(&search.fields, validation->arena, sizeof(struct ast_selection *));
        collect(&search, definition->node->selections);
        if (search.keys.len > 1)
            report(&search, definition->node, false);
        if (search.keys.len > 0)
            report(&search, definition->node, true);
    }
}
