/* Doing one thing to each operand. */
#include "cli/each_id.h"

static bool run_one(struct command_line *line, struct api *api, const struct each_id *each,
                    const char *typed, struct error *error)
{
    struct api_variable variable = {.name = "id", .text = text_z(typed)};
    const struct json *data;
    if (each->resolve && !each->resolve(api, typed, &variable.text, error))
        return false;
    if (!api_query(api, each->mutation, &variable, 1, &data, error))
        return false;
    const struct json *thing = json_get_z(data, each->member);
    if (!json_is(thing, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "%s %s not found", each->thing, typed);
    if (cli_wants_json(line))
        return cli_print_json(line, thing) == EXIT_CODE_OK;
    if (each->hint && (!each->deserves_hint || each->deserves_hint(thing)))
        cli_hint(line, "%s", each->hint);
    return true;
}

int each_id_run(struct command_line *line, const struct each_id *each)
{
    struct error error = {0};
    struct api api;
    bool done = api_open(line, &api, &error);
    for (int i = 0; done && i < line->operand_count; i++)
        done = run_one(line, &api, each, line->operands[i], &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}
