/*
 * Makes the type tables from a type system document at run time: for the generator, for checks of
 * schemas that somebody hands in, and for tests. Fields of such a schema have no members, and one
 * resolver for all of them.
 */
#ifndef GRAPHQL_TYPES_SCHEMA_BUILD_H
#define GRAPHQL_TYPES_SCHEMA_BUILD_H

#include "base/error.h"
#include "graphql/language/ast.h"

/* What every field, interface and union of a schema made at run time has in common. */
struct graphql_resolvers {
    bool (*resolve)(struct graphql_call *call);
    const struct graphql_type *(*type_of)(const struct graphql_type *type, const void *object);
};

/* The document is borrowed for the schema's life; resolvers NULL: nothing can be executed.
 * Extensions are merged into what they extend. The error names the first thing that keeps the
 * tables from being made (an unknown type, a name used twice, a default that does not fit);
 * whether they are a valid schema is validation's business. */
MUST_CHECK bool graphql_schema_build(struct arena *arena, const struct ast_document *document,
                                     const struct graphql_resolvers *resolvers,
                                     const struct graphql_schema **out, struct error *error);

#endif
