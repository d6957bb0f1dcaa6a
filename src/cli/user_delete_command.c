/* gatehouse user delete */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/user_reference.h"

static const char mutation[] =
    "mutation UserDelete($id: ID!) { managedUserDelete(id: $id) { id username } }";

/* Stops at the first user who cannot be deleted. */
static bool delete_user(struct command_line *line, struct api *api, const char *reference,
                        struct error *error)
{
    struct api_variable variable = {.name = "id"};
    const struct json *data;
    if (!user_reference_resolve(api, reference, &variable.text, error) ||
        !api_query(api, mutation, &variable, 1, &data, error))
        return false;
    if (cli_wants_json(line))
        return cli_print_json(line, json_get_z(data, "managedUserDelete")) == EXIT_CODE_OK;
    cli_hint(line, "Deleted. All sessions of the user have ended.");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = delete_user(line, &api, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

const struct command user_delete_command = {
    .name = "user delete",
    .summary = "delete users, with their roles and sessions",
    .usage = "USER...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
