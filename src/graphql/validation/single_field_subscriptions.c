/* Single root field: a subscription has one, and it is not a field of introspection. */
#include "graphql/validation/rules.h"

struct search {
    struct validation *validation;
    const struct graphql_type *type; /* the root */
    struct map keys;                 /* response key to the first field with it */
    struct map fragments;
    struct list fields; /* of const struct ast_selection *, in order */
};

static bool has_condition(const struct ast_selection *node, const char *name, bool value)
{
    const struct ast_directive *directive = ast_directive_find(node->directives, text_z(name));
    const struct ast_argument *argument =
        directive ? ast_argument_find(directive->arguments, TEXT("if")) : NULL;
    return argument && argument->value->kind == AST_BOOLEAN && argument->value->is_true == value;
}

/* No variable is known here, so only conditions that are literals leave something out. */
static bool is_left_out(const struct ast_selection *node)
{
    return has_condition(node, "skip", true) || has_condition(node, "include", false);
}

static void collect(struct search *search, const struct ast_selection *selections);

static void collect_field(struct search *search, const struct ast_selection *node)
{
    const struct ast_selection **slot = list_push(&search->fields);
    if (slot)
        *slot = node;
    if (!map_find(&search->keys, ast_response_key(node)))
        graphql_facts_set(search->validation, &search->keys, ast_response_key(node), node);
}

static void collect_spread(struct search *search, const struct ast_selection *node)
{
    const struct fact_definition *fragment = map_get(&search->validation->fragments, node->name);
    if (!fragment || map_find(&search->fragments, node->name))
        return;
    graphql_facts_set(search->validation, &search->fragments, node->name, fragment);
    if (fragment->type && graphql_type_is_possible(fragment->type, search->type))
        collect(search, fragment->node->selections);
}

static void collect_inline(struct search *search, const struct ast_selection *node)
{
    if (node->condition.name.at) {
        const struct graphql_type *type =
            graphql_schema_type(search->validation->schema, node->condition.name);
        if (!type || !graphql_type_is_possible(type, search->type))
            return;
    }
    collect(search, node->selections);
}

static void collect(struct search *search, const struct ast_selection *selections)
{
    for (; selections; selections = selections->next) {
        if (is_left_out(selections))
            continue;
        switch (selections->kind) {
        case AST_FIELD: collect_field(search, selections); break;
        case AST_SPREAD: collect_spread(search, selections); break;
        case AST_INLINE: collect_inline(search, selections); break;
        }
    }
}

static struct text describe(const struct search *search, const struct ast_definition *node)
{
    if (!node->name.at)
        return TEXT("Anonymous Subscription");
    return text_format(search->validation->arena, "Subscription \"%.*s\"", TEXT_ARG(node->name));
}

/* One error with all fields that have the key, or that have another one. */
static void report(struct search *search, struct text subscription, struct text key, bool others,
                   const char *what)
{
    struct graphql_error *error = NULL;
    for (size_t i = 0; i < search->fields.len; i++) {
        const struct ast_selection *field =
            LIST_ITEMS(&search->fields, const struct ast_selection *)[i];
        if (text_equal(ast_response_key(field), key) == others)
            continue;
        if (error)
            graphql_report_also(search->validation, error, field->at);
        else
            error = graphql_report(search->validation, field->at, "%.*s must %s.",
                                   TEXT_ARG(subscription), what);
    }
}

static void check(struct validation *validation, const struct fact_definition *definition)
{
    struct search search = {.validation = validation, .type = definition->type};
    map_init(&search.keys, validation->arena);
    map_init(&search.fragments, validation->arena);
    list_init(&search.fields, validation->arena, sizeof(struct ast_selection *));
    collect(&search, definition->node->selections);
    struct text subscription = describe(&search, definition->node);
    if (search.keys.len > 1)
        report(&search, subscription, search.keys.entries[0].key, true,
               "select only one top level field");
    for (size_t i = 0; i < search.keys.len; i++) {
        const struct ast_selection *field = search.keys.entries[i].value;
        if (text_starts_with(field->name, TEXT("__")))
            report(&search, subscription, search.keys.entries[i].key, false,
                   "not select an introspection top level field");
    }
}

void graphql_rule_single_field_subscriptions(struct validation *validation)
{
    for (uint32_t i = 0; i < validation->definition_count; i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        bool is_subscription = definition->node->kind == AST_OPERATION &&
                               definition->node->operation == AST_SUBSCRIPTION;
        if (is_subscription && definition->type)
            check(validation, definition);
    }
}
