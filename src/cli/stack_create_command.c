/* gatehouse stack create */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/option_input.h"

#include <string.h>

static const char mutation[] =
    "mutation StackCreate($input: StackInput!, $manageState: Boolean!, $slug: String) "
    "{ stackCreate(input: $input, manageState: $manageState, slug: $slug) "
    "{ id name state branch space } }";

static const char *const vendors[] = {"terraform", "opentofu", "ansible", "custom", NULL};

/* The last part of a URL, without ".git": what people call the repository. */
static struct text repository_name(struct text url)
{
    struct text name = url, part;
    while (text_next_part(&url, '/', &part)) {
        if (!text_is_empty(part))
            name = part;
    }
    return text_ends_with(name, TEXT(".git")) ? text_slice(name, 0, name.len - 4) : name;
}

static const char *vendor_of(const struct command_line *line)
{
    const char *vendor = command_line_value(line, "vendor");
    return vendor ? vendor : vendors[0];
}

static bool is_vendor(const struct command_line *line, const char *name)
{
    return strcmp(vendor_of(line), name) == 0;
}

/* Options that go over as they are typed, when they are. */
struct typed_field {
    const char *option, *field;
};

static void write_typed(const struct command_line *line, struct json_writer *writer,
                        const struct typed_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = command_line_value(line, fields[i].option);
        if (value)
            json_member_string(writer, fields[i].field, text_z(value));
    }
}

static void write_vendor(const struct command_line *line, struct json_writer *writer)
{
    static const struct typed_field version[] = {{"tool-version", "version"}};
    static const struct typed_field commands[] = {
        {"init-command", "initCommand"},
        {"plan-command", "planCommand"},
        {"apply-command", "applyCommand"},
        {"destroy-command", "destroyCommand"},
    };
    const char *playbook = command_line_value(line, "playbook");
    json_key_z(writer, "vendorConfig");
    json_begin_object(writer);
    json_key_z(writer, vendor_of(line));
    json_begin_object(writer);
    if (is_vendor(line, "ansible"))
        json_member_string(writer, "playbook", text_z(playbook ? playbook : "playbook.yml"));
    else if (is_vendor(line, "custom"))
        write_typed(line, writer, commands, ARRAY_LENGTH(commands));
    else
        write_typed(line, writer, version, ARRAY_LENGTH(version));
    json_end_object(writer);
    json_end_object(writer);
}

/* What each vendor cannot do without; the server checks the rest. */
static bool check_options(const struct command_line *line, struct error *error)
{
    if (!command_line_value(line, "repository"))
        return error_set(error, ERR_INVALID, "stack create needs --repository URL");
    if (is_vendor(line, "custom") &&
        (!command_line_value(line, "plan-command") || !command_line_value(line, "apply-command")))
        return error_set(error, ERR_INVALID,
                         "the vendor custom needs --plan-command and --apply-command");
    return true;
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    static const struct typed_field fields[] = {
        {"description", "description"},
        {"project-root", "projectRoot"},
        {"space", "space"},
    };
    struct buffer buffer;
    struct json_writer writer;
    struct text repository = text_z(command_line_value(line, "repository"));
    const char *branch = command_line_value(line, "branch");
    if (!check_options(line, error))
        return false;
    buffer_init(&buffer, line->arena, 65536);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "name", text_z(command_line_operand(line, 0)));
    json_member_string(&writer, "provider", TEXT("RAW_GIT"));
    json_member_string(&writer, "repository", repository_name(repository));
    json_member_string(&writer, "repositoryURL", repository);
    json_member_string(&writer, "branch", text_z(branch ? branch : "main"));
    json_member_bool(&writer, "administrative", command_line_has(line, "administrative"));
    json_member_bool(&writer, "autodeploy", command_line_has(line, "autodeploy"));
    write_typed(line, &writer, fields, ARRAY_LENGTH(fields));
    option_input_list(line, "label", "labels", &writer);
    write_vendor(line, &writer);
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return buffer.failed ? error_set_no_memory(error) : true;
}

static int print_created(struct command_line *line, const struct json *stack)
{
    if (cli_wants_json(line))
        return cli_print_json(line, stack);
    struct text id = format_text(json_get_z(stack, "id"));
    terminal_write(line->cli->out, id);
    fputc('\n', line->cli->out);
    cli_hint(line, "Now: gatehouse run trigger %.*s --follow", TEXT_ARG(id));
    return EXIT_CODE_OK;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    bool is_terraform = is_vendor(line, "terraform") || is_vendor(line, "opentofu");
    struct api_variable variables[] = {
        {.name = "input", .kind = API_JSON},
        {.name = "manageState",
         .kind = API_BOOL,
         .number = is_terraform && !command_line_has(line, "own-state")},
        {.name = "slug", .kind = API_TEXT_OR_NULL, .text = text_z(command_line_value(line, "id"))},
    };
    if (!write_input(line, &variables[0].text, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    if (!api_open(line, &api, &error) ||
        !api_query(&api, mutation, variables, ARRAY_LENGTH(variables), &data, &error))
        return cli_fail(line, &error);
    return print_created(line, json_get_z(data, "stackCreate"));
}

static const struct option options[] = {
    {"repository", 'r', "URL", "the Git repository: https, ssh, or a local path", NULL},
    {"branch", 'b', "NAME", "the branch to track (default: main)", NULL},
    {"project-root", 'p', "PATH", "the folder in the repository", NULL},
    {"vendor", 'v', "NAME", "what runs it (default: terraform)", vendors},
    {"playbook", 0, "FILE", "for ansible (default: playbook.yml)", NULL},
    {"tool-version", 0, "VERSION", "for terraform and opentofu", NULL},
    {"plan-command", 0, "COMMAND",
     "for custom: shows what would change; 0 for nothing, 2 for changes", NULL},
    {"apply-command", 0, "COMMAND", "for custom: makes the changes", NULL},
    {"init-command", 0, "COMMAND", "for custom: prepares the workspace", NULL},
    {"destroy-command", 0, "COMMAND", "for custom: removes everything", NULL},
    {"own-state", 0, NULL, "the stack keeps its Terraform state elsewhere", NULL},
    {"autodeploy", 'a', NULL, "apply without confirmation", NULL},
    {"administrative", 0, NULL, "its runs may manage the server itself", NULL},
    {"space", 0, "ID", "where it belongs", NULL},
    {"label", 'l', "TEXT", "a label; may be repeated", NULL},
    {"description", 'd', "TEXT", "what the stack is for", NULL},
    {"id", 0, "SLUG", "its id (default: made from the name)", NULL},
};

const struct command stack_create_command = {
    .name = "stack create",
    .summary = "create a stack from a Git repository, and print its id",
    .usage = "NAME",
    .description = "",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
