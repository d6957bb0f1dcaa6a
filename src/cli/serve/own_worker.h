/*
 * The worker that a server starts beside itself, so that a fresh installation can execute runs. It
 * is the same program with the command `worker`, a process of its own, and ends with the server.
 * Its credential is made at each start and reaches it through the environment.
 */
#ifndef CLI_SERVE_OWN_WORKER_H
#define CLI_SERVE_OWN_WORKER_H

#include "base/error.h"
#include "kernel/account.h"

struct own_worker;

/* program: path of this executable. server: where the worker reaches it. NULL with an error. */
struct own_worker *own_worker_start(struct account *account, const char *program,
                                    const char *server, struct error *error);
/* Starts it again, with growing pauses, when it has died. Called once a second. */
void own_worker_keep(struct own_worker *worker);
/* Tells it to end and waits, at most so long. NULL is fine. */
void own_worker_stop(struct own_worker *worker, unsigned seconds);

#endif
