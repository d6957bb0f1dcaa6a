/*
 * Three passes: every name gets an empty type; the types are filled, so that references can point
 * at types defined later; then what needs all types at once: defaults, possible types, the sorted
 * lists.
 */
#include "graphql/types/schema_build.h"

#include "base/list.h"
#include "base/map.h"
#include "graphql/language/lexer.h"
#include "graphql/types/coerce_literal.h"
#include "graphql/types/introspection.h"
#include "graphql/types/value_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TEXT_MAX = 1 << 20 };

struct input_run {
    struct graphql_input *items;
    size_t count;
};

struct builder {
    struct arena *arena;
    const struct ast_document *document;
    const struct graphql_resolvers *resolvers; /* may be NULL */
    struct error *error;
    struct map types;   /* name to struct graphql_type * */
    struct list inputs; /* of struct input_run: whose defaults are filled at the end */
    struct graphql_schema *schema;
};

static bool fail_at(const struct builder *builder, uint32_t at, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool fail_at(const struct builder *builder, uint32_t at, const char *format, ...)
{
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    int line;
    int column;
    graphql_place(builder->document->source, at, &line, &column);
    return error_set_at(builder->error, ERR_INVALID, line, column, "%s", message);
}

static void *allocate(const struct builder *builder, size_t count, size_t size)
{
    void *memory = arena_alloc_array(builder->arena, count, size);
    if (!memory)
        error_set_no_memory(builder->error);
    return memory;
}

static bool add_type(struct builder *builder, const struct graphql_type *type)
{
    /* The map stores plain pointers; nobody writes through those of the built-in types. */
    void *value;
    memcpy(&value, &type, sizeof(value));
    return map_set(&builder->types, type->name, value) || error_set_no_memory(builder->error);
}

static bool declare_type(struct builder *builder, const struct ast_definition *definition)
{
    if (map_find(&builder->types, definition->name))
        return fail_at(builder, definition->name_at, "There can be only one type named \"%.*s\".",
                       TEXT_ARG(definition->name));
    struct graphql_type *type = allocate(builder, 1, sizeof(*type));
    if (!type)
        return false;
    type->kind = definition->type_kind;
    type->name = definition->name;
    type->description = definition->description;
    return add_type(builder, type);
}

static bool declare_types(struct builder *builder)
{
    size_t count;
    const struct graphql_type *const *scalars = graphql_builtin_scalars(&count);
    for (size_t i = 0; i < count; i++)
        if (!add_type(builder, scalars[i]))
            return false;
    for (const struct ast_definition *definition = builder->document->definitions; definition;
         definition = definition->next) {
        bool is_type = definition->kind == AST_TYPE && !definition->is_extension;
        if (is_type && !declare_type(builder, definition))
            return false;
    }
    return true;
}

static bool find_type(const struct builder *builder, struct text name, uint32_t at,
                      const struct graphql_type **out)
{
    *out = map_get(&builder->types, name);
    if (!*out)
        *out = graphql_introspection_type(name);
    return *out || fail_at(builder, at, "Unknown type \"%.*s\".", TEXT_ARG(name));
}

static bool resolve_ref(const struct builder *builder, const struct ast_type *type,
                        struct graphql_type_ref *out)
{
    out->wrappers = type->wrappers;
    return find_type(builder, type->name, type->name_at, &out->type);
}

static struct text argument_text(const struct ast_directive *directive, struct text name,
                                 struct text otherwise)
{
    const struct ast_argument *argument = ast_argument_find(directive->arguments, name);
    return argument && argument->value->kind == AST_STRING ? argument->value->text : otherwise;
}

static struct text deprecation_of(const struct ast_directive *directives)
{
    const struct ast_directive *found = ast_directive_find(directives, TEXT("deprecated"));
    if (!found)
        return (struct text){NULL, 0};
    return argument_text(found, TEXT("reason"), TEXT("No longer supported"));
}

static struct graphql_input *new_inputs(struct builder *builder, size_t count)
{
    struct graphql_input *inputs = allocate(builder, count, sizeof(*inputs));
    struct input_run *run = inputs ? list_push(&builder->inputs) : NULL;
    if (!run) {
        error_set_no_memory(builder->error);
        return NULL;
    }
    *run = (struct input_run){inputs, count};
    return inputs;
}

static bool fill_inputs(struct builder *builder, const struct ast_input_definition *first,
                        const struct graphql_input **out, uint16_t *count)
{
    size_t total = 0;
    for (const struct ast_input_definition *each = first; each; each = each->next)
        total++;
    if (total > UINT16_MAX)
        return error_set(builder->error, ERR_TOO_LARGE, "Too many arguments or input fields.");
    struct graphql_input *inputs = new_inputs(builder, total);
    if (!inputs)
        return false;
    size_t at = 0;
    for (const struct ast_input_definition *each = first; each; each = each->next, at++) {
        inputs[at] = (struct graphql_input){.name = each->name,
                                            .description = each->description,
                                            .deprecation = deprecation_of(each->directives),
                                            .default_literal = each->default_value,
                                            .given_offset = UINT32_MAX};
        if (!resolve_ref(builder, &each->type, &inputs[at].type))
            return false;
    }
    *out = inputs;
    *count = (uint16_t)total;
    return true;
}

static bool fill_fields(struct builder *builder, const struct ast_definition *definition,
                        struct graphql_type *type)
{
    size_t added = 0;
    for (const struct ast_field_definition *each = definition->fields; each; each = each->next)
        added++;
    if (added == 0)
        return true;
    size_t old = type->field_count;
    if (old + added > UINT16_MAX)
        return error_set(builder->error, ERR_TOO_LARGE, "Too many fields.");
    struct graphql_field *fields = allocate(builder, old + added, sizeof(*fields));
    if (!fields)
        return false;
    if (old > 0)
        memcpy(fields, type->fields, old * sizeof(*fields));
    struct graphql_field *field = fields + old;
    for (const struct ast_field_definition *each = definition->fields; each;
         each = each->next, field++) {
        *field = (struct graphql_field){.name = each->name,
                                        .description = each->description,
                                        .deprecation = deprecation_of(each->directives),
                                        .cost = 1};
        if (builder->resolvers && type->kind == GRAPHQL_OBJECT)
            field->resolve = builder->resolvers->resolve;
        if (!resolve_ref(builder, &each->type, &field->type) ||
            !fill_inputs(builder, each->arguments, &field->arguments, &field->argument_count))
            return false;
    }
    type->fields = fields;
    type->field_count = (uint32_t)(old + added);
    return true;
}

static bool fill_names(const struct builder *builder, const struct ast_named *first,
                       const struct graphql_type *const **list, uint32_t *count)
{
    uint32_t added = 0;
    for (const struct ast_named *each = first; each; each = each->next)
        added++;
    const struct graphql_type **types = allocate(builder, *count + added, sizeof(*types));
    if (!types)
        return false;
    for (uint32_t i = 0; i < *count; i++)
        types[i] = (*list)[i];
    for (const struct ast_named *each = first; each; each = each->next)
        if (!find_type(builder, each->name, each->at, &types[(*count)++]))
            return false;
    *list = types;
    return true;
}

static bool fill_values(const struct builder *builder, const struct ast_definition *definition,
                        struct graphql_type *type)
{
    uint32_t total = type->value_count;
    for (const struct ast_value_definition *each = definition->values; each; each = each->next)
        total++;
    if (total > INT16_MAX)
        return error_set(builder->error, ERR_TOO_LARGE, "Too many enum values.");
    struct graphql_enum_value *values = allocate(builder, total, sizeof(*values));
    uint16_t *positions = allocate(builder, total, sizeof(*positions));
    if (!values || !positions)
        return false;
    if (type->value_count > 0)
        memcpy(values, type->values, type->value_count * sizeof(*values));
    uint32_t at = type->value_count;
    for (const struct ast_value_definition *each = definition->values; each; each = each->next)
        values[at++] = (struct graphql_enum_value){.name = each->name,
                                                   .description = each->description,
                                                   .deprecation = deprecation_of(each->directives)};
    for (uint32_t i = 0; i < total; i++) {
        values[i].value = (int32_t)i;
        positions[i] = (uint16_t)(i + 1);
    }
    type->values = values;
    type->value_count = total;
    type->value_positions = positions;
    type->value_limit = total;
    return true;
}

static bool fill_input_fields(struct builder *builder, const struct ast_definition *definition,
                              struct graphql_type *type)
{
    const struct graphql_input *added = NULL;
    uint16_t count = 0;
    if (!fill_inputs(builder, definition->inputs, &added, &count))
        return false;
    if (type->input_count + count > UINT16_MAX)
        return error_set(builder->error, ERR_TOO_LARGE, "Too many input fields.");
    struct graphql_input *inputs = new_inputs(builder, (size_t)type->input_count + count);
    if (!inputs)
        return false;
    if (type->input_count > 0)
        memcpy(inputs, type->inputs, type->input_count * sizeof(*inputs));
    if (count > 0)
        memcpy(inputs + type->input_count, added, count * sizeof(*inputs));
    type->inputs = inputs;
    type->input_count = (uint16_t)(type->input_count + count);
    return true;
}

static void fill_type_directives(const struct ast_definition *definition, struct graphql_type *type)
{
    const struct ast_directive *found =
        ast_directive_find(definition->directives, TEXT("specifiedBy"));
    if (found && type->kind == GRAPHQL_SCALAR)
        type->specified_by = argument_text(found, TEXT("url"), (struct text){NULL, 0});
    if (type->kind == GRAPHQL_INPUT_OBJECT &&
        ast_directive_find(definition->directives, TEXT("oneOf")))
        type->is_one_of = true;
}

static bool is_builtin_scalar(const struct graphql_type *type)
{
    size_t count;
    const struct graphql_type *const *scalars = graphql_builtin_scalars(&count);
    for (size_t i = 0; i < count; i++)
        if (scalars[i] == type)
            return true;
    return false;
}

static bool fill_type(struct builder *builder, const struct ast_definition *definition)
{
    struct graphql_type *type = map_get(&builder->types, definition->name);
    if (type && is_builtin_scalar(type))
        return true;
    if (!type || (definition->is_extension && type->kind != definition->type_kind))
        return fail_at(builder, definition->name_at,
                       "Cannot extend type \"%.*s\": there is none of that kind.",
                       TEXT_ARG(definition->name));
    fill_type_directives(definition, type);
    if (builder->resolvers && graphql_type_is_abstract(type))
        type->type_of = builder->resolvers->type_of;
    switch (type->kind) {
    case GRAPHQL_OBJECT:
    case GRAPHQL_INTERFACE:
        return fill_fields(builder, definition, type) &&
               fill_names(builder, definition->interfaces, &type->interfaces,
                          &type->interface_count);
    case GRAPHQL_UNION:
        return fill_names(builder, definition->members, &type->possible, &type->possible_count);
    case GRAPHQL_ENUM: return fill_values(builder, definition, type);
    case GRAPHQL_INPUT_OBJECT: return fill_input_fields(builder, definition, type);
    case GRAPHQL_SCALAR: break;
    }
    return true;
}

static bool add_directive(struct builder *builder, struct list *directives,
                          const struct ast_definition *definition)
{
    struct graphql_directive *directive = allocate(builder, 1, sizeof(*directive));
    const struct graphql_directive **slot = list_push(directives);
    if (!directive || !slot)
        return error_set_no_memory(builder->error);
    *slot = directive;
    *directive = (struct graphql_directive){.name = definition->name,
                                            .description = definition->description,
                                            .locations = definition->locations,
                                            .is_repeatable = definition->is_repeatable};
    return fill_inputs(builder, definition->inputs, &directive->arguments,
                       &directive->argument_count);
}

static bool add_builtin_directives(const struct builder *builder, struct list *directives)
{
    size_t count;
    const struct graphql_directive *const *builtin = graphql_builtin_directives(&count);
    for (size_t i = 0; i < count; i++) {
        bool redefined = false;
        for (size_t j = 0; j < directives->len; j++)
            redefined |= text_equal(LIST_ITEMS(directives, struct graphql_directive *)[j]->name,
                                    builtin[i]->name);
        if (redefined)
            continue;
        const struct graphql_directive **slot = list_push(directives);
        if (!slot)
            return error_set_no_memory(builder->error);
        *slot = builtin[i];
    }
    return true;
}

static bool build_directives(struct builder *builder)
{
    struct list directives;
    list_init(&directives, builder->arena, sizeof(struct graphql_directive *));
    for (const struct ast_definition *each = builder->document->definitions; each;
         each = each->next)
        if (each->kind == AST_DIRECTIVE && !add_directive(builder, &directives, each))
            return false;
    if (!add_builtin_directives(builder, &directives))
        return false;
    builder->schema->directives = directives.items;
    builder->schema->directive_count = (uint32_t)directives.len;
    return true;
}

static bool set_root(struct builder *builder, const struct ast_root *root)
{
    const struct graphql_type **slots[] = {
        [AST_QUERY] = &builder->schema->query,
        [AST_MUTATION] = &builder->schema->mutation,
        [AST_SUBSCRIPTION] = &builder->schema->subscription,
    };
    return find_type(builder, root->type.name, root->type.at, slots[root->operation]);
}

static bool set_roots(struct builder *builder)
{
    bool defined = false;
    for (const struct ast_definition *each = builder->document->definitions; each;
         each = each->next) {
        if (each->kind != AST_SCHEMA)
            continue;
        if (!each->is_extension) {
            defined = true;
            builder->schema->description = each->description;
        }
        for (const struct ast_root *root = each->roots; root; root = root->next)
            if (!set_root(builder, root))
                return false;
    }
    if (defined)
        return true;
    builder->schema->query = map_get(&builder->types, TEXT("Query"));
    builder->schema->mutation = map_get(&builder->types, TEXT("Mutation"));
    builder->schema->subscription = map_get(&builder->types, TEXT("Subscription"));
    return true;
}

static bool set_default(const struct builder *builder, struct graphql_input *slot)
{
    if (!slot->default_literal)
        return true;
    struct graphql_value *value = allocate(builder, 1, sizeof(*value));
    if (!value)
        return false;
    switch (
        graphql_coerce_literal(builder->arena, slot->type, slot->default_literal, NULL, value)) {
    case GRAPHQL_COERCED: break;
    case GRAPHQL_COERCED_NO_MEMORY: return error_set_no_memory(builder->error);
    default:
        return fail_at(builder, slot->default_literal->at,
                       "The default of \"%.*s\" does not fit its type.", TEXT_ARG(slot->name));
    }
    struct buffer text;
    buffer_init(&text, builder->arena, DEFAULT_TEXT_MAX);
    graphql_value_print(&text, slot->type.type, value);
    if (text.failed)
        return error_set_no_memory(builder->error);
    slot->default_value = value;
    slot->default_text = buffer_text(&text);
    return true;
}

static bool set_all_defaults(const struct builder *builder)
{
    for (size_t i = 0; i < builder->inputs.len; i++) {
        const struct input_run *run = &LIST_ITEMS(&builder->inputs, struct input_run)[i];
        for (size_t j = 0; j < run->count; j++)
            if (!set_default(builder, &run->items[j]))
                return false;
    }
    return true;
}

static bool add_possible(const struct builder *builder, const struct graphql_type *object,
                         struct map *lists)
{
    for (uint32_t i = 0; i < object->interface_count; i++) {
        struct list *list = map_get(lists, object->interfaces[i]->name);
        if (!list) {
            list = allocate(builder, 1, sizeof(*list));
            if (!list || !map_set(lists, object->interfaces[i]->name, list))
                return error_set_no_memory(builder->error);
            list_init(list, builder->arena, sizeof(object));
        }
        const struct graphql_type **slot = list_push(list);
        if (!slot)
            return error_set_no_memory(builder->error);
        *slot = object;
    }
    return true;
}

static bool set_possible(struct builder *builder)
{
    struct map lists;
    map_init(&lists, builder->arena);
    for (size_t i = 0; i < builder->types.len; i++) {
        const struct graphql_type *type = builder->types.entries[i].value;
        if (type->kind == GRAPHQL_OBJECT && !add_possible(builder, type, &lists))
            return false;
    }
    for (size_t i = 0; i < lists.len; i++) {
        struct graphql_type *type = map_get(&builder->types, lists.entries[i].key);
        const struct list *list = lists.entries[i].value;
        if (!type || type->kind != GRAPHQL_INTERFACE)
            continue;
        type->possible = list->items;
        type->possible_count = (uint32_t)list->len;
    }
    return true;
}

static int compare_types(const void *a, const void *b)
{
    const struct graphql_type *const *left = a;
    const struct graphql_type *const *right = b;
    return graphql_name_compare((*left)->name, (*right)->name);
}

static int compare_fields(const void *a, const void *b, void *owner)
{
    const struct graphql_field *fields = ((const struct graphql_type *)owner)->fields;
    return graphql_name_compare(fields[*(const uint16_t *)a].name,
                                fields[*(const uint16_t *)b].name);
}

static bool sort_fields(const struct builder *builder, struct graphql_type *type)
{
    uint16_t *order = allocate(builder, type->field_count, sizeof(*order));
    if (!order)
        return false;
    for (uint32_t i = 0; i < type->field_count; i++)
        order[i] = (uint16_t)i;
    qsort_r(order, type->field_count, sizeof(*order), compare_fields, type);
    type->fields_by_name = order;
    return true;
}

/* Int, Float and ID are part of a schema only where something uses them. */
static bool is_used(const struct builder *builder, const struct graphql_type *type)
{
    if (type != &graphql_int && type != &graphql_float && type != &graphql_id)
        return true;
    for (size_t i = 0; i < builder->types.len; i++) {
        const struct graphql_type *user = builder->types.entries[i].value;
        for (uint32_t j = 0; j < user->input_count; j++)
            if (user->inputs[j].type.type == type)
                return true;
        for (uint32_t j = 0; j < user->field_count; j++) {
            const struct graphql_field *field = &user->fields[j];
            bool uses = field->type.type == type;
            for (uint32_t k = 0; k < field->argument_count; k++)
                uses |= field->arguments[k].type.type == type;
            if (uses)
                return true;
        }
    }
    for (uint32_t i = 0; i < builder->schema->directive_count; i++) {
        const struct graphql_directive *directive = builder->schema->directives[i];
        for (uint32_t k = 0; k < directive->argument_count; k++)
            if (directive->arguments[k].type.type == type)
                return true;
    }
    return false;
}

static bool sort_types(struct builder *builder)
{
    const struct graphql_type **types = allocate(builder, builder->types.len, sizeof(*types));
    if (!types)
        return false;
    uint32_t count = 0;
    for (size_t i = 0; i < builder->types.len; i++) {
        struct graphql_type *type = builder->types.entries[i].value;
        if (!is_used(builder, type))
            continue;
        types[count++] = type;
        if (type->field_count > 0 && !sort_fields(builder, type))
            return false;
    }
    qsort(types, count, sizeof(*types), compare_types);
    builder->schema->types = types;
    builder->schema->type_count = count;
    return true;
}

bool graphql_schema_build(struct arena *arena, const struct ast_document *document,
                          const struct graphql_resolvers *resolvers,
                          const struct graphql_schema **out, struct error *error)
{
    struct builder builder = {
        .arena = arena, .document = document, .resolvers = resolvers, .error = error};
    map_init(&builder.types, arena);
    list_init(&builder.inputs, arena, sizeof(struct input_run));
    builder.schema = allocate(&builder, 1, sizeof(*builder.schema));
    if (!builder.schema || !declare_types(&builder))
        return false;
    for (int extensions = 0; extensions < 2; extensions++)
        for (const struct ast_definition *each = document->definitions; each; each = each->next)
            if (each->kind == AST_TYPE && each->is_extension == (extensions == 1) &&
                !fill_type(&builder, each))
                return false;
    if (!build_directives(&builder) || !set_roots(&builder) || !set_all_defaults(&builder) ||
        !set_possible(&builder) || !sort_types(&builder))
        return false;
    *out = builder.schema;
    return true;
}
