/*
 * The door for workers: JSON over HTTP below /worker/v1, described in docs/worker-protocol.md, and
 * the kept state of stacks below /state for the engines that workers run. Workers authenticate with
 * the id and secret of a WORKER key, engines with the id of their run and a password that lives as
 * long as the lease.
 */
#ifndef DOORS_WORKER_WORKER_DOOR_H
#define DOORS_WORKER_WORKER_DOOR_H

#include "kernel/account.h"
#include "net/http_router.h"

/* The routes of the door; each handler's data is the account. */
extern const struct http_route worker_routes[];
extern const size_t worker_route_count;
extern const struct http_route state_routes[];
extern const size_t state_route_count;

#endif
