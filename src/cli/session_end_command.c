/* gatehouse session end */
#include "cli/cli.h"
#include "cli/commands.h"

static const char mutation[] =
    "mutation SessionDelete($id: ID!) { sessionDelete(id: $id) { id actorName } }";
static const char mutation_of_all[] =
    "mutation SessionDeleteAll($actor: ID) { sessionDeleteAll(actor: $actor) }";

static bool end_session(struct command_line *line, struct api *api, const char *id,
                        struct error *error)
{
    struct api_variable variable = {.name = "id", .text = text_z(id)};
    const struct json *data;
    if (!api_query(api, mutation, &variable, 1, &data, error))
        return false;
    const struct json *session = json_get_z(data, "sessionDelete");
    if (!json_is(session, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "session %s not found", id);
    return !cli_wants_json(line) || cli_print_json(line, session) == EXIT_CODE_OK;
}

static bool end_all(struct command_line *line, struct api *api, const char *actor,
                    struct error *error)
{
    struct api_variable variable = {.name = "actor", .text = text_z(actor)};
    const struct json *data;
    if (!api_query(api, mutation_of_all, &variable, 1, &data, error))
        return false;
    const struct json *count = json_get_z(data, "sessionDeleteAll");
    if (cli_wants_json(line))
        return cli_print_json(line, count) == EXIT_CODE_OK;
    cli_hint(line, "Ended: %.*s.", TEXT_ARG(count->text));
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = command_line_has(line, "all-of")
                   ? end_all(line, &api, line->operands[i], &error)
                   : end_session(line, &api, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

static const struct option options[] = {
    {"all-of", 0, NULL, "the ids are of keys or users: end all sessions of each", NULL},
};

const struct command session_end_command = {
    .name = "session end",
    .summary = "end sessions, and with them their tokens",
    .usage = "ID...",
    .description = "",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
