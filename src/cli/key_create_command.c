/* gatehouse key create */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/key_output.h"
#include "cli/option_input.h"

static const char mutation[] =
    "mutation ApiKeyCreate($input: ApiKeyInput!) "
    "{ apiKeyCreate(input: $input) { id name secret oidcSettings { warnings } } }";

/* NAME=VALUE, NAME=ONE|OTHER or NAME~EXPRESSION. */
static bool write_condition(struct json_writer *writer, struct text typed, struct error *error)
{
    size_t at = 0;
    while (at < typed.len && typed.at[at] != '=' && typed.at[at] != '~')
        at++;
    struct text value = text_slice(typed, at + 1, typed.len);
    if (at == 0 || value.len == 0)
        return error_set(error, ERR_INVALID,
                         "--condition %.*s: expected NAME=VALUE, NAME=ONE|OTHER or NAME~EXPRESSION",
                         TEXT_ARG(typed));
    bool is_list = typed.at[at] == '=' && text_contains(value, TEXT("|"));
    struct text part;
    json_begin_object(writer);
    json_member_string(writer, "claim", text_slice(typed, 0, at));
    if (!is_list) {
        json_member_string(writer, typed.at[at] == '=' ? "equals" : "expression", value);
        json_end_object(writer);
        return true;
    }
    json_key_z(writer, "oneOf");
    json_begin_array(writer);
    while (text_next_part(&value, '|', &part))
        json_string(writer, part);
    json_end_array(writer);
    json_end_object(writer);
    return true;
}

static bool write_conditions(const struct command_line *line, struct json_writer *writer,
                             struct error *error)
{
    const char *condition;
    json_key_z(writer, "conditions");
    json_begin_array(writer);
    for (size_t i = 0; (condition = command_line_value_at(line, "condition", i)); i++) {
        if (!write_condition(writer, text_z(condition), error))
            return false;
    }
    json_end_array(writer);
    return true;
}

static void write_mapping(struct json_writer *writer, const char *claim)
{
    json_key_z(writer, "claimMappings");
    json_begin_object(writer);
    json_key_z(writer, "entries");
    json_begin_array(writer);
    json_begin_object(writer);
    json_member_string(writer, "name", text_z(claim));
    json_member_string(writer, "value", TEXT("groups"));
    json_end_object(writer);
    json_end_array(writer);
    json_end_object(writer);
}

/* Whom the key trusts, when an issuer is given. */
static bool write_oidc(const struct command_line *line, struct json_writer *writer,
                       struct error *error)
{
    const char *issuer = command_line_value(line, "oidc-issuer");
    const char *audience = command_line_value(line, "oidc-audience");
    const char *subject = command_line_value(line, "oidc-subject");
    const char *claim = command_line_value(line, "groups-claim");
    if (!issuer && !audience && !subject && !claim && !command_line_has(line, "condition"))
        return true;
    if (!issuer || !audience || !subject)
        return error_set(error, ERR_INVALID,
                         "--oidc-issuer, --oidc-audience and --oidc-subject go together");
    json_key_z(writer, "oidc");
    json_begin_object(writer);
    json_member_string(writer, "issuer", text_z(issuer));
    json_member_string(writer, "clientId", text_z(audience));
    json_member_string(writer, "subjectExpression", text_z(subject));
    if (claim)
        write_mapping(writer, claim);
    if (!write_conditions(line, writer, error))
        return false;
    json_end_object(writer);
    return true;
}

/* As the wire has it; empty when it is no level. */
static struct text wire_level(struct text typed)
{
    static const struct text levels[] = {TEXT_INIT("READ"), TEXT_INIT("WRITE"), TEXT_INIT("ADMIN")};
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
        if (text_equal_ignoring_case(typed, levels[i]))
            return levels[i];
    }
    return TEXT("");
}

/* SPACE:LEVEL */
static bool write_rules(const struct command_line *line, struct json_writer *writer,
                        struct error *error)
{
    const char *given;
    json_key_z(writer, "accessRules");
    json_begin_array(writer);
    for (size_t i = 0; (given = command_line_value_at(line, "access", i)); i++) {
        struct text rule = text_z(given);
        size_t colon = text_find_byte(rule, ':', 0);
        struct text level = wire_level(text_slice(rule, colon + 1, rule.len));
        if (colon == 0 || level.len == 0)
            return error_set(error, ERR_INVALID,
                             "--access %s: expected SPACE:LEVEL, with read, write or admin", given);
        json_begin_object(writer);
        json_member_string(writer, "space", text_slice(rule, 0, colon));
        json_member_string(writer, "spaceAccessLevel", level);
        json_end_object(writer);
    }
    json_end_array(writer);
    return true;
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    struct buffer buffer;
    struct json_writer writer;
    const char *expires = command_line_value(line, "expires");
    int64_t expires_at = 0;
    if (expires && !format_parse_expiry(text_z(expires), &expires_at, error))
        return false;
    buffer_init(&buffer, line->arena, 65536);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "name", text_z(command_line_operand(line, 0)));
    option_input_list(line, "group", "teams", &writer);
    option_input_text(line, "description", "description", &writer);
    if (expires)
        json_member_int64(&writer, "expiresAt", expires_at);
    option_input_flag(line, "administrator", "admin", &writer);
    option_input_flag(line, "worker", "worker", &writer);
    if (command_line_has(line, "access") && !write_rules(line, &writer, error))
        return false;
    if (!write_oidc(line, &writer, error))
        return false;
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return buffer.failed ? error_set_no_memory(error) : true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api_variable input = {.name = "input", .kind = API_JSON};
    if (write_input(line, &input.text, &error))
        return key_output_run(line, mutation, "apiKeyCreate", &input, 1);
    cli_fail(line, &error);
    return EXIT_CODE_USAGE;
}

static const struct option options[] = {
    {"description", 'd', "TEXT", "what the key is for", NULL},
    {"group", 'g', "NAME", "a group the key is in; may be repeated", NULL},
    {"administrator", 'a', NULL, "let it do everything: the role Space Admin on the root space",
     NULL},
    {"worker", 0, NULL, "make it the key of a worker, which executes runs and nothing else", NULL},
    {"expires", 'e', "WHEN", "90d, 12h, or a time such as 2027-01-31T00:00:00Z", NULL},
    {"access", 0, "SPACE:LEVEL", "read, write or admin in a space; may be repeated", NULL},
    {"oidc-issuer", 0, "URL", "trust tokens of this identity provider instead of a secret", NULL},
    {"oidc-audience", 0, "NAME", "audience that its tokens must name", NULL},
    {"oidc-subject", 0, "EXPRESSION", "what must match the whole subject of a token", NULL},
    {"condition", 0, "CONDITION",
     "what a claim must be: NAME=VALUE, NAME=ONE|OTHER or NAME~EXPRESSION; may be repeated", NULL},
    {"groups-claim", 0, "CLAIM", "claim that has the groups of a session", NULL},
    {"output", 'o', "FILE", "write the key to a new file that only you can read", NULL},
};

const struct command key_create_command = {
    .name = "key create",
    .summary = "create an API key, and print it once",
    .usage = "NAME",
    .description = "The output is a key file, as --key-file and other clients read it; with "
                   "--output, the id.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
