/* gatehouse key delete */
#include "cli/cli.h"
#include "cli/commands.h"

static const char mutation[] =
    "mutation ApiKeyDelete($id: ID!) { apiKeyDelete(id: $id) { id name } }";

/* Stops at the first key that cannot be deleted. */
static bool delete_key(struct command_line *line, struct api *api, const char *id,
                       struct error *error)
{
    struct api_variable variable = {.name = "id", .text = text_z(id)};
    const struct json *data;
    if (!api_query(api, mutation, &variable, 1, &data, error))
        return false;
    const struct json *key = json_get_z(data, "apiKeyDelete");
    if (!json_is(key, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "API key %s not found", id);
    if (cli_wants_json(line))
        return cli_print_json(line, key) == EXIT_CODE_OK;
    cli_hint(line, "Deleted. Tokens made with the key stop working at once.");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = delete_key(line, &api, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

const struct command key_delete_command = {
    .name = "key delete",
    .summary = "delete API keys, and with them their tokens",
    .usage = "ID...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
