/*
 * Finds the handler for a request in a table of routes, in time proportional to the path. The table
 * is a constant of the door; the router is built once, at start, and then only read.
 *
 * Patterns are paths with literal segments, parameters "{name}" (one segment, not empty) and, last,
 * "{name...}" (the rest, slashes included, may be empty). A literal wins over a parameter, a
 * parameter over the rest. Segments are compared after percent-decoding, so an escaped slash stays
 * inside its segment.
 */
#ifndef NET_HTTP_ROUTER_H
#define NET_HTTP_ROUTER_H

#include "net/http_request.h"

/* Where data is the router's. */
typedef void (*http_route_fn)(struct http_request *request, void *data);

struct http_route {
    const char *method; /* "GET" also answers HEAD; "*" takes any method */
    const char *pattern;
    http_route_fn handle;
    unsigned flags;       /* the door's own */
    const void *argument; /* the door's own */
};

enum http_match {
    HTTP_MATCH_FOUND,       /* request->route and its path parameters are set */
    HTTP_MATCH_NOT_FOUND,   /* no route has this path */
    HTTP_MATCH_NOT_ALLOWED, /* some route has it, for other methods; see http_router_allow */
    HTTP_MATCH_BAD_PATH,    /* an escape is malformed */
    HTTP_MATCH_OUT_OF_MEMORY,
};

struct http_router;

/* Copies nothing of the routes: they must outlive the router, which lives in the arena. The error
 * names two routes that collide or a malformed pattern. */
struct http_router *http_router_new(struct arena *arena, const struct http_route *routes,
                                    size_t count, struct error *error);
/* Matches only. */
enum http_match http_router_match(const struct http_router *router, struct http_request *request);
/* "GET, HEAD, POST" for the request's path, in its arena: the Allow header of a 405. */
struct text http_router_allow(const struct http_router *router, const struct http_request *request);

#endif
