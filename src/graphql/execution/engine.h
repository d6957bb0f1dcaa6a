/*
 * A GraphQL engine: one schema, its limits and its cache of prepared documents, shared by all
 * threads. A request goes through two phases, each on whatever thread suits:
 *
 *     graphql_prepare   parse, validate, choose the operation, coerce variables, plan, weigh. The
 *                       document part is cached by the text of the query. Afterwards the kind of
 *                       the operation is known, so that a mutation can be moved to another thread.
 *     graphql_run       call the resolvers level by level and write the response.
 *
 * Neither fails for the client's mistakes: those are in the response that graphql_run writes. A
 * response holds what was selected and nothing else; errors carry message, locations, path and
 * extensions.code.
 */
#ifndef GRAPHQL_EXECUTION_ENGINE_H
#define GRAPHQL_EXECUTION_ENGINE_H

#include "base/json.h"
#include "graphql/execution/call.h"
#include "graphql/types/schema.h"

/* Every limit is on by default (graphql_default_limits); 0 switches one off. */
struct graphql_limits {
    uint32_t max_bytes;               /* of the query text */
    uint32_t max_tokens;              /* of the document */
    uint32_t max_depth;               /* of selections, counted through fragments */
    uint32_t max_introspection_depth; /* the same below __schema and __type */
    uint32_t max_aliases;             /* in the operation, through fragments */
    uint32_t max_root_fields;         /* in the operation */
    uint32_t max_directives;          /* in the document */
    uint32_t max_plan_fields;         /* fields after fragments are expanded: the fragment work */
    uint32_t max_errors;              /* reported at most, in validation and in execution */
    uint64_t max_cost;                /* by @cost and @list, before execution */
    uint32_t max_response_bytes;
    uint32_t max_milliseconds; /* of graphql_run */
};

extern const struct graphql_limits graphql_default_limits;

struct graphql_options {
    struct graphql_limits limits;
    uint32_t cache_documents;      /* documents kept; 0 for none */
    bool hide_schema;              /* refuses __schema and __type */
    bool no_suggestions;           /* leaves out "Did you mean" */
    bool hide_values;              /* errors do not quote what was sent as a value: a secret of the
                                    * wrong type stays one */
    bool refuse_empty_parentheses; /* real clients send `()`; the grammar has no such thing */
    bool show_cost;                /* extensions.cost in every response */
};

struct graphql_engine;

/* The schema is borrowed for the engine's life, the options (NULL: defaults) are copied. NULL
 * without memory. */
struct graphql_engine *graphql_engine_new(const struct graphql_schema *schema,
                                          const struct graphql_options *options);
/* When no operation is in use any more. NULL is fine. */
void graphql_engine_free(struct graphql_engine *engine);
const struct graphql_schema *graphql_engine_schema(const struct graphql_engine *engine);

struct graphql_request {
    struct text query;
    struct text operation_name;   /* at == NULL when not sent */
    const struct json *variables; /* NULL, null or an object */
};

enum graphql_operation_kind {
    GRAPHQL_QUERY,
    GRAPHQL_MUTATION,
    GRAPHQL_SUBSCRIPTION,
};

/* One prepared request. Lives in the request's arena; its document stays alive with it. */
struct graphql_operation;

/* request is borrowed until the response is written. False only without memory. */
MUST_CHECK bool graphql_prepare(struct graphql_engine *engine, struct arena *arena,
                                const struct graphql_request *request,
                                struct graphql_operation **out, struct error *error);
/* False: the request cannot be executed and the response will hold only errors. */
bool graphql_operation_is_valid(const struct graphql_operation *operation);
enum graphql_operation_kind graphql_operation_kind(const struct graphql_operation *operation);
/* Empty for an anonymous one; borrowed from the operation. */
struct text graphql_operation_name(const struct graphql_operation *operation);
uint64_t graphql_operation_cost(const struct graphql_operation *operation);

/* What the caller of graphql_run puts in. Every hook may be NULL. */
struct graphql_run {
    void *context;       /* handed to resolvers and hooks */
    struct arena *arena; /* for this run alone; NULL: that of the request */
    const void *root;    /* the parent of root fields */
    /* Asked before a field whose access is REQUIRES is resolved, with all its parents. False with
     * call->error set refuses all of them, graphql_fail a single one. Without this hook every field
     * that REQUIRES something is refused. */
    bool (*authorize)(struct graphql_call *call);
    /* Around each root field of a mutation, in their order. `begin` returning false fails the
     * field; `end` is called when begin succeeded, and `succeeded` tells whether the resolver did:
     * one that returns true has done its work, also where it told of something by graphql_fail. */
    bool (*begin)(struct graphql_call *call);
    bool (*end)(struct graphql_call *call, bool succeeded);
};

/* Writes the whole response; false only without memory or past buffer->max, and then what is in
 * the buffer must not be sent (graphql_write_error writes one instead). */
MUST_CHECK bool graphql_run(struct graphql_operation *operation, const struct graphql_run *run,
                            struct buffer *out, struct error *error);

/* A subscription is run once for each event: graphql_subscribe says which events are wanted, and
 * then each event is the root of a graphql_run with an arena of its own. */
struct graphql_source {
    const struct graphql_field *field;  /* the one field that is subscribed to */
    const void *args;                   /* its generated struct; NULL without arguments */
    const struct graphql_value *values; /* the same as one coerced object */
};

/* Of a valid operation of kind SUBSCRIPTION. False with the error set when access is refused. */
MUST_CHECK bool graphql_subscribe(struct graphql_operation *operation,
                                  const struct graphql_run *run, struct graphql_source *out,
                                  struct error *error);

/* {"errors":[{"message":...,"extensions":{"code":...}}]}: a response about no operation. */
void graphql_write_error(struct buffer *out, const struct error *error);

#endif
