/* gatehouse access explain */
#include "access/action.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"

static const char query[] =
    "query Explain($input: ExplainInput!) { explain(input: $input) { allowed actor actorName "
    "action space reason refusedAt grant { source binding group policy rule line role roleName "
    "space inheritedFrom expiresAt reason } nearest { kind role roleSlug roleName space sentence } "
    "} }";

static const char *const object_types[] = {"space", "stack", "run",        "policy", "binding",
                                           "key",   "user",  "user-group", "role",   NULL};
static const char *const wire_types[] = {"SPACE",   "STACK", "RUN",        "POLICY", "ROLE_BINDING",
                                         "API_KEY", "USER",  "USER_GROUP", "ROLE"};

static const char *wire_type(const char *typed)
{
    size_t i = 0;
    while (typed && object_types[i] && !text_equal_z(text_z(typed), object_types[i]))
        i++;
    return wire_types[object_types[i] && typed ? i : 0];
}

static bool write_question(const struct command_line *line, struct json_writer *writer,
                           struct error *error)
{
    enum action action;
    const char *typed = command_line_operand(line, 0), *object = command_line_operand(line, 1);
    const char *actor = command_line_value(line, "actor");
    if (!typed || !object)
        return error_set(error, ERR_INVALID, "name an action and a thing, or --request");
    if (!action_parse(text_z(typed), &action))
        return error_set(error, ERR_INVALID, "there is no action \"%s\"", typed);
    json_member_string(writer, "action", text_z(action_name(action)));
    json_member_string(writer, "object", text_z(object));
    json_member_string(writer, "objectType", text_z(wire_type(command_line_value(line, "type"))));
    if (actor)
        json_member_string(writer, "actor", text_z(actor));
    return true;
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    const char *request = command_line_value(line, "request");
    json_begin_object(writer);
    if (request)
        json_member_string(writer, "requestId", text_z(request));
    else if (!write_question(line, writer, error))
        return false;
    json_end_object(writer);
    *out = json_print_end(&printer);
    return out->at ? true : error_set_no_memory(error);
}

static void print_words(const struct command_line *line, const struct json *decision)
{
    FILE *out = line->cli->out;
    const struct json *nearest = json_get_z(decision, "nearest");
    terminal_write(out, format_text(json_get_z(decision, "reason")));
    fputc('\n', out);
    for (uint32_t i = 0; json_is(nearest, JSON_ARRAY) && i < nearest->len; i++) {
        fputs("  - ", out);
        terminal_write(out, format_text(json_get_z(&nearest->items[i], "sentence")));
        fputc('\n', out);
    }
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
    if (!api_open(line, &api, &error) || !api_query(&api, query, &input, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *decision = json_get_z(data, "explain");
    if (cli_wants_json(line))
        cli_print_json(line, decision);
    else
        print_words(line, decision);
    return json_bool_or(json_get_z(decision, "allowed"), false) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static const struct option options[] = {
    {"actor", 'a', "ACTOR",
     "id of a key, user or stack, or the name of a user (default: whose key this is)", NULL},
    {"type", 't', "TYPE", "what OBJECT is (default: space)", object_types},
    {"request", 'r', "ID", "a request that was refused, instead of ACTION and OBJECT", NULL},
};

const struct command access_explain_command = {
    .name = "access explain",
    .summary = "say whether somebody may do something, and why",
    .usage = "[ACTION OBJECT]",
    .description = "ACTION is one such as run:trigger, OBJECT the id of a space or of what --type "
                   "says.\n\nThe exit code is 0 when it is allowed and 1 when it is not.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 0,
    .max_operands = 2,
    .is_client = true,
    .run = run,
};
