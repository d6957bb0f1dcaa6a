/*
 * A plan: what an operation selects, with fragments expanded, fields of the same key merged, @skip
 * and @include decided and every field bound to the type it is read from. A plan is a tree, made
 * once for a document and the values of the variables in its conditions, then only read, by many
 * threads at once.
 */
#ifndef GRAPHQL_EXECUTION_PLAN_H
#define GRAPHQL_EXECUTION_PLAN_H

#include "base/error.h"
#include "graphql/execution/document.h"
#include "graphql/types/coerce_literal.h"

/* How the writer shows a plain leaf, decided once instead of for each value. */
enum plan_leaf {
    PLAN_NO_LEAF, /* anything but the rest of this list */
    PLAN_LEAF_TYPENAME,
    PLAN_LEAF_TEXT,  /* String, ID or a scalar of one's own, from a text */
    PLAN_LEAF_TEXTS, /* a list of them */
    PLAN_LEAF_BOOL,
    PLAN_LEAF_INT64, /* Int or Float */
    PLAN_LEAF_TIME,
    PLAN_LEAF_ENUM,
};

struct plan_set;

struct graphql_plan_field {
    const struct graphql_field *field;
    struct text key;
    struct text label; /* ,"key": */
    enum plan_leaf leaf;
    bool is_resolved;    /* has a column of results: a resolver, or an access rule of its own */
    bool has_work_below; /* something below is resolved, so objects are gathered in a column */
    uint32_t id;         /* the place of its state in a run */
    const struct ast_selection *const *nodes; /* where it stands in the document */
    uint32_t node_count;
    /* Arguments: bound now when no variable is in them, else at each run. */
    bool has_variables;
    const struct graphql_value *values; /* a coerced object */
    const void *args;
    /* One set for each object type that may come: a single one unless the type is abstract. */
    const struct plan_set *sets;
    uint32_t set_count;
};

struct plan_set {
    const struct graphql_type *type;
    const struct graphql_plan_field *fields;
    uint32_t field_count;
    bool has_work; /* some field is resolved or has work below */
    uint32_t id;
};

struct graphql_plan {
    struct arena *arena;
    uint64_t conditions;       /* the values it was made for, a bit a variable */
    struct graphql_plan *next; /* other values for the same operation */
    struct plan_set root;
    uint32_t set_count;
    uint32_t field_count;
};

/* scratch: for what is needed while planning only. max_fields: the limit on expanded fields, 0 for
 * none. The error is a limit, an argument that does not fit, or memory; *at is the offset it is
 * about. */
MUST_CHECK bool graphql_plan_build(struct arena *scratch, const struct graphql_document *document,
                                   const struct document_operation *operation,
                                   const struct graphql_schema *schema,
                                   const struct graphql_variables *variables, uint32_t max_fields,
                                   struct graphql_plan **out, struct error *error,
                                   const struct ast_selection **about);
void graphql_plan_free(struct graphql_plan *plan);

/* What the operation may cost by @cost and @list; saturates. */
uint64_t graphql_plan_cost(const struct graphql_plan *plan,
                           const struct graphql_variables *variables);

#endif
