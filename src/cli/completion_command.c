/* gatehouse completion */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/completion.h"

#include <string.h>

static int run(struct command_line *line)
{
    static const struct {
        const char *shell;
        void (*print)(FILE *out);
    } shells[] = {
        {"bash", completion_print_bash},
        {"zsh", completion_print_zsh},
        {"fish", completion_print_fish},
    };
    const char *shell = command_line_operand(line, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(shells); i++) {
        if (strcmp(shell, shells[i].shell) == 0) {
            shells[i].print(line->cli->out);
            return EXIT_CODE_OK;
        }
    }
    fprintf(line->cli->err,
            "gatehouse: there is completion for bash, zsh and fish, not for \"%s\"\n", shell);
    return EXIT_CODE_USAGE;
}

const struct command completion_command = {
    .name = "completion",
    .summary = "print the completion script of a shell",
    .usage = "bash|zsh|fish",
    .description = "In bash: eval \"$(gatehouse completion bash)\". In fish: gatehouse completion\n"
                   "fish | source.",
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
