/*
 * Terraform and OpenTofu: init, plan into a file, apply that file. When the server keeps the state,
 * an override file turns whatever backend the project names into the HTTP backend, whose address
 * and password stand in the environment. Settings: version (a program terraform-VERSION in the PATH
 * is preferred), workspace, workflow_tool (OPEN_TOFU for tofu instead of
 * terraform).
 */
#include "worker/vendor.h"

#include "worker/terraform_json.h"

#include <string.h>

enum { JSON_MAX = 128 << 20 }; /* bytes */

#define OVERRIDE_FILE "_gatehouse_override.tf.json"
#define LOCK_TIMEOUT  "-lock-timeout=120s"

/* An argument list under way; the program's name comes first. */
struct arguments {
    struct list items; /* const char * */
    bool failed;
};

static void add(struct arguments *arguments, const char *argument)
{
    const char **slot = argument ? list_push(&arguments->items) : NULL;
    if (slot)
        *slot = argument;
    else
        arguments->failed = true;
}

static const char *program_of(const struct vendor_run *run)
{
    bool tofu = text_equal_z(run->job->vendor, vendor_tofu.name) ||
                text_equal(vendor_setting(run, "workflow_tool"), TEXT("OPEN_TOFU"));
    const char *plain = tofu ? "tofu" : "terraform";
    struct text version = vendor_setting(run, "version");
    struct arena *arena = run->room->arena;
    const char *path = environment_get(&run->room->environment, "PATH");
    if (version.len == 0 || !path)
        return plain;
    char *exact = text_terminated(arena, text_format(arena, "%s-%.*s", plain, TEXT_ARG(version)));
    return exact && !strchr(exact, '/') && process_find(arena, exact, path) ? exact : plain;
}

static void begin(const struct vendor_run *run, struct arguments *arguments, const char *verb)
{
    arguments->failed = false;
    list_init(&arguments->items, run->room->arena, sizeof(const char *));
    add(arguments, program_of(run));
    add(arguments, verb);
    add(arguments, "-no-color");
}

/* -target=ADDRESS and the like, for each. */
static void add_each(const struct vendor_run *run, struct arguments *arguments, const char *option,
                     struct text_list addresses)
{
    struct arena *arena = run->room->arena;
    for (size_t i = 0; i < addresses.len; i++)
        add(arguments, text_terminated(arena, text_format(arena, "%s=%.*s", option,
                                                          TEXT_ARG(addresses.items[i]))));
}

static const char *const *finish(const struct vendor_run *run, struct arguments *arguments)
{
    const char **slot = list_push(&arguments->items);
    if (!slot || arguments->failed) {
        error_set_no_memory(run->error);
        return NULL;
    }
    *slot = NULL;
    return (const char *const *)arguments->items.items;
}

static bool succeed(const struct vendor_run *run, struct arguments *arguments)
{
    struct command command = {.arguments = finish(run, arguments), .folder = run->project};
    return command.arguments && command_succeeds(run->room, &command, run->error);
}

/* --- init --- */

static bool set(const struct vendor_run *run, const char *name, struct text value)
{
    return environment_set(&run->room->environment, text_z(name), value, run->error);
}

static bool use_state_of_server(const struct vendor_run *run)
{
    const struct job_state *state = &run->job->state;
    if (state->address.len == 0)
        return true;
    struct arena *arena = run->room->arena;
    size_t root = strlen(run->room->workspace.root) + 1;
    struct text path = text_format(arena, "%s/" OVERRIDE_FILE, run->project + root);
    return path.at &&
           workspace_write(&run->room->workspace, path,
                           TEXT("{\"terraform\":{\"backend\":{\"http\":{}}}}\n"), false,
                           run->error) &&
           set(run, "TF_HTTP_ADDRESS", state->address) &&
           set(run, "TF_HTTP_LOCK_ADDRESS", state->address) &&
           set(run, "TF_HTTP_UNLOCK_ADDRESS", state->address) &&
           set(run, "TF_HTTP_USERNAME", state->username) &&
           set(run, "TF_HTTP_PASSWORD", state->password);
}

static bool select_workspace(const struct vendor_run *run)
{
    struct text name = vendor_setting(run, "workspace");
    struct arguments arguments;
    /* The server's state knows no workspaces. */
    if (name.len == 0 || text_equal(name, TEXT("default")) || run->job->state.address.len)
        return true;
    begin(run, &arguments, "workspace");
    /* -no-color stands behind the verb's own verb. */
    list_pop(&arguments.items);
    add(&arguments, "select");
    add(&arguments, "-no-color");
    add(&arguments, "-or-create");
    add(&arguments, text_terminated(run->room->arena, name));
    return succeed(run, &arguments);
}

static bool initialize(struct vendor_run *run)
{
    struct arguments arguments;
    if (!set(run, "TF_IN_AUTOMATION", TEXT("1")) || !set(run, "TF_INPUT", TEXT("0")) ||
        !set(run, "CHECKPOINT_DISABLE", TEXT("1")) || !use_state_of_server(run))
        return false;
    begin(run, &arguments, "init");
    add(&arguments, "-input=false");
    return succeed(run, &arguments) && select_workspace(run);
}

/* --- what the engine tells as JSON --- */

/* Runs a command that prints JSON, out of sight, and reads it. */
static bool ask(const struct vendor_run *run, struct arguments *arguments,
                const struct json **answer)
{
    static const struct json_limits limits = {
        .max_bytes = JSON_MAX, .max_depth = 512, .duplicates = JSON_DUPLICATES_LAST};
    struct buffer printed;
    buffer_init(&printed, run->room->arena, JSON_MAX);
    struct command command = {.arguments = finish(run, arguments),
                              .folder = run->project,
                              .capture = &printed,
                              .quiet = true};
    if (!command.arguments || !command_succeeds(run->room, &command, run->error))
        return false;
    if (printed.failed)
        return error_set(run->error, ERR_TOO_LARGE, "%s printed more than %d MiB of JSON",
                         command.arguments[0], JSON_MAX >> 20);
    return json_parse(run->room->arena, buffer_text(&printed), &limits, answer, run->error);
}

static bool show_plan(const struct vendor_run *run, const struct json **plan)
{
    struct arguments arguments;
    begin(run, &arguments, "show");
    add(&arguments, "-json");
    add(&arguments, run->plan_file);
    return ask(run, &arguments, plan);
}

static bool inventory(struct vendor_run *run);

static bool plan(struct vendor_run *run)
{
    struct arguments arguments;
    const struct json *shown;
    int status;
    begin(run, &arguments, "plan");
    add(&arguments, "-input=false");
    add(&arguments, LOCK_TIMEOUT);
    add(&arguments, "-detailed-exitcode");
    add(&arguments, text_terminated(run->room->arena,
                                    text_format(run->room->arena, "-out=%s", run->plan_file)));
    if (text_equal(run->job->type, TEXT("DESTROY")))
        add(&arguments, "-destroy");
    add_each(run, &arguments, "-target", run->job->targets);
    add_each(run, &arguments, "-replace", run->job->replace);
    struct command command = {.arguments = finish(run, &arguments), .folder = run->project};
    if (!command.arguments || !command_run(run->room, &command, &status, run->error))
        return false;
    if (status != 0 && status != 2)
        return error_set(run->error, ERR_INVALID, "%s plan failed with exit status %d",
                         command.arguments[0], status);
    run->report->has_changes = status == 2;
    if (!show_plan(run, &shown) || !terraform_read_plan(run->report, shown, run->error))
        return false;
    /* No apply will follow to tell what exists; an earlier one may have died before it could. */
    return status == 2 || !text_equal(run->job->type, TEXT("TRACKED")) || inventory(run);
}

static bool change(const struct vendor_run *run, const char *verb, bool planned)
{
    struct arguments arguments;
    begin(run, &arguments, verb);
    add(&arguments, "-input=false");
    add(&arguments, LOCK_TIMEOUT);
    add(&arguments, planned ? run->plan_file : "-auto-approve");
    return succeed(run, &arguments);
}

static bool apply(struct vendor_run *run)
{
    return change(run, "apply", run->job->has_artifact);
}

static bool destroy(struct vendor_run *run)
{
    return change(run, "destroy", false);
}

static bool inventory(struct vendor_run *run)
{
    struct arguments arguments;
    const struct json *plan_shown = NULL;
    const struct json *state;
    const struct json *outputs;
    /* Descriptions of outputs stand in plans only. */
    bool has_plan =
        run->job->phase == JOB_PLAN || (run->job->phase == JOB_APPLY && run->job->has_artifact);
    if (has_plan && !show_plan(run, &plan_shown))
        return false;
    begin(run, &arguments, "show");
    add(&arguments, "-json");
    if (!ask(run, &arguments, &state))
        return false;
    begin(run, &arguments, "output");
    add(&arguments, "-json");
    return ask(run, &arguments, &outputs) &&
           terraform_read_state(run->report, state, run->masking, run->error) &&
           terraform_read_outputs(run->report, outputs, plan_shown, run->error);
}

const struct vendor vendor_terraform = {.name = "terraform",
                                        .program = "terraform",
                                        .init = initialize,
                                        .plan = plan,
                                        .apply = apply,
                                        .destroy = destroy,
                                        .inventory = inventory};
const struct vendor vendor_tofu = {.name = "tofu",
                                   .program = "tofu",
                                   .init = initialize,
                                   .plan = plan,
                                   .apply = apply,
                                   .destroy = destroy,
                                   .inventory = inventory};
