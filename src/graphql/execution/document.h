/*
 * A parsed and validated document, shared by all requests with the same text: immutable but for the
 * list of plans, which only grows, and the count of its users.
 */
#ifndef GRAPHQL_EXECUTION_DOCUMENT_H
#define GRAPHQL_EXECUTION_DOCUMENT_H

#include "base/map.h"
#include "graphql/execution/engine.h"
#include "graphql/execution/errors.h"
#include "graphql/language/ast.h"

#include <stdatomic.h>

enum { DOCUMENT_CONDITIONS_MAX = 16, DOCUMENT_PLANS_MAX = 8 };

struct graphql_plan;

struct document_fragment {
    const struct ast_definition *definition;
    const struct graphql_type *type; /* of its condition */
    uint32_t index;
};

struct document_operation {
    const struct ast_definition *definition;
    const struct graphql_type *type; /* the root type */
    /* Variables that @skip and @include look at; more than the array holds switch caching off. */
    struct text conditions[DOCUMENT_CONDITIONS_MAX];
    uint32_t condition_count;
    _Atomic(struct graphql_plan *) plans;
    atomic_uint plan_count;
};

struct graphql_document {
    struct arena *arena;
    atomic_uint users;
    struct text text; /* the source, copied */
    const struct ast_document *ast;
    struct map fragments; /* name to struct document_fragment * */
    uint32_t fragment_count;
    struct document_operation *operations;
    uint32_t operation_count;
    struct graphql_errors errors; /* of parsing and validation; then there is nothing to run */
};

/* One user already. NULL without memory. */
struct graphql_document *graphql_document_new(const struct graphql_schema *schema,
                                              const struct graphql_options *options,
                                              struct text text);
struct graphql_document *graphql_document_share(struct graphql_document *document);
/* Takes the document; frees it with its last user. NULL is fine. */
void graphql_document_release(struct graphql_document *document);

/* NULL with the error set when there is none, or several and no name. */
struct document_operation *graphql_document_operation(struct graphql_document *document,
                                                      struct text name, struct error *error);

#endif
