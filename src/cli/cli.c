/* From argv to a command, and from a command's answer to an exit code. */
#include "cli/cli.h"

#include "cli/api.h"
#include "cli/help.h"
#include "cli/http_transport.h"
#include "cli/suggest.h"

#include <stdarg.h>
#include <string.h>

enum { ARENA_CAP = 256 << 20 }; /* logs are dropped as they are printed; the rest is small */

/* How many words of argv the name of the command takes; 0 when it is another. */
static int match(const struct command *command, int count, char **words)
{
    struct text rest = text_z(command->name), word;
    int taken = 0;
    while (text_next_part(&rest, ' ', &word)) {
        if (taken == count || !text_equal_z(word, words[taken]))
            return 0;
        taken++;
    }
    return taken;
}

static const struct command *find_command(int count, char **words, int *taken)
{
    for (size_t i = 0; command_table[i]; i++) {
        *taken = match(command_table[i], count, words);
        if (*taken > 0)
            return command_table[i];
    }
    return NULL;
}

/* "run trigger" starts with "run" followed by a blank. */
static bool is_in_group(const struct command *command, struct text group)
{
    struct text name = text_z(command->name);
    return name.len > group.len && text_starts_with(name, group) && name.at[group.len] == ' ';
}

static bool is_group(struct text word)
{
    for (size_t i = 0; command_table[i]; i++) {
        if (is_in_group(command_table[i], word))
            return true;
    }
    return false;
}

static void offer_words(struct suggestion *suggestion, struct text group)
{
    for (size_t i = 0; command_table[i]; i++) {
        const char *name = command_table[i]->name;
        if (text_is_empty(group))
            suggestion_offer(suggestion, name);
        else if (is_in_group(command_table[i], group))
            suggestion_offer(suggestion, name + group.len + 1);
    }
    static const char *const groups[] = {"key", "run", "stack"};
    for (size_t i = 0; text_is_empty(group) && i < ARRAY_LENGTH(groups); i++)
        suggestion_offer(suggestion, groups[i]);
}

static int refuse_command(const struct cli *cli, int count, char **words)
{
    struct text group = is_group(text_z(words[0])) ? text_z(words[0]) : TEXT("");
    const char *typed = group.len > 0 && count > 1 ? words[1] : words[0];
    struct suggestion suggestion;
    if (group.len > 0 && count == 1) {
        help_print_group(cli->err, group);
        return EXIT_CODE_USAGE;
    }
    if (words[0][0] == '-') {
        fprintf(cli->err, "gatehouse: options such as %s stand after the command\n", words[0]);
        fputs("Try: gatehouse help\n", cli->err);
        return EXIT_CODE_USAGE;
    }
    suggestion_init(&suggestion, text_z(typed));
    offer_words(&suggestion, group);
    const char *best = suggestion_best(&suggestion);
    const char *blank = group.len > 0 ? " " : "";
    fprintf(cli->err, "gatehouse: there is no command \"%.*s%s%s\"", TEXT_ARG(group), blank, typed);
    if (best)
        fprintf(cli->err, "; did you mean \"%.*s%s%s\"?", TEXT_ARG(group), blank, best);
    fputs("\nTry: gatehouse help\n", cli->err);
    return EXIT_CODE_USAGE;
}

/* A session of hours for a call of seconds would be one more to steal. A server that is gone is not
 * asked to end it, and after Ctrl-C nothing is. */
static int run_in_session(struct command_line *line)
{
    struct text session = {NULL, 0};
    line->session = &session;
    int code = line->command->run(line);
    bool is_cut_off = code == EXIT_CODE_UNREACHABLE || code == EXIT_CODE_INTERRUPTED;
    if (!line->command->keeps_session && !is_cut_off)
        api_end_session(line);
    line->session = NULL;
    return code;
}

static int run_command(struct command_line *line, int count, char **arguments)
{
    struct error error = {0};
    if (!command_line_parse(line, count, arguments, &error)) {
        cli_fail(line, &error);
        fprintf(line->cli->err, "Try: gatehouse %s --help\n", line->command->name);
        return EXIT_CODE_USAGE;
    }
    if (command_line_has(line, "help")) {
        help_print_command(line->cli->out, line->command);
        return EXIT_CODE_OK;
    }
    return run_in_session(line);
}

/* What the program itself takes instead of a command. */
static bool answer_early(const struct cli *cli, const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        help_print_all(cli->out);
    else if (strcmp(word, "--version") == 0)
        fputs("gatehouse " GATEHOUSE_VERSION "\n", cli->out);
    else
        return false;
    return true;
}

int cli_run(const struct cli *cli, int argc, char **argv)
{
    int taken = 0;
    if (argc < 2) {
        help_print_all(cli->err);
        return EXIT_CODE_USAGE;
    }
    if (answer_early(cli, argv[1]))
        return EXIT_CODE_OK;
    const struct command *command = find_command(argc - 1, argv + 1, &taken);
    if (!command && argc == 3 && strcmp(argv[2], "--help") == 0 && is_group(text_z(argv[1]))) {
        help_print_group(cli->out, text_z(argv[1]));
        return EXIT_CODE_OK;
    }
    if (!command)
        return refuse_command(cli, argc - 1, argv + 1);
    struct command_line line = {.arena = arena_new(ARENA_CAP), .cli = cli, .command = command};
    int code = EXIT_CODE_FAILED;
    if (line.arena)
        code = run_command(&line, argc - 1 - taken, argv + 1 + taken);
    else
        fputs("gatehouse: there is not enough memory\n", cli->err);
    arena_free(line.arena);
    if (fflush(cli->out) != 0 && code == EXIT_CODE_OK)
        code = EXIT_CODE_FAILED;
    return code;
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.out = stdout, .err = stderr, .terminal = terminal_detect(stdout)};
    struct http_transport *transport = http_transport_new();
    if (!transport) {
        fputs("gatehouse: there is not enough memory\n", stderr);
        return EXIT_CODE_FAILED;
    }
    cli.transport = http_transport_send;
    cli.transport_data = transport;
    cli.wait = http_transport_wait;
    int code = cli_run(&cli, argc, argv);
    http_transport_free(transport);
    return code;
}

static int code_of(enum error_kind kind)
{
    switch (kind) {
    case ERR_UNAVAILABLE: return EXIT_CODE_UNREACHABLE;
    case ERR_UNAUTHENTICATED:
    case ERR_DENIED: return EXIT_CODE_UNAUTHORIZED;
    case ERR_NOT_FOUND: return EXIT_CODE_MISSING;
    case ERR_CANCELED: return EXIT_CODE_INTERRUPTED;
    default: return EXIT_CODE_FAILED;
    }
}

int cli_fail(const struct command_line *line, const struct error *error)
{
    /* After Ctrl-C the person knows why it ended. */
    if (error->kind != ERR_CANCELED) {
        fputs("gatehouse: ", line->cli->err);
        terminal_write(line->cli->err, text_z(error->message));
        fputc('\n', line->cli->err);
    }
    return code_of(error->kind);
}

void cli_hint(const struct command_line *line, const char *format, ...)
{
    va_list arguments;
    if (!line->cli->terminal.is_tty || cli_wants_json(line))
        return;
    va_start(arguments, format);
    vfprintf(line->cli->err, format, arguments);
    va_end(arguments);
    fputc('\n', line->cli->err);
}

bool cli_wants_json(const struct command_line *line)
{
    return command_line_has(line, "json");
}

int cli_print_json(const struct command_line *line, const struct json *value)
{
    struct buffer buffer;
    struct json_writer writer;
    struct error error = {0};
    buffer_init(&buffer, line->arena, ARENA_CAP / 2);
    json_writer_init(&writer, &buffer);
    writer.indent = line->cli->terminal.is_tty ? 2 : 0;
    json_value(&writer, value);
    if (buffer.failed) {
        error_set_no_memory(&error);
        return cli_fail(line, &error);
    }
    struct text text = buffer_text(&buffer);
    fwrite(text.at, 1, text.len, line->cli->out);
    fputc('\n', line->cli->out);
    return EXIT_CODE_OK;
}
