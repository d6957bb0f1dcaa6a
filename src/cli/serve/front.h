/* The HTTP side of a server: which door answers which path, in which shape errors are given. */
#ifndef CLI_SERVE_FRONT_H
#define CLI_SERVE_FRONT_H

#include "doors/operations/operations_door.h"
#include "doors/spacelift/spacelift_door.h"
#include "net/http_server.h"

struct front {
    struct spacelift_door spacelift;
    struct operations_door operations;
    struct http_router *router;
    struct http_server *server;
};

/* Reads the addresses of the settings and serves. The front is the caller's storage. */
MUST_CHECK bool front_start(struct front *front, struct arena *arena, struct account *account,
                            struct error *error);
/* Lets requests in flight end, at most for the settings' time, then closes. */
void front_stop(struct front *front);

#endif
