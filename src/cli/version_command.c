/* gatehouse version */
#include "cli/cli.h"
#include "cli/commands.h"

static int run(struct command_line *line)
{
    fputs("gatehouse " GATEHOUSE_VERSION "\n", line->cli->out);
    return EXIT_CODE_OK;
}

const struct command version_command = {
    .name = "version",
    .summary = "print the version",
    .usage = "",
    .description = "",
    .run = run,
};
