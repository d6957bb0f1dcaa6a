/*
 * The execution of one job from its first to its last step: a new workspace, the repository, files,
 * environment, hooks and the engine's phase, the result. Called on a thread of the worker that
 * waits for it. What went wrong is in the result and in the run's log; nothing is left on the disk.
 */
#ifndef WORKER_EXECUTION_H
#define WORKER_EXECUTION_H

#include "worker/lease.h"
#include "worker/sandbox.h"

struct execution_options {
    const char *folder; /* parent of the workspaces */
    enum sandbox_kind sandbox;
    const char *const *readable; /* paths that a sandbox shows besides the system's; or NULL */
    const char *const *passed;   /* names of the worker's variables that runs get; or NULL */
    int64_t time_limit;          /* microseconds for the whole job */
    int64_t grace;               /* microseconds from SIGINT to SIGKILL */
};

/* `arena` is for the job alone. */
void execution_run(const struct execution_options *options, struct lease *lease,
                   const struct job *job, struct arena *arena);

#endif
