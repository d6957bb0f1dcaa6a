/* gatehouse worker */
#include "base/list.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "worker/worker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *const sandboxes[] = {"auto", "required", "none", NULL};

static const struct option options[] = {
    {"server", 's', "URL", "where the server is; required", NULL},
    {"token-file", 0, "FILE", "file with the worker's key, as ID:SECRET", NULL},
    {"folder", 'f', "DIR", "where runs get their workspaces; ./worker by default", NULL},
    {"concurrency", 0, "N", "runs at once; 1 by default", NULL},
    {"name", 'n', "NAME", "how the server's people know it; the host's name by default", NULL},
    {"ca-file", 0, "FILE", "PEM file with the authorities to trust", NULL},
    {"sandbox", 0, "MODE", "auto, required or none; auto by default", sandboxes},
    {"readable", 0, "PATH", "a path that runs may read besides the system's; may be repeated",
     NULL},
    {"pass", 0, "VARIABLE", "a variable of its own that runs get; may be repeated", NULL},
};

/* The values of a repeated option as a NULL-terminated array. */
static const char *const *all_values(const struct command_line *line, const char *name)
{
    struct list values;
    const char *value;
    list_init(&values, line->arena, sizeof(const char *));
    for (size_t i = 0; (value = command_line_value_at(line, name, i)); i++) {
        const char **slot = list_push(&values);
        if (slot)
            *slot = value;
    }
    return list_push(&values) ? values.items : NULL;
}

/* From the file, else from the environment, which the process forgets at once. */
static const char *read_token(const struct command_line *line, struct error *error)
{
    const char *path = command_line_value(line, "token-file");
    const char *own = getenv("GATEHOUSE_WORKER_TOKEN");
    char content[512] = "";
    if (!path && !own) {
        error_set(error, ERR_INVALID,
                  "a worker needs its key: --token-file, or GATEHOUSE_WORKER_TOKEN");
        return NULL;
    }
    if (!path) {
        struct text copy = text_copy(line->arena, text_z(own));
        unsetenv("GATEHOUSE_WORKER_TOKEN");
        return text_terminated(line->arena, copy);
    }
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(content, 1, sizeof(content) - 1, file) : 0;
    if (file)
        fclose(file);
    struct text token = text_trim((struct text){content, length});
    if (token.len == 0)
        error_set(error, ERR_INVALID, "cannot read a key from %s", path);
    return token.len ? text_terminated(line->arena, token) : NULL;
}

static bool read_number(const struct command_line *line, const char *name, int64_t fallback,
                        int64_t *out, struct error *error)
{
    const char *value = command_line_value(line, name);
    *out = fallback;
    if (!value || (text_to_int64(text_z(value), out) && *out > 0 && *out <= 1000))
        return true;
    return error_set(error, ERR_INVALID, "--%s: \"%s\" is not a number from 1 to 1000", name,
                     value);
}

static enum worker_sandbox read_sandbox(const struct command_line *line)
{
    const char *value = command_line_value(line, "sandbox");
    if (value && strcmp(value, "required") == 0)
        return WORKER_SANDBOX_REQUIRED;
    return value && strcmp(value, "none") == 0 ? WORKER_SANDBOX_NONE : WORKER_SANDBOX_AUTO;
}

static bool read_options(const struct command_line *line, struct worker_options *out,
                         struct error *error)
{
    int64_t concurrency;
    const char *folder = command_line_value(line, "folder");
    *out = (struct worker_options){
        .server = command_line_value(line, "server"),
        .token = read_token(line, error),
        .ca_file = command_line_value(line, "ca-file"),
        .name = command_line_value(line, "name"),
        .folder = folder ? folder : "./worker",
        .sandbox = read_sandbox(line),
        .readable = all_values(line, "readable"),
        .passed = all_values(line, "pass"),
    };
    if (!out->server)
        error_set(error, ERR_INVALID, "a worker needs --server URL");
    if (error_is_set(error) || !read_number(line, "concurrency", 1, &concurrency, error))
        return false;
    out->concurrency = (unsigned)concurrency;
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct worker_options worker;
    if (!read_options(line, &worker, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    if (!worker_run(&worker, &error))
        return cli_fail(line, &error);
    return EXIT_CODE_OK;
}

const struct command worker_command = {
    .name = "worker",
    .summary = "execute runs for a server",
    .usage = "",
    .description = "The server starts a worker by itself; this one can be anywhere that reaches "
                   "it. Its key is "
                   "made by \"gatehouse key create --worker NAME\".\n\n"
                   "SIGTERM and Ctrl-C let the runs under way end; a second one stops them.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = 0,
    .run = run,
};
