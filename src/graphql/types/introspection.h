/*
 * The schema's description of itself: the types __Schema, __Type and so on, and the meta fields
 * __schema, __type and __typename. The types are the same constants for every schema.
 */
#ifndef GRAPHQL_TYPES_INTROSPECTION_H
#define GRAPHQL_TYPES_INTROSPECTION_H

#include "graphql/types/schema.h"

/* NULL when the name is none of theirs. */
const struct graphql_type *graphql_introspection_type(struct text name);
const struct graphql_type *const *graphql_introspection_types(size_t *count);

/* Selected everywhere; has no resolver, the executor knows the type. */
extern const struct graphql_field graphql_typename_field;
/* Selected on the query type only. */
extern const struct graphql_field graphql_schema_field;
extern const struct graphql_field graphql_type_by_name_field;

/* The field of a type, the meta fields included. NULL when there is none. */
const struct graphql_field *graphql_any_field(const struct graphql_schema *schema,
                                              const struct graphql_type *type, struct text name);

#endif
