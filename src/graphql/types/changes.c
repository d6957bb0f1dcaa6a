/* Both schemas side by side: types, then their parts, then directives. */
#include "graphql/types/changes.h"

#include <stdarg.h>

static const char *const names[] = {
    [GRAPHQL_TYPE_REMOVED] = "TYPE_REMOVED",
    [GRAPHQL_TYPE_CHANGED_KIND] = "TYPE_CHANGED_KIND",
    [GRAPHQL_TYPE_REMOVED_FROM_UNION] = "TYPE_REMOVED_FROM_UNION",
    [GRAPHQL_VALUE_REMOVED_FROM_ENUM] = "VALUE_REMOVED_FROM_ENUM",
    [GRAPHQL_REQUIRED_INPUT_FIELD_ADDED] = "REQUIRED_INPUT_FIELD_ADDED",
    [GRAPHQL_IMPLEMENTED_INTERFACE_REMOVED] = "IMPLEMENTED_INTERFACE_REMOVED",
    [GRAPHQL_FIELD_REMOVED] = "FIELD_REMOVED",
    [GRAPHQL_FIELD_CHANGED_KIND] = "FIELD_CHANGED_KIND",
    [GRAPHQL_REQUIRED_ARG_ADDED] = "REQUIRED_ARG_ADDED",
    [GRAPHQL_ARG_REMOVED] = "ARG_REMOVED",
    [GRAPHQL_ARG_CHANGED_KIND] = "ARG_CHANGED_KIND",
    [GRAPHQL_DIRECTIVE_REMOVED] = "DIRECTIVE_REMOVED",
    [GRAPHQL_DIRECTIVE_ARG_REMOVED] = "DIRECTIVE_ARG_REMOVED",
    [GRAPHQL_REQUIRED_DIRECTIVE_ARG_ADDED] = "REQUIRED_DIRECTIVE_ARG_ADDED",
    [GRAPHQL_DIRECTIVE_REPEATABLE_REMOVED] = "DIRECTIVE_REPEATABLE_REMOVED",
    [GRAPHQL_DIRECTIVE_LOCATION_REMOVED] = "DIRECTIVE_LOCATION_REMOVED",
    [GRAPHQL_VALUE_ADDED_TO_ENUM] = "VALUE_ADDED_TO_ENUM",
    [GRAPHQL_TYPE_ADDED_TO_UNION] = "TYPE_ADDED_TO_UNION",
    [GRAPHQL_OPTIONAL_INPUT_FIELD_ADDED] = "OPTIONAL_INPUT_FIELD_ADDED",
    [GRAPHQL_OPTIONAL_ARG_ADDED] = "OPTIONAL_ARG_ADDED",
    [GRAPHQL_IMPLEMENTED_INTERFACE_ADDED] = "IMPLEMENTED_INTERFACE_ADDED",
    [GRAPHQL_ARG_DEFAULT_VALUE_CHANGE] = "ARG_DEFAULT_VALUE_CHANGE",
};
static_assert(ARRAY_LENGTH(names) == GRAPHQL_CHANGE_KIND_COUNT, "a change has no name");

struct finder {
    struct arena *arena;
    struct list *out;
    bool failed;
};

bool graphql_change_is_breaking(enum graphql_change_kind kind)
{
    return kind < GRAPHQL_VALUE_ADDED_TO_ENUM;
}

const char *graphql_change_name(enum graphql_change_kind kind)
{
    return names[kind];
}

static struct graphql_change *add(struct finder *finder, enum graphql_change_kind kind,
                                  struct text type, struct text member, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* Never NULL: without memory a change that nobody sees. */
static struct graphql_change *add(struct finder *finder, enum graphql_change_kind kind,
                                  struct text type, struct text member, const char *format, ...)
{
    static _Thread_local struct graphql_change lost;
    struct graphql_change *change = list_push(finder->out);
    va_list arguments;
    va_start(arguments, format);
    struct text description = text_format_list(finder->arena, format, arguments);
    va_end(arguments);
    if (!change || !description.at) {
        finder->failed = true;
        return &lost;
    }
    *change = (struct graphql_change){
        .kind = kind, .description = description, .type = type, .member = member};
    return change;
}

static struct text print(struct finder *finder, struct graphql_type_ref ref)
{
    return graphql_type_ref_print(finder->arena, ref);
}

/* Whoever read the old type can read the new one. */
static bool is_safe_output(struct graphql_type_ref before, struct graphql_type_ref after)
{
    return graphql_wrappers_fit(after.wrappers, before.wrappers) &&
           text_equal(before.type->name, after.type->name);
}

/* Whatever was sent for the old type can be sent for the new one. */
static bool is_safe_input(struct graphql_type_ref before, struct graphql_type_ref after)
{
    return is_safe_output(after, before);
}

static bool is_required(const struct graphql_input *input)
{
    return graphql_is_non_null(input->type.wrappers) && !input->default_value;
}

static void compare_values(struct finder *finder, const struct graphql_type *before,
                           const struct graphql_type *after)
{
    struct text type = before->name;
    for (uint32_t i = 0; i < after->value_count; i++) {
        struct text name = after->values[i].name;
        if (!graphql_enum_by_name(before, name))
            add(finder, GRAPHQL_VALUE_ADDED_TO_ENUM, type, name,
                "%.*s was added to enum type %.*s.", TEXT_ARG(name), TEXT_ARG(type));
    }
    for (uint32_t i = 0; i < before->value_count; i++) {
        struct text name = before->values[i].name;
        if (!graphql_enum_by_name(after, name))
            add(finder, GRAPHQL_VALUE_REMOVED_FROM_ENUM, type, name,
                "%.*s was removed from enum type %.*s.", TEXT_ARG(name), TEXT_ARG(type))
                ->was_deprecated = before->values[i].deprecation.at != NULL;
    }
}

static bool names_type(const struct graphql_type *const *types, uint32_t count, struct text name)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(types[i]->name, name))
            return true;
    return false;
}

static void compare_union(struct finder *finder, const struct graphql_type *before,
                          const struct graphql_type *after)
{
    struct text type = before->name;
    for (uint32_t i = 0; i < after->possible_count; i++) {
        struct text name = after->possible[i]->name;
        if (!names_type(before->possible, before->possible_count, name))
            add(finder, GRAPHQL_TYPE_ADDED_TO_UNION, type, name,
                "%.*s was added to union type %.*s.", TEXT_ARG(name), TEXT_ARG(type));
    }
    for (uint32_t i = 0; i < before->possible_count; i++) {
        struct text name = before->possible[i]->name;
        if (!names_type(after->possible, after->possible_count, name))
            add(finder, GRAPHQL_TYPE_REMOVED_FROM_UNION, type, name,
                "%.*s was removed from union type %.*s.", TEXT_ARG(name), TEXT_ARG(type));
    }
}

static void compare_interfaces(struct finder *finder, const struct graphql_type *before,
                               const struct graphql_type *after)
{
    struct text type = before->name;
    for (uint32_t i = 0; i < after->interface_count; i++) {
        struct text name = after->interfaces[i]->name;
        if (!names_type(before->interfaces, before->interface_count, name))
            add(finder, GRAPHQL_IMPLEMENTED_INTERFACE_ADDED, type, name,
                "%.*s added to interfaces implemented by %.*s.", TEXT_ARG(name), TEXT_ARG(type));
    }
    for (uint32_t i = 0; i < before->interface_count; i++) {
        struct text name = before->interfaces[i]->name;
        if (!names_type(after->interfaces, after->interface_count, name))
            add(finder, GRAPHQL_IMPLEMENTED_INTERFACE_REMOVED, type, name,
                "%.*s no longer implements interface %.*s.", TEXT_ARG(type), TEXT_ARG(name));
    }
}

static void compare_inputs(struct finder *finder, const struct graphql_type *before,
                           const struct graphql_type *after)
{
    struct text type = before->name;
    for (uint32_t i = 0; i < after->input_count; i++) {
        const struct graphql_input *input = &after->inputs[i];
        if (graphql_type_input(before, input->name))
            continue;
        bool required = is_required(input);
        add(finder,
            required ? GRAPHQL_REQUIRED_INPUT_FIELD_ADDED : GRAPHQL_OPTIONAL_INPUT_FIELD_ADDED,
            type, input->name, "%s field %.*s on input type %.*s was added.",
            required ? "A required" : "An optional", TEXT_ARG(input->name), TEXT_ARG(type));
    }
    for (uint32_t i = 0; i < before->input_count; i++) {
        const struct graphql_input *input = &before->inputs[i];
        const struct graphql_input *other = graphql_type_input(after, input->name);
        if (!other)
            add(finder, GRAPHQL_FIELD_REMOVED, type, input->name, "%.*s.%.*s was removed.",
                TEXT_ARG(type), TEXT_ARG(input->name))
                ->was_deprecated = input->deprecation.at != NULL;
        else if (!is_safe_input(input->type, other->type))
            add(finder, GRAPHQL_FIELD_CHANGED_KIND, type, input->name,
                "%.*s.%.*s changed type from %.*s to %.*s.", TEXT_ARG(type), TEXT_ARG(input->name),
                TEXT_ARG(print(finder, input->type)), TEXT_ARG(print(finder, other->type)));
    }
}

static void compare_default(struct finder *finder, struct text type, struct text field,
                            const struct graphql_input *before, const struct graphql_input *after)
{
    if (!before->default_value)
        return;
    if (!after->default_value)
        add(finder, GRAPHQL_ARG_DEFAULT_VALUE_CHANGE, type, field,
            "%.*s.%.*s arg %.*s defaultValue was removed.", TEXT_ARG(type), TEXT_ARG(field),
            TEXT_ARG(before->name));
    else if (!text_equal(before->default_text, after->default_text))
        add(finder, GRAPHQL_ARG_DEFAULT_VALUE_CHANGE, type, field,
            "%.*s.%.*s arg %.*s has changed defaultValue from %.*s to %.*s.", TEXT_ARG(type),
            TEXT_ARG(field), TEXT_ARG(before->name), TEXT_ARG(before->default_text),
            TEXT_ARG(after->default_text));
}

static void compare_argument(struct finder *finder, struct text type, struct text field,
                             const struct graphql_input *before, const struct graphql_input *after)
{
    if (!after)
        add(finder, GRAPHQL_ARG_REMOVED, type, field, "%.*s.%.*s arg %.*s was removed.",
            TEXT_ARG(type), TEXT_ARG(field), TEXT_ARG(before->name))
            ->was_deprecated = before->deprecation.at != NULL;
    else if (!is_safe_input(before->type, after->type))
        add(finder, GRAPHQL_ARG_CHANGED_KIND, type, field,
            "%.*s.%.*s arg %.*s has changed type from %.*s to %.*s.", TEXT_ARG(type),
            TEXT_ARG(field), TEXT_ARG(before->name), TEXT_ARG(print(finder, before->type)),
            TEXT_ARG(print(finder, after->type)));
    else
        compare_default(finder, type, field, before, after);
}

static void compare_arguments(struct finder *finder, struct text type,
                              const struct graphql_field *before, const struct graphql_field *after)
{
    for (uint32_t i = 0; i < before->argument_count; i++)
        compare_argument(finder, type, before->name, &before->arguments[i],
                         graphql_field_argument(after, before->arguments[i].name));
    for (uint32_t i = 0; i < after->argument_count; i++) {
        const struct graphql_input *input = &after->arguments[i];
        if (graphql_field_argument(before, input->name))
            continue;
        bool required = is_required(input);
        add(finder, required ? GRAPHQL_REQUIRED_ARG_ADDED : GRAPHQL_OPTIONAL_ARG_ADDED, type,
            before->name, "%s arg %.*s on %.*s.%.*s was added.",
            required ? "A required" : "An optional", TEXT_ARG(input->name), TEXT_ARG(type),
            TEXT_ARG(before->name));
    }
}

static void compare_fields(struct finder *finder, const struct graphql_type *before,
                           const struct graphql_type *after)
{
    struct text type = before->name;
    for (uint32_t i = 0; i < before->field_count; i++) {
        const struct graphql_field *field = &before->fields[i];
        const struct graphql_field *other = graphql_type_field(after, field->name);
        if (!other) {
            add(finder, GRAPHQL_FIELD_REMOVED, type, field->name, "%.*s.%.*s was removed.",
                TEXT_ARG(type), TEXT_ARG(field->name))
                ->was_deprecated = field->deprecation.at != NULL;
            continue;
        }
        compare_arguments(finder, type, field, other);
        if (!is_safe_output(field->type, other->type))
            add(finder, GRAPHQL_FIELD_CHANGED_KIND, type, field->name,
                "%.*s.%.*s changed type from %.*s to %.*s.", TEXT_ARG(type), TEXT_ARG(field->name),
                TEXT_ARG(print(finder, field->type)), TEXT_ARG(print(finder, other->type)));
    }
}

static void compare_type(struct finder *finder, const struct graphql_type *before,
                         const struct graphql_type *after)
{
    static const char *const kinds[] = {"a Scalar type", "an Object type", "an Interface type",
                                        "a Union type",  "an Enum type",   "an Input type"};
    if (before->kind != after->kind) {
        add(finder, GRAPHQL_TYPE_CHANGED_KIND, before->name, TEXT(""),
            "%.*s changed from %s to %s.", TEXT_ARG(before->name), kinds[before->kind],
            kinds[after->kind]);
        return;
    }
    switch (before->kind) {
    case GRAPHQL_ENUM: compare_values(finder, before, after); break;
    case GRAPHQL_UNION: compare_union(finder, before, after); break;
    case GRAPHQL_INPUT_OBJECT: compare_inputs(finder, before, after); break;
    case GRAPHQL_OBJECT:
    case GRAPHQL_INTERFACE:
        compare_fields(finder, before, after);
        compare_interfaces(finder, before, after);
        break;
    case GRAPHQL_SCALAR: break;
    }
}

static bool is_builtin(const struct graphql_type *type)
{
    size_t count;
    const struct graphql_type *const *scalars = graphql_builtin_scalars(&count);
    return names_type(scalars, (uint32_t)count, type->name);
}

static void compare_types(struct finder *finder, const struct graphql_schema *before,
                          const struct graphql_schema *after)
{
    for (uint32_t i = 0; i < before->type_count; i++) {
        const struct graphql_type *type = before->types[i];
        const struct graphql_type *other = graphql_schema_type(after, type->name);
        if (other)
            compare_type(finder, type, other);
        else if (is_builtin(type))
            add(finder, GRAPHQL_TYPE_REMOVED, type->name, TEXT(""),
                "Standard scalar %.*s was removed because it is not referenced anymore.",
                TEXT_ARG(type->name));
        else
            add(finder, GRAPHQL_TYPE_REMOVED, type->name, TEXT(""), "%.*s was removed.",
                TEXT_ARG(type->name));
    }
}

static void compare_directive(struct finder *finder, const struct graphql_directive *before,
                              const struct graphql_directive *after)
{
    struct text name = before->name;
    for (uint32_t i = 0; i < after->argument_count; i++) {
        const struct graphql_input *input = &after->arguments[i];
        bool is_new = !graphql_inputs_find(before->arguments, before->argument_count, input->name);
        if (is_new && is_required(input))
            add(finder, GRAPHQL_REQUIRED_DIRECTIVE_ARG_ADDED, name, input->name,
                "A required arg %.*s on directive %.*s was added.", TEXT_ARG(input->name),
                TEXT_ARG(name));
    }
    for (uint32_t i = 0; i < before->argument_count; i++) {
        struct text argument = before->arguments[i].name;
        if (!graphql_inputs_find(after->arguments, after->argument_count, argument))
            add(finder, GRAPHQL_DIRECTIVE_ARG_REMOVED, name, argument,
                "%.*s was removed from %.*s.", TEXT_ARG(argument), TEXT_ARG(name));
    }
    if (before->is_repeatable && !after->is_repeatable)
        add(finder, GRAPHQL_DIRECTIVE_REPEATABLE_REMOVED, name, TEXT(""),
            "Repeatable flag was removed from %.*s.", TEXT_ARG(name));
    for (int i = 0; i < GRAPHQL_LOCATION_COUNT; i++)
        if ((before->locations & ~after->locations) >> i & 1)
            add(finder, GRAPHQL_DIRECTIVE_LOCATION_REMOVED, name, TEXT(""),
                "%s was removed from %.*s.", graphql_location_name((enum graphql_location)i),
                TEXT_ARG(name));
}

static void compare_directives(struct finder *finder, const struct graphql_schema *before,
                               const struct graphql_schema *after)
{
    for (uint32_t i = 0; i < before->directive_count; i++) {
        const struct graphql_directive *directive = before->directives[i];
        const struct graphql_directive *other = graphql_schema_directive(after, directive->name);
        if (other)
            compare_directive(finder, directive, other);
        else
            add(finder, GRAPHQL_DIRECTIVE_REMOVED, directive->name, TEXT(""), "%.*s was removed.",
                TEXT_ARG(directive->name));
    }
}

bool graphql_changes_find(struct arena *arena, const struct graphql_schema *before,
                          const struct graphql_schema *after, struct list *out)
{
    struct finder finder = {.arena = arena, .out = out};
    compare_types(&finder, before, after);
    compare_directives(&finder, before, after);
    return !finder.failed;
}
