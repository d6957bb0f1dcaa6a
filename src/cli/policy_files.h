/*
 * Policies on disk, for the `policy` commands: reads .rego files (and, as base documents, .json
 * files) from the paths of the command line, folders with all that is below them, and compiles
 * them. What is wrong with them goes to the error stream with its place.
 */
#ifndef CLI_POLICY_FILES_H
#define CLI_POLICY_FILES_H

#include "cli/command.h"
#include "rego/language/ast.h"
#include "rego/rego.h"

struct policy_files {
    struct arena *arena;
    struct list sources; /* of struct source */
    struct module **modules;
    enum rego_dialect dialect; /* asked for; REGO_DETECT otherwise */
    struct value data;         /* an object: the .json files, merged */
};

/* The options that all policy commands share. */
#define POLICY_OPTION_JSON                                                                         \
    {                                                                                              \
        "json", 0, NULL, "print JSON", NULL                                                        \
    }
#define POLICY_OPTION_DIALECT                                                                      \
    {                                                                                              \
        "dialect", 0, "VERSION", "v0 or v1 (default: told by the text)", policy_dialects           \
    }
#define POLICY_OPTION_INPUT                                                                        \
    {                                                                                              \
        "input", 'i', "FILE", "the input, JSON; - reads it from stdin", NULL                       \
    }
#define POLICY_OPTION_DATA                                                                         \
    {                                                                                              \
        "data", 'd', "FILE", "base documents, JSON (may be repeated)", NULL                        \
    }
extern const char *const policy_dialects[];

/* Operands from `first` on; with none of them, stdin. */
MUST_CHECK bool policy_files_read(const struct command_line *line, int first,
                                  struct policy_files *out, struct error *error);
/* Fills in the modules. False after a diagnostic was printed. */
MUST_CHECK bool policy_files_parse(const struct command_line *line, struct policy_files *files);
/* NULL after diagnostics were printed. query: empty for none. */
MUST_CHECK struct rego_policy *policy_files_compile(const struct command_line *line,
                                                    struct policy_files *files, struct text query);

/* The content of a file, 64 MiB at most; - for standard input. */
MUST_CHECK bool policy_read_file(struct arena *arena, const char *path, struct text *out,
                                 struct error *error);
/* The file of --input as a value; *out is undefined without the option. */
MUST_CHECK bool policy_read_input(const struct command_line *line, struct value *out,
                                  struct error *error);
/* A JSON value: indented on a terminal, on one line in a pipe. */
int policy_print(const struct command_line *line, const struct value *value);
/* What an evaluation ended with, when that is no value: on the error stream, with its exit code. */
int policy_fail(const struct command_line *line, const struct rego_result *result);

/* Set by Ctrl-C from the first call on. */
const atomic_bool *policy_interrupt(void);

#endif
