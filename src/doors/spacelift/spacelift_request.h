/* One GraphQL request on its way through the door. Resolvers see it as their call's context. */
#ifndef DOORS_SPACELIFT_SPACELIFT_REQUEST_H
#define DOORS_SPACELIFT_SPACELIFT_REQUEST_H

#include "doors/request_unit.h"
#include "graphql/http/exchange.h"

struct spacelift_request {
    struct request_unit unit; /* first: the two are one pointer */
    struct graphql_http_exchange exchange;
    struct graphql_operation *operation;
    struct buffer response;
    struct db_block block; /* of the mutation's root field that is being resolved */
    bool needs_token;      /* a field was refused because nobody said who asks */
};

#endif
