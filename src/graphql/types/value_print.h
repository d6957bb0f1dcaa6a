/* Coerced values as GraphQL text: the defaults that introspection shows. */
#ifndef GRAPHQL_TYPES_VALUE_PRINT_H
#define GRAPHQL_TYPES_VALUE_PRINT_H

#include "base/json.h"
#include "graphql/types/value.h"

struct graphql_type;

/* type: the named type of the value, NULL when unknown. */
void graphql_value_print(struct buffer *out, const struct graphql_type *type,
                         const struct graphql_value *value);

#endif
