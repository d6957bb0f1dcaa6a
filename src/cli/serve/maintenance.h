/*
 * What a server does by itself once a second, on one thread: wake waiters whose time is up, take
 * back lost leases, keep the signing keys fresh, drop ended sessions, and keep its own worker
 * running.
 */
#ifndef CLI_SERVE_MAINTENANCE_H
#define CLI_SERVE_MAINTENANCE_H

#include "base/error.h"
#include "kernel/account.h"

struct maintenance;
struct own_worker;

/* worker may be NULL. NULL and an error when the thread cannot start. */
struct maintenance *maintenance_start(struct account *account, struct own_worker *worker,
                                      struct error *error);
/* Ends the thread; a unit that runs is waited for. NULL is fine. */
void maintenance_stop(struct maintenance *maintenance);

#endif
