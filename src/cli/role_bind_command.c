/* gatehouse role bind */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"

static const char *const subject_types[] = {"key", "user", "group", "stack", NULL};

/* What the API calls the binding of each type of subject, in the same order. */
static const struct {
    const char *field;
    const char *input;
    const char *subject;
} mutations[] = {
    {"apiKeyRoleBindingCreate", "ApiKeyRoleBindingInput", "apiKeyID"},
    {"userRoleBindingCreate", "UserRoleBindingInput", "userID"},
    {"userGroupRoleBindingCreate", "UserGroupRoleBindingInput", "userGroupID"},
    {"stackRoleBindingCreate", "StackRoleBindingInput", "stackID"},
};

static size_t type_of(const struct command_line *line)
{
    const char *typed = command_line_value(line, "type");
    size_t i = ARRAY_LENGTH(mutations) - 1;
    while (i > 0 && (!typed || !text_equal_z(text_z(typed), subject_types[i])))
        i--;
    return i;
}

static struct text write_input(const struct command_line *line, size_t type)
{
    struct json_printer printer;
    const char *space = command_line_value(line, "space");
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_string(writer, mutations[type].subject, text_z(command_line_operand(line, 0)));
    json_member_string(writer, "roleID", text_z(command_line_operand(line, 1)));
    json_member_string(writer, "spaceID", text_z(space ? space : "root"));
    json_end_object(writer);
    return json_print_end(&printer);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    size_t type = type_of(line);
    const struct json *data;
    struct api_variable input = {
        .name = "input", .kind = API_JSON, .text = write_input(line, type)};
    struct text document = text_format(
        line->arena, "mutation RoleBind($input: %s!) { binding: %s(input: $input) { id } }",
        mutations[type].input, mutations[type].field);
    const char *terminated = text_terminated(line->arena, document);
    if (!terminated || !input.text.at)
        error_set_no_memory(&error);
    if (error_is_set(&error) || !api_open(line, &api, &error) ||
        !api_query(&api, terminated, &input, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *binding = json_get_z(data, "binding");
    if (cli_wants_json(line))
        return cli_print_json(line, binding);
    terminal_write(line->cli->out, format_text(json_get_z(binding, "id")));
    fputc('\n', line->cli->out);
    cli_hint(line, "It counts from the next request on; `gatehouse access revoke` takes it away.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"space", 'S', "ID", "the space (default: root)", NULL},
    {"type", 't', "TYPE", "what SUBJECT is (default: key)", subject_types},
};

const struct command role_bind_command = {
    .name = "role bind",
    .summary = "give somebody a role in a space and below it",
    .usage = "SUBJECT ROLE",
    .description = "SUBJECT is the id of an API key, or of what --type says; ROLE a slug or an id.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
