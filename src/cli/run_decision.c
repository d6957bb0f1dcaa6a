/* Moving a run by one mutation. */
#include "cli/run_decision.h"

#include "cli/cli.h"
#include "cli/format.h"

/* "run 01H... of hello: CONFIRMED" */
static void print_state(struct command_line *line, const struct run_reference *reference,
                        const struct json *run)
{
    const struct terminal *terminal = &line->cli->terminal;
    struct text state = format_text(json_get_z(run, "state"));
    enum style style = terminal_state_style(state);
    fprintf(line->cli->out, "run %.*s of %.*s: %s", TEXT_ARG(reference->run),
            TEXT_ARG(reference->stack), terminal_start(terminal, style));
    terminal_write(line->cli->out, state);
    fprintf(line->cli->out, "%s\n", terminal_end(terminal, style));
}

bool run_decision(struct command_line *line, struct api *api, const struct run_reference *reference,
                  const char *field, struct error *error)
{
    struct text query = text_format(api->arena,
                                    "mutation RunMove($stack: ID!, $run: ID!, $note: String) "
                                    "{ %s(stack: $stack, run: $run, note: $note) { id state } }",
                                    field);
    const char *terminated = text_terminated(api->arena, query);
    const struct api_variable variables[] = {
        {.name = "stack", .text = reference->stack},
        {.name = "run", .text = reference->run},
        {.name = "note",
         .kind = API_TEXT_OR_NULL,
         .text = text_z(command_line_value(line, "note"))},
    };
    const struct json *data;
    if (!terminated)
        return error_set_no_memory(error);
    if (!api_query(api, terminated, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    const struct json *run = json_get_z(data, field);
    if (cli_wants_json(line))
        return cli_print_json(line, run) == EXIT_CODE_OK;
    print_state(line, reference, run);
    return true;
}

int run_decision_command(struct command_line *line, const char *field)
{
    struct error error = {0};
    struct run_reference reference;
    struct api api;
    if (!api_open(line, &api, &error) || !run_reference_get(line, &api, &reference, &error) ||
        !run_decision(line, &api, &reference, field, &error))
        return cli_fail(line, &error);
    return EXIT_CODE_OK;
}
