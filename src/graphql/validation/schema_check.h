/*
 * Whether type tables are a valid schema: the type system rules of the specification. Schemas that
 * the generator makes are checked at build time, those made at run time by whoever accepts them.
 */
#ifndef GRAPHQL_VALIDATION_SCHEMA_CHECK_H
#define GRAPHQL_VALIDATION_SCHEMA_CHECK_H

#include "graphql/execution/errors.h"
#include "graphql/types/schema.h"

/* Adds an error for each violation, without places; true when there is none. Without memory an
 * error counts as dropped. */
MUST_CHECK bool graphql_schema_check(struct arena *arena, const struct graphql_schema *schema,
                                     struct graphql_errors *errors);

#endif
