/* Documents: made once from a text, shared, counted. */
#include "graphql/execution/document.h"

#include "graphql/execution/plan.h"
#include "graphql/language/parser.h"
#include "graphql/validation/validate.h"

enum { DOCUMENT_BYTES_MAX = 64 << 20 };

static bool index_fragment(struct graphql_document *document, const struct graphql_schema *schema,
                           const struct ast_definition *definition)
{
    struct document_fragment *fragment = ARENA_NEW(document->arena, struct document_fragment);
    if (!fragment)
        return false;
    fragment->definition = definition;
    fragment->type = graphql_schema_type(schema, definition->condition.name);
    fragment->index = document->fragment_count++;
    return map_set(&document->fragments, definition->name, fragment);
}

static const struct graphql_type *root_type(const struct graphql_schema *schema,
                                            enum ast_operation_kind kind)
{
    switch (kind) {
    case AST_QUERY: return schema->query;
    case AST_MUTATION: return schema->mutation;
    case AST_SUBSCRIPTION: return schema->subscription;
    }
    return NULL;
}

static void add_condition(struct document_operation *operation, struct text name)
{
    uint32_t known = operation->condition_count < DOCUMENT_CONDITIONS_MAX
                         ? operation->condition_count
                         : DOCUMENT_CONDITIONS_MAX;
    for (uint32_t i = 0; i < known; i++)
        if (text_equal(operation->conditions[i], name))
            return;
    if (known < DOCUMENT_CONDITIONS_MAX)
        operation->conditions[known] = name;
    operation->condition_count++;
}

static void find_conditions(struct document_operation *operation,
                            const struct ast_selection *selections)
{
    for (; selections; selections = selections->next) {
        for (const struct ast_directive *each = selections->directives; each; each = each->next) {
            const struct ast_argument *argument = ast_argument_find(each->arguments, TEXT("if"));
            if (argument && argument->value->kind == AST_VARIABLE)
                add_condition(operation, argument->value->text);
        }
        find_conditions(operation, selections->selections);
    }
}

static bool index_operation(struct graphql_document *document, const struct graphql_schema *schema,
                            const struct ast_definition *definition)
{
    struct document_operation *operation = &document->operations[document->operation_count++];
    operation->definition = definition;
    operation->type = root_type(schema, definition->operation);
    find_conditions(operation, definition->selections);
    /* Conditions in fragments count for every operation: a plan made too often is still right. */
    for (const struct ast_definition *each = document->ast->definitions; each; each = each->next)
        if (each->kind == AST_FRAGMENT)
            find_conditions(operation, each->selections);
    return true;
}

static bool index_definitions(struct graphql_document *document,
                              const struct graphql_schema *schema)
{
    size_t operations = 0;
    map_init(&document->fragments, document->arena);
    for (const struct ast_definition *each = document->ast->definitions; each; each = each->next) {
        operations += each->kind == AST_OPERATION;
        if (each->kind == AST_FRAGMENT && !index_fragment(document, schema, each))
            return false;
    }
    document->operations = ARENA_ARRAY(document->arena, struct document_operation, operations);
    if (!document->operations)
        return false;
    for (const struct ast_definition *each = document->ast->definitions; each; each = each->next)
        if (each->kind == AST_OPERATION && !index_operation(document, schema, each))
            return false;
    return true;
}

static void refuse(struct graphql_document *document, const struct error *error)
{
    graphql_errors_add_error(&document->errors, error);
}

static bool is_acceptable(struct graphql_document *document, const struct graphql_options *options)
{
    struct error error = {0};
    const struct graphql_limits *limits = &options->limits;
    if (limits->max_bytes && document->text.len > limits->max_bytes)
        error_set(&error, ERR_TOO_LARGE, "The query is longer than %u bytes.", limits->max_bytes);
    else if (!text_is_utf8(document->text))
        error_set(&error, ERR_SYNTAX, "Syntax Error: The query is not valid UTF-8.");
    if (error_is_set(&error))
        refuse(document, &error);
    return !error_is_set(&error);
}

static bool parse(struct graphql_document *document, const struct graphql_options *options)
{
    struct error error = {0};
    struct ast_document *ast;
    struct graphql_parse_options parse_options = {
        .max_tokens = options->limits.max_tokens,
        .empty_parentheses = !options->refuse_empty_parentheses,
        .hide_values = options->hide_values,
    };
    if (!graphql_parse(document->arena, document->text, &parse_options, &ast, &error)) {
        refuse(document, &error);
        return false;
    }
    document->ast = ast;
    uint32_t max = options->limits.max_directives;
    if (max && ast->directive_count > max) {
        error_set(&error, ERR_LIMIT, "The document uses more than %u directives.", max);
        refuse(document, &error);
        return false;
    }
    return true;
}

static bool prepare(struct graphql_document *document, const struct graphql_schema *schema,
                    const struct graphql_options *options)
{
    if (!is_acceptable(document, options) || !parse(document, options))
        return true;
    if (!graphql_validate(document->arena, schema, document->ast, options, &document->errors))
        return document->errors.items.len > 0;
    return index_definitions(document, schema);
}

struct graphql_document *graphql_document_new(const struct graphql_schema *schema,
                                              const struct graphql_options *options,
                                              struct text text)
{
    struct arena *arena = arena_new(DOCUMENT_BYTES_MAX);
    struct graphql_document *document = arena ? ARENA_NEW(arena, struct graphql_document) : NULL;
    if (!document) {
        arena_free(arena);
        return NULL;
    }
    document->arena = arena;
    atomic_init(&document->users, 1);
    graphql_errors_init(&document->errors, arena, options->limits.max_errors);
    document->text = text_copy(arena, text);
    if ((!document->text.at && text.len > 0) || !prepare(document, schema, options)) {
        graphql_document_release(document);
        return NULL;
    }
    return document;
}

struct graphql_document *graphql_document_share(struct graphql_document *document)
{
    atomic_fetch_add_explicit(&document->users, 1, memory_order_relaxed);
    return document;
}

void graphql_document_release(struct graphql_document *document)
{
    if (!document || atomic_fetch_sub_explicit(&document->users, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < document->operation_count; i++) {
        struct graphql_plan *plan = atomic_load(&document->operations[i].plans);
        while (plan) {
            struct graphql_plan *next = plan->next;
            graphql_plan_free(plan);
            plan = next;
        }
    }
    arena_free(document->arena);
}

struct document_operation *graphql_document_operation(struct graphql_document *document,
                                                      struct text name, struct error *error)
{
    bool any = !name.at;
    if (document->operation_count == 0) {
        error_set(error, ERR_INVALID, "Must provide an operation.");
        return NULL;
    }
    if (any && document->operation_count > 1) {
        error_set(error, ERR_INVALID,
                  "Must provide operation name if query contains multiple operations.");
        return NULL;
    }
    for (uint32_t i = 0; i < document->operation_count; i++)
        if (any || text_equal(document->operations[i].definition->name, name))
            return &document->operations[i];
    error_set(error, ERR_INVALID, "Unknown operation named \"%.*s\".",
              TEXT_ARG(text_slice(name, 0, 200)));
    return NULL;
}
