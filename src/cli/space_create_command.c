/* gatehouse space create */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/option_input.h"

static const char mutation[] =
    "mutation SpaceCreate($input: SpaceInput!) { spaceCreate(input: $input) { id name parentSpace "
    "inheritEntities } }";

static struct text write_input(const struct command_line *line)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    const char *parent = command_line_value(line, "parent");
    const char *description = command_line_value(line, "description");
    json_begin_object(writer);
    json_member_string(writer, "name", text_z(command_line_operand(line, 0)));
    json_member_string(writer, "parentSpace", text_z(parent ? parent : "root"));
    json_member_string(writer, "description", text_z(description ? description : ""));
    json_member_bool(writer, "inheritEntities", command_line_has(line, "inherit"));
    option_input_list(line, "label", "labels", writer);
    json_end_object(writer);
    return json_print_end(&printer);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    struct api_variable input = {.name = "input", .kind = API_JSON, .text = write_input(line)};
    const struct json *data;
    if (!api_open(line, &api, &error) || !api_query(&api, mutation, &input, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *space = json_get_z(data, "spaceCreate");
    if (cli_wants_json(line))
        return cli_print_json(line, space);
    terminal_write(line->cli->out, format_text(json_get_z(space, "id")));
    fputc('\n', line->cli->out);
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"parent", 'p', "ID", "the space above it (default: root)", NULL},
    {"inherit", 'i', NULL, "let things of the parent be used in it", NULL},
    {"description", 'd', "TEXT", "what the space is for", NULL},
    {"label", 'l', "LABEL", "a label; may be repeated", NULL},
};

const struct command space_create_command = {
    .name = "space create",
    .summary = "create a space, and print its id",
    .usage = "NAME",
    .description = "",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
