/* gatehouse key update */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/option_input.h"

static const char mutation[] =
    "mutation ApiKeyUpdate($id: ID!, $input: ApiKeyUpdateInput!) "
    "{ apiKeyUpdate(id: $id, input: $input) { id name description teams } }";

static struct text write_input(const struct command_line *line)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    option_input_text(line, "name", "name", writer);
    option_input_text(line, "description", "description", writer);
    if (command_line_has(line, "group") || command_line_has(line, "no-groups"))
        option_input_list(line, "group", "teams", writer);
    json_end_object(writer);
    return json_print_end(&printer);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    const struct api_variable variables[] = {
        {.name = "id", .text = text_z(command_line_operand(line, 0))},
        {.name = "input", .kind = API_JSON, .text = write_input(line)}};
    if (!api_open(line, &api, &error) ||
        !api_query(&api, mutation, variables, ARRAY_LENGTH(variables), &data, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return cli_print_json(line, json_get_z(data, "apiKeyUpdate"));
    cli_hint(line, "Changed. It counts for tokens made before, too.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"name", 'n', "NAME", "what it is called", NULL},
    {"description", 'd', "TEXT", "what the key is for", NULL},
    {"group", 'g', "NAME", "the groups it is in, in place of those so far; may be repeated", NULL},
    {"no-groups", 0, NULL, "take it out of all groups", NULL},
};

const struct command key_update_command = {
    .name = "key update",
    .summary = "change the name, description or groups of an API key",
    .usage = "ID",
    .description = "What is not given stays as it is.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
