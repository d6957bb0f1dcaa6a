/* Jobs to JSON. */
#include "doors/worker/job_json.h"

#include "base/clock.h"
#include "doors/worker/vendor_wire.h"

static void print_text_or_null(struct json_writer *writer, const char *key, struct text value)
{
    if (value.at) {
        json_member_string(writer, key, value);
        return;
    }
    json_key_z(writer, key);
    json_null(writer);
}

/* What runTrigger gave for this run only; NULL when it gave nothing. */
static const struct json *runtime_config(struct ctx *ctx, const struct run *run)
{
    const struct json *value = NULL;
    struct error error = {0};
    if (!run->runtime_config.len ||
        !json_parse(ctx->arena, run->runtime_config, NULL, &value, &error))
        return NULL;
    return value;
}

static void print_variable(struct json_writer *writer, struct text name, struct text value,
                           bool secret)
{
    json_begin_object(writer);
    json_member_string(writer, "name", name);
    json_member_string(writer, "value", value);
    json_member_bool(writer, "secret", secret);
    json_end_object(writer);
}

/* Whoever sets the variable for the stack means another token. */
static bool brings_token(const struct run_job *job)
{
    for (size_t i = 0; i < job->config.len; i++) {
        const struct config_element *element = &LIST_ITEMS(&job->config, struct config_element)[i];
        if (text_equal(element->id, TEXT("SPACELIFT_API_TOKEN")))
            return true;
    }
    return false;
}

static void print_environment(const struct run_job *job, const struct json *runtime,
                              struct json_writer *writer)
{
    const struct json *added = json_get_z(runtime, "environment");
    json_key_z(writer, "environment");
    json_begin_array(writer);
    if (!brings_token(job))
        print_variable(writer, TEXT("SPACELIFT_API_TOKEN"), job->token, true);
    for (size_t i = 0; i < job->config.len; i++) {
        const struct config_element *element = &LIST_ITEMS(&job->config, struct config_element)[i];
        if (element->type == CONFIG_ENVIRONMENT_VARIABLE)
            print_variable(writer, element->id, element->value, element->write_only);
    }
    for (uint32_t i = 0; json_is(added, JSON_ARRAY) && i < added->len; i++)
        print_variable(writer, json_get_text(&added->items[i], "name"),
                       json_get_text(&added->items[i], "value"), false);
    json_end_array(writer);
}

static void print_files(const struct run_job *job, struct json_writer *writer)
{
    json_key_z(writer, "files");
    json_begin_array(writer);
    for (size_t i = 0; i < job->config.len; i++) {
        const struct config_element *element = &LIST_ITEMS(&job->config, struct config_element)[i];
        if (element->type != CONFIG_FILE_MOUNT)
            continue;
        json_begin_object(writer);
        json_member_string(writer, "path", element->id);
        json_member_string(writer, "content", element->value);
        json_member_bool(writer, "secret", element->write_only);
        json_end_object(writer);
    }
    json_end_array(writer);
}

/* Hooks of the run replace those of the stack, list by list. */
static void print_hooks(struct ctx *ctx, const struct run_job *job, const struct json *runtime,
                        struct json_writer *writer)
{
    struct hooks hooks = job->stack->hooks;
    struct hooks replaced = hooks_parse(ctx, json_get_z(runtime, "hooks"));
#define HOOK(name, wire)                                                                           \
    if (replaced.name.len)                                                                         \
        hooks.name = replaced.name;
#include "tables/hooks.def"
#undef HOOK
    json_key_z(writer, "hooks");
    hooks_print(&hooks, writer);
}

static void print_state(struct ctx *ctx, const struct run_job *job, struct json_writer *writer)
{
    json_key_z(writer, "state");
    if (!job->uses_state) {
        json_null(writer);
        return;
    }
    json_begin_object(writer);
    json_member_string(writer, "address",
                       text_format(ctx->arena, "/state/%.*s", TEXT_ARG(job->stack->id)));
    json_member_string(writer, "username", job->run->id);
    json_member_string(writer, "password", job->state_password);
    json_end_object(writer);
}

static void print_run(struct ctx *ctx, const struct run_job *job, struct json_writer *writer)
{
    const struct run *run = job->run;
    const struct stack *stack = job->stack;
    const struct json *runtime = runtime_config(ctx, run);
    struct text commit = run->commit ? run->commit->hash : run->commit_requested;
    struct text root = json_text_or(json_get_z(runtime, "project_root"), stack->project_root);
    json_member_string(writer, "id", run->id);
    json_member_string(writer, "stack", stack->id);
    json_member_string(writer, "type", text_z(run_type_name(run->type)));
    json_member_string(writer, "phase", text_z(job->phase));
    json_member_string(writer, "branch", run->branch);
    print_text_or_null(writer, "commit", commit);
    json_member_string(writer, "repository_url",
                       stack->repository_url.len ? stack->repository_url : stack->repository);
    json_member_bool(writer, "local_repositories", job->local_repositories);
    print_text_or_null(writer, "project_root", root);
    json_member_string(writer, "vendor", text_z(vendor_wire_name(stack->vendor.kind)));
    json_key_z(writer, "vendor_config");
    vendor_wire_print(&stack->vendor, writer);
    print_environment(job, runtime, writer);
    print_files(job, writer);
    print_hooks(ctx, job, runtime, writer);
    print_state(ctx, job, writer);
    print_text_or_null(writer, "task_command", run->command);
    json_member_bool(writer, "skip_init", run->skip_initialization);
    json_member_bool(writer, "has_artifact", run->has_plan);
}

bool job_print(struct ctx *ctx, const struct run_job *job, struct json_writer *writer)
{
    json_begin_object(writer);
    json_member_string(writer, "lease", job->run->lease_id);
    json_member_int64(writer, "expires_in", (job->expires_at - ctx->now) / CLOCK_SECOND);
    json_key_z(writer, "run");
    json_begin_object(writer);
    print_run(ctx, job, writer);
    json_end_object(writer);
    json_end_object(writer);
    return !writer->out->failed || fail_no_memory(ctx);
}
