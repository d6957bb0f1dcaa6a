/*
 * A job: one phase of one run, as the server hands it to the worker that leases it. Read from the
 * lease's answer and constant afterwards. docs/worker-protocol.md describes every member.
 */
#ifndef WORKER_JOB_H
#define WORKER_JOB_H

#include "base/error.h"
#include "base/json.h"

enum job_phase { JOB_PLAN, JOB_APPLY, JOB_PERFORM, JOB_DESTROY, JOB_PHASE_COUNT };

enum job_hook {
    HOOK_BEFORE_INIT,
    HOOK_AFTER_INIT,
    HOOK_BEFORE_PLAN,
    HOOK_AFTER_PLAN,
    HOOK_BEFORE_APPLY,
    HOOK_AFTER_APPLY,
    HOOK_BEFORE_PERFORM,
    HOOK_AFTER_PERFORM,
    HOOK_BEFORE_DESTROY,
    HOOK_AFTER_DESTROY,
    HOOK_BEFORE_RUN,
    HOOK_AFTER_RUN,
    HOOK_COUNT
};

struct job_variable {
    struct text name, value;
    bool secret;
};

struct job_file {
    struct text path;    /* relative to the workspace */
    struct text content; /* decoded */
    bool secret;
};

/* The server's HTTP backend for the engine's state; address is empty when the stack brings its own.
 */
struct job_state {
    struct text address, username, password;
};

struct job {
    struct text lease;
    int64_t expires_in; /* microseconds; how long the lease lives without a heartbeat */
    struct text run, stack;
    struct text type; /* TRACKED, PROPOSED, TASK, TESTING, DESTROY */
    enum job_phase phase;
    struct text repository_url, branch, commit; /* branch and commit may be empty */
    struct text repository_username, repository_password;
    bool local_repositories;
    struct text project_root; /* empty for the root of the repository */
    struct text vendor;
    const struct json *vendor_config; /* an object, or NULL */
    const struct job_variable *variables;
    size_t variable_count;
    const struct job_file *files;
    size_t file_count;
    struct text_list hooks[HOOK_COUNT];
    struct text_list targets, replace; /* resource addresses */
    struct job_state state;
    struct text task_command;
    bool skip_init;
    bool has_artifact; /* a plan file of the earlier phase waits on the server */
};

/* Borrows from `answer`. INVALID names the member that is missing or of the wrong kind. */
MUST_CHECK bool job_parse(struct arena *arena, const struct json *answer, struct job *out,
                          struct error *error);

const char *job_phase_name(enum job_phase phase); /* "plan" */
const char *job_hook_name(enum job_hook hook);    /* "before_init" */

#endif
