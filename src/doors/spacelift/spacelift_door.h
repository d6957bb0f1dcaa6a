/*
 * The GraphQL door at /graphql: one schema, one engine, resolvers of a few lines. A request is
 * prepared on the loop that received it; a query then runs in a reading unit of work, a mutation in
 * a writing one with a block of its own for each root field, so that one that fails undoes nothing
 * but itself.
 */
#ifndef DOORS_SPACELIFT_SPACELIFT_DOOR_H
#define DOORS_SPACELIFT_SPACELIFT_DOOR_H

#include "graphql/execution/engine.h"
#include "kernel/account.h"
#include "net/http_router.h"

struct spacelift_door {
    struct account *account;
    struct graphql_engine *engine;
};

/* The schema that the door serves. */
const struct graphql_schema *spacelift_door_schema(void);

/* Handles POST /graphql; data is the struct spacelift_door. */
void spacelift_door_handle(struct http_request *request, void *data);

#endif
