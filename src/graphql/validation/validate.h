/*
 * Whether a document may be executed against a schema: every rule of the specification, each in a
 * file of its own name.
 */
#ifndef GRAPHQL_VALIDATION_VALIDATE_H
#define GRAPHQL_VALIDATION_VALIDATE_H

#include "graphql/execution/engine.h"
#include "graphql/execution/errors.h"
#include "graphql/language/ast.h"

/* Adds an error for each violation; true when there is none. False without an error added: no
 * memory. */
MUST_CHECK bool graphql_validate(struct arena *arena, const struct graphql_schema *schema,
                                 const struct ast_document *document,
                                 const struct graphql_options *options,
                                 struct graphql_errors *errors);

#endif
