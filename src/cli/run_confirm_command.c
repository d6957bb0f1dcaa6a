/* gatehouse run confirm */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/run_decision.h"
#include "cli/run_follow.h"

static int run(struct command_line *line)
{
    struct error error = {0};
    struct run_reference reference;
    struct api api;
    struct follow_options options = follow_options_get(line);
    if (!api_open(line, &api, &error) || !run_reference_get(line, &api, &reference, &error) ||
        !run_decision(line, &api, &reference, "runConfirm", &error))
        return cli_fail(line, &error);
    if (!command_line_has(line, "follow"))
        return EXIT_CODE_OK;
    options.from_confirmation = true;
    return run_follow(line, &api, &reference, &options);
}

static const struct option options[] = {
    RUN_DECISION_NOTE_OPTION,
    {"follow", 'f', NULL, "then follow the run to its end", NULL},
    FOLLOW_OPTIONS,
};

const struct command run_confirm_command = {
    .name = "run confirm",
    .summary = "confirm an unconfirmed run, so that it applies its plan",
    .usage = "STACK [RUN]",
    .description = "Without RUN, the newest tracked run of the stack is meant.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
