/*
 * The worker's side of a run: take one on lease, report progress, end it. A lease that is not
 * renewed in time is lost; its run goes back to the queue while nothing was changed, and fails
 * otherwise. So a run is never stuck, and never executed by two workers at once.
 */
#ifndef RUN_RUN_LEASE_H
#define RUN_RUN_LEASE_H

#include "run/run.h"
#include "stack/stack_config.h"
#include "stack/stack_result.h"

struct worker_info {
    struct text id; /* of the process; a new one each start */
    struct text name;
    struct text version;
    struct text_list vendors; /* names of tables it can run */
};

/* Everything a worker needs for one phase of a run. */
struct run_job {
    const struct run *run;
    const struct stack *stack;
    const char *phase;  /* "plan", "apply", "perform", "destroy" */
    struct list config; /* struct config_element, with secrets */
    bool local_repositories;
    bool uses_state;            /* the server keeps the stack's state */
    struct text state_password; /* with the run's id as user name; only while the lease lasts */
    struct text token;          /* of the run itself; only while the lease lasts */
    int64_t expires_at;
};

/* The next run for this worker; *out is NULL when none waits. */
MUST_CHECK bool run_lease_take(struct ctx *ctx, const struct worker_info *worker,
                               struct run_job **out);
/* Keeps the lease for another while. *stop: somebody asked the run to end. NOT_FOUND when lost. */
MUST_CHECK bool run_lease_renew(struct ctx *ctx, struct text lease_id, bool *stop);
MUST_CHECK bool run_lease_report_state(struct ctx *ctx, struct text lease_id, enum run_state state,
                                       struct text note);
MUST_CHECK bool run_lease_report_commit(struct ctx *ctx, struct text lease_id,
                                        const struct commit *commit);
/* As run_log_append does it. */
MUST_CHECK bool run_lease_append_log(struct ctx *ctx, struct text lease_id, enum run_state state,
                                     int64_t offset, struct text content, int64_t *have);
/* The plan that apply needs; at == NULL when there is none. */
MUST_CHECK bool run_lease_read_plan(struct ctx *ctx, struct text lease_id, struct text *plan);
MUST_CHECK bool run_lease_write_plan(struct ctx *ctx, struct text lease_id, struct text plan);

enum run_outcome { RUN_OUTCOME_FINISHED, RUN_OUTCOME_FAILED, RUN_OUTCOME_STOPPED };

struct run_report {
    enum run_outcome outcome;
    struct text error;             /* why it failed */
    bool has_changes;              /* a plan that would change something */
    const struct run_delta *delta; /* NULL: not known */
    const struct run_change *changes;
    size_t change_count;
    const struct stack_result *result; /* NULL: the stack's entities and outputs stay */
};
/* Ends the phase and the lease. */
MUST_CHECK bool run_lease_report(struct ctx *ctx, struct text lease_id,
                                 const struct run_report *report);

/* The worker gives the run back before it changed anything; it waits for the next one. CONFLICT
 * when it is too late for that. */
MUST_CHECK bool run_lease_release(struct ctx *ctx, struct text lease_id, struct text reason);

/* Takes back the leases that have run out. Called once in a while by one server or another. */
MUST_CHECK bool run_lease_expire(struct ctx *ctx);

/* A leased run that reaches for its state: NULL when the password is wrong or the lease is gone. */
MUST_CHECK bool run_authenticate(struct ctx *ctx, struct text run_id, struct text password,
                                 struct run **out);

#endif
