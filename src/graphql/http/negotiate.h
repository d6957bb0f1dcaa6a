/* Media types in headers: what a client accepts, and what a body is. */
#ifndef GRAPHQL_HTTP_NEGOTIATE_H
#define GRAPHQL_HTTP_NEGOTIATE_H

#include "base/text.h"

enum graphql_http_answer {
    GRAPHQL_HTTP_JSON,     /* application/json */
    GRAPHQL_HTTP_RESPONSE, /* application/graphql-response+json */
    GRAPHQL_HTTP_NEITHER,
};

/* By quality, then by the order of the header; JSON where both are the same to the client, and
 * without a header (at == NULL or empty). */
enum graphql_http_answer graphql_http_negotiate(struct text accept);

/* application/json or application/graphql-response+json, in UTF-8. */
bool graphql_http_is_json(struct text content_type);

#endif
