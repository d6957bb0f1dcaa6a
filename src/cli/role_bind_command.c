/* gatehouse role bind */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/subject.h"

/* What the API calls the binding of each type of subject, in the order of enum subject_type. */
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

static bool write_input(const struct command_line *line, struct text subject, struct text *out,
                        struct error *error)
{
    struct json_printer printer;
    const char *space = command_line_value(line, "space");
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_string(writer, mutations[subject_type(line)].subject, subject);
    json_member_string(writer, "roleID", text_z(command_line_operand(line, 1)));
    json_member_string(writer, "spaceID", text_z(space ? space : "root"));
    json_end_object(writer);
    *out = json_print_end(&printer);
    return out->at ? true : error_set_no_memory(error);
}

static bool bind(struct command_line *line, const struct json **out, struct error *error)
{
    struct api api;
    struct text subject;
    const struct json *data;
    struct api_variable input = {.name = "input", .kind = API_JSON};
    enum subject_type type = subject_type(line);
    const char *document = text_terminated(
        line->arena,
        text_format(line->arena,
                    "mutation RoleBind($input: %s!) { binding: %s(input: $input) { id } }",
                    mutations[type].input, mutations[type].field));
    if (!document)
        return error_set_no_memory(error);
    if (!api_open(line, &api, error) || !subject_resolve(line, &api, &subject, error) ||
        !write_input(line, subject, &input.text, error) ||
        !api_query(&api, document, &input, 1, &data, error))
        return false;
    *out = json_get_z(data, "binding");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    const struct json *binding = NULL;
    if (!bind(line, &binding, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return cli_print_json(line, binding);
    terminal_write(line->cli->out, format_text(json_get_z(binding, "id")));
    fputc('\n', line->cli->out);
    cli_hint(line, "It counts from the next request on; `gatehouse access revoke` takes it away.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    SUBJECT_OPTION_SPACE,
    SUBJECT_OPTION_TYPE,
};

const struct command role_bind_command = {
    .name = "role bind",
    .summary = "give somebody a role in a space and below it",
    .usage = SUBJECT_AND_ROLE,
    .description = SUBJECT_AND_ROLE_DESCRIPTION,
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
