/* The steps of a job. */
#include "worker/execution.h"

#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "worker/courier.h"
#include "worker/vendor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARTIFACT_MAX = 256 << 20 };

/* What after_run hooks may take when the run itself has been stopped. */
static const int64_t farewell_time = 5 * CLOCK_MINUTE;

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/* Of the worker's own environment, what a run needs to reach the network. */
static const char *const always_passed[] = {
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",      "http_proxy",   "https_proxy",
    "no_proxy",   "LANG",        "SSL_CERT_FILE", "SSL_CERT_DIR", NULL};

struct execution {
    const struct execution_options *options;
    const struct job *job;
    struct lease *lease;
    struct arena *arena;
    struct courier *courier;
    struct masking masking;
    struct command_room room;
    struct report report;
    struct vendor_run run;
    const struct vendor *vendor;
    struct error error; /* why the job failed */
};

/* --- before the first command --- */

static bool set(struct execution *execution, const char *name, struct text value)
{
    return environment_set(&execution->room.environment, text_z(name), value, &execution->error);
}

static bool pass_on(struct execution *execution, const char *const *names)
{
    for (; names && *names; names++) {
        const char *value = getenv(*names);
        if (value && !set(execution, *names, text_z(value)))
            return false;
    }
    return true;
}

static bool set_job_variables(struct execution *execution)
{
    const struct job *job = execution->job;
    for (size_t i = 0; i < job->variable_count; i++) {
        if (!environment_set(&execution->room.environment, job->variables[i].name,
                             job->variables[i].value, &execution->error))
            return false;
    }
    return true;
}

/* The job's own variables come last, so that they win. */
static bool prepare_environment(struct execution *execution)
{
    const struct job *job = execution->job;
    const struct workspace *workspace = &execution->room.workspace;
    const char *path = getenv("PATH");
    environment_init(&execution->room.environment, execution->arena);
    return set(execution, "PATH", text_z(path && *path ? path : default_path)) &&
           set(execution, "LANG", TEXT("C.UTF-8")) && pass_on(execution, always_passed) &&
           pass_on(execution, execution->options->passed) &&
           set(execution, "HOME", text_z(workspace->home)) &&
           set(execution, "TMPDIR", text_z(workspace->scratch)) &&
           set(execution, "CI", TEXT("true")) && set(execution, "GATEHOUSE_RUN_ID", job->run) &&
           set(execution, "GATEHOUSE_STACK_ID", job->stack) &&
           set(execution, "GATEHOUSE_RUN_TYPE", job->type) &&
           set(execution, "GATEHOUSE_PHASE", text_z(job_phase_name(job->phase))) &&
           set(execution, "GATEHOUSE_WORKSPACE", text_z(workspace->root)) &&
           set_job_variables(execution);
}

/* A password may also appear as it travels. */
static bool mask_password(struct execution *execution, struct text username, struct text password)
{
    const struct text pair[] = {username.len ? username : TEXT("git"), password};
    if (password.len == 0)
        return true;
    struct text basic =
        base64_encode(execution->arena, text_join(execution->arena, TEXT(":"), pair, 2));
    return masking_add(&execution->masking, password) && masking_add(&execution->masking, basic);
}

static bool prepare_masking(struct execution *execution)
{
    const struct job *job = execution->job;
    struct masking *masking = &execution->masking;
    bool added = true;
    masking_init(masking, execution->arena);
    for (size_t i = 0; i < job->variable_count; i++)
        added =
            added && (!job->variables[i].secret || masking_add(masking, job->variables[i].value));
    for (size_t i = 0; i < job->file_count; i++)
        added = added && (!job->files[i].secret || masking_add(masking, job->files[i].content));
    added = added && mask_password(execution, job->repository_username, job->repository_password) &&
            mask_password(execution, job->state.username, job->state.password);
    return added || error_set_no_memory(&execution->error);
}

/* --- steps --- */

static bool enter_state(struct execution *execution, const char *state)
{
    return courier_change_state(execution->courier, execution->arena, state, &execution->error);
}

static const char *first_state(const struct execution *execution)
{
    return execution->job->phase == JOB_APPLY ? "PREPARING_APPLY" : "PREPARING";
}

static bool fetch_source(struct execution *execution)
{
    const struct job *job = execution->job;
    const struct repository repository = {.url = job->repository_url,
                                          .branch = job->branch,
                                          .commit = job->commit,
                                          .username = job->repository_username,
                                          .password = job->repository_password,
                                          .local_allowed = job->local_repositories};
    struct repository_commit commit;
    if (!repository_fetch(&execution->room, &repository, &commit, &execution->error))
        return false;
    command_note(&execution->room, "Commit %.*s: %.*s", TEXT_ARG(commit.hash),
                 TEXT_ARG(commit.message));
    return set(execution, "GATEHOUSE_COMMIT", commit.hash) &&
           lease_send_commit(execution->lease, execution->arena, &commit, &execution->error);
}

static bool mount_files(struct execution *execution)
{
    const struct job *job = execution->job;
    for (size_t i = 0; i < job->file_count; i++) {
        const struct job_file *file = &job->files[i];
        if (!workspace_write(&execution->room.workspace, file->path, file->content, file->secret,
                             &execution->error))
            return false;
    }
    return true;
}

static bool run_shell(struct execution *execution, struct text script, const char *what)
{
    const char *arguments[] = {"sh", "-c", text_terminated(execution->arena, script), NULL};
    struct command command = {
        .arguments = arguments, .folder = execution->run.project, .quiet = true};
    int status;
    if (!arguments[2])
        return error_set(&execution->error, ERR_INVALID, "the %s command holds a NUL", what);
    command_note(&execution->room, "$ %s", arguments[2]);
    if (!command_run(&execution->room, &command, &status, &execution->error))
        return false;
    return status == 0 || error_set(&execution->error, ERR_INVALID,
                                    "the %s command failed with exit status %d", what, status);
}

static bool run_hooks(struct execution *execution, enum job_hook hook)
{
    struct text_list commands = execution->job->hooks[hook];
    for (size_t i = 0; i < commands.len; i++) {
        if (!run_shell(execution, commands.items[i], job_hook_name(hook)))
            return false;
    }
    return true;
}

/* One of the engine's functions between its hooks. */
static bool run_engine(struct execution *execution, enum job_hook before,
                       bool (*phase)(struct vendor_run *run), enum job_hook after)
{
    return run_hooks(execution, before) && phase(&execution->run) && run_hooks(execution, after);
}

static bool prepare(struct execution *execution)
{
    const struct job *job = execution->job;
    execution->vendor = vendor_find(job->vendor);
    if (!execution->vendor)
        return error_set(&execution->error, ERR_INVALID,
                         "this worker does not know the engine %.*s", TEXT_ARG(job->vendor));
    return enter_state(execution, first_state(execution)) && fetch_source(execution) &&
           mount_files(execution) &&
           workspace_project(&execution->room.workspace, execution->arena, job->project_root,
                             &execution->run.project, &execution->error) &&
           run_hooks(execution, HOOK_BEFORE_RUN);
}

static bool initialize(struct execution *execution)
{
    const struct job *job = execution->job;
    if (job->phase == JOB_PERFORM && job->skip_init)
        return true;
    /* An apply phase initialises while it prepares: the run has been through that state. */
    if (job->phase != JOB_APPLY && !enter_state(execution, "INITIALIZING"))
        return false;
    return run_engine(execution, HOOK_BEFORE_INIT, execution->vendor->init, HOOK_AFTER_INIT);
}

static bool upload_plan(struct execution *execution)
{
    struct text plan;
    struct error missing = {0};
    if (!workspace_read(execution->arena, execution->run.plan_file, ARTIFACT_MAX, &plan, &missing))
        return missing.kind == ERR_NOT_FOUND ||
               error_set(&execution->error, missing.kind, "%s", missing.message);
    return lease_put_artifact(execution->lease, execution->arena, plan, &execution->error);
}

static bool download_plan(struct execution *execution)
{
    struct text plan;
    if (!execution->job->has_artifact)
        return true;
    return lease_get_artifact(execution->lease, execution->arena, &plan, &execution->error) &&
           workspace_write(&execution->room.workspace, TEXT("run/plan"), plan, true,
                           &execution->error);
}

/* After changes, also after those that stopped half way, what exists is read anew. */
static void take_inventory(struct execution *execution)
{
    struct error error = {0};
    struct vendor_run run = execution->run;
    const struct vendor *vendor = execution->vendor;
    run.error = &error;
    if (vendor->inventory && !vendor->inventory(&run)) {
        execution->report.has_inventory = false;
        command_note(&execution->room, "The resources could not be listed: %s", error.message);
    }
}

static bool plan(struct execution *execution)
{
    return enter_state(execution, "PLANNING") &&
           run_engine(execution, HOOK_BEFORE_PLAN, execution->vendor->plan, HOOK_AFTER_PLAN) &&
           upload_plan(execution);
}

static bool apply(struct execution *execution)
{
    if (!download_plan(execution) || !enter_state(execution, "APPLYING") ||
        !run_hooks(execution, HOOK_BEFORE_APPLY))
        return false;
    bool applied = execution->vendor->apply(&execution->run);
    take_inventory(execution);
    return applied && run_hooks(execution, HOOK_AFTER_APPLY);
}

static bool destroy(struct execution *execution)
{
    if (!enter_state(execution, "DESTROYING") || !run_hooks(execution, HOOK_BEFORE_DESTROY))
        return false;
    bool destroyed = execution->vendor->destroy(&execution->run);
    take_inventory(execution);
    return destroyed && run_hooks(execution, HOOK_AFTER_DESTROY);
}

static bool perform(struct execution *execution)
{
    return enter_state(execution, "PERFORMING") && run_hooks(execution, HOOK_BEFORE_PERFORM) &&
           run_shell(execution, execution->job->task_command, "task") &&
           run_hooks(execution, HOOK_AFTER_PERFORM);
}

static bool run_phase(struct execution *execution)
{
    static bool (*const phases[])(struct execution * execution) = {
        [JOB_PLAN] = plan, [JOB_APPLY] = apply, [JOB_PERFORM] = perform, [JOB_DESTROY] = destroy};
    static_assert(ARRAY_LENGTH(phases) == JOB_PHASE_COUNT, "every phase has its steps");
    return prepare(execution) && initialize(execution) && phases[execution->job->phase](execution);
}

/* --- the end --- */

/* The hooks that run whatever has happened, once there is a project to run them in. */
static void say_farewell(struct execution *execution)
{
    struct error failure = execution->error;
    if (!execution->run.project || execution->job->hooks[HOOK_AFTER_RUN].len == 0)
        return;
    execution->room.cancel = &execution->lease->lost;
    execution->room.deadline = clock_monotonic() + farewell_time;
    error_clear(&execution->error);
    if (!run_hooks(execution, HOOK_AFTER_RUN))
        command_note(&execution->room, "%s", execution->error.message);
    execution->error = failure;
}

static void report_result(struct execution *execution, bool finished)
{
    struct error error = {0};
    struct lease *lease = execution->lease;
    enum lease_outcome outcome = finished ? LEASE_FINISHED : LEASE_FAILED;
    if (!finished && execution->error.kind == ERR_CANCELED)
        outcome = LEASE_STOPPED;
    struct text sentence =
        masking_apply(&execution->masking, execution->arena, text_z(execution->error.message));
    /* Nobody asked for this run to stop. */
    if (outcome == LEASE_STOPPED && atomic_load(&lease->shutdown)) {
        outcome = LEASE_FAILED;
        sentence = TEXT("the worker was shut down while the run was under way");
    }
    if (!lease_send_result(lease, execution->arena, outcome, sentence, &execution->report, &error))
        log_error("the result of a run was not taken", LOG_TEXT("run", execution->job->run),
                  LOG_ERROR(&error));
}

/* Nothing has been changed yet, so another worker may begin anew. */
static bool hand_back(struct execution *execution)
{
    struct error error = {0};
    if (!atomic_load(&execution->lease->shutdown) || execution->job->phase != JOB_PLAN)
        return false;
    return lease_release(execution->lease, execution->arena, "the worker is shutting down", &error);
}

static void finish(struct execution *execution, bool finished)
{
    if (!finished)
        command_note(&execution->room, "%s", execution->error.message);
    say_farewell(execution);
    courier_flush(execution->courier);
    if (atomic_load(&execution->lease->lost))
        return;
    if (finished || !hand_back(execution))
        report_result(execution, finished);
}

static bool open_room(struct execution *execution)
{
    const struct execution_options *options = execution->options;
    struct command_room *room = &execution->room;
    if (!workspace_open(&room->workspace, execution->arena, options->folder, &execution->error))
        return false;
    room->arena = execution->arena;
    room->sandbox = (struct sandbox){
        .kind = options->sandbox, .writable = room->workspace.root, .readable = options->readable};
    room->cancel = &execution->lease->stop;
    room->deadline = clock_monotonic() + options->time_limit;
    room->grace = options->grace;
    execution->run.plan_file = workspace_path(execution->arena, room->workspace.run, TEXT("plan"));
    return execution->run.plan_file || error_set_no_memory(&execution->error);
}

static void execute(struct execution *execution)
{
    execution->courier = courier_new(execution->lease, &execution->masking, first_state(execution),
                                     &execution->error);
    if (!execution->courier) {
        report_result(execution, false);
        return;
    }
    execution->room.on_output = courier_write;
    execution->room.data = execution->courier;
    finish(execution, prepare_environment(execution) && run_phase(execution));
    courier_free(execution->courier);
}

void execution_run(const struct execution_options *options, struct lease *lease,
                   const struct job *job, struct arena *arena)
{
    struct execution execution = {.options = options, .job = job, .lease = lease, .arena = arena};
    report_init(&execution.report, arena);
    execution.report.vendor = job->vendor;
    execution.run = (struct vendor_run){.job = job,
                                        .room = &execution.room,
                                        .masking = &execution.masking,
                                        .report = &execution.report,
                                        .error = &execution.error};
    if (!prepare_masking(&execution)) {
        report_result(&execution, false);
        return;
    }
    if (!open_room(&execution)) {
        report_result(&execution, false);
        return;
    }
    execute(&execution);
    workspace_close(&execution.room.workspace);
}
