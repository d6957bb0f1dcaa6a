/*
 * One GraphQL operation on its way through the door, whether one request asked for it, a batch or a
 * stream. Resolvers see it as their call's context.
 */
#ifndef DOORS_SPACELIFT_SPACELIFT_REQUEST_H
#define DOORS_SPACELIFT_SPACELIFT_REQUEST_H

#include "doors/spacelift/refusal.h"
#include "graphql/execution/engine.h"
#include "kernel/ctx.h"
#include "net/http_request.h"

struct run_cursor;

struct spacelift_request {
    struct http_request *http;
    struct ctx ctx;            /* of the unit of work that runs the operation */
    struct db_block block;     /* of the mutation's root field that is being resolved */
    struct refusals refusals;  /* those of a reading unit are left for one that writes */
    bool is_unrecorded;        /* a refusal could not be written: the unit may not be kept */
    bool needs_token;          /* a field was refused because nobody said who asks */
    struct run_cursor *cursor; /* of a stream: what was sent already; NULL for anything else */
};

/* Who sends this request, by its bearer token; the anonymous actor without one. */
MUST_CHECK bool spacelift_authenticate(struct ctx *ctx, struct http_request *http,
                                       const struct actor **out);

/* Must precede the first operation of a unit. */
void spacelift_request_init(struct spacelift_request *request, struct http_request *http,
                            const struct ctx *ctx);
/* Runs a prepared operation in the unit of work of request->ctx, with the rights of its actor, and
 * appends the response. False with the unit's error set when there is no response to send. */
MUST_CHECK bool spacelift_request_run(struct spacelift_request *request,
                                      struct graphql_operation *operation, struct buffer *out);

#endif
