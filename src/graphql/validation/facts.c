/* The walk that gathers the facts. */
#include "graphql/validation/facts.h"

#include "graphql/types/introspection.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void *graphql_facts_alloc(struct validation *validation, size_t count, size_t size)
{
    void *memory = arena_alloc_array(validation->arena, count, size);
    if (!memory)
        validation->failed = true;
    return memory;
}

void graphql_facts_set(struct validation *validation, struct map *map, struct text key,
                       const void *value)
{
    void *plain;
    memcpy(&plain, &value, sizeof(plain));
    if (!map_set(map, key, plain))
        validation->failed = true;
}

static void *push(struct validation *validation, struct list *list)
{
    void *item = list_push(list);
    if (!item)
        validation->failed = true;
    return item;
}

struct graphql_error *graphql_report(struct validation *validation, uint32_t at, const char *format,
                                     ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text message = text_format_list(validation->arena, format, arguments);
    va_end(arguments);
    struct graphql_error *error =
        graphql_errors_add(validation->errors, "GRAPHQL_VALIDATION_FAILED", message);
    if (!error)
        return NULL;
    error->rule = validation->rule;
    graphql_error_place(error, validation->document->source, at);
    return error;
}

void graphql_report_also(struct validation *validation, struct graphql_error *error, uint32_t at)
{
    graphql_error_place(error, validation->document->source, at);
}

static void report_name(struct validation *validation, const struct fact_name *names, size_t count,
                        size_t index, const char *what)
{
    struct graphql_error *error =
        graphql_report(validation, names[index].at, "There can be only one %s%.*s\".", what,
                       TEXT_ARG(names[index].name));
    for (size_t i = index + 1; i < count; i++)
        if (text_equal(names[i].name, names[index].name))
            graphql_report_also(validation, error, names[i].at);
}

void graphql_report_repeated(struct validation *validation, const struct fact_name *names,
                             size_t count, const char *what)
{
    struct map seen; /* name to its first place; NULL once it is reported */
    map_init(&seen, validation->arena);
    for (size_t i = 0; i < count; i++) {
        const struct map_entry *known = map_find(&seen, names[i].name);
        if (!known) {
            graphql_facts_set(validation, &seen, names[i].name, &names[i]);
        } else if (known->value) {
            const struct fact_name *first = known->value;
            report_name(validation, names, count, (size_t)(first - names), what);
            graphql_facts_set(validation, &seen, names[i].name, NULL);
        }
    }
}

static void gather_usage(struct validation *validation, const struct ast_value *variable,
                         struct graphql_type_ref type, bool has_default,
                         const struct graphql_type *one_of)
{
    struct fact_usage *usage = push(validation, &validation->usages);
    if (usage)
        *usage = (struct fact_usage){variable, type, has_default, one_of};
}

static struct graphql_type_ref item_type(struct graphql_type_ref type)
{
    uint64_t wrappers = graphql_nullable(type.wrappers);
    if (graphql_is_list(wrappers))
        wrappers >>= 2;
    return (struct graphql_type_ref){type.type, wrappers};
}

/* Variables anywhere in a value. */
static void gather_usages(struct validation *validation, const struct ast_value *value,
                          struct graphql_type_ref type, bool has_default,
                          const struct graphql_type *one_of)
{
    if (value->kind == AST_VARIABLE)
        gather_usage(validation, value, type, has_default, one_of);
    for (const struct ast_value *item = value->items; item; item = item->next)
        gather_usages(validation, item, item_type(type), false, NULL);
    bool is_object = type.type && type.type->kind == GRAPHQL_INPUT_OBJECT;
    for (const struct ast_argument *field = value->fields; field; field = field->next) {
        const struct graphql_input *input =
            is_object ? graphql_type_input(type.type, field->name) : NULL;
        struct graphql_type_ref unknown = {NULL, 0};
        gather_usages(validation, field->value, input ? input->type : unknown,
                      input && input->default_value,
                      is_object && type.type->is_one_of ? type.type : NULL);
    }
}

static void gather_value(struct validation *validation, const struct ast_value *value,
                         const struct graphql_input *input)
{
    struct fact_value *fact = push(validation, &validation->values);
    if (!fact)
        return;
    *fact = (struct fact_value){.value = value};
    if (input)
        fact->type = input->type;
    gather_usages(validation, value, fact->type, input && input->default_value, NULL);
}

static void gather_arguments(struct validation *validation, const struct fact_arguments *arguments)
{
    struct fact_arguments *fact = push(validation, &validation->arguments);
    if (!fact)
        return;
    *fact = *arguments;
    for (const struct ast_argument *each = arguments->first; each; each = each->next)
        gather_value(validation, each->value,
                     graphql_inputs_find(arguments->inputs, arguments->input_count, each->name));
}

static void gather_directives(struct validation *validation, const struct ast_directive *first,
                              enum graphql_location location)
{
    struct fact_directives *fact = first ? push(validation, &validation->directives) : NULL;
    if (!fact)
        return;
    *fact = (struct fact_directives){first, location};
    for (const struct ast_directive *each = first; each; each = each->next) {
        const struct graphql_directive *directive =
            graphql_schema_directive(validation->schema, each->name);
        struct fact_arguments arguments = {.first = each->arguments,
                                           .is_known = directive != NULL,
                                           .owner = each->name,
                                           .at = each->at};
        if (directive) {
            arguments.inputs = directive->arguments;
            arguments.input_count = directive->argument_count;
        }
        gather_arguments(validation, &arguments);
    }
}

static const struct graphql_type *composite(const struct graphql_type *type)
{
    return type && graphql_type_is_composite(type) ? type : NULL;
}

static void gather_set(struct validation *validation, const struct ast_selection *selections,
                       const struct graphql_type *parent);

static void gather_field(struct validation *validation, const struct ast_selection *node,
                         const struct graphql_type *parent)
{
    const struct graphql_field *field =
        parent ? graphql_any_field(validation->schema, parent, node->name) : NULL;
    struct fact_field *fact = push(validation, &validation->fields);
    if (!fact)
        return;
    *fact = (struct fact_field){node, parent, field};
    struct fact_arguments arguments = {.first = node->arguments,
                                       .is_known = field != NULL,
                                       .parent = parent,
                                       .owner = node->name,
                                       .at = node->at};
    if (field) {
        arguments.inputs = field->arguments;
        arguments.input_count = field->argument_count;
    }
    if (node->arguments || arguments.input_count > 0)
        gather_arguments(validation, &arguments);
    gather_directives(validation, node->directives, GRAPHQL_AT_FIELD);
    gather_set(validation, node->selections, field ? composite(field->type.type) : NULL);
}

static void gather_fragment_use(struct validation *validation, const struct ast_selection *node,
                                const struct graphql_type *parent)
{
    struct fact_spread *fact = push(validation, &validation->spreads);
    if (!fact)
        return;
    *fact = (struct fact_spread){.node = node, .parent = parent};
    if (node->kind == AST_SPREAD) {
        const struct fact_definition *fragment = map_get(&validation->fragments, node->name);
        fact->type = fragment ? fragment->type : NULL;
        gather_directives(validation, node->directives, GRAPHQL_AT_FRAGMENT_SPREAD);
        return;
    }
    const struct graphql_type *inside = parent;
    if (node->condition.name.at) {
        inside = composite(graphql_schema_type(validation->schema, node->condition.name));
        fact->type = inside;
    }
    gather_directives(validation, node->directives, GRAPHQL_AT_INLINE_FRAGMENT);
    gather_set(validation, node->selections, inside);
}

static void gather_set(struct validation *validation, const struct ast_selection *selections,
                       const struct graphql_type *parent)
{
    for (; selections && !validation->failed; selections = selections->next)
        if (selections->kind == AST_FIELD)
            gather_field(validation, selections, parent);
        else
            gather_fragment_use(validation, selections, parent);
}

static void gather_variables(struct validation *validation, const struct ast_variable *variables)
{
    for (; variables; variables = variables->next) {
        struct graphql_type_ref type = {
            graphql_schema_type(validation->schema, variables->type.name),
            variables->type.wrappers};
        if (type.type && !graphql_type_is_input(type.type))
            type.type = NULL;
        if (variables->default_value) {
            struct fact_value *fact = push(validation, &validation->values);
            if (fact)
                *fact = (struct fact_value){variables->default_value, type};
        }
        gather_directives(validation, variables->directives, GRAPHQL_AT_VARIABLE_DEFINITION);
    }
}

static const struct graphql_type *definition_type(const struct validation *validation,
                                                  const struct ast_definition *node)
{
    if (node->kind == AST_FRAGMENT)
        return composite(graphql_schema_type(validation->schema, node->condition.name));
    if (node->operation == AST_MUTATION)
        return validation->schema->mutation;
    return node->operation == AST_QUERY ? validation->schema->query
                                        : validation->schema->subscription;
}

static void gather_definition(struct validation *validation, struct fact_definition *definition)
{
    static const enum graphql_location operations[] = {
        [AST_QUERY] = GRAPHQL_AT_QUERY,
        [AST_MUTATION] = GRAPHQL_AT_MUTATION,
        [AST_SUBSCRIPTION] = GRAPHQL_AT_SUBSCRIPTION,
    };
    const struct ast_definition *node = definition->node;
    definition->first_spread = (uint32_t)validation->spreads.len;
    definition->first_usage = (uint32_t)validation->usages.len;
    gather_variables(validation, node->variables);
    gather_directives(validation, node->directives,
                      node->kind == AST_FRAGMENT ? GRAPHQL_AT_FRAGMENT_DEFINITION
                                                 : operations[node->operation]);
    gather_set(validation, node->selections, definition->type);
    definition->spread_end = (uint32_t)validation->spreads.len;
    definition->usage_end = (uint32_t)validation->usages.len;
}

static bool is_executable(const struct ast_definition *node)
{
    return node->kind == AST_OPERATION || node->kind == AST_FRAGMENT;
}

static void init_lists(struct validation *validation)
{
    map_init(&validation->fragments, validation->arena);
    list_init(&validation->fields, validation->arena, sizeof(struct fact_field));
    list_init(&validation->spreads, validation->arena, sizeof(struct fact_spread));
    list_init(&validation->directives, validation->arena, sizeof(struct fact_directives));
    list_init(&validation->arguments, validation->arena, sizeof(struct fact_arguments));
    list_init(&validation->values, validation->arena, sizeof(struct fact_value));
    list_init(&validation->usages, validation->arena, sizeof(struct fact_usage));
}

void graphql_facts_gather(struct validation *validation)
{
    const struct ast_definition *first = validation->document->definitions;
    uint32_t count = 0;
    init_lists(validation);
    for (const struct ast_definition *node = first; node; node = node->next)
        count += is_executable(node);
    validation->definitions =
        graphql_facts_alloc(validation, count, sizeof(*validation->definitions));
    if (!validation->definitions)
        return;
    validation->definition_count = count;
    uint32_t at = 0;
    for (const struct ast_definition *node = first; node; node = node->next) {
        if (!is_executable(node))
            continue;
        struct fact_definition *definition = &validation->definitions[at];
        *definition = (struct fact_definition){
            .node = node, .type = definition_type(validation, node), .index = at};
        if (node->kind == AST_FRAGMENT)
            graphql_facts_set(validation, &validation->fragments, node->name, definition);
        at++;
    }
    for (uint32_t i = 0; i < count && !validation->failed; i++)
        gather_definition(validation, &validation->definitions[i]);
}

/* A search through spreads: each definition is queued when it is first seen. */
struct search {
    bool *reached;
    uint32_t *queue;
    uint32_t length;
};

static void enqueue(struct search *search, uint32_t index)
{
    if (search->reached[index])
        return;
    search->reached[index] = true;
    search->queue[search->length++] = index;
}

bool *graphql_facts_reach(struct validation *validation, const uint32_t *starts, uint32_t count)
{
    uint32_t all = validation->definition_count;
    struct search search = {.reached = graphql_facts_alloc(validation, all, sizeof(bool)),
                            .queue = graphql_facts_alloc(validation, all, sizeof(*search.queue))};
    if (!search.reached || !search.queue)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        enqueue(&search, starts[i]);
    for (uint32_t i = 0; i < search.length; i++) {
        const struct fact_definition *each = &validation->definitions[search.queue[i]];
        for (uint32_t j = each->first_spread; j < each->spread_end; j++) {
            const struct ast_selection *node = FACTS(validation->spreads, fact_spread)[j].node;
            const struct fact_definition *target =
                node->kind == AST_SPREAD ? map_get(&validation->fragments, node->name) : NULL;
            if (target)
                enqueue(&search, target->index);
        }
    }
    return search.reached;
}
