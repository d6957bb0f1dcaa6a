/* gatehouse run logs */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/run_reference.h"

#include <string.h>

static const char history_query[] =
    "query RunHistory($stack: ID!, $run: ID!) { stack(id: $stack) { run(id: $run) "
    "{ history { state stateVersion hasLogs } } } }";
static const char logs_query[] =
    "query RunLogs($stack: ID!, $run: ID!, $state: RunState!, $version: Int, $token: String) "
    "{ stack(id: $stack) { run(id: $run) { logs(state: $state, stateVersion: $version, "
    "token: $token) { messages { message } nextToken hasMore } } } }";

static bool get_history(struct api *api, const struct run_reference *reference,
                        const struct json **out, struct error *error)
{
    const struct api_variable variables[] = {
        {.name = "stack", .text = reference->stack},
        {.name = "run", .text = reference->run},
    };
    const struct json *data;
    if (!api_query(api, history_query, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    *out = json_get_z(json_get_z(json_get_z(data, "stack"), "run"), "history");
    if (!json_is(*out, JSON_ARRAY))
        return error_set(error, ERR_NOT_FOUND, "run %.*s of stack %.*s not found",
                         TEXT_ARG(reference->run), TEXT_ARG(reference->stack));
    return true;
}

/* Prints a page and gives back the token of the next; empty after the last. */
static bool print_page(struct command_line *line, struct api *api,
                       const struct api_variable *variables, size_t count, struct text *next,
                       struct error *error)
{
    const struct json *data;
    if (!api_query(api, logs_query, variables, count, &data, error))
        return false;
    const struct json *logs = json_get_z(json_get_z(json_get_z(data, "stack"), "run"), "logs");
    const struct json *messages = json_get_z(logs, "messages");
    for (uint32_t i = 0; json_is(messages, JSON_ARRAY) && i < messages->len; i++)
        terminal_write_log(line->cli->out, &line->cli->terminal,
                           json_get_text(&messages->items[i], "message"));
    bool has_more = json_bool_or(json_get_z(logs, "hasMore"), false);
    *next = has_more ? json_get_text(logs, "nextToken") : TEXT("");
    return true;
}

static bool print_log(struct command_line *line, struct api *api,
                      const struct run_reference *reference, const struct json *entry,
                      struct error *error)
{
    struct text next = TEXT("");
    do {
        const struct api_variable variables[] = {
            {.name = "stack", .text = reference->stack},
            {.name = "run", .text = reference->run},
            {.name = "state", .text = json_get_text(entry, "state")},
            {.name = "version",
             .kind = API_INT,
             .number = json_int64_or(json_get_z(entry, "stateVersion"), 0)},
            {.name = "token", .kind = API_TEXT_OR_NULL, .text = next},
        };
        if (!print_page(line, api, variables, ARRAY_LENGTH(variables), &next, error))
            return false;
    } while (!text_is_empty(next));
    return true;
}

/* The states of a run with a log, oldest first; all of them or the one that was asked for. */
static bool print_logs(struct command_line *line, struct api *api,
                       const struct run_reference *reference, struct error *error)
{
    const char *wanted = command_line_value(line, "state");
    const struct json *history;
    if (!get_history(api, reference, &history, error))
        return false;
    for (uint32_t i = history->len; i-- > 0;) {
        const struct json *entry = &history->items[i];
        struct text state = json_get_text(entry, "state");
        if (!json_bool_or(json_get_z(entry, "hasLogs"), false) ||
            (wanted && !text_equal_z(state, wanted)))
            continue;
        if (!print_log(line, api, reference, entry, error))
            return false;
    }
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct run_reference reference;
    struct api api;
    if (!api_open(line, &api, &error) || !run_reference_get(line, &api, &reference, &error) ||
        !print_logs(line, &api, &reference, &error))
        return cli_fail(line, &error);
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"state", 0, "STATE", "only the log of this state, such as PLANNING", NULL},
};

const struct command run_logs_command = {
    .name = "run logs",
    .summary = "print the log of a run so far",
    .usage = "STACK [RUN]",
    .description = "Without RUN, the newest tracked run of the stack is meant.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
