/* gatehouse help */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help.h"

#include <string.h>

/* The command that the operands name; NULL when none does. */
static const struct command *find(const struct command_line *line)
{
    const char *second = command_line_operand(line, 1);
    struct text name = text_format(line->arena, "%s%s%s", command_line_operand(line, 0),
                                   second ? " " : "", second ? second : "");
    for (size_t i = 0; command_table[i]; i++) {
        if (text_equal_z(name, command_table[i]->name))
            return command_table[i];
    }
    return NULL;
}

static bool is_group(const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; command_table[i]; i++) {
        if (strncmp(command_table[i]->name, word, len) == 0 && command_table[i]->name[len] == ' ')
            return true;
    }
    return false;
}

static int run(struct command_line *line)
{
    const char *first = command_line_operand(line, 0);
    const struct command *command = first ? find(line) : NULL;
    if (command_line_has(line, "man"))
        help_print_man(line->cli->out);
    else if (!first)
        help_print_all(line->cli->out);
    else if (command)
        help_print_command(line->cli->out, command);
    else if (line->operand_count == 1 && is_group(first))
        help_print_group(line->cli->out, text_z(first));
    else {
        fprintf(line->cli->err, "gatehouse: there is no command \"%s\" to explain\n", first);
        return EXIT_CODE_USAGE;
    }
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"man", 0, NULL, "print the whole manual page, in roff", NULL},
};

const struct command help_command = {
    .name = "help",
    .summary = "explain a command",
    .usage = "[COMMAND]",
    .description = "",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = 2,
    .run = run,
};
