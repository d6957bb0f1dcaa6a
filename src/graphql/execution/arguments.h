/* The arguments of a field: from the document's literals to one coerced object, and from there to
 * the struct that the resolver reads. */
#ifndef GRAPHQL_EXECUTION_ARGUMENTS_H
#define GRAPHQL_EXECUTION_ARGUMENTS_H

#include "base/error.h"
#include "graphql/types/coerce_literal.h"

/* A coerced object of all arguments that were given or have a default. The error has the place of
 * the argument in `source`; `node` is the field. */
MUST_CHECK bool graphql_arguments_coerce(struct arena *arena, struct text source,
                                         const struct graphql_input *inputs, size_t count,
                                         const struct ast_argument *sent, uint32_t node_at,
                                         const struct graphql_variables *variables,
                                         struct graphql_value *out, struct error *error);

/* A struct of `size` bytes with the slots that `inputs` describe filled from a coerced object.
 * Texts and values are borrowed from it. NULL without memory. */
const void *graphql_arguments_bind(struct arena *arena, const struct graphql_input *inputs,
                                   size_t count, size_t size, const struct graphql_value *object);

bool graphql_arguments_have_variables(const struct ast_argument *arguments);

#endif
