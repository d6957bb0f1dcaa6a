/*
 * The GraphQL door at /graphql: one schema, one engine, resolvers of a few lines. A request is
 * prepared on the loop that received it; a query then runs in a reading unit of work, a mutation in
 * a writing one with a block of its own for each root field, so that one that fails undoes nothing
 * but itself. A batch is one unit of work.
 *
 * No page of another site can make a browser send a request here: POST takes JSON only, and GET
 * needs a header that a page may set only after the browser has asked us.
 */
#ifndef DOORS_SPACELIFT_SPACELIFT_DOOR_H
#define DOORS_SPACELIFT_SPACELIFT_DOOR_H

#include "doors/spacelift/cost_budget.h"
#include "graphql/http/exchange.h"
#include "kernel/ctx.h"
#include "net/http_router.h"

#include <stdatomic.h>

struct spacelift_door {
    struct account *account;
    struct graphql_engine *engine;
    struct graphql_engine *public_engine; /* for requests without a token; hides the schema */
    struct graphql_documents *documents;  /* NULL: every document is sent as text */
    struct cost_budget *budget;
    struct graphql_http_options http;
    uint32_t max_streams;
    atomic_uint open_streams;
};

/* Reads the account's settings and the trusted documents they name. On failure the door is closed
 * already. */
MUST_CHECK bool spacelift_door_open(struct spacelift_door *door, struct account *account,
                                    struct error *error);
/* When no request is in it any more. */
void spacelift_door_close(struct spacelift_door *door);

/* What is served, each with the door as its data. */
extern const struct http_route spacelift_routes[];
extern const size_t spacelift_route_count;

/* The engine for this request: who sends no token may see less. */
struct graphql_engine *spacelift_door_engine(const struct spacelift_door *door,
                                             const struct http_request *http);
/* Spends the cost of operations of the actor in ctx; fails the unit when it is not there. */
MUST_CHECK bool spacelift_door_spend(const struct spacelift_door *door, struct ctx *ctx,
                                     int64_t cost, int64_t *remaining);
/* A GraphQL response that holds only this error. */
void spacelift_answer_error(struct http_request *http, unsigned status, struct text media_type,
                            const struct error *error);
/* Reads the request into exchange; answers it and gives false when there is nothing to run. accept:
 * the media types to choose from for an answer, as in the header; empty for application/json. */
MUST_CHECK bool spacelift_door_read(const struct spacelift_door *door, struct http_request *http,
                                    struct text accept, struct graphql_http_exchange *out);

#endif
