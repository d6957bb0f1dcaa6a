/* Reading a lease's answer. */
#include "worker/job.h"

#include "base/clock.h"
#include "base/encoding.h"

static const char *const phase_names[] = {
    [JOB_PLAN] = "plan",
    [JOB_APPLY] = "apply",
    [JOB_PERFORM] = "perform",
    [JOB_DESTROY] = "destroy",
};
static_assert(ARRAY_LENGTH(phase_names) == JOB_PHASE_COUNT, "every phase has a name");

static const char *const hook_names[] = {
    [HOOK_BEFORE_INIT] = "before_init",       [HOOK_AFTER_INIT] = "after_init",
    [HOOK_BEFORE_PLAN] = "before_plan",       [HOOK_AFTER_PLAN] = "after_plan",
    [HOOK_BEFORE_APPLY] = "before_apply",     [HOOK_AFTER_APPLY] = "after_apply",
    [HOOK_BEFORE_PERFORM] = "before_perform", [HOOK_AFTER_PERFORM] = "after_perform",
    [HOOK_BEFORE_DESTROY] = "before_destroy", [HOOK_AFTER_DESTROY] = "after_destroy",
    [HOOK_BEFORE_RUN] = "before_run",         [HOOK_AFTER_RUN] = "after_run",
};
static_assert(ARRAY_LENGTH(hook_names) == HOOK_COUNT, "every hook has a name");

const char *job_phase_name(enum job_phase phase)
{
    return phase_names[phase];
}

const char *job_hook_name(enum job_hook hook)
{
    return hook_names[hook];
}

struct reader {
    struct arena *arena;
    struct error *error;
};

static bool fail_member(struct reader *reader, const char *name, const char *expected)
{
    return error_set(reader->error, ERR_INVALID, "the job's \"%s\" must be %s", name, expected);
}

/* Missing and null leave the empty text. */
static bool read_text(struct reader *reader, const struct json *object, const char *name,
                      struct text *out)
{
    const struct json *value = json_get_z(object, name);
    if (!value || json_is(value, JSON_NULL))
        return true;
    if (!json_is(value, JSON_STRING))
        return fail_member(reader, name, "a string");
    *out = value->text;
    return true;
}

static bool read_required(struct reader *reader, const struct json *object, const char *name,
                          struct text *out)
{
    return read_text(reader, object, name, out) &&
           (out->len > 0 || fail_member(reader, name, "a string that is not empty"));
}

/* The array of that name, or an empty one when it is missing or null. */
static bool find_array(struct reader *reader, const struct json *object, const char *name,
                       const struct json **out)
{
    static const struct json empty = {.kind = JSON_ARRAY};
    *out = json_get_z(object, name);
    if (!*out || json_is(*out, JSON_NULL))
        *out = &empty;
    return json_is(*out, JSON_ARRAY) || fail_member(reader, name, "an array");
}

static bool read_texts(struct reader *reader, const struct json *object, const char *name,
                       struct text_list *out)
{
    const struct json *array;
    if (!find_array(reader, object, name, &array))
        return false;
    struct text *items = ARENA_ARRAY(reader->arena, struct text, array->len);
    if (!items)
        return error_set_no_memory(reader->error);
    for (uint32_t i = 0; i < array->len; i++) {
        if (!json_is(&array->items[i], JSON_STRING))
            return fail_member(reader, name, "an array of strings");
        items[i] = array->items[i].text;
    }
    *out = (struct text_list){items, array->len};
    return true;
}

static bool read_phase(struct reader *reader, const struct json *run, enum job_phase *out)
{
    struct text name = {NULL, 0};
    if (!read_required(reader, run, "phase", &name))
        return false;
    for (enum job_phase phase = 0; phase < JOB_PHASE_COUNT; phase++) {
        if (text_equal_z(name, phase_names[phase])) {
            *out = phase;
            return true;
        }
    }
    return fail_member(reader, "phase", "plan, apply, perform or destroy");
}

static bool read_variables(struct reader *reader, const struct json *run, struct job *job)
{
    const struct json *array;
    if (!find_array(reader, run, "environment", &array))
        return false;
    struct job_variable *variables = ARENA_ARRAY(reader->arena, struct job_variable, array->len);
    if (!variables)
        return error_set_no_memory(reader->error);
    for (uint32_t i = 0; i < array->len; i++) {
        const struct json *item = &array->items[i];
        if (!read_required(reader, item, "name", &variables[i].name) ||
            !read_text(reader, item, "value", &variables[i].value))
            return false;
        /* What does not say that it may be shown is hidden. */
        variables[i].secret = json_bool_or(json_get_z(item, "secret"), true);
    }
    job->variables = variables;
    job->variable_count = array->len;
    return true;
}

static bool read_files(struct reader *reader, const struct json *run, struct job *job)
{
    const struct json *array;
    if (!find_array(reader, run, "files", &array))
        return false;
    struct job_file *files = ARENA_ARRAY(reader->arena, struct job_file, array->len);
    if (!files)
        return error_set_no_memory(reader->error);
    for (uint32_t i = 0; i < array->len; i++) {
        const struct json *item = &array->items[i];
        struct text encoded = TEXT("");
        if (!read_required(reader, item, "path", &files[i].path) ||
            !read_text(reader, item, "content", &encoded) ||
            !base64_decode(reader->arena, encoded, &files[i].content, reader->error))
            return false;
        files[i].secret = json_bool_or(json_get_z(item, "secret"), true);
    }
    job->files = files;
    job->file_count = array->len;
    return true;
}

static bool read_hooks(struct reader *reader, const struct json *run, struct job *job)
{
    const struct json *hooks = json_get_z(run, "hooks");
    for (enum job_hook hook = 0; hook < HOOK_COUNT; hook++) {
        if (!read_texts(reader, hooks, hook_names[hook], &job->hooks[hook]))
            return false;
    }
    return true;
}

static bool read_state(struct reader *reader, const struct json *run, struct job_state *out)
{
    const struct json *state = json_get_z(run, "state");
    if (!state || json_is(state, JSON_NULL))
        return true;
    return read_required(reader, state, "address", &out->address) &&
           read_text(reader, state, "username", &out->username) &&
           read_text(reader, state, "password", &out->password);
}

static bool read_repository(struct reader *reader, const struct json *run, struct job *job)
{
    const struct json *credential = json_get_z(run, "repository_credential");
    job->local_repositories = json_bool_or(json_get_z(run, "local_repositories"), false);
    return read_required(reader, run, "repository_url", &job->repository_url) &&
           read_text(reader, run, "branch", &job->branch) &&
           read_text(reader, run, "commit", &job->commit) &&
           read_text(reader, run, "project_root", &job->project_root) &&
           read_text(reader, credential, "username", &job->repository_username) &&
           read_text(reader, credential, "password", &job->repository_password);
}

static bool read_run(struct reader *reader, const struct json *run, struct job *job)
{
    const struct json *config = json_get_z(run, "vendor_config");
    job->vendor_config = json_is(config, JSON_OBJECT) ? config : NULL;
    job->skip_init = json_bool_or(json_get_z(run, "skip_init"), false);
    job->has_artifact = json_bool_or(json_get_z(run, "has_artifact"), false);
    return read_required(reader, run, "id", &job->run) &&
           read_required(reader, run, "stack", &job->stack) &&
           read_text(reader, run, "type", &job->type) && read_phase(reader, run, &job->phase) &&
           read_required(reader, run, "vendor", &job->vendor) &&
           read_repository(reader, run, job) && read_variables(reader, run, job) &&
           read_files(reader, run, job) && read_hooks(reader, run, job) &&
           read_texts(reader, run, "targets", &job->targets) &&
           read_texts(reader, run, "replace", &job->replace) &&
           read_state(reader, run, &job->state) &&
           read_text(reader, run, "task_command", &job->task_command);
}

bool job_parse(struct arena *arena, const struct json *answer, struct job *out, struct error *error)
{
    struct reader reader = {arena, error};
    const struct json *run = json_get_z(answer, "run");
    int64_t seconds = json_int64_or(json_get_z(answer, "expires_in"), 0);
    *out = (struct job){.expires_in = seconds * CLOCK_SECOND};
    if (!json_is(run, JSON_OBJECT))
        return fail_member(&reader, "run", "an object");
    if (seconds < 1 || seconds > 86400)
        return fail_member(&reader, "expires_in", "a number of seconds up to a day");
    return read_required(&reader, answer, "lease", &out->lease) && read_run(&reader, run, out);
}
