/* gatehouse run follow */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/run_follow.h"

static int run(struct command_line *line)
{
    struct error error = {0};
    struct run_reference reference;
    struct api api;
    struct follow_options options = follow_options_get(line);
    if (!api_open(line, &api, &error) || !run_reference_get(line, &api, &reference, &error))
        return cli_fail(line, &error);
    return run_follow(line, &api, &reference, &options);
}

static const struct option options[] = {FOLLOW_OPTIONS};

const struct command run_follow_command = {
    .name = "run follow",
    .summary = "show the states and the log of a run, live, to its end",
    .usage = "STACK [RUN]",
    .description =
        "Without RUN, the newest tracked run of the stack is meant. The exit status is 0 when the\n"
        "run ends FINISHED, 1 when it ends in another way. Ctrl-C stops the following, not the "
        "run.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
