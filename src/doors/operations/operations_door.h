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

#endif
