/* gatehouse policy create */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/option_input.h"
#include "cli/policy_files.h"
#include "cli/policy_upload.h"

enum { INPUT_MAX_BYTES = 4 << 20 };

static const char mutation[] = "mutation PolicyCreate($input: PolicyCreateInput!) { "
                               "policyCreatev2(input: $input) { id name type engineType space } }";

static const char *const types[] = {
    "login", "access", "approval", "git_push", "initialization", "intent", "notification",
    "plan",  "task",   "trigger",  NULL};

/* Names of the API are in capitals. */
static struct text upper(struct arena *arena, const char *name)
{
    struct text copy = text_copy(arena, text_z(name));
    char *bytes = arena_alloc(arena, copy.len);
    for (size_t i = 0; bytes && i < copy.len; i++)
        bytes[i] =
            copy.at[i] >= 'a' && copy.at[i] <= 'z' ? (char)(copy.at[i] - 'a' + 'A') : copy.at[i];
    return (struct text){bytes, bytes ? copy.len : 0};
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    struct policy_upload upload;
    struct buffer buffer;
    struct json_writer writer;
    const char *type = command_line_value(line, "type");
    const char *space = command_line_value(line, "space");
    const char *description = command_line_value(line, "description");
    if (!policy_upload_read(line, command_line_operand(line, 1), &upload, error))
        return false;
    buffer_init(&buffer, line->arena, INPUT_MAX_BYTES);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "name", text_z(command_line_operand(line, 0)));
    json_member_string(&writer, "body", upload.body);
    json_member_string(&writer, "engineType", upload.engine);
    json_member_string(&writer, "type", upper(line->arena, type ? type : "login"));
    if (space)
        json_member_string(&writer, "space", text_z(space));
    if (description)
        json_member_string(&writer, "description", text_z(description));
    option_input_list(line, "label", "labels", &writer);
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return !buffer.failed || error_set(error, ERR_TOO_LARGE, "the policy is too large");
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    struct api_variable input = {.name = "input", .kind = API_JSON};
    if (!write_input(line, &input.text, &error) || !api_open(line, &api, &error) ||
        !api_query(&api, mutation, &input, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *policy = json_get_z(data, "policyCreatev2");
    if (cli_wants_json(line))
        return cli_print_json(line, policy);
    terminal_write(line->cli->out, format_text(json_get_z(policy, "id")));
    fputc('\n', line->cli->out);
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"type", 't', "TYPE", "what it decides (default: login)", types},
    {"space", 's', "ID", "the space it is in (default: root)", NULL},
    {"description", 'd', "TEXT", "what it is for", NULL},
    {"label", 'l', "LABEL", "a label; may be repeated", NULL},
    POLICY_OPTION_DIALECT,
};

const struct command policy_create_command = {
    .name = "policy create",
    .summary = "put a policy on the server, and print its id",
    .usage = "NAME FILE",
    .description = "A policy that does not compile is refused. A new login policy ends every "
                   "session but yours: see what it would change with `gatehouse policy rehearse`.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
