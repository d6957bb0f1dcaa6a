/*
 * One call of the program: where it writes, how it reaches a server. `cli_main` is the real one;
 * tests make their own with streams in memory and a transport that answers from a list.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/api.h"
#include "cli/terminal.h"

struct cli {
    FILE *out, *err;
    struct terminal terminal; /* of out */
    api_transport_fn transport;
    void *transport_data;
    /* Waits; false when the person interrupted. */
    bool (*wait)(void *data, unsigned milliseconds);
};

/* The whole program: returns an exit code. */
int cli_main(int argc, char **argv);
/* argv[0] is the name of the program. */
int cli_run(const struct cli *cli, int argc, char **argv);

/* Prints the error and returns the exit code that belongs to its kind. */
int cli_fail(const struct command_line *line, const struct error *error);
/* A line of advice on the error stream, only where a person reads along. */
void cli_hint(const struct command_line *line, const char *format, ...) PRINTF_LIKE(2, 3);
/* True when --json was given. */
bool cli_wants_json(const struct command_line *line);
/* Prints a JSON value: indented on a terminal, on one line in a pipe. */
int cli_print_json(const struct command_line *line, const struct json *value);

/* NULL-terminated, in the order of help. */
extern const struct command *const command_table[];

#endif
