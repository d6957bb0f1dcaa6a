/*
 * A lease: the worker's right to one phase of one run, and all requests about it. Requests repeat
 * themselves, with growing pauses, while the server is away, until the lease must have expired;
 * then, or when the server says that it is gone, the lease is lost and whatever runs under it is
 * stopped. Used by two threads at once: the one that runs the job and its courier.
 */
#ifndef WORKER_LEASE_H
#define WORKER_LEASE_H

#include "worker/job.h"
#include "worker/report.h"
#include "worker/repository.h"
#include "worker/transport.h"

#include <stdatomic.h>

enum lease_outcome { LEASE_FINISHED, LEASE_FAILED, LEASE_STOPPED };

struct lease {
    const struct transport *transport; /* borrowed */
    struct text id;                    /* borrowed */
    int64_t expires_in;                /* microseconds */
    _Atomic int64_t last_answer;       /* monotonic time of the last answer that kept it alive */
    atomic_bool lost;                  /* gone for good; `stop` is raised too */
    atomic_bool stop;     /* what runs must end: asked by the server, lost, or shutting down */
    atomic_bool shutdown; /* the worker itself is being stopped */
};

void lease_init(struct lease *lease, const struct transport *transport, const struct job *job);
/* Raises stop because the worker ends. */
void lease_shut_down(struct lease *lease);

/* All of these wait for the server. They fail with CONFLICT when the lease is lost, else with what
 * the server objects to. The arena is for the request and its answer. */
MUST_CHECK bool lease_heartbeat(struct lease *lease, struct arena *arena, struct error *error);
MUST_CHECK bool lease_send_state(struct lease *lease, struct arena *arena, const char *state,
                                 struct error *error);
/* *kept is how many bytes of the log the server has afterwards. */
MUST_CHECK bool lease_send_log(struct lease *lease, struct arena *arena, const char *state,
                               int64_t offset, struct text text, int64_t *kept,
                               struct error *error);
MUST_CHECK bool lease_send_commit(struct lease *lease, struct arena *arena,
                                  const struct repository_commit *commit, struct error *error);
MUST_CHECK bool lease_put_artifact(struct lease *lease, struct arena *arena, struct text bytes,
                                   struct error *error);
MUST_CHECK bool lease_get_artifact(struct lease *lease, struct arena *arena, struct text *bytes,
                                   struct error *error);
/* failure is empty or the sentence for people. */
MUST_CHECK bool lease_send_result(struct lease *lease, struct arena *arena,
                                  enum lease_outcome outcome, struct text failure,
                                  const struct report *report, struct error *error);
MUST_CHECK bool lease_release(struct lease *lease, struct arena *arena, const char *reason,
                              struct error *error);

#endif
