/* Help for a terminal. */
#include "cli/help.h"

#include "cli/cli.h"

#include <string.h>

/* The longest name, so that summaries line up. */
static int name_width(void)
{
    size_t width = 0;
    for (size_t i = 0; command_table[i]; i++) {
        size_t len = strlen(command_table[i]->name);
        width = len > width ? len : width;
    }
    return (int)width;
}

static void print_summary(FILE *out, const struct command *command)
{
    fprintf(out, "  %-*s  %s\n", name_width(), command->name, command->summary);
}

void help_print_all(FILE *out)
{
    fputs("gatehouse: access to infrastructure automation, and its runs\n"
          "\n"
          "Usage: gatehouse COMMAND [OPTIONS]\n"
          "\n",
          out);
    for (size_t i = 0; command_table[i]; i++)
        print_summary(out, command_table[i]);
    fputs("\n"
          "gatehouse COMMAND --help explains a command, gatehouse help --man is the manual.\n",
          out);
}

void help_print_group(FILE *out, struct text group)
{
    fprintf(out, "Usage: gatehouse %.*s COMMAND [OPTIONS]\n\n", TEXT_ARG(group));
    for (size_t i = 0; command_table[i]; i++) {
        struct text name = text_z(command_table[i]->name);
        if (name.len > group.len && text_starts_with(name, group) && name.at[group.len] == ' ')
            print_summary(out, command_table[i]);
    }
}

/* "-s, --server URL" */
static void print_option_head(char *to, size_t size, const struct option *option)
{
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(to, size, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
}

static void print_option(FILE *out, const struct option *option)
{
    char head[64];
    print_option_head(head, sizeof head, option);
    fprintf(out, "  %-28s  %s", head, option->summary);
    for (size_t i = 0; option->choices && option->choices[i]; i++)
        fprintf(out, "%s%s", i ? ", " : ": ", option->choices[i]);
    fputc('\n', out);
}

void help_print_command(FILE *out, const struct command *command)
{
    const struct option *option;
    fprintf(out, "gatehouse %s: %s\n\nUsage: gatehouse %s%s%s [OPTIONS]\n", command->name,
            command->summary, command->name, command->usage[0] ? " " : "", command->usage);
    if (command->description[0])
        fprintf(out, "\n%s\n", command->description);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        print_option(out, option);
}
