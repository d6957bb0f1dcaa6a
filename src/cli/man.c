/* The manual page. Lines that start with a dot or a quote would be orders to roff, and a bare minus
 * would be printed as a hyphen. */
#include "cli/cli.h"
#include "cli/help.h"

#include <string.h>

static void print_escaped(FILE *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        bool starts_line = at == text || at[-1] == '\n';
        if (starts_line && (*at == '.' || *at == '\''))
            fputs("\\&", out);
        if (*at == '\\')
            fputs("\\e", out);
        else if (*at == '-')
            fputs("\\-", out);
        else if (at[0] == '\n' && at[1] == '\n')
            fputs("\n.PP", out);
        else if (!(*at == '\n' && at > text && at[-1] == '\n'))
            fputc(*at, out);
        else
            fputc('\n', out);
    }
}

static void print_line(FILE *out, const char *order, const char *text)
{
    fputs(order, out);
    print_escaped(out, text);
    fputc('\n', out);
}

static void print_option(FILE *out, const struct option *option)
{
    fputs(".TP\n", out);
    if (option->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    print_escaped(out, option->name);
    fputs("\\fR", out);
    if (option->argument)
        fprintf(out, " \\fI%s\\fR", option->argument);
    fputc('\n', out);
    print_escaped(out, option->summary);
    for (size_t i = 0; option->choices && option->choices[i]; i++) {
        fputs(i ? ", " : ": ", out);
        print_escaped(out, option->choices[i]);
    }
    fputs(".\n", out);
}

static void print_command(FILE *out, const struct command *command)
{
    fputs(".SS \"gatehouse ", out);
    fprintf(out, "%s%s%s\"\n", command->name, command->usage[0] ? " " : "", command->usage);
    print_escaped(out, command->summary);
    fputs(".\n", out);
    if (command->description[0])
        print_line(out, ".PP\n", command->description);
    for (size_t i = 0; i < command->option_count; i++)
        print_option(out, &command->options[i]);
}

static void print_common_options(FILE *out)
{
    fputs(".SH OPTIONS OF EVERY COMMAND THAT TALKS TO A SERVER\n", out);
    for (size_t i = 0; i < client_option_count; i++)
        print_option(out, &client_options[i]);
}

static void print_environment(FILE *out)
{
    static const struct {
        const char *name, *meaning;
    } variables[] = {
        {"GATEHOUSE_URL", "The server, where --server is not given."},
        {"GATEHOUSE_API_KEY_ID, GATEHOUSE_API_KEY_SECRET",
         "The API key, where --key-file is not given."},
        {"SPACELIFT_API_KEY_ENDPOINT, SPACELIFT_API_KEY_ID, SPACELIFT_API_KEY_SECRET",
         "The same, as other clients of the server read them; used where those above are not set."},
        {"NO_COLOR", "No colours when it is not empty."},
    };
    fputs(".SH ENVIRONMENT\n", out);
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        fprintf(out, ".TP\n.B %s\n", variables[i].name);
        print_line(out, "", variables[i].meaning);
    }
}

static void print_exit_codes(FILE *out)
{
    static const struct {
        enum exit_code code;
        const char *meaning;
    } codes[] = {
        {EXIT_CODE_OK, "Done; a run that was followed ended FINISHED."},
        {EXIT_CODE_FAILED, "The server refused, or the run ended in another way."},
        {EXIT_CODE_USAGE, "The command line makes no sense."},
        {EXIT_CODE_UNREACHABLE, "The server cannot be reached."},
        {EXIT_CODE_UNAUTHORIZED, "There is no API key, it is wrong, or it lacks the right."},
        {EXIT_CODE_MISSING, "The thing does not exist, or is not visible to the key."},
        {EXIT_CODE_INTERRUPTED, "Interrupted with Ctrl-C; a run that was followed goes on."},
    };
    fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        fprintf(out, ".TP\n.B %d\n", codes[i].code);
        print_line(out, "", codes[i].meaning);
    }
}

void help_print_man(FILE *out)
{
    fputs(".TH GATEHOUSE 1 \"\" \"gatehouse " GATEHOUSE_VERSION "\" \"User Commands\"\n"
          ".SH NAME\n"
          "gatehouse \\- access to infrastructure automation, and its runs\n"
          ".SH SYNOPSIS\n"
          ".B gatehouse\n"
          ".I COMMAND\n"
          "[\\fIOPTIONS\\fR]\n"
          ".SH DESCRIPTION\n"
          "One program is the server, its workers and the client of both. Tables are for people; "
          "in a\n"
          "pipe the same cells come between tabs and without a header, and with \\fB\\-\\-json\\fR "
          "as\n"
          "the server's own JSON. A key comes from \\fB\\-\\-key\\-file\\fR, from the environment, "
          "or from\n"
          "\\fIdata/admin.apikey\\fR, which a server started in the same folder leaves there.\n"
          ".SH COMMANDS\n",
          out);
    for (size_t i = 0; command_table[i]; i++)
        print_command(out, command_table[i]);
    print_common_options(out);
    print_environment(out);
    print_exit_codes(out);
}
