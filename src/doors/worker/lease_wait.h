/* A worker's question for a run, which may wait for one to appear. */
#ifndef DOORS_WORKER_LEASE_WAIT_H
#define DOORS_WORKER_LEASE_WAIT_H

#include "kernel/account.h"
#include "net/http_request.h"

void lease_wait_start(struct http_request *request, struct account *account);

#endif
