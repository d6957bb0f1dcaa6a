/*
 * What a command is, and a command line taken apart. Every command is one `struct command` in a
 * file of its own and one line in command_table.c; help, the man page and shell completion are made
 * from the same table, so none of them can be forgotten.
 *
 * A command reads its line, does its work, writes results to cli->out and returns an exit code.
 * Errors go through cli_fail, so that they all read "gatehouse: sentence".
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/error.h"

#include <stdio.h>

struct cli;
struct command_line;

/* What scripts may rely on. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,       /* the server said no, or the run did not end well */
    EXIT_CODE_USAGE = 2,        /* a command line or a configuration that makes no sense */
    EXIT_CODE_UNREACHABLE = 3,  /* the server did not answer */
    EXIT_CODE_UNAUTHORIZED = 4, /* no key, a wrong key, or a key without the right */
    EXIT_CODE_MISSING = 5,      /* the thing does not exist, or is not visible to the key */
    EXIT_CODE_INTERRUPTED = 130 /* Ctrl-C */
};

struct option {
    const char *name;           /* without the dashes */
    char letter;                /* the short form; 0 for none */
    const char *argument;       /* what it takes, in capitals; NULL for a flag */
    const char *summary;        /* half a sentence, no full stop */
    const char *const *choices; /* NULL-terminated; NULL when free */
};

struct command {
    const char *name;        /* one word or two: "run trigger" */
    const char *summary;     /* half a sentence */
    const char *usage;       /* the operands: "STACK [RUN]"; "" for none */
    const char *description; /* paragraphs with an empty line between; may be "" */
    const struct option *options;
    size_t option_count;
    int min_operands, max_operands; /* max < 0: any number */
    bool is_client;                 /* talks to a server: takes client_options too */
    bool keeps_session;             /* hands the token out: the session goes on after the call */
    int (*run)(struct command_line *line);
};

struct option_value {
    const struct option *option;
    const char *value; /* NULL for a flag */
};

struct command_line {
    struct arena *arena; /* of the whole call */
    const struct cli *cli;
    const struct command *command;
    const char **operands; /* NULL-terminated */
    int operand_count;
    struct option_value *values; /* in the order given */
    size_t value_count;
    struct text *session; /* where api_open leaves the token of the session that it begins */
};

/* --server, --key-file, --json: for every command that talks to a server. */
extern const struct option client_options[];
extern const size_t client_option_count;
/* --help: for every command. */
extern const struct option help_option;

/* Options and operands in any order; `--` ends the options; `--name value`, `--name=value`, `-n
 * value`. arguments: those after the name of the command; borrowed. INVALID names what is wrong and
 * suggests the nearest option. */
MUST_CHECK bool command_line_parse(struct command_line *line, int count, char **arguments,
                                   struct error *error);
/* The last value given; NULL when the option was not. */
const char *command_line_value(const struct command_line *line, const char *name);
/* The index-th value of an option that may be repeated; NULL past the last. */
const char *command_line_value_at(const struct command_line *line, const char *name, size_t index);
bool command_line_has(const struct command_line *line, const char *name);
/* Borrowed; NULL when there are fewer operands. */
const char *command_line_operand(const struct command_line *line, int index);

/* The index-th option a command takes, its own first; NULL past the last. */
const struct option *command_option_at(const struct command *command, size_t index);

#endif
