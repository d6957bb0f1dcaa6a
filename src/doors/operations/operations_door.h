/*
 * What operators and other programs ask the server about itself: /healthz (the process lives),
 * /readyz (it can serve), /metrics (Prometheus text) and /.well-known/jwks.json (the keys that
 * verify its tokens).
 */
#ifndef DOORS_OPERATIONS_OPERATIONS_DOOR_H
#define DOORS_OPERATIONS_OPERATIONS_DOOR_H

#include "kernel/account.h"
#include "net/http_router.h"
#include "net/http_server.h"

struct operations_door {
    struct account *account;
    const struct http_server_metrics *http; /* NULL until the server has started */
    int64_t started_at;
};

/* Each handler's data is the struct operations_door. */
extern const struct http_route operations_routes[];
extern const size_t operations_route_count;

/* /audit-trail?after=&since=&until=&limit=: entries as JSON lines, oldest first, for those who
 * administer root. The next page comes after the last sequence; an empty one is the end. The same
 * data. */
extern const struct http_route audit_routes[];
extern const size_t audit_route_count;

#endif
