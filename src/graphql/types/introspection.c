/*
 * The tables of the introspection types and their resolvers. A __Schema is a struct graphql_schema,
 * a __Field a struct graphql_field, and so on: most fields are plain members of those. Only a
 * __Type needs a struct of its own, because its wrappers count.
 */
#include "graphql/types/introspection.h"

#include "base/list.h"
#include "graphql/execution/call.h"

#include <string.h>

/* A type as it is seen from outside its wrappers. */
struct type_view {
    const struct graphql_type *type;
    uint64_t wrappers;
};

struct deprecated_args {
    bool include_deprecated;
};

struct type_args {
    struct text name;
};

static const struct graphql_type schema_type, type_type, type_kind_type, field_type, input_type,
    enum_value_type, directive_type, location_type;

enum type_kind { KIND_LIST = GRAPHQL_INPUT_OBJECT + 1, KIND_NON_NULL };

static bool give_view(struct graphql_call *call, size_t index, const struct graphql_type *type,
                      uint64_t wrappers)
{
    if (!type)
        return true;
    struct type_view *view = ARENA_NEW(call->arena, struct type_view);
    if (!view)
        return error_set_no_memory(call->error);
    *view = (struct type_view){type, wrappers};
    graphql_give_object(call, index, view);
    return true;
}

static bool give_views(struct graphql_call *call, size_t index,
                       const struct graphql_type *const *types, size_t count)
{
    struct type_view *views = ARENA_ARRAY(call->arena, struct type_view, count);
    if (!views)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < count; i++)
        views[i].type = types[i];
    graphql_give_structs(call, index, views, count, sizeof(*views));
    return true;
}

/* The parent as a bare type; NULL when it is wrapped. */
static const struct graphql_type *bare_parent(const struct graphql_call *call, size_t index)
{
    const struct type_view *view = call->parents[index];
    return view->wrappers ? NULL : view->type;
}

static bool resolve_schema(struct graphql_call *call)
{
    graphql_give_object(call, 0, call->schema);
    return true;
}

static bool resolve_type_by_name(struct graphql_call *call)
{
    const struct type_args *args = call->args;
    return give_view(call, 0, graphql_schema_type(call->schema, args->name), 0);
}

static bool resolve_types(struct graphql_call *call)
{
    const struct graphql_schema *schema = call->schema;
    size_t own;
    const struct graphql_type *const *introspection = graphql_introspection_types(&own);
    const struct graphql_type **all =
        ARENA_ARRAY(call->arena, const struct graphql_type *, schema->type_count + own);
    if (!all)
        return error_set_no_memory(call->error);
    memcpy(all, schema->types, schema->type_count * sizeof(*all));
    memcpy(all + schema->type_count, introspection, own * sizeof(*all));
    return give_views(call, 0, all, schema->type_count + own);
}

static bool resolve_query_type(struct graphql_call *call)
{
    return give_view(call, 0, call->schema->query, 0);
}

static bool resolve_mutation_type(struct graphql_call *call)
{
    return give_view(call, 0, call->schema->mutation, 0);
}

static bool resolve_subscription_type(struct graphql_call *call)
{
    return give_view(call, 0, call->schema->subscription, 0);
}

static bool resolve_directives(struct graphql_call *call)
{
    graphql_give_pointers(call, 0, (const void *const *)call->schema->directives,
                          call->schema->directive_count);
    return true;
}

static bool resolve_kind(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct type_view *view = call->parents[i];
        int64_t kind = view->type->kind;
        if (graphql_is_list(view->wrappers))
            kind = KIND_LIST;
        else if (graphql_is_non_null(view->wrappers))
            kind = KIND_NON_NULL;
        graphql_give_int(call, i, kind);
    }
    return true;
}

static bool give_type_text(struct graphql_call *call, size_t offset)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        struct text text = {NULL, 0};
        if (type)
            memcpy(&text, (const char *)type + offset, sizeof(text));
        graphql_give_text(call, i, text);
    }
    return true;
}

static bool resolve_type_name(struct graphql_call *call)
{
    return give_type_text(call, offsetof(struct graphql_type, name));
}

static bool resolve_type_description(struct graphql_call *call)
{
    return give_type_text(call, offsetof(struct graphql_type, description));
}

static bool resolve_specified_by(struct graphql_call *call)
{
    return give_type_text(call, offsetof(struct graphql_type, specified_by));
}

/* Items of `size` bytes whose text at `deprecation` is empty, or all of them. */
static bool give_current(struct graphql_call *call, size_t index, const void *items, size_t count,
                         size_t size, size_t deprecation)
{
    const struct deprecated_args *args = call->args;
    if (args->include_deprecated) {
        graphql_give_structs(call, index, items, count, size);
        return true;
    }
    const void **kept = ARENA_ARRAY(call->arena, const void *, count);
    size_t kept_count = 0;
    if (!kept)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < count; i++) {
        const char *item = (const char *)items + i * size;
        struct text reason;
        memcpy(&reason, item + deprecation, sizeof(reason));
        if (!reason.at)
            kept[kept_count++] = item;
    }
    graphql_give_pointers(call, index, kept, kept_count);
    return true;
}

static bool resolve_fields(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        bool has_fields = type && (type->kind == GRAPHQL_OBJECT || type->kind == GRAPHQL_INTERFACE);
        if (has_fields &&
            !give_current(call, i, type->fields, type->field_count, sizeof(*type->fields),
                          offsetof(struct graphql_field, deprecation)))
            return false;
    }
    return true;
}

static bool resolve_interfaces(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        bool has_fields = type && (type->kind == GRAPHQL_OBJECT || type->kind == GRAPHQL_INTERFACE);
        if (has_fields && !give_views(call, i, type->interfaces, type->interface_count))
            return false;
    }
    return true;
}

static bool resolve_possible_types(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        if (type && graphql_type_is_abstract(type) &&
            !give_views(call, i, type->possible, type->possible_count))
            return false;
    }
    return true;
}

static bool resolve_enum_values(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        if (type && type->kind == GRAPHQL_ENUM &&
            !give_current(call, i, type->values, type->value_count, sizeof(*type->values),
                          offsetof(struct graphql_enum_value, deprecation)))
            return false;
    }
    return true;
}

static bool resolve_input_fields(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        if (type && type->kind == GRAPHQL_INPUT_OBJECT &&
            !give_current(call, i, type->inputs, type->input_count, sizeof(*type->inputs),
                          offsetof(struct graphql_input, deprecation)))
            return false;
    }
    return true;
}

static bool resolve_of_type(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct type_view *view = call->parents[i];
        if (view->wrappers && !give_view(call, i, view->type, view->wrappers >> 2))
            return false;
    }
    return true;
}

static bool resolve_is_one_of(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_type *type = bare_parent(call, i);
        if (type && type->kind == GRAPHQL_INPUT_OBJECT)
            graphql_give_bool(call, i, type->is_one_of);
    }
    return true;
}

static bool resolve_field_args(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_field *field = call->parents[i];
        if (!give_current(call, i, field->arguments, field->argument_count,
                          sizeof(*field->arguments), offsetof(struct graphql_input, deprecation)))
            return false;
    }
    return true;
}

static bool resolve_directive_args(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_directive *directive = call->parents[i];
        if (!give_current(call, i, directive->arguments, directive->argument_count,
                          sizeof(*directive->arguments),
                          offsetof(struct graphql_input, deprecation)))
            return false;
    }
    return true;
}

static bool give_ref(struct graphql_call *call, size_t offset)
{
    for (size_t i = 0; i < call->count; i++) {
        struct graphql_type_ref ref;
        memcpy(&ref, (const char *)call->parents[i] + offset, sizeof(ref));
        if (!give_view(call, i, ref.type, ref.wrappers))
            return false;
    }
    return true;
}

static bool resolve_field_type(struct graphql_call *call)
{
    return give_ref(call, offsetof(struct graphql_field, type));
}

static bool resolve_input_type(struct graphql_call *call)
{
    return give_ref(call, offsetof(struct graphql_input, type));
}

static bool give_is_deprecated(struct graphql_call *call, size_t offset)
{
    for (size_t i = 0; i < call->count; i++) {
        struct text reason;
        memcpy(&reason, (const char *)call->parents[i] + offset, sizeof(reason));
        graphql_give_bool(call, i, reason.at != NULL);
    }
    return true;
}

static bool resolve_field_is_deprecated(struct graphql_call *call)
{
    return give_is_deprecated(call, offsetof(struct graphql_field, deprecation));
}

static bool resolve_input_is_deprecated(struct graphql_call *call)
{
    return give_is_deprecated(call, offsetof(struct graphql_input, deprecation));
}

static bool resolve_value_is_deprecated(struct graphql_call *call)
{
    return give_is_deprecated(call, offsetof(struct graphql_enum_value, deprecation));
}

static bool resolve_locations(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct graphql_directive *directive = call->parents[i];
        int64_t *locations = ARENA_ARRAY(call->arena, int64_t, GRAPHQL_LOCATION_COUNT);
        size_t count = 0;
        if (!locations)
            return error_set_no_memory(call->error);
        for (int at = 0; at < GRAPHQL_LOCATION_COUNT; at++)
            if (directive->locations >> at & 1)
                locations[count++] = at;
        graphql_give_ints(call, i, locations, count);
    }
    return true;
}

enum {
    ONE = GRAPHQL_WRAP_NON_NULL,                                                         /* T! */
    SOME = GRAPHQL_WRAP_LIST | GRAPHQL_WRAP_NON_NULL << 2,                               /* [T!] */
    ALL = GRAPHQL_WRAP_NON_NULL | (GRAPHQL_WRAP_LIST | GRAPHQL_WRAP_NON_NULL << 2) << 2, /* [T!]! */
};

#define MEMBER(field_name, owner, c_member, c_form, graphql_type, wrap)                            \
    {                                                                                              \
        .name = TEXT_INIT(field_name), .type = {&(graphql_type), (wrap)}, .member = {              \
            .form = (c_form),                                                                      \
            .offset = offsetof(owner, c_member)                                                    \
        }                                                                                          \
    }
#define TEXT_MEMBER(field_name, owner, c_member, wrap)                                             \
    MEMBER(field_name, owner, c_member, GRAPHQL_FORM_TEXT, graphql_string, wrap)
#define RESOLVED(field_name, function, graphql_type, wrap)                                         \
    {                                                                                              \
        .name = TEXT_INIT(field_name), .type = {&(graphql_type), (wrap)}, .resolve = (function),   \
        .cost = 1                                                                                  \
    }
/* With the argument that brings deprecated items back. */
#define CURRENT(field_name, function, graphql_type, wrap)                                          \
    {                                                                                              \
        .name = TEXT_INIT(field_name), .type = {&(graphql_type), (wrap)}, .resolve = (function),   \
        .cost = 1, .arguments = deprecated_inputs, .argument_count = 1,                            \
        .args_size = sizeof(struct deprecated_args)                                                \
    }
#define FIELDS(table, order)                                                                       \
    .fields = (table), .fields_by_name = (order), .field_count = ARRAY_LENGTH(table)
#define VALUES(table, order)                                                                       \
    .values = (table), .value_count = ARRAY_LENGTH(table), .value_positions = (order),             \
    .value_limit = ARRAY_LENGTH(order)

static const struct graphql_value false_value = {.kind = GRAPHQL_VALUE_BOOLEAN};

static const struct graphql_input deprecated_inputs[] = {{
    .name = TEXT_INIT("includeDeprecated"),
    .type = {&graphql_boolean, ONE},
    .default_value = &false_value,
    .default_text = TEXT_INIT("false"),
    .form = GRAPHQL_FORM_BOOL,
    .offset = offsetof(struct deprecated_args, include_deprecated),
    .given_offset = UINT32_MAX,
}};

static const struct graphql_field schema_fields[] = {
    TEXT_MEMBER("description", struct graphql_schema, description, 0),
    RESOLVED("types", resolve_types, type_type, ALL),
    RESOLVED("queryType", resolve_query_type, type_type, ONE),
    RESOLVED("mutationType", resolve_mutation_type, type_type, 0),
    RESOLVED("subscriptionType", resolve_subscription_type, type_type, 0),
    RESOLVED("directives", resolve_directives, directive_type, ALL),
};
static const uint16_t schema_order[] = {1, 2, 5, 0, 3, 4};

static const struct graphql_type schema_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__Schema"),
    .description = TEXT_INIT("What can be asked of this server: its types and directives."),
    FIELDS(schema_fields, schema_order),
};

static const struct graphql_field type_fields[] = {
    RESOLVED("kind", resolve_kind, type_kind_type, ONE),
    RESOLVED("name", resolve_type_name, graphql_string, 0),
    RESOLVED("description", resolve_type_description, graphql_string, 0),
    RESOLVED("specifiedByURL", resolve_specified_by, graphql_string, 0),
    CURRENT("fields", resolve_fields, field_type, SOME),
    RESOLVED("interfaces", resolve_interfaces, type_type, SOME),
    RESOLVED("possibleTypes", resolve_possible_types, type_type, SOME),
    CURRENT("enumValues", resolve_enum_values, enum_value_type, SOME),
    CURRENT("inputFields", resolve_input_fields, input_type, SOME),
    RESOLVED("ofType", resolve_of_type, type_type, 0),
    RESOLVED("isOneOf", resolve_is_one_of, graphql_boolean, 0),
};
static const uint16_t type_order[] = {0, 1, 4, 9, 10, 7, 5, 2, 8, 6, 3};

static const struct graphql_type type_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__Type"),
    .description = TEXT_INIT("A type, or a list or non-null wrapper round one."),
    FIELDS(type_fields, type_order),
};

#define KIND(kind_name, constant, words)                                                           \
    {                                                                                              \
        .name = TEXT_INIT(kind_name), .description = TEXT_INIT(words), .value = (constant)         \
    }

static const struct graphql_enum_value type_kind_values[] = {
    KIND("SCALAR", GRAPHQL_SCALAR, "A leaf: one value."),
    KIND("OBJECT", GRAPHQL_OBJECT, "`fields` and `interfaces` say more."),
    KIND("INTERFACE", GRAPHQL_INTERFACE, "`fields`, `interfaces` and `possibleTypes` say more."),
    KIND("UNION", GRAPHQL_UNION, "`possibleTypes` says more."),
    KIND("ENUM", GRAPHQL_ENUM, "`enumValues` says more."),
    KIND("INPUT_OBJECT", GRAPHQL_INPUT_OBJECT, "`inputFields` says more."),
    KIND("LIST", KIND_LIST, "A list of `ofType`."),
    KIND("NON_NULL", KIND_NON_NULL, "`ofType`, and never null."),
};
static const uint16_t type_kind_positions[] = {1, 2, 3, 4, 5, 6, 7, 8};

static const struct graphql_type type_kind_type = {
    .kind = GRAPHQL_ENUM,
    .name = TEXT_INIT("__TypeKind"),
    .description = TEXT_INIT("What kind of type a `__Type` is."),
    VALUES(type_kind_values, type_kind_positions),
};

static const struct graphql_field field_fields[] = {
    TEXT_MEMBER("name", struct graphql_field, name, ONE),
    TEXT_MEMBER("description", struct graphql_field, description, 0),
    CURRENT("args", resolve_field_args, input_type, ALL),
    RESOLVED("type", resolve_field_type, type_type, ONE),
    RESOLVED("isDeprecated", resolve_field_is_deprecated, graphql_boolean, ONE),
    TEXT_MEMBER("deprecationReason", struct graphql_field, deprecation, 0),
};
static const uint16_t field_order[] = {2, 0, 3, 1, 4, 5};

static const struct graphql_type field_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__Field"),
    .description = TEXT_INIT("A field of an object or interface."),
    FIELDS(field_fields, field_order),
};

static const struct graphql_field input_fields[] = {
    TEXT_MEMBER("name", struct graphql_input, name, ONE),
    TEXT_MEMBER("description", struct graphql_input, description, 0),
    RESOLVED("type", resolve_input_type, type_type, ONE),
    TEXT_MEMBER("defaultValue", struct graphql_input, default_text, 0),
    RESOLVED("isDeprecated", resolve_input_is_deprecated, graphql_boolean, ONE),
    TEXT_MEMBER("deprecationReason", struct graphql_input, deprecation, 0),
};
static const uint16_t input_order[] = {0, 2, 1, 3, 4, 5};

static const struct graphql_type input_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__InputValue"),
    .description = TEXT_INIT("An argument, or a field of an input object."),
    FIELDS(input_fields, input_order),
};

static const struct graphql_field enum_value_fields[] = {
    TEXT_MEMBER("name", struct graphql_enum_value, name, ONE),
    TEXT_MEMBER("description", struct graphql_enum_value, description, 0),
    RESOLVED("isDeprecated", resolve_value_is_deprecated, graphql_boolean, ONE),
    TEXT_MEMBER("deprecationReason", struct graphql_enum_value, deprecation, 0),
};
static const uint16_t enum_value_order[] = {0, 1, 2, 3};

static const struct graphql_type enum_value_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__EnumValue"),
    .description = TEXT_INIT("One value of an enum."),
    FIELDS(enum_value_fields, enum_value_order),
};

static const struct graphql_field directive_fields[] = {
    TEXT_MEMBER("name", struct graphql_directive, name, ONE),
    TEXT_MEMBER("description", struct graphql_directive, description, 0),
    MEMBER("isRepeatable", struct graphql_directive, is_repeatable, GRAPHQL_FORM_BOOL,
           graphql_boolean, ONE),
    RESOLVED("locations", resolve_locations, location_type, ALL),
    CURRENT("args", resolve_directive_args, input_type, ALL),
};
static const uint16_t directive_order[] = {4, 0, 3, 1, 2};

static const struct graphql_type directive_type = {
    .kind = GRAPHQL_OBJECT,
    .name = TEXT_INIT("__Directive"),
    .description = TEXT_INIT("What may be written behind an @ sign, and where."),
    FIELDS(directive_fields, directive_order),
};

#define LOCATION(location_name, words)                                                             \
    [GRAPHQL_AT_##location_name] = {.name = TEXT_INIT(#location_name),                             \
                                    .description = TEXT_INIT("At " words "."),                     \
                                    .value = GRAPHQL_AT_##location_name}

static const struct graphql_enum_value location_values[] = {
    LOCATION(QUERY, "a query"),
    LOCATION(MUTATION, "a mutation"),
    LOCATION(SUBSCRIPTION, "a subscription"),
    LOCATION(FIELD, "a field"),
    LOCATION(FRAGMENT_DEFINITION, "the definition of a fragment"),
    LOCATION(FRAGMENT_SPREAD, "the use of a fragment"),
    LOCATION(INLINE_FRAGMENT, "an inline fragment"),
    LOCATION(VARIABLE_DEFINITION, "the definition of a variable"),
    LOCATION(SCHEMA, "a schema"),
    LOCATION(SCALAR, "a scalar"),
    LOCATION(OBJECT, "an object type"),
    LOCATION(FIELD_DEFINITION, "the definition of a field"),
    LOCATION(ARGUMENT_DEFINITION, "the definition of an argument"),
    LOCATION(INTERFACE, "an interface"),
    LOCATION(UNION, "a union"),
    LOCATION(ENUM, "an enum"),
    LOCATION(ENUM_VALUE, "a value of an enum"),
    LOCATION(INPUT_OBJECT, "an input object"),
    LOCATION(INPUT_FIELD_DEFINITION, "a field of an input object"),
};
static const uint16_t location_positions[] = {1,  2,  3,  4,  5,  6,  7,  8,  9, 10,
                                              11, 12, 13, 14, 15, 16, 17, 18, 19};
static_assert(ARRAY_LENGTH(location_values) == GRAPHQL_LOCATION_COUNT, "a location has no name");
static_assert(ARRAY_LENGTH(location_positions) == GRAPHQL_LOCATION_COUNT, "one for each value");

static const struct graphql_type location_type = {
    .kind = GRAPHQL_ENUM,
    .name = TEXT_INIT("__DirectiveLocation"),
    .description = TEXT_INIT("Where a directive may stand."),
    VALUES(location_values, location_positions),
};

static const struct graphql_type *const types[] = {
    &schema_type, &type_type,       &type_kind_type, &field_type,
    &input_type,  &enum_value_type, &directive_type, &location_type,
};

const struct graphql_field graphql_typename_field = {
    .name = TEXT_INIT("__typename"),
    .description = TEXT_INIT("The name of the object's type."),
    .type = {&graphql_string, ONE},
};

const struct graphql_field graphql_schema_field = {
    .name = TEXT_INIT("__schema"),
    .description = TEXT_INIT("What can be asked of this server."),
    .type = {&schema_type, ONE},
    .resolve = resolve_schema,
    .cost = 1,
};

static const struct graphql_input type_inputs[] = {{
    .name = TEXT_INIT("name"),
    .type = {&graphql_string, ONE},
    .form = GRAPHQL_FORM_TEXT,
    .offset = offsetof(struct type_args, name),
    .given_offset = UINT32_MAX,
}};

const struct graphql_field graphql_type_by_name_field = {
    .name = TEXT_INIT("__type"),
    .description = TEXT_INIT("One type by its name; null when there is none."),
    .type = {&type_type, 0},
    .arguments = type_inputs,
    .argument_count = 1,
    .args_size = sizeof(struct type_args),
    .resolve = resolve_type_by_name,
    .cost = 1,
};

const struct graphql_type *const *graphql_introspection_types(size_t *count)
{
    *count = ARRAY_LENGTH(types);
    return types;
}

const struct graphql_type *graphql_introspection_type(struct text name)
{
    if (!text_starts_with(name, TEXT("__")))
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (text_equal(types[i]->name, name))
            return types[i];
    return NULL;
}

const struct graphql_field *graphql_any_field(const struct graphql_schema *schema,
                                              const struct graphql_type *type, struct text name)
{
    if (!text_starts_with(name, TEXT("__")))
        return graphql_type_field(type, name);
    if (text_equal(name, TEXT("__typename")) && graphql_type_is_composite(type))
        return &graphql_typename_field;
    if (type == schema->query && text_equal(name, TEXT("__schema")))
        return &graphql_schema_field;
    if (type == schema->query && text_equal(name, TEXT("__type")))
        return &graphql_type_by_name_field;
    return graphql_type_field(type, name);
}
