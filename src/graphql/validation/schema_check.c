/* Root types, then each type by its kind, then directives. */
#include "graphql/validation/schema_check.h"

#include "base/map.h"

#include <stdarg.h>

enum { DEPTH_MAX = 1000 }; /* of input objects in one another, for the search for cycles */

struct check {
    struct arena *arena;
    const struct graphql_schema *schema;
    struct graphql_errors *errors;
};

static void report(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);

static void report(struct check *check, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text message = text_format_list(check->arena, format, arguments);
    va_end(arguments);
    graphql_errors_add(check->errors, NULL, message);
}

static struct text print(struct check *check, struct graphql_type_ref ref)
{
    return graphql_type_ref_print(check->arena, ref);
}

static void check_name(struct check *check, struct text name)
{
    if (text_starts_with(name, TEXT("__")))
        report(check,
               "Name \"%.*s\" must not begin with \"__\", which is reserved by GraphQL "
               "introspection.",
               TEXT_ARG(name));
}

static void check_roots(struct check *check)
{
    const struct {
        const char *name;
        const struct graphql_type *type;
    } roots[] = {{"Query", check->schema->query},
                 {"Mutation", check->schema->mutation},
                 {"Subscription", check->schema->subscription}};
    if (!check->schema->query)
        report(check, "Query root type must be provided.");
    for (size_t i = 0; i < ARRAY_LENGTH(roots); i++) {
        if (roots[i].type && roots[i].type->kind != GRAPHQL_OBJECT)
            report(check, "%s root type must be Object type, it cannot be %.*s.", roots[i].name,
                   TEXT_ARG(roots[i].type->name));
        for (size_t j = 0; j < i; j++)
            if (roots[i].type && roots[i].type == roots[j].type)
                report(check,
                       "All root types must be different, \"%.*s\" type is used as %s and %s.",
                       TEXT_ARG(roots[i].type->name), roots[j].name, roots[i].name);
    }
}

static bool is_required(const struct graphql_input *input)
{
    return graphql_is_non_null(input->type.wrappers) && !input->default_value;
}

/* owner: "Type.field" or "@directive". */
static void check_arguments(struct check *check, struct text owner,
                            const struct graphql_input *inputs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct graphql_input *input = &inputs[i];
        check_name(check, input->name);
        if (!graphql_type_is_input(input->type.type))
            report(check, "The type of %.*s(%.*s:) must be Input Type but got: %.*s.",
                   TEXT_ARG(owner), TEXT_ARG(input->name), TEXT_ARG(print(check, input->type)));
        if (is_required(input) && input->deprecation.at)
            report(check, "Required argument %.*s(%.*s:) cannot be deprecated.", TEXT_ARG(owner),
                   TEXT_ARG(input->name));
        if (graphql_inputs_find(inputs, i, input->name))
            report(check, "Argument %.*s(%.*s:) can only be defined once.", TEXT_ARG(owner),
                   TEXT_ARG(input->name));
    }
}

static void check_fields(struct check *check, const struct graphql_type *type)
{
    if (type->field_count == 0)
        report(check, "Type %.*s must define one or more fields.", TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct graphql_field *field = &type->fields[i];
        struct text owner =
            text_format(check->arena, "%.*s.%.*s", TEXT_ARG(type->name), TEXT_ARG(field->name));
        check_name(check, field->name);
        if (field->type.type->kind == GRAPHQL_INPUT_OBJECT)
            report(check, "The type of %.*s must be Output Type but got: %.*s.", TEXT_ARG(owner),
                   TEXT_ARG(print(check, field->type)));
        if (graphql_type_field(type, field->name) != field)
            report(check, "Field \"%.*s\" can only be defined once.", TEXT_ARG(owner));
        check_arguments(check, owner, field->arguments, field->argument_count);
    }
}

static bool implements(const struct graphql_type *type, const struct graphql_type *interface)
{
    for (uint32_t i = 0; i < type->interface_count; i++)
        if (type->interfaces[i] == interface)
            return true;
    return false;
}

static bool is_subtype(const struct graphql_type *type, const struct graphql_type *wanted)
{
    if (type == wanted || implements(type, wanted))
        return true;
    return type->kind == GRAPHQL_OBJECT && graphql_type_is_abstract(wanted) &&
           graphql_type_is_possible(wanted, type);
}

/* A field may promise more than the interface asks. */
static bool is_covariant(struct graphql_type_ref given, struct graphql_type_ref wanted)
{
    return graphql_wrappers_fit(given.wrappers, wanted.wrappers) &&
           is_subtype(given.type, wanted.type);
}

static void check_implemented_arguments(struct check *check, const struct graphql_type *type,
                                        const struct graphql_type *interface,
                                        const struct graphql_field *own,
                                        const struct graphql_field *wanted)
{
    for (uint32_t i = 0; i < wanted->argument_count; i++) {
        const struct graphql_input *asked = &wanted->arguments[i];
        const struct graphql_input *given = graphql_field_argument(own, asked->name);
        if (!given)
            report(check,
                   "Interface field argument %.*s.%.*s(%.*s:) expected but %.*s.%.*s does not "
                   "provide it.",
                   TEXT_ARG(interface->name), TEXT_ARG(wanted->name), TEXT_ARG(asked->name),
                   TEXT_ARG(type->name), TEXT_ARG(own->name));
        else if (given->type.type != asked->type.type ||
                 given->type.wrappers != asked->type.wrappers)
            report(check,
                   "Interface field argument %.*s.%.*s(%.*s:) expects type %.*s but "
                   "%.*s.%.*s(%.*s:) is type %.*s.",
                   TEXT_ARG(interface->name), TEXT_ARG(wanted->name), TEXT_ARG(asked->name),
                   TEXT_ARG(print(check, asked->type)), TEXT_ARG(type->name), TEXT_ARG(own->name),
                   TEXT_ARG(asked->name), TEXT_ARG(print(check, given->type)));
    }
    for (uint32_t i = 0; i < own->argument_count; i++) {
        const struct graphql_input *given = &own->arguments[i];
        if (is_required(given) && !graphql_field_argument(wanted, given->name))
            report(
                check,
                "Argument \"%.*s.%.*s(%.*s:)\" must not be required type \"%.*s\" if not provided "
                "by the Interface field \"%.*s.%.*s\".",
                TEXT_ARG(type->name), TEXT_ARG(own->name), TEXT_ARG(given->name),
                TEXT_ARG(print(check, given->type)), TEXT_ARG(interface->name),
                TEXT_ARG(wanted->name));
    }
}

static void check_implementation(struct check *check, const struct graphql_type *type,
                                 const struct graphql_type *interface)
{
    for (uint32_t i = 0; i < interface->field_count; i++) {
        const struct graphql_field *wanted = &interface->fields[i];
        const struct graphql_field *own = graphql_type_field(type, wanted->name);
        if (!own) {
            report(check, "Interface field %.*s.%.*s expected but %.*s does not provide it.",
                   TEXT_ARG(interface->name), TEXT_ARG(wanted->name), TEXT_ARG(type->name));
            continue;
        }
        if (!is_covariant(own->type, wanted->type))
            report(check, "Interface field %.*s.%.*s expects type %.*s but %.*s.%.*s is type %.*s.",
                   TEXT_ARG(interface->name), TEXT_ARG(wanted->name),
                   TEXT_ARG(print(check, wanted->type)), TEXT_ARG(type->name), TEXT_ARG(own->name),
                   TEXT_ARG(print(check, own->type)));
        check_implemented_arguments(check, type, interface, own, wanted);
    }
    for (uint32_t i = 0; i < interface->interface_count; i++)
        if (!implements(type, interface->interfaces[i]))
            report(check, "Type %.*s must implement %.*s because it is implemented by %.*s.",
                   TEXT_ARG(type->name), TEXT_ARG(interface->interfaces[i]->name),
                   TEXT_ARG(interface->name));
}

static void check_interfaces(struct check *check, const struct graphql_type *type)
{
    for (uint32_t i = 0; i < type->interface_count; i++) {
        const struct graphql_type *interface = type->interfaces[i];
        bool repeated = false;
        for (uint32_t j = 0; j < i; j++)
            repeated |= type->interfaces[j] == interface;
        if (interface->kind != GRAPHQL_INTERFACE)
            report(check,
                   "Type %.*s must only implement Interface types, it cannot implement %.*s.",
                   TEXT_ARG(type->name), TEXT_ARG(interface->name));
        else if (interface == type)
            report(
                check,
                "Type %.*s cannot implement itself because it would create a circular reference.",
                TEXT_ARG(type->name));
        else if (repeated)
            report(check, "Type %.*s can only implement %.*s once.", TEXT_ARG(type->name),
                   TEXT_ARG(interface->name));
        else
            check_implementation(check, type, interface);
    }
}

static void check_union(struct check *check, const struct graphql_type *type)
{
    if (type->possible_count == 0)
        report(check, "Union type %.*s must define one or more member types.",
               TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->possible_count; i++) {
        const struct graphql_type *member = type->possible[i];
        if (member->kind != GRAPHQL_OBJECT)
            report(check, "Union type %.*s can only include Object types, it cannot include %.*s.",
                   TEXT_ARG(type->name), TEXT_ARG(member->name));
        for (uint32_t j = 0; j < i; j++)
            if (type->possible[j] == member)
                report(check, "Union type %.*s can only include type %.*s once.",
                       TEXT_ARG(type->name), TEXT_ARG(member->name));
    }
}

static void check_enum(struct check *check, const struct graphql_type *type)
{
    if (type->value_count == 0)
        report(check, "Enum type %.*s must define one or more values.", TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->value_count; i++) {
        check_name(check, type->values[i].name);
        if (graphql_enum_by_name(type, type->values[i].name) != &type->values[i])
            report(check, "Enum value \"%.*s.%.*s\" can only be defined once.",
                   TEXT_ARG(type->name), TEXT_ARG(type->values[i].name));
    }
}

/* Whether a value of `type` must hold one of `target`: a chain of fields that are neither nullable
 * nor lists. Types that are known to hold none are in `seen`. */
static bool must_hold(const struct graphql_type *type, const struct graphql_type *target,
                      struct map *seen, int depth)
{
    for (uint32_t i = 0; depth < DEPTH_MAX && i < type->input_count; i++) {
        const struct graphql_type_ref *ref = &type->inputs[i].type;
        bool is_held =
            ref->wrappers == GRAPHQL_WRAP_NON_NULL && ref->type->kind == GRAPHQL_INPUT_OBJECT;
        if (!is_held)
            continue;
        if (ref->type == target)
            return true;
        if (map_find(seen, ref->type->name) || !map_set(seen, ref->type->name, NULL))
            continue;
        if (must_hold(ref->type, target, seen, depth + 1))
            return true;
    }
    return false;
}

static void check_input_field(struct check *check, const struct graphql_type *type,
                              const struct graphql_input *input)
{
    check_name(check, input->name);
    if (!graphql_type_is_input(input->type.type))
        report(check, "The type of %.*s.%.*s must be Input Type but got: %.*s.",
               TEXT_ARG(type->name), TEXT_ARG(input->name), TEXT_ARG(print(check, input->type)));
    if (is_required(input) && input->deprecation.at)
        report(check, "Required input field %.*s.%.*s cannot be deprecated.", TEXT_ARG(type->name),
               TEXT_ARG(input->name));
    if (graphql_type_input(type, input->name) != input)
        report(check, "Field \"%.*s.%.*s\" can only be defined once.", TEXT_ARG(type->name),
               TEXT_ARG(input->name));
    if (type->is_one_of && graphql_is_non_null(input->type.wrappers))
        report(check, "OneOf input field %.*s.%.*s must be nullable.", TEXT_ARG(type->name),
               TEXT_ARG(input->name));
    if (type->is_one_of && input->default_value)
        report(check, "OneOf input field %.*s.%.*s cannot have a default value.",
               TEXT_ARG(type->name), TEXT_ARG(input->name));
}

static void check_input_object(struct check *check, const struct graphql_type *type)
{
    if (type->input_count == 0)
        report(check, "Input Object type %.*s must define one or more fields.",
               TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->input_count; i++)
        check_input_field(check, type, &type->inputs[i]);
    struct map seen;
    map_init(&seen, check->arena);
    if (must_hold(type, type, &seen, 0))
        report(check,
               "Cannot reference Input Object \"%.*s\" within itself through a series of non-null "
               "fields.",
               TEXT_ARG(type->name));
}

static void check_type(struct check *check, const struct graphql_type *type)
{
    check_name(check, type->name);
    switch (type->kind) {
    case GRAPHQL_OBJECT:
    case GRAPHQL_INTERFACE:
        check_fields(check, type);
        check_interfaces(check, type);
        break;
    case GRAPHQL_UNION: check_union(check, type); break;
    case GRAPHQL_ENUM: check_enum(check, type); break;
    case GRAPHQL_INPUT_OBJECT: check_input_object(check, type); break;
    case GRAPHQL_SCALAR: break;
    }
}

static void check_directives(struct check *check)
{
    for (uint32_t i = 0; i < check->schema->directive_count; i++) {
        const struct graphql_directive *directive = check->schema->directives[i];
        struct text owner = text_format(check->arena, "@%.*s", TEXT_ARG(directive->name));
        check_name(check, directive->name);
        check_arguments(check, owner, directive->arguments, directive->argument_count);
        if (graphql_schema_directive(check->schema, directive->name) != directive)
            report(check, "There can be only one directive named \"%.*s\".", TEXT_ARG(owner));
    }
}

bool graphql_schema_check(struct arena *arena, const struct graphql_schema *schema,
                          struct graphql_errors *errors)
{
    struct check check = {.arena = arena, .schema = schema, .errors = errors};
    check_roots(&check);
    for (uint32_t i = 0; i < schema->type_count; i++)
        check_type(&check, schema->types[i]);
    check_directives(&check);
    return errors->items.len == 0 && errors->dropped == 0;
}
