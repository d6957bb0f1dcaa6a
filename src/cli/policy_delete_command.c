/* gatehouse policy delete */
#include "cli/cli.h"
#include "cli/commands.h"

static const char mutation[] =
    "mutation PolicyDelete($id: ID!) { policyDelete(id: $id) { id name type } }";

/* Stops at the first that cannot be deleted. */
static bool delete_policy(struct command_line *line, struct api *api, const char *id,
                          struct error *error)
{
    struct api_variable variable = {.name = "id", .text = text_z(id)};
    const struct json *data;
    if (!api_query(api, mutation, &variable, 1, &data, error))
        return false;
    const struct json *policy = json_get_z(data, "policyDelete");
    if (!json_is(policy, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "policy %s not found", id);
    if (cli_wants_json(line))
        return cli_print_json(line, policy) == EXIT_CODE_OK;
    if (text_equal(json_text_or(json_get_z(policy, "type"), TEXT("")), TEXT("LOGIN")))
        cli_hint(line, "Deleted. Every session but yours has ended.");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = delete_policy(line, &api, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

const struct command policy_delete_command = {
    .name = "policy delete",
    .summary = "delete policies from the server",
    .usage = "ID...",
    .description = "Deleting a login policy ends every session but yours.",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
