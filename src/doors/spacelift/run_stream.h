/*
 * GraphQL as a stream of server-sent events, one operation for each connection: "next" events with
 * responses, then "complete". A subscription is looked at again about once a second, with the
 * rights its token has then, and sends what is new; a query or mutation sends its one response.
 * Nobody holds a thread between two looks.
 */
#ifndef DOORS_SPACELIFT_RUN_STREAM_H
#define DOORS_SPACELIFT_RUN_STREAM_H

#include "net/http_request.h"

/* Handles GET and POST /graphql/stream; data is the struct spacelift_door. */
void run_stream_handle(struct http_request *http, void *data);

#endif
