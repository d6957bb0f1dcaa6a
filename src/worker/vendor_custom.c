/*
 * Commands of the stack's own: the vendor configuration's "commands" hold one shell command each
 * for init, plan, apply and destroy, run with `sh -c` in the project's folder. A plan that exits
 * with 0 found nothing to change, with 2 something; any other status is a failure.
 *
 * Two files, named in the environment, are optional: GATEHOUSE_PLAN_FILE is kept from the plan to
 * the apply; GATEHOUSE_OUTPUTS_FILE may be written by apply as a JSON object of the stack's
 * outputs.
 */
#include "worker/vendor.h"

enum { OUTPUTS_MAX = 4 << 20 };

#define OUTPUTS_FILE "outputs.json"

static struct text command_of(const struct vendor_run *run, const char *phase)
{
    const struct json *commands = json_get_z(run->job->vendor_config, "commands");
    return json_text_or(json_get_z(commands, phase), TEXT(""));
}

static const char *outputs_path(const struct vendor_run *run)
{
    return workspace_path(run->room->arena, run->room->workspace.run, TEXT(OUTPUTS_FILE));
}

static bool run_shell(const struct vendor_run *run, struct text script, int *status)
{
    const char *arguments[] = {"sh", "-c", text_terminated(run->room->arena, script), NULL};
    struct command command = {.arguments = arguments, .folder = run->project};
    if (!arguments[2])
        return error_set(run->error, ERR_INVALID, "a custom command holds a NUL");
    return command_run(run->room, &command, status, run->error);
}

static bool succeed(const struct vendor_run *run, const char *phase)
{
    struct text script = command_of(run, phase);
    int status;
    if (script.len == 0)
        return error_set(run->error, ERR_INVALID,
                         "the stack's vendor configuration has no command for %s", phase);
    if (!run_shell(run, script, &status))
        return false;
    return status == 0 ||
           error_set(run->error, ERR_INVALID, "the custom %s command failed with exit status %d",
                     phase, status);
}

static bool initialize(struct vendor_run *run)
{
    const char *outputs = outputs_path(run);
    if (!outputs)
        return error_set_no_memory(run->error);
    return environment_set_z(&run->room->environment, "GATEHOUSE_PLAN_FILE", run->plan_file,
                             run->error) &&
           environment_set_z(&run->room->environment, "GATEHOUSE_OUTPUTS_FILE", outputs,
                             run->error) &&
           (command_of(run, "init").len == 0 || succeed(run, "init"));
}

static bool plan(struct vendor_run *run)
{
    struct text script = command_of(run, "plan");
    int status = 2;
    /* Without a plan nobody knows, so there may be something. */
    if (script.len && !run_shell(run, script, &status))
        return false;
    run->report->has_changes = status == 2;
    return status == 0 || status == 2 ||
           error_set(
               run->error, ERR_INVALID,
               "the custom plan command failed with exit status %d (0: no changes, 2: changes)",
               status);
}

static bool apply(struct vendor_run *run)
{
    return succeed(run, "apply");
}

static bool destroy(struct vendor_run *run)
{
    return succeed(run, "destroy");
}

static bool add_output(struct vendor_run *run, const struct json_member *entry)
{
    struct buffer value;
    struct json_writer writer;
    struct report_output *output = list_push(&run->report->outputs);
    buffer_init(&value, run->room->arena, OUTPUTS_MAX);
    json_writer_init(&writer, &value);
    json_value(&writer, &entry->value);
    if (!output || value.failed)
        return error_set_no_memory(run->error);
    *output = (struct report_output){.name = entry->key, .value = buffer_text(&value)};
    return true;
}

static bool inventory(struct vendor_run *run)
{
    const char *path = outputs_path(run);
    const struct json *outputs;
    struct text content;
    struct error missing = {0};
    if (!path)
        return error_set_no_memory(run->error);
    if (!workspace_read(run->room->arena, path, OUTPUTS_MAX, &content, &missing))
        return missing.kind == ERR_NOT_FOUND ||
               error_set(run->error, missing.kind, "%s", missing.message);
    if (!json_parse(run->room->arena, content, NULL, &outputs, run->error))
        return false;
    if (!json_is(outputs, JSON_OBJECT))
        return error_set(run->error, ERR_INVALID, "GATEHOUSE_OUTPUTS_FILE must hold a JSON object");
    run->report->has_inventory = true;
    for (uint32_t i = 0; i < outputs->len; i++) {
        if (!add_output(run, &outputs->members[i]))
            return false;
    }
    return true;
}

const struct vendor vendor_custom = {.name = "custom",
                                     .init = initialize,
                                     .plan = plan,
                                     .apply = apply,
                                     .destroy = destroy,
                                     .inventory = inventory};
