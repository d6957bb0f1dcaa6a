/* gatehouse policy update */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"
#include "cli/policy_upload.h"

enum { INPUT_MAX_BYTES = 4 << 20 };

static const char query[] =
    "query Policy($id: ID!) { policy(id: $id) { name description labels } }";
static const char mutation[] =
    "mutation PolicyUpdate($id: ID!, $input: PolicyUpdateInput!) { policyUpdatev2(id: $id, input: "
    "$input) { id name type engineType space } }";

/* The text changes; all else stays as the server has it. */
static bool write_input(const struct command_line *line, const struct policy_upload *upload,
                        const struct json *policy, struct text *out, struct error *error)
{
    static const char *const kept[] = {"name", "description", "labels"};
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, line->arena, INPUT_MAX_BYTES);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "body", upload->body);
    json_member_string(&writer, "engineType", upload->engine);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
        json_key_z(&writer, kept[i]);
        json_value(&writer, json_get_z(policy, kept[i]));
    }
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return !buffer.failed || error_set(error, ERR_TOO_LARGE, "the policy is too large");
}

static bool update(struct command_line *line, const struct json **out, struct error *error)
{
    struct api api;
    struct policy_upload upload;
    const struct json *data;
    struct api_variable variables[] = {
        {.name = "id", .text = text_z(command_line_operand(line, 0))},
        {.name = "input", .kind = API_JSON},
    };
    if (!policy_upload_read(line, command_line_operand(line, 1), &upload, error) ||
        !api_open(line, &api, error) || !api_query(&api, query, variables, 1, &data, error))
        return false;
    const struct json *policy = json_get_z(data, "policy");
    if (!json_is(policy, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "policy %s not found",
                         command_line_operand(line, 0));
    if (!write_input(line, &upload, policy, &variables[1].text, error) ||
        !api_query(&api, mutation, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    *out = json_get_z(data, "policyUpdatev2");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    const struct json *policy = NULL;
    if (!update(line, &policy, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return cli_print_json(line, policy);
    if (text_equal(json_get_text(policy, "type"), TEXT("LOGIN")))
        cli_hint(line, "Changed. Every session but yours has ended.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {POLICY_OPTION_DIALECT};

const struct command policy_update_command = {
    .name = "policy update",
    .summary = "give a policy on the server another text",
    .usage = "ID FILE",
    .description = "Name, description, labels and space stay. Changing a login policy ends every "
                   "session but yours: see what it would change with `gatehouse policy rehearse`.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
