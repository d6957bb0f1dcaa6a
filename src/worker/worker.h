/*
 * The worker process: leases jobs from a server, runs several at once, each on a thread of its own
 * with child processes of its own, and reports. docs/worker-protocol.md is the conversation.
 *
 * It outlives restarts of the server. On SIGTERM or SIGINT it leases nothing more and waits for
 * what runs; after the drain time, or a second signal, plans are handed back and everything else is
 * interrupted and reported as failed.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "base/error.h"
#include "worker/transport.h"

enum worker_sandbox {
    WORKER_SANDBOX_AUTO,     /* bubblewrap where it works */
    WORKER_SANDBOX_REQUIRED, /* or the worker does not start */
    WORKER_SANDBOX_NONE,
};

struct worker_options {
    const char *server;   /* https://host[:port][/prefix] */
    const char *token;    /* the worker's */
    const char *ca_file;  /* PEM; NULL for the system's */
    const char *name;     /* NULL for the host's name */
    const char *folder;   /* for workspaces; made when missing */
    unsigned concurrency; /* jobs at once; 0 for 1 */
    enum worker_sandbox sandbox;
    const char *const
        *readable; /* paths that a sandbox shows besides the system's; NULL-terminated */
    const char *const *passed;         /* names of own variables that runs get; NULL-terminated */
    int64_t time_limit;                /* microseconds a job may take; 0 for six hours */
    int64_t grace;                     /* microseconds from SIGINT to SIGKILL; 0 for one minute */
    int64_t drain_time;                /* microseconds; 0 for ten minutes */
    const struct transport *transport; /* instead of HTTP; for tests */
};

/* Returns when a signal or worker_stop has ended it, or false when it cannot start. */
MUST_CHECK bool worker_run(const struct worker_options *options, struct error *error);
/* What a first, and then a second, SIGTERM does. From any thread or signal handler. */
void worker_stop(void);

#endif
