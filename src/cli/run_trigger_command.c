/* gatehouse run trigger */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/run_follow.h"

#include <string.h>

static const char mutation[] =
    "mutation RunTrigger($stack: ID!, $commitSha: String, $runType: RunType) "
    "{ runTrigger(stack: $stack, commitSha: $commitSha, runType: $runType) "
    "{ id title type state createdAt updatedAt branch triggeredBy driftDetection } }";

static bool trigger(struct command_line *line, struct api *api, const struct json **out,
                    struct error *error)
{
    const char *type = command_line_value(line, "type");
    bool is_proposed = type && strcmp(type, "proposed") == 0;
    const struct api_variable variables[] = {
        {.name = "stack", .text = text_z(command_line_operand(line, 0))},
        {.name = "commitSha",
         .kind = API_TEXT_OR_NULL,
         .text = text_z(command_line_value(line, "commit"))},
        {.name = "runType",
         .kind = API_TEXT_OR_NULL,
         .text = is_proposed ? TEXT("PROPOSED") : TEXT("TRACKED")},
    };
    const struct json *data;
    if (!api_query(api, mutation, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    *out = json_get_z(data, "runTrigger");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *created;
    struct follow_options options = follow_options_get(line);
    if (!api_open(line, &api, &error) || !trigger(line, &api, &created, &error))
        return cli_fail(line, &error);
    struct run_reference reference = {
        .stack = text_z(command_line_operand(line, 0)),
        .run = json_get_text(created, "id"),
    };
    if (cli_wants_json(line)) {
        cli_print_json(line, created);
    } else {
        terminal_write(line->cli->out, format_text(json_get_z(created, "id")));
        fputc('\n', line->cli->out);
    }
    if (command_line_has(line, "follow"))
        return run_follow(line, &api, &reference, &options);
    cli_hint(line, "To see it: gatehouse run follow %.*s %.*s", TEXT_ARG(reference.stack),
             TEXT_ARG(reference.run));
    return EXIT_CODE_OK;
}

static const char *const types[] = {"tracked", "proposed", NULL};
static const struct option options[] = {
    {"commit", 'c', "SHA", "run this commit (default: the head of the branch)", NULL},
    {"type", 't', "TYPE", "what kind of run (default: tracked)", types},
    {"follow", 'f', NULL, "then follow the run to its end", NULL},
    FOLLOW_OPTIONS,
};

const struct command run_trigger_command = {
    .name = "run trigger",
    .summary = "start a run of a stack, and print its id",
    .usage = "STACK",
    .description =
        "A tracked run plans, waits for confirmation, and applies; a proposed run only plans.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
