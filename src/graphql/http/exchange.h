/*
 * GraphQL over HTTP without HTTP: from method, headers and body to requests for the engine, and
 * from what the engine says to status and media type. Pure functions; whoever serves does the I/O:
 *
 *     graphql_http_read      refuses with a status, or gives one request (or a batch of them)
 *     graphql_prepare        for each
 *     graphql_http_permits   a GET may only query
 *     graphql_run            for each
 *     graphql_http_status    200, or 400 where the media type asks for it
 *
 * application/json is answered with 200 whenever the request was well formed, errors or not, since
 * clients ignore the body of any other answer; application/graphql-response+json gets 400 for what
 * cannot be executed. A page of another site cannot send a request: the media types accepted here
 * need its browser to ask first, and GET changes nothing.
 */
#ifndef GRAPHQL_HTTP_EXCHANGE_H
#define GRAPHQL_HTTP_EXCHANGE_H

#include "graphql/execution/engine.h"
#include "graphql/http/documents.h"

struct graphql_http_input {
    struct text method;
    struct text content_type; /* the header's value, at == NULL when absent */
    struct text accept;       /* the same */
    struct text query_string; /* behind the question mark, as sent */
    struct text body;
};

struct graphql_http_options {
    bool refuse_get;
    uint32_t max_batch; /* requests in one body; 0: no batches at all */
    struct json_limits limits;
    /* Persisted queries and trusted documents; NULL: neither. */
    struct graphql_documents *documents;
};

struct graphql_http_exchange {
    unsigned status; /* to refuse with, when reading failed */
    bool is_get;
    bool is_batch;        /* the answer is an array */
    bool is_graphql_type; /* application/graphql-response+json was asked for */
    struct graphql_request *requests;
    uint32_t count;
};

/* GET refused only by its option, 1 MiB of JSON, no batches, no documents. */
extern const struct graphql_http_options graphql_http_default_options;

/* False: answer out->status with graphql_write_error(error). `out` is good for
 * graphql_http_media_type in any case. A hash that is not known is refused with 200, as clients of
 * persisted queries expect. */
MUST_CHECK bool graphql_http_read(struct arena *arena, const struct graphql_http_input *input,
                                  const struct graphql_http_options *options,
                                  struct graphql_http_exchange *out, struct error *error);

/* False with out->status and the error set: a mutation or subscription by GET. */
MUST_CHECK bool graphql_http_permits(struct graphql_http_exchange *exchange,
                                     const struct graphql_operation *operation,
                                     struct error *error);

/* For one operation, or the first of a batch. */
unsigned graphql_http_status(const struct graphql_http_exchange *exchange,
                             const struct graphql_operation *operation);

/* Of the answer, with its charset. */
struct text graphql_http_media_type(const struct graphql_http_exchange *exchange);

/* The value of the Allow header that a 405 carries. */
struct text graphql_http_allow(const struct graphql_http_options *options);

#endif
