/* gatehouse token */
#include "cli/cli.h"
#include "cli/commands.h"

static int print_json(struct command_line *line, struct text token)
{
    struct json_member member = {TEXT("jwt"), {.kind = JSON_STRING, .text = token}};
    struct json object = {.kind = JSON_OBJECT, .len = 1, .members = &member};
    return cli_print_json(line, &object);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    if (!api_open(line, &api, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return print_json(line, api.token);
    terminal_write(line->cli->out, api.token);
    fputc('\n', line->cli->out);
    return EXIT_CODE_OK;
}

const struct command token_command = {
    .name = "token",
    .summary = "exchange the API key for a token, and print it",
    .usage = "",
    .description =
        "The token is a JWT for the header \"Authorization: Bearer ...\" of other clients. Its "
        "session "
        "goes on until it expires or is ended (gatehouse session list, session end); that of every "
        "other command ends with the command.",
    .is_client = true,
    .keeps_session = true,
    .run = run,
};
