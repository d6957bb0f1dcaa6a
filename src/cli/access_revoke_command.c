/* gatehouse access revoke */
#include "cli/cli.h"
#include "cli/commands.h"

static const char mutation[] =
    "mutation AccessRevoke($id: ID!) { accessRevoke(id: $id) { id subject subjectType } }";

/* Stops at the first that cannot be revoked. */
static bool revoke(struct command_line *line, struct api *api, const char *id, struct error *error)
{
    struct api_variable variable = {.name = "id", .text = text_z(id)};
    const struct json *data;
    if (!api_query(api, mutation, &variable, 1, &data, error))
        return false;
    const struct json *grant = json_get_z(data, "accessRevoke");
    if (!json_is(grant, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "grant %s not found", id);
    if (cli_wants_json(line))
        return cli_print_json(line, grant) == EXIT_CODE_OK;
    cli_hint(line, "Revoked. It counts from the next request on.");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = revoke(line, &api, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

const struct command access_revoke_command = {
    .name = "access revoke",
    .summary = "end grants, or take away any other role binding",
    .usage = "ID...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
