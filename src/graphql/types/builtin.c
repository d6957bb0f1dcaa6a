/* The scalars and directives that every schema has. */
#include "graphql/types/schema.h"

const struct graphql_type graphql_int = {
    .kind = GRAPHQL_SCALAR,
    .name = TEXT_INIT("Int"),
    .description = TEXT_INIT("A whole number from -(2^31) to 2^31 - 1."),
};

const struct graphql_type graphql_float = {
    .kind = GRAPHQL_SCALAR,
    .name = TEXT_INIT("Float"),
    .description = TEXT_INIT("A number with a fraction, as IEEE 754 holds it in 64 bits."),
};

const struct graphql_type graphql_string = {
    .kind = GRAPHQL_SCALAR,
    .name = TEXT_INIT("String"),
    .description = TEXT_INIT("Text: Unicode characters in UTF-8."),
};

const struct graphql_type graphql_boolean = {
    .kind = GRAPHQL_SCALAR,
    .name = TEXT_INIT("Boolean"),
    .description = TEXT_INIT("`true` or `false`."),
};

const struct graphql_type graphql_id = {
    .kind = GRAPHQL_SCALAR,
    .name = TEXT_INIT("ID"),
    .description = TEXT_INIT("The name of one object, not meant for people. Written as a string; a "
                             "whole number is accepted too."),
};

enum {
    AT_FIELD =
        1 << GRAPHQL_AT_FIELD | 1 << GRAPHQL_AT_FRAGMENT_SPREAD | 1 << GRAPHQL_AT_INLINE_FRAGMENT
};

#define NON_NULL(name)                                                                             \
    {                                                                                              \
        &(name), GRAPHQL_WRAP_NON_NULL                                                             \
    }

static const struct graphql_input skip_arguments[] = {{
    .name = TEXT_INIT("if"),
    .description = TEXT_INIT("Left out when true."),
    .type = NON_NULL(graphql_boolean),
    .given_offset = UINT32_MAX,
}};

const struct graphql_directive graphql_directive_skip = {
    .name = TEXT_INIT("skip"),
    .description = TEXT_INIT("Leaves out this field or fragment when the `if` argument is true."),
    .locations = AT_FIELD,
    .argument_count = 1,
    .arguments = skip_arguments,
};

static const struct graphql_input include_arguments[] = {{
    .name = TEXT_INIT("if"),
    .description = TEXT_INIT("Included when true."),
    .type = NON_NULL(graphql_boolean),
    .given_offset = UINT32_MAX,
}};

const struct graphql_directive graphql_directive_include = {
    .name = TEXT_INIT("include"),
    .description =
        TEXT_INIT("Includes this field or fragment only when the `if` argument is true."),
    .locations = AT_FIELD,
    .argument_count = 1,
    .arguments = include_arguments,
};

static const struct graphql_value no_longer_supported = {.kind = GRAPHQL_VALUE_STRING,
                                                         .text = TEXT_INIT("No longer supported")};

static const struct graphql_input deprecated_arguments[] = {{
    .name = TEXT_INIT("reason"),
    .description = TEXT_INIT("Why, and what to use instead."),
    .type = NON_NULL(graphql_string),
    .default_value = &no_longer_supported,
    .default_text = TEXT_INIT("\"No longer supported\""),
    .given_offset = UINT32_MAX,
}};

const struct graphql_directive graphql_directive_deprecated = {
    .name = TEXT_INIT("deprecated"),
    .description = TEXT_INIT("Marks what still works and will go away."),
    .locations = 1 << GRAPHQL_AT_FIELD_DEFINITION | 1 << GRAPHQL_AT_ARGUMENT_DEFINITION |
                 1 << GRAPHQL_AT_INPUT_FIELD_DEFINITION | 1 << GRAPHQL_AT_ENUM_VALUE,
    .argument_count = 1,
    .arguments = deprecated_arguments,
};

static const struct graphql_input specified_by_arguments[] = {{
    .name = TEXT_INIT("url"),
    .description = TEXT_INIT("The URL of the scalar's specification."),
    .type = NON_NULL(graphql_string),
    .given_offset = UINT32_MAX,
}};

const struct graphql_directive graphql_directive_specified_by = {
    .name = TEXT_INIT("specifiedBy"),
    .description = TEXT_INIT("Says where the behaviour of a scalar is specified."),
    .locations = 1 << GRAPHQL_AT_SCALAR,
    .argument_count = 1,
    .arguments = specified_by_arguments,
};

const struct graphql_directive graphql_directive_one_of = {
    .name = TEXT_INIT("oneOf"),
    .description = TEXT_INIT("Exactly one field of the input object must be given, and not null."),
    .locations = 1 << GRAPHQL_AT_INPUT_OBJECT,
};

static const struct graphql_directive *const directives[] = {
    &graphql_directive_include, &graphql_directive_skip, &graphql_directive_deprecated,
    &graphql_directive_specified_by, &graphql_directive_one_of};

const struct graphql_directive *const *graphql_builtin_directives(size_t *count)
{
    *count = ARRAY_LENGTH(directives);
    return directives;
}

static const struct graphql_type *const scalars[] = {&graphql_string, &graphql_boolean,
                                                     &graphql_int, &graphql_float, &graphql_id};

const struct graphql_type *const *graphql_builtin_scalars(size_t *count)
{
    *count = ARRAY_LENGTH(scalars);
    return scalars;
}
