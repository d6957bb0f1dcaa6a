/* gatehouse access grant */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"

static const char mutation[] =
    "mutation AccessGrant($input: AccessGrantInput!) { accessGrant(input: $input) { id subject "
    "subjectType role { slug name } spaceID reason expiresAt } }";

static const char *const subject_types[] = {"key", "user", "group", "stack", NULL};

static const char *wire_type(const char *typed)
{
    static const char *const wire[] = {"API_KEY", "USER", "GROUP", "STACK"};
    size_t i = 0;
    while (typed && subject_types[i] && !text_equal_z(text_z(typed), subject_types[i]))
        i++;
    return wire[typed && subject_types[i] ? i : 0];
}

/* "2h", or a time of RFC 3339, as seconds from now. */
static bool parse_duration(const struct command_line *line, int64_t *out, struct error *error)
{
    const char *until = command_line_value(line, "for");
    int64_t end;
    if (!until)
        return error_set(error, ERR_INVALID, "access grant needs --for");
    if (!format_parse_expiry(text_z(until), &end, error))
        return false;
    *out = end - clock_wall() / 1000000;
    return true;
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    struct json_printer printer;
    int64_t seconds = 0;
    const char *reason = command_line_value(line, "reason");
    const char *space = command_line_value(line, "space");
    if (!reason)
        return error_set(error, ERR_INVALID, "access grant needs --reason");
    if (!parse_duration(line, &seconds, error))
        return false;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_string(writer, "subject", text_z(command_line_operand(line, 0)));
    json_member_string(writer, "subjectType", text_z(wire_type(command_line_value(line, "type"))));
    json_member_string(writer, "role", text_z(command_line_operand(line, 1)));
    json_member_string(writer, "space", text_z(space ? space : "root"));
    json_member_int64(writer, "durationSeconds", seconds);
    json_member_string(writer, "reason", text_z(reason));
    json_end_object(writer);
    *out = json_print_end(&printer);
    return out->at ? true : error_set_no_memory(error);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    struct api_variable input = {.name = "input", .kind = API_JSON};
    const struct json *data;
    if (!write_input(line, &input.text, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    if (!api_open(line, &api, &error) || !api_query(&api, mutation, &input, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *grant = json_get_z(data, "accessGrant");
    if (cli_wants_json(line))
        return cli_print_json(line, grant);
    terminal_write(line->cli->out, format_text(json_get_z(grant, "id")));
    fputc('\n', line->cli->out);
    struct text end = format_time(line->arena, json_get_z(grant, "expiresAt"));
    cli_hint(line, "It ends by itself at %.*s (UTC); `gatehouse access revoke` ends it sooner.",
             TEXT_ARG(end));
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"for", 'f', "TIME", "how long: 2h, 3d, or until a time such as 2027-01-31T00:00:00Z", NULL},
    {"reason", 'r', "TEXT", "why; it stays in the audit trail", NULL},
    {"space", 'S', "ID", "the space (default: root)", NULL},
    {"type", 't', "TYPE", "what SUBJECT is (default: key)", subject_types},
};

const struct command access_grant_command = {
    .name = "access grant",
    .summary = "give somebody a role for a while, in an emergency",
    .usage = "SUBJECT ROLE",
    .description = "SUBJECT is the id of an API key, or of what --type says; ROLE a slug or an id.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
