/* gatehouse user invite */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/option_input.h"

static const char mutation[] = "mutation UserInvite($input: ManagedUserInviteInput!) "
                               "{ managedUserInvite(input: $input) { id username invitationUrl } }";

static struct text write_input(const struct command_line *line)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_string(writer, "username", text_z(command_line_operand(line, 0)));
    option_input_text(line, "email", "invitationEmail", writer);
    option_input_flag(line, "owner", "owner", writer);
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
    const struct json *user = json_get_z(data, "managedUserInvite");
    if (cli_wants_json(line))
        return cli_print_json(line, user);
    terminal_write(line->cli->out, json_get_text(user, "invitationUrl"));
    fputc('\n', line->cli->out);
    cli_hint(line,
             "Give this link to the person. It works once, for a day, and is not shown again.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"email", 'm', "ADDRESS",
     "who logs in with the identity provider at this address becomes the user", NULL},
    {"owner", 0, NULL, "let the user administer the account, whatever roles and policies say",
     NULL},
};

const struct command user_invite_command = {
    .name = "user invite",
    .summary = "invite a person, and print the link",
    .usage = "NAME",
    .description = "Nothing is sent: the link is for you to pass on. With it, the person chooses a "
                   "password or comes in through the identity provider.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
