/* gatehouse run stop */
#include "cli/commands.h"
#include "cli/run_decision.h"

static int run(struct command_line *line)
{
    return run_decision_command(line, "runStop");
}

static const struct option options[] = {RUN_DECISION_NOTE_OPTION};

const struct command run_stop_command = {
    .name = "run stop",
    .summary = "stop a run that is being planned",
    .usage = "STACK [RUN]",
    .description = "Without RUN, the newest tracked run of the stack is meant.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
