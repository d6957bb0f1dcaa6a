/* gatehouse user set-password */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/password_prompt.h"
#include "cli/user_reference.h"

#include <unistd.h>

static const char mutation[] = "mutation UserPasswordSet($id: ID!, $password: String!) "
                               "{ managedUserPasswordSet(id: $id, password: $password) { id } }";

static bool set_password(struct command_line *line, struct error *error)
{
    struct api api;
    struct api_variable variables[] = {{.name = "id"}, {.name = "password"}};
    const struct json *data;
    return api_open(line, &api, error) &&
           user_reference_resolve(&api, command_line_operand(line, 0), &variables[0].text, error) &&
           password_prompt_read(line->arena, STDIN_FILENO, line->cli->err, &variables[1].text,
                                error) &&
           api_query(&api, mutation, variables, ARRAY_LENGTH(variables), &data, error);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    if (!set_password(line, &error))
        return cli_fail(line, &error);
    cli_hint(line, "Set. All other sessions of the user have ended.");
    return EXIT_CODE_OK;
}

const struct command user_set_password_command = {
    .name = "user set-password",
    .summary = "set the password of a user",
    .usage = "USER",
    .description =
        "The password is read from the terminal, where it is not shown, or from standard "
        "input. It needs 12 characters. An invitation counts as accepted by it.",
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
