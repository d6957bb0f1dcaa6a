/* gatehouse access grant */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/subject.h"

static const char mutation[] =
    "mutation AccessGrant($input: AccessGrantInput!) { accessGrant(input: $input) { id subject "
    "subjectType role { slug name } spaceID reason expiresAt } }";

/* In the order of enum subject_type. */
static const char *const wire_types[] = {"API_KEY", "USER", "GROUP", "STACK"};

/* That nothing is missing, and "2h", or a time of RFC 3339, as seconds from now. */
static bool check_options(const struct command_line *line, int64_t *out, struct error *error)
{
    const char *until = command_line_value(line, "for");
    int64_t end;
    if (!command_line_value(line, "reason"))
        return error_set(error, ERR_INVALID, "access grant needs --reason");
    if (!until)
        return error_set(error, ERR_INVALID, "access grant needs --for");
    if (!format_parse_expiry(text_z(until), &end, error))
        return false;
    *out = end - clock_wall() / 1000000;
    return true;
}

static bool write_input(const struct command_line *line, struct text subject, int64_t seconds,
                        struct text *out, struct error *error)
{
    struct json_printer printer;
    const char *space = command_line_value(line, "space");
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_string(writer, "subject", subject);
    json_member_string(writer, "subjectType", text_z(wire_types[subject_type(line)]));
    json_member_string(writer, "role", text_z(command_line_operand(line, 1)));
    json_member_string(writer, "space", text_z(space ? space : "root"));
    json_member_int64(writer, "durationSeconds", seconds);
    json_member_string(writer, "reason", text_z(command_line_value(line, "reason")));
    json_end_object(writer);
    *out = json_print_end(&printer);
    return out->at ? true : error_set_no_memory(error);
}

static bool give(struct command_line *line, int64_t seconds, const struct json **out,
                 struct error *error)
{
    struct api api;
    struct text subject;
    struct api_variable input = {.name = "input", .kind = API_JSON};
    const struct json *data;
    if (!api_open(line, &api, error) || !subject_resolve(line, &api, &subject, error) ||
        !write_input(line, subject, seconds, &input.text, error) ||
        !api_query(&api, mutation, &input, 1, &data, error))
        return false;
    *out = json_get_z(data, "accessGrant");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    int64_t seconds = 0;
    const struct json *grant = NULL;
    if (!check_options(line, &seconds, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    if (!give(line, seconds, &grant, &error))
        return cli_fail(line, &error);
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
    SUBJECT_OPTION_SPACE,
    SUBJECT_OPTION_TYPE,
};

const struct command access_grant_command = {
    .name = "access grant",
    .summary = "give somebody a role for a while, in an emergency",
    .usage = SUBJECT_AND_ROLE,
    .description = SUBJECT_AND_ROLE_DESCRIPTION,
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 2,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
