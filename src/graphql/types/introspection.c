/* The meta fields. */
#include "graphql/types/introspection.h"

const struct graphql_field graphql_typename_field = {
    .name = TEXT_INIT("__typename"),
    .description = TEXT_INIT("The name of the object's type."),
    .type = {&graphql_string, GRAPHQL_WRAP_NON_NULL},
};

const struct graphql_type *graphql_introspection_type(struct text name)
{
    UNUSED(name);
    return NULL;
}

const struct graphql_field *graphql_any_field(const struct graphql_schema *schema,
                                              const struct graphql_type *type, struct text name)
{
    UNUSED(schema);
    if (text_equal(name, TEXT("__typename")) && graphql_type_is_composite(type))
        return &graphql_typename_field;
    return graphql_type_field(type, name);
}
